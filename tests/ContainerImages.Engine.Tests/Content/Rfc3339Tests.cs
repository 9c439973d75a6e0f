using ContainerImages.Content;
using Xunit;

namespace ContainerImages.Engine.Tests.Content;

public class Rfc3339Tests
{
    [Theory]
    [InlineData("2026-01-02T03:04:05Z", "2026-01-02T03:04:05Z")]
    [InlineData("2026-01-02t03:04:05.5+01:00", "2026-01-02T02:04:05.5Z")]
    [InlineData("2026-01-02T03:04:05.123456789Z", "2026-01-02T03:04:05.1234567Z")]
    [InlineData("2026-01-02T03:04:05Z.5", null)]
    [InlineData("2026-01.5-02T03:04:05Z", null)]
    [InlineData("2026-01-02T03:04.5:05Z", null)]
    [InlineData("2026-01-02T03:04:05.Z", null)]
    [InlineData("2026-01-02T03:04:05", null)]
    [InlineData("", null)]
    public void A_fraction_stands_behind_the_seconds_alone(string text, string? date) =>
        Assert.Equal(date, Rfc3339.TryParse(text, out var read) ? Rfc3339.Format(read) : null);
}
