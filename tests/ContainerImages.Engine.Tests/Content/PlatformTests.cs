using System;
using System.Linq;
using System.Runtime.InteropServices;
using ContainerImages.Content;
using Xunit;

namespace ContainerImages.Engine.Tests.Content;

public class PlatformTests
{
    [Theory]
    [InlineData("linux/amd64", "linux/amd64")]
    [InlineData("Linux/x86_64", "linux/amd64")]
    [InlineData("linux/x86-64", "linux/amd64")]
    [InlineData("linux/i386", "linux/386")]
    [InlineData("linux/aarch64", "linux/arm64")]
    [InlineData("linux/arm64/v8", "linux/arm64/v8")]
    [InlineData("linux/arm64/8", "linux/arm64/v8")]
    [InlineData("linux/arm", "linux/arm")]
    [InlineData("linux/arm/7", "linux/arm/v7")]
    [InlineData("linux/arm/V6", "linux/arm/v6")]
    [InlineData("linux/armhf", "linux/arm/v7")]
    [InlineData("linux/armel", "linux/arm/v6")]
    [InlineData("macOS/arm64", "darwin/arm64")]
    [InlineData("linux/s390x", "linux/s390x")]
    [InlineData("linux/amd64/v3", "linux/amd64/v3")]
    [InlineData("wasi/wasm", "wasi/wasm")]
    public void Platform_is_read_in_its_usual_spelling(string text, string expected) =>
        Assert.Equal(expected, Platform.Parse(text).ToString());

