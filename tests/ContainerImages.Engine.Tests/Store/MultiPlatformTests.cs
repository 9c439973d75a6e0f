using System;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.Engine.Tests.Transports;
using ContainerImages.Store;
using Xunit;

namespace ContainerImages.Engine.Tests.Store;

/// <summary>Names that point to an index of several platforms.</summary>
public sealed class MultiPlatformTests : IDisposable
{
    private const string Name = "docker.io/library/multi:1";
    private static readonly TestLayer _shared = TestLayer.Of("of both");
    private static readonly TestImage _s390 = new(_shared, TestLayer.Of("s390x")) { Architecture = "s390x" };
    private static readonly TestImage _arm = new(_shared, TestLayer.Of("arm")) { Architecture = "arm", Variant = "v7" };
    private static readonly TestImage _host = new(_shared, TestLayer.Of("host")) { Architecture = Platform.Host.Architecture };
    private static readonly TestIndex _index = new(_s390, _arm, _host) { Names = [Name] };

    private readonly TestStore _test = new();

    private ImageStore Store => _test.Store;

    private RemovalPlan Planner => new(Store, Store.ReadSnapshot(), force: false, prune: true);

    public void Dispose() => _test.Dispose();

    [Fact]
    public void Without_a_wish_the_hosts_platform_is_meant()
    {
        Store.Import(_index);

        var image = Store.Find("multi:1");

        Assert.Equal(_host.Id.Hex, image.Id);
        Assert.Equal(_host.Digest.ToString(), image.Digest);
        Assert.Equal(_index.Digest.ToString(), image.RootDigest);
        Assert.Equal(["linux/s390x", "linux/arm/v7", _hostPlatform], image.Platforms);
        Assert.Equal(image.Platforms, image.PresentPlatforms);
        Assert.Equal([_host.Id.Hex], Store.List().Select(listed => listed.Id));
    }

    [Fact]
    public void Without_the_hosts_platform_the_first_is_meant()
    {
        Store.Import(new TestIndex(_s390, _arm) { Names = [Name] });

        Assert.Equal(_s390.Id.Hex, Store.Find("multi:1").Id);
    }

    [Theory]
    [InlineData("linux/s390x", "s390x")]
    [InlineData("linux/arm/v7", "arm")]
    [InlineData("linux/arm", "arm")]
    public void A_platform_can_be_asked_for(string platform, string layer)
    {
        Store.Import(_index);

        Assert.Equal(layer == "arm" ? _arm.Id.Hex : _s390.Id.Hex, Store.Find("multi:1", platform).Id);
    }

    [Fact]
    public void A_platform_that_is_not_here_is_an_error_that_lists_those_that_are()
    {
        Store.Import(_index);

        var error = Assert.Throws<ContainerImageException>(() => Store.Find("multi:1", "linux/riscv64"));

        Assert.Equal(ImageError.PlatformNotFound, error.Error);
        Assert.Equal(["linux/s390x", "linux/arm/v7", _hostPlatform], error.Candidates);
    }

    [Fact]
    public void Every_platform_is_found_by_its_own_ID_and_digest_and_the_root_by_its()
    {
        Store.Import(_index);

        Assert.Equal(_arm.Id.Hex, Store.Find(_arm.Id.Hex).Id);
        Assert.Equal(_arm.Id.Hex, Store.Find(_arm.Digest.ToString()).Id);
        Assert.Equal(_arm.Id.Hex, Store.Find($"multi@{_arm.Digest}").Id);
        Assert.Equal(_host.Id.Hex, Store.Find(_index.Digest.ToString()).Id);
        Assert.Equal([Name], Store.Find(_arm.Id.Hex).Names);
        Assert.False(Store.Find(_arm.Id.Hex).Dangling);
    }

    [Fact]
    public void Platforms_that_the_archive_has_not_are_named_and_not_present()
    {
        var archive = TestArchive.OciLayout(_index);
        foreach (var digest in new[] { _arm.Digest, _arm.Id, _arm.Layers[1].Digest })
        {
            archive.Remove(TestArchive.BlobPath(digest));
        }

        Store.Import(archive);

        var image = Store.Find("multi:1");
        Assert.Equal(["linux/s390x", "linux/arm/v7", _hostPlatform], image.Platforms);
        Assert.Equal(["linux/s390x", _hostPlatform], image.PresentPlatforms);
        Store.AssertSound();
    }

    [Fact]
    public void The_missing_platforms_can_come_later()
    {
        var archive = TestArchive.OciLayout(_index);
        archive.Remove(TestArchive.BlobPath(_arm.Digest));
        Store.Import(archive);

        Store.Import(_index);

        Assert.Equal(3, Store.Find("multi:1").PresentPlatforms.Count);
        Store.AssertSound();
    }

    [Fact]
    public void An_index_of_which_nothing_is_there_is_refused()
    {
        Store.Import(TestImage.Of("there before"));
        var archive = TestArchive.OciLayout(_index);
        _index.Children.ToList().ForEach(child => archive.Remove(TestArchive.BlobPath(child.Digest)));

        Store.AssertRefused(ImageError.ContentMissing, store => store.Import(archive));
    }

    [Fact]
    public void Dropping_a_platform_frees_what_is_its_own_and_keeps_root_and_names()
    {
        Store.Import(_index);

        var report = Assert.Single(Store.Remove([Planner.PlanPlatform(Store.Match("multi:1", "linux/arm/v7"))], default));

        Assert.Equal(_arm.Bytes.Length + _arm.ConfigBytes.Length + _arm.Layers[1].Bytes.Length, report.FreedBytes);
        Assert.Equal(["linux/s390x", _hostPlatform], Store.Find("multi:1").PresentPlatforms);
        Assert.Equal(_index.Digest.ToString(), Store.Find("multi:1").RootDigest);
        Store.AssertSound();
    }

    [Fact]
    public void A_dropped_platform_that_has_a_name_of_its_own_stays()
    {
        var named = _arm.Named("docker.io/library/arm:1");
        Store.Import(_index, named);

        Store.Remove([Planner.PlanPlatform(Store.Match("multi:1", "linux/arm/v7"))], default);

        Assert.Equal(_arm.Id.Hex, Store.Find("arm:1").Id);
        Assert.NotNull(Store.Blobs.Find(_arm.Layers[1].Digest, _arm.Layers[1].Bytes.Length));
        Store.AssertSound();
    }

    [Fact]
    public void Removal_by_name_takes_all_platforms()
    {
        Store.Import(_index);

        Store.Remove(["multi:1"]);

        Assert.Empty(Store.BlobNames());
    }

    [Fact]
    public void Indexes_of_indexes_are_flattened()
    {
        Store.Import(new TestIndex(new TestIndex(_s390), new TestIndex(new TestIndex(_arm)), _host) { Names = [Name] });

        Assert.Equal(["linux/s390x", "linux/arm/v7", _hostPlatform], Store.Find("multi:1").PresentPlatforms);
        Store.AssertSound();
        Store.Remove(["multi:1"]);
        Assert.Empty(Store.BlobNames());
    }

    [Fact]
    public void Indexes_nested_too_deep_are_refused()
    {
        Store.Import(TestImage.Of("there before"));
        TestRoot root = _host;
        for (var i = 0; i <= Limits.IndexDepth; i++)
        {
            root = new TestIndex(root);
        }

        Store.AssertRefused(ImageError.ContentTooLarge, store => store.Import(root));
    }

    private static readonly string _hostPlatform = $"linux/{Platform.Host.Architecture}";
}
