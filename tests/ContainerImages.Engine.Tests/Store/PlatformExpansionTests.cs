using System;
using System.Collections.Generic;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.Engine.Tests.Transports;
using ContainerImages.Store;
using Xunit;

namespace ContainerImages.Engine.Tests.Store;

/// <summary>One object for a multi-platform image, or one for each platform: by name, ID, digest and pattern alike.</summary>
public sealed class PlatformExpansionTests : IDisposable
{
    private static readonly TestImage _host = new(TestLayer.Of("host")) { Architecture = Platform.Host.Architecture };
    private static readonly TestImage _s390 = new(TestLayer.Of("s390x")) { Architecture = "s390x" };
    private static readonly TestImage _arm = new(TestLayer.Of("arm")) { Architecture = "arm", Variant = "v7" };
    private static readonly TestIndex _index = new(_s390, _host, _arm) { Names = ["quay.io/x/multi:1", "quay.io/x/multi:2"] };
    private static readonly TestIndex _other = new(_s390) { Names = ["quay.io/x/mainframe:1"] };
    private static readonly TestImage _single = TestImage.Of("single", "quay.io/x/single:1");

    private readonly TestStore _test = new();
    private readonly List<string> _said = [];

    public PlatformExpansionTests() => _test.Store.Import(_index, _other, _single);

    public static TheoryData<string> WaysToNameIt => ["quay.io/x/multi:1", "multi:2", "x/multi@{index}", "{index}", "{s390}", "multi@{arm}", "quay.io/x/multi:*"];

    private static string Host => $"linux/{_host.Architecture}";

    public void Dispose() => _test.Dispose();

    [Theory]
    [MemberData(nameof(WaysToNameIt))]
    public void All_platforms_are_those_of_the_root_whatever_it_was_named_by(string words) =>
        Assert.Equal(["linux/s390x", Host, "linux/arm/v7"], Platforms(words, all: true));

    [Theory]
    [MemberData(nameof(WaysToNameIt))]
    public void A_platform_that_is_asked_for_is_given_instead(string words)
    {
        Assert.Equal(["linux/arm/v7"], Platforms(words, all: false, "linux/arm"));
        Assert.Equal(["linux/s390x", "linux/arm/v7"], Platforms(words, all: false, "linux/arm/*", "linux/s390x"));
        Assert.Equal(["linux/s390x", Host, "linux/arm/v7"], Platforms(words, all: false, "linux/*"));
    }

    [Theory]
    [InlineData("quay.io/x/multi:1", null)]
    [InlineData("quay.io/x/multi:*", null)]
    [InlineData("{index}", null)]
    [InlineData("{s390}", "linux/s390x")]
    [InlineData("multi@{arm}", "linux/arm/v7")]
    public void Without_either_it_is_the_hosts_or_the_one_that_was_named(string words, string? platform) =>
        Assert.Equal([platform ?? Host], Platforms(words, all: false));

    [Fact]
    public void What_is_not_there_is_an_error_for_what_was_named_and_nothing_for_a_pattern_and_a_list()
    {
        var error = Assert.Throws<ContainerImageException>(() => Platforms("multi:1", all: false, "linux/riscv64"));

        Assert.Equal(ImageError.PlatformNotFound, error.Error);
        Assert.Equal(["linux/s390x", Host, "linux/arm/v7"], error.Candidates);
        Assert.Empty(Platforms("multi:*", all: false, "linux/riscv64"));
        Assert.Empty(Listed(all: false, "linux/riscv64"));
    }

    [Fact]
    public void In_a_list_each_image_of_each_platform_is_once()
    {
        // The one for s390x belongs to two indexes.
        Assert.Equal(new[] { _host, _s390, _single }.Select(image => image.Id.Hex).Order(), Listed(all: false).Order());
        Assert.Equal(new[] { _host, _s390, _arm, _single }.Select(image => image.Id.Hex).Order(), Listed(all: true).Order());
        Assert.Equal([_s390.Id.Hex], Listed(all: false, "linux/s390x"));
    }

    [Fact]
    public void Which_platform_is_taken_and_why_is_explained()
    {
        Resolve("multi:1", null);
        Resolve("multi:1", "linux/s390x");
        _test.Store.Import(new TestIndex(_s390, _arm) { Names = ["quay.io/x/foreign:1"] });
        Resolve("foreign:1", null);

        Assert.Equal(
            [
                $"Of the platforms of 'multi:1' that are here, linux/s390x, {Host}, linux/arm/v7, {Host} is taken: it fits this machine.",
                $"Of the platforms of 'multi:1' that are here, linux/s390x, {Host}, linux/arm/v7, linux/s390x is taken: it was asked for.",
                "Of the platforms of 'foreign:1' that are here, linux/s390x, linux/arm/v7, linux/s390x is taken: none of them fits this machine, and it is the first.",
            ],
            _said.Where(line => line.StartsWith("Of the platforms", StringComparison.Ordinal)));
    }

    private static string Fill(string words) => words
        .Replace("{index}", _index.Digest.ToString(), StringComparison.Ordinal)
        .Replace("{s390}", _s390.Id.Hex, StringComparison.Ordinal)
        .Replace("{arm}", _arm.Id.Hex, StringComparison.Ordinal);

    private void Resolve(string text, string? platform) => new ImageResolver(
        _test.Store.ReadSnapshot(), platform is null ? null : PlatformPattern.Parse(platform), _said.Add).Resolve(text);

    private IEnumerable<string> Platforms(string words, bool all, params string[] platforms)
    {
        var matches = _test.Store.Select(_test.Store.ReadSnapshot(), ImageTarget.OfText(Fill(words)));
        var literal = words.Contains('*', StringComparison.Ordinal) ? null : words;
        return PlatformExpansion.Of(matches, [.. platforms.Select(PlatformPattern.Parse)], all, literal).Select(match => match.Manifest.Platform);
    }

    private IEnumerable<string> Listed(bool all, params string[] platforms)
    {
        var matches = new ImageResolver(_test.Store.ReadSnapshot(), null, null).All();
        return PlatformExpansion.Of(matches, [.. platforms.Select(PlatformPattern.Parse)], all, null).Select(match => match.Manifest.Id.Hex);
    }
}