    [Theory]
    [InlineData(null, "''")]
    [InlineData("", "''")]
    [InlineData("linux/", "'linux/'")]
    [InlineData("/linux/arm", "'/linux/arm'")]
    [InlineData("linux/arm/", "'linux/arm/'")]
    [InlineData("linux /arm", "'linux /arm'")]
    [InlineData("linux/&arm", "'linux/&arm'")]
    [InlineData("linux/arm/foo/bar", "'linux/arm/foo/bar'")]
    [InlineData("linux/*", "'linux/*'")]
    [InlineData("arm64", "did you mean 'linux/arm64'?")]
    [InlineData("x86_64", "did you mean 'linux/amd64'?")]
    [InlineData("windows", "did you mean 'windows/")]
    public void Other_text_is_refused_with_the_form_that_is_wanted(string? text, string expected)
    {
        Assert.False(Platform.TryParse(text, out _));
        var error = Assert.Throws<ContainerImageException>(() => Platform.Parse(text!));
        Assert.Equal(ImageError.InvalidPlatform, error.Error);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Contains("os/architecture[/variant]", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("linux", "arm64", null, "linux/arm64/v8", true)]
    [InlineData("linux", "arm64", "v8", "linux/arm64", true)]
    [InlineData("linux", "aarch64", "8", "linux/arm64", true)]
    [InlineData("linux", "arm", "v7", "linux/arm", true)]
    [InlineData("linux", "arm", null, "linux/armhf", true)]
    [InlineData("linux", "armel", null, "linux/arm/v6", true)]
    [InlineData("Linux", "AMD64", "v1", "linux/amd64", true)]
    [InlineData("linux", "amd64", "v2", "linux/amd64", false)]
    [InlineData("linux", "arm", "v6", "linux/arm", false)]
    [InlineData("windows", "amd64", null, "linux/amd64", false)]
    [InlineData("unknown", "unknown", null, "linux/amd64", false)]
    [InlineData("", "", null, "linux/amd64", false)]
    public void Spelling_does_not_matter(string os, string architecture, string? variant, string wanted, bool expected)
    {
        var platform = new Platform(os, architecture, variant);
        Assert.Equal(expected, platform.Matches(Platform.Parse(wanted)));
        Assert.Equal(expected, platform.Equals(Platform.Parse(wanted)));
        if (expected)
        {
            Assert.Equal(Platform.Parse(wanted).GetHashCode(), platform.GetHashCode());
        }
    }

    [Fact]
    public void Fields_stay_as_written()
    {
        var platform = new Platform("Linux", "aarch64", "", "", ["x"]);
        Assert.Equal("Linux/aarch64", platform.ToString());
        Assert.Null(platform.Variant);
        Assert.Null(platform.OsVersion);
        Assert.Equal("unknown/unknown", new Platform("", "").ToString());
        Assert.Equal(new Platform("a", "b", null, null, ["x", "y"]), new Platform("a", "b", null, null, ["y", "x"]));
        Assert.NotEqual(new Platform("a", "b", null, null, ["x"]), new Platform("a", "b"));
    }

    [Theory]
    [InlineData("10.0.20348.2113", "10.0.20348", true)]
    [InlineData("10.0.20348", "10.0.20348", true)]
    [InlineData("10.0.203481", "10.0.20348", false)]
    [InlineData(null, "10.0.20348", false)]
    [InlineData("10.0.20348", null, true)]
    public void System_version_counts_only_if_it_is_wanted(string? version, string? wanted, bool expected)
    {
        var platform = new Platform("windows", "amd64", null, version);
        Assert.Equal(expected, platform.Matches(new Platform("windows", "amd64", null, wanted)));
        Assert.Equal(expected, platform.Rank(new Platform("windows", "amd64", null, wanted)) is not null);
    }

    /// <summary>The wanted platform, then the list with the best first; what does not run there is after a bar.</summary>
    [Theory]
    [InlineData("linux/amd64", "linux/amd64", "linux/amd64/v1", "|", "linux/amd64/v2", "linux/386", "windows/amd64", "linux/arm64")]
    [InlineData("linux/amd64/v3", "linux/amd64/v3", "linux/amd64/v2", "linux/amd64", "|", "linux/amd64/v4")]
    [InlineData("linux/arm/v7", "linux/arm/v7", "linux/arm", "linux/arm/v6", "linux/arm/v5", "|", "linux/arm/v8", "linux/arm64")]
    [InlineData("linux/arm", "linux/arm", "linux/arm/v7", "linux/arm/v6", "linux/arm/v5", "|", "linux/arm/v8")]
    [InlineData("linux/arm/v6", "linux/arm/v6", "linux/arm/v5", "linux/arm", "|", "linux/arm/v7")]
    [InlineData("linux/arm64", "linux/arm64", "linux/arm64/v8", "|", "linux/arm64/v9", "linux/arm/v7")]
    [InlineData("linux/arm64/v8", "linux/arm64/v8", "linux/arm64", "|", "linux/arm64/v9")]
    [InlineData("linux/ppc64le/power9", "linux/ppc64le/power9", "linux/ppc64le", "|", "linux/ppc64le/power10")]
    public void Best_is_chosen_from_a_list(string wanted, params string[] order)
    {
        var target = Platform.Parse(wanted);
        var usable = order.TakeWhile(text => text != "|").Select(Platform.Parse).ToArray();
        var others = order.SkipWhile(text => text != "|").Skip(1).Select(Platform.Parse).ToArray();

        for (var skip = 0; skip < usable.Length; skip++)
        {
            Platform?[] available = [null, .. others, .. usable.Skip(skip).Reverse()];
            Assert.Equal(available.Length - 1, Platform.IndexOfBest(available, target));
        }

        Assert.Equal(-1, Platform.IndexOfBest([null, .. others], target));
    }

    [Fact]
    public void First_of_equals_is_chosen() =>
        Assert.Equal(0, Platform.IndexOfBest([new Platform("linux", "amd64"), new Platform("linux", "amd64")], Platform.Parse("linux/amd64")));

    [Fact]
    public void Host_is_a_platform_that_images_have()
    {
        Assert.Equal(RuntimeInformation.IsOSPlatform(OSPlatform.Windows) ? "windows" : "linux", Platform.Host.Os);
        Assert.Equal(0, Platform.Host.Rank(Platform.Host));
        Assert.Equal(Platform.Host, Platform.Parse(Platform.Host.ToString()));
    }

    [Theory]
    [InlineData("linux/*", "linux/arm64/v8", true)]
    [InlineData("linux/*", "windows/amd64", false)]
    [InlineData("*/arm64", "linux/arm64/v8", true)]
    [InlineData("*/arm64/v8", "linux/arm64", true)]
    [InlineData("linux/arm/v[67]", "linux/arm", true)]
    [InlineData("linux/arm/v[67]", "linux/arm/v5", false)]
    [InlineData("LINUX/AMD*", "linux/amd64", true)]
    [InlineData("linux/aarch64", "linux/arm64/v8", true)]
    [InlineData("linux/arm/v6", "linux/arm/v7", false)]
    public void Pattern_finds_platforms(string pattern, string platform, bool expected) =>
        Assert.Equal(expected, PlatformPattern.Parse(pattern).IsMatch(Platform.Parse(platform)));

    [Theory]
    [InlineData(null)]
    [InlineData("arm64")]
    [InlineData("linux/[a")]
    public void Malformed_platform_pattern_is_refused(string? text) =>
        Assert.Equal(ImageError.InvalidPlatform, Assert.Throws<ContainerImageException>(() => PlatformPattern.Parse(text!)).Error);
}
