using System;
using System.IO;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.Engine.Tests.Store;
using ContainerImages.Transports;
using Xunit;

namespace ContainerImages.Engine.Tests.Transports.Copy;

/// <summary>A copy from a store to a registry is a push: the store remembers of it what it remembers of every push.</summary>
public sealed class CopyFromStoreTests : IDisposable
{
    private static readonly TransferRequest _usual = new() { PacksPlain = true };

    private readonly CopyBench _bench = new();

    public void Dispose() => _bench.Dispose();

    private string Host => _bench.Remote.Proxy.Address;

    [SkippableFact]
    public void Its_digest_joins_those_of_the_image()
    {
        var image = TestImage.Of("plain", "docker.io/team/app:1", "docker.io/team/app:2");
        _bench.Store.Import(image);

        var pushed = Assert.Single(_bench.Copy("store:team/app:1", $"docker://{Host}/team/copied:1", _usual));

        Assert.NotEqual(image.Digest.ToString(), pushed.Digest);
        Assert.Equal(
            new[] { $"{Host}/team/copied@{pushed.Digest}", $"docker.io/team/app@{image.Digest}" }.Order(StringComparer.Ordinal),
            _bench.Store.Find("team/app:1").RepoDigests);
        Assert.Equal(image.Id, _bench.Store.Match(pushed.Digest!).Manifest.Id);
        Assert.Empty(_bench.Warnings);
        _bench.Store.AssertSound();
    }

    [SkippableFact]
    public void Each_repository_below_a_prefix_is_remembered()
    {
        _bench.Store.Import(TestImage.Of("plain", "docker.io/team/app:1", "docker.io/team/app:2", "docker.io/other/app:1"));

        var pushed = Assert.Single(_bench.Copy($"store:{TestImage.Of("plain").Id.Hex}", $"docker://{Host}/mirror/", _usual));

        Assert.Equal(
            [$"{Host}/mirror/other/app@{pushed.Digest}", $"{Host}/mirror/team/app@{pushed.Digest}"],
            _bench.Store.Find("team/app:1").RepoDigests.Where(name => name.StartsWith(Host, StringComparison.Ordinal)));
    }

    [SkippableFact]
    public void What_layers_have_become_is_asked_for_the_next_time_and_nothing_is_compressed()
    {
        _bench.Store.Import(TestImage.Of("plain", "docker.io/team/app:1"));
        _bench.Copy("store:team/app:1", $"docker://{Host}/team/copied:1", _usual);
        var before = _bench.Remote.Proxy.Requests.Count;

        _bench.Copy("store:team/app:1", $"docker://{Host}/team/copied:2", _usual);
        var second = _bench.Copy("store:team/app:1", $"docker://{Host}/elsewhere:1", _usual);

        Assert.DoesNotContain(
            _bench.Remote.Proxy.Requests.Skip(before), request => request.Method is "PATCH" or "PUT" && request.Path.Contains("/blobs/", StringComparison.Ordinal));
        Assert.Equal(0, Assert.Single(second).CopiedBytes);
    }

    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void Of_an_index_whole_or_in_part_the_images_are_remembered(bool isWhole)
    {
        var (one, other) = (new TestImage(TestLayer.Of("a")), new TestImage(TestLayer.Of("b")) { Architecture = "arm64" });
        _bench.Store.Import(new TestIndex(one, other) { Names = ["docker.io/team/multi:1"] });
        var request = isWhole ? _usual with { AllPlatforms = true } : _usual with { Platform = PlatformPattern.Parse("linux/arm64") };

        var pushed = Assert.Single(_bench.Copy("store:team/multi:1", $"docker://{Host}/team/copied:1", request));

        string[] Of(string platform) =>
        [
            .. new ContainerImage(_bench.Store, _bench.Store.ReadSnapshot(), _bench.Store.Match("team/multi:1", platform)).RepoDigests
                .Where(name => name.StartsWith(Host, StringComparison.Ordinal)),
        ];
        Assert.Contains($"{Host}/team/copied@{pushed.Digest}", Of("linux/arm64"));
        Assert.Equal((isWhole ? 2 : 1, isWhole ? 2 : 0), (Of("linux/arm64").Length, Of("linux/amd64").Length));
    }

    [SkippableFact]
    public void A_store_that_is_named_by_its_path_remembers_too()
    {
        _bench.Store.Import(TestImage.Of("plain", "docker.io/team/app:1"));
        _bench.Copy("store:team/app:1", $"oci:{_bench.Combine("layout")}");
        _bench.Copy("store:team/app:1", $"oci:{_bench.Combine("layout")}");
        Assert.True(File.Exists(Path.Combine(_bench.Combine("layout"), "store.lock")));

        var pushed = Assert.Single(_bench.Copy($"oci:{_bench.Combine("layout")}:docker.io/team/app:1", $"docker://{Host}/team/copied:1", _usual));

        using var layout = ContainerImages.Store.ImageStore.Open(_bench.Combine("layout"));
        Assert.Contains($"{Host}/team/copied@{pushed.Digest}", layout.Find("team/app:1").RepoDigests);
        Assert.DoesNotContain(_bench.Store.Find("team/app:1").RepoDigests, name => name.StartsWith(Host, StringComparison.Ordinal));
    }
}
