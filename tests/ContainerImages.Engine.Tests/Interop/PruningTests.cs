using System;
using System.Collections.Generic;
using System.Linq;
using ContainerImages.Engine.Tests.Store;
using ContainerImages.Engine.Tests.Transports;
using ContainerImages.Store;
using Xunit;

namespace ContainerImages.Engine.Tests.Interop;

/// <summary>What <c>podman image prune</c> takes away, and what we do.</summary>
public sealed class PruningTests : IDisposable
{
    // Each image is a minute younger than the one it is built on, and the first are of 03:04:05.
    // base:1 <- first <- app:1; first <- old (dangling)
    // one <- two <- three (dangling); one <- labelled (dangling); alone (dangling, labelled)
    private static readonly TestImage _base = new TestImage(TestLayer.Of("base")) { Names = ["docker.io/x/base:1"] };
    private static readonly TestImage _first = _base.Child("RUN first", TestLayer.Of("first"));
    private static readonly TestImage _app = _first.Child("CMD app", TestLayer.Of("app"), "docker.io/x/app:1", "docker.io/x/app:2");
    private static readonly TestImage _old = _first.Child("RUN old", TestLayer.Of("old"));
    private static readonly TestImage _one = TestImage.Of("one");
    private static readonly TestImage _two = _one.Child("ENV two", null);
    private static readonly TestImage _three = _two.Child("RUN three", TestLayer.Of("three"));
    private static readonly TestImage _labelled = _one.Child("RUN labelled", TestLayer.Of("labelled")).Labelled("stage", "build");
    private static readonly TestImage _alone = TestImage.Of("alone").Labelled("stage", "test");

    private static readonly Dictionary<string, TestImage> _images = new()
    {
        ["base"] = _base, ["first"] = _first, ["app"] = _app, ["old"] = _old, ["one"] = _one,
        ["two"] = _two, ["three"] = _three, ["labelled"] = _labelled, ["alone"] = _alone,
    };

    private readonly TwoStores _stores = new();

    public void Dispose() => _stores.Dispose();

    [SkippableTheory]
    [InlineData("", "base first app")]
    [InlineData("--all", "")]
    [InlineData("--filter label=stage", "base first app old one two three")]
    [InlineData("--filter label=stage=build", "base first app old one two three alone")]
    [InlineData("--filter label=stage=none", "base first app old one two three labelled alone")]
    [InlineData("--filter until=2026-01-02T03:04:30Z", "base first app old one two three labelled")]
    [InlineData("--filter until=2026-01-02T03:05:30Z", "base first app old one two three")]
    [InlineData("--filter until=2026-01-02T03:06:30Z", "base first app")]
    [InlineData("--all --filter label=stage", "base first app old one two three")]
    [InlineData("--all --filter until=2026-01-02T03:04:30Z", "first app old two three labelled")]
    [InlineData("--all --filter until=2026-01-02T03:05:30Z", "app old three")]
    [InlineData("--all --filter until=2026-01-02T03:06:30Z", "")]
    public void The_same_images_are_left(string words, string left)
    {
        _stores.Import([.. _images.Values]);
        Assert.Equal(_stores.PodmansNames(), _stores.OurNames());

        _stores.Peers.Podman(["image", "prune", "--force", .. words.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
        Optimize(words);

        Assert.Equal(left.Split(' ', StringSplitOptions.RemoveEmptyEntries).Order(), _stores.OurNames().Keys.Select(NameOf).Order());
        Assert.Equal(_stores.PodmansNames(), _stores.OurNames());
        _stores.Store.AssertSound();
    }

    [SkippableFact]
    public void Nothing_dangles_any_more_and_a_second_time_does_nothing()
    {
        _stores.Import([.. _images.Values]);

        Optimize("");

        Assert.DoesNotContain(_stores.OurImages(), image => image.Dangling);
        Assert.Empty(Optimize(""));
    }

    private IReadOnlyList<ImageRemoval> Optimize(string words)
    {
        var filters = words.Split(' ').Where(word => word.Contains('=', StringComparison.Ordinal)).Select(word => word.Split('=', 2)).ToList();
        var options = new OptimizationOptions
        {
            All = words.Contains("--all", StringComparison.Ordinal),
            Labels = [.. filters.Where(filter => filter[0] == "label").Select(filter => filter[1])],
            Until = filters.FirstOrDefault(filter => filter[0] == "until") is { } until ? DateTimeOffset.Parse(until[1], null) : null,
        };
        var optimization = StoreOptimization.Read(_stores.Store, options, default);
        return _stores.Store.Optimize(optimization.Choose((_, _) => true), [], optimization.IsOld, default).Removals;
    }

    private static string NameOf(string id) => _images.First(image => image.Value.Id.Hex == id).Key;
}
