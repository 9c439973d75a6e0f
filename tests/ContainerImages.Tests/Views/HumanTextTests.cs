using System;
using System.Globalization;
using System.Linq;
using ContainerImages.Tests.Hosting;
using Xunit;

namespace ContainerImages.Tests.Views;

/// <summary>The sizes and ages of the views, asked for as the views ask.</summary>
public sealed class HumanTextTests : IDisposable
{
    private const string Format = "[ContainerImages.Internal._Format]";

    private readonly ScriptSession _session = new();

    public void Dispose() => _session.Dispose();

    [Theory]
    [InlineData("$null", "?")]
    [InlineData("0", "0 B")]
    [InlineData("999", "999 B")]
    [InlineData("1000", "1.0 kB")]
    [InlineData("999949", "999.9 kB")]
    [InlineData("999950", "1.0 MB")]
    [InlineData("117234567", "117.2 MB")]
    [InlineData("4299999999", "4.3 GB")]
    [InlineData("[long]::MaxValue", "9.2 EB")]
    public void Sizes_are_decimal(string bytes, string text) => Assert.Equal(text, Ask($"{Format}::Size({bytes})"));

    [Theory]
    [InlineData(-5, "Less than a second ago")]
    [InlineData(0.9, "Less than a second ago")]
    [InlineData(1, "1 second ago")]
    [InlineData(59, "59 seconds ago")]
    [InlineData(60, "About a minute ago")]
    [InlineData(59 * 60, "59 minutes ago")]
    [InlineData(60 * 60, "About an hour ago")]
    [InlineData(47 * 3600, "47 hours ago")]
    [InlineData(48 * 3600, "2 days ago")]
    [InlineData(13 * 86400, "13 days ago")]
    [InlineData(21 * 86400, "3 weeks ago")]
    [InlineData(60 * 86400, "2 months ago")]
    [InlineData(729 * 86400, "24 months ago")]
    [InlineData(731 * 86400, "2 years ago")]
    public void Ages_are_dockers(double seconds, string text) => Assert.Equal(
        text,
        Ask($"$now = [DateTimeOffset]'2026-01-02Z'; {Format}::Age($now.AddSeconds({seconds.ToString(CultureInfo.InvariantCulture)} * -1), $now)"));

    [Fact]
    public void An_unknown_age_is_a_question_mark() => Assert.Equal("?", Ask($"{Format}::Age($null)"));

    [Theory]
    [InlineData(-60, "1 second ago")]
    [InlineData(61, "1 minute ago")]
    [InlineData(3700, "1 hour ago")]
    public void In_a_column_the_longest_ages_are_shorter(int seconds, string text) => Assert.Equal(
        text, Ask($"{Format}::Created([pscustomobject]@{{ Created = [DateTimeOffset]::UtcNow.AddSeconds(-({seconds})) }})"));

    [Theory]
    [InlineData("$null", "")]
    [InlineData("'<missing>'", "<missing>")]
    [InlineData("'8f2a1c0d9e7b00112233'", "8f2a1c0d9e7b")]
    [InlineData("'sha256:8f2a1c0d9e7b00112233'", "8f2a1c0d9e7b")]
    public void Ids_have_twelve_digits(string id, string text) => Assert.Equal(text, Ask($"{Format}::ShortId({id})"));

    private object Ask(string script) => _session.Run(script).ShouldSucceed().Objects.Single().BaseObject;
}
