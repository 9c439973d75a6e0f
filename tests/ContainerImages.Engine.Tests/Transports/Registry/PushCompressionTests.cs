using System;
using System.IO;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.Copying;
using ContainerImages.Engine.Tests.Interop;
using ContainerImages.Engine.Tests.Store;
using ContainerImages.Manifests;
using ContainerImages.References;
using ContainerImages.Transports;
using Xunit;

namespace ContainerImages.Engine.Tests.Transports.Registry;

/// <summary>Layers on their way to a registry: which are compressed, which stay as they are, and what is remembered of it.</summary>
public sealed class PushCompressionTests : IDisposable
{
    private readonly PullBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [SkippableFact]
    public void Plain_layers_are_compressed_and_the_others_stay_and_the_image_is_the_same()
    {
        var image = new TestImage(TestLayer.Of("plain"), TestLayer.Of("gzip", Compression.Gzip), TestLayer.Of("zstd", Compression.Zstd))
        {
            Names = ["docker.io/team/app:1"],
        };
        _bench.Store.Import(image);

        var pushed = _bench.Publish("team/app:1", threads: 4);

        var there = Read(_bench.Name);
        Assert.Equal(pushed.Digest, there.Digest.ToString());
        Assert.Equal([MediaTypes.OciLayerGzip, MediaTypes.OciLayerGzip, MediaTypes.OciLayerZstd], there.Layers.Select(layer => layer.MediaType));
        Assert.Equal(image.Layers.Skip(1).Select(layer => layer.Digest), there.Layers.Skip(1).Select(layer => layer.Digest));
        Assert.Equal(image.Id, there.Config.Digest);

        using var other = new TestStore();
        using var bench = new Workbench();
        bench.Peers.Skopeo(
            "copy", "--src-tls-verify=false", $"docker://{_bench.Registry.Address}/team/app:1", $"oci-archive:{bench.Combine("pulled.tar")}:team/app:1");
        bench.Import(bench.Combine("pulled.tar"), "team/app:1");
        Assert.Equal((image.Id.Hex, pushed.Digest), (bench.Store.Find("team/app:1").Id, bench.Store.Find("team/app:1").Digest));
        _bench.Store.AssertSound();
    }

    [SkippableFact]
    public void What_was_compressed_once_is_asked_for_the_next_time()
    {
        var layer = TestLayer.OfBytes(RegistryBench.NewBlob(3_000_000).Bytes);
        _bench.Store.Import(new TestImage(layer) { Names = ["docker.io/team/app:1"] });
        var first = _bench.Publish("team/app:1");
        var sent = _bench.Sent().Count;

        var second = _bench.Publish("team/app:1");

        Assert.Equal(first.Digest, second.Digest);
        Assert.Equal(["PUT team/app/manifests/1"], _bench.Sent().Skip(sent));

        // Another image of the layer, in a place that has it under another name alone: compressed again, to the same bytes.
        _bench.Store.Import(new TestImage(layer, TestLayer.Of("more")) { Names = ["docker.io/team/more:1"] });
        var third = _bench.Publish("team/more:1", $"{_bench.Proxy.Address}/team/elsewhere:1");
        Assert.Equal(Read(_bench.Name).Layers[0].Digest, Read(third.Reference).Layers[0].Digest);
        _bench.Store.AssertSound();
    }

    [SkippableFact]
    public void Digests_of_pushes_join_those_of_the_image_and_outlive_names_and_imports()
    {
        var image = new TestImage(TestLayer.Of("plain")) { Names = ["docker.io/team/app:1"] };
        _bench.Store.Import(image);

        var pushed = _bench.Publish("team/app:1");

        Assert.NotEqual(image.Digest.ToString(), pushed.Digest);
        var wanted = new[] { $"{_bench.Proxy.Address}/team/app@{pushed.Digest}", $"docker.io/team/app@{image.Digest}" };
        Assert.Equal(wanted.Order(StringComparer.Ordinal), _bench.Store.Find("team/app:1").RepoDigests);
        Assert.Equal(image.Id, _bench.Store.Match(pushed.Digest!).Manifest.Id);
        Assert.Equal(image.Id, _bench.Store.Match(wanted[0]).Manifest.Id);
        _bench.Store.AssertRefused(ImageError.ImageNotFound, store => store.Match($"registry.example.com/team/app@{pushed.Digest}"));
        _bench.Store.Import(image);
        _bench.Store.Tag("team/app:1", "localhost/other:1");
        _bench.Store.Untag("docker.io/team/app:1");
        Assert.Equal(
            new[] { wanted[0], $"localhost/other@{image.Digest}" }.Order(StringComparer.Ordinal), _bench.Store.Find("localhost/other:1").RepoDigests);
        _bench.Store.AssertSound();
    }

    [SkippableFact]
    public void Of_an_index_each_image_has_its_own_digest_and_that_of_the_whole()
    {
        var index = new TestIndex(
            new TestImage(TestLayer.Of("a")), new TestImage(TestLayer.Of("b")) { Architecture = "arm64" })
        {
            Names = ["docker.io/team/multi:1"],
        };
        _bench.Store.Import(index);

        var pushed = _bench.Publish("team/multi:1");

        var there = Assert.IsType<ImageIndex>(ReadDocument(_bench.Name));
        Assert.Equal(["linux/amd64", "linux/arm64"], there.Manifests.Select(manifest => manifest.Platform!.ToString()));
        var (repository, snapshot) = ($"{_bench.Proxy.Address}/team/app", _bench.Store.ReadSnapshot());
        foreach (var (platform, manifest) in new[] { ("linux/amd64", there.Manifests[0]), ("linux/arm64", there.Manifests[1]) })
        {
            var digests = new ContainerImage(_bench.Store, snapshot, _bench.Store.Match("team/multi:1", platform)).RepoDigests;
            Assert.Equal(
                new[] { $"{repository}@{pushed.Digest}", $"{repository}@{manifest.Digest}" }.Order(StringComparer.Ordinal),
                digests.Where(text => text.StartsWith(repository, StringComparison.Ordinal)));
        }
    }

    [SkippableFact]
    public void Layers_stay_plain_where_a_digest_has_to_stay()
    {
        var image = new TestImage(TestLayer.Of("plain")) { Names = ["docker.io/team/app:1"] };
        _bench.Store.Import(image, TestArtifact.About(image, "a note"));

        var byDigest = _bench.Publish("team/app:1", $"{_bench.Proxy.Address}/team/app@{image.Digest}");
        var withNote = _bench.Publish("team/app:1", edit: request => request with { Changes = RegistryDestination.UsualChanges(includesReferrers: true) });

        Assert.Equal((image.Digest.ToString(), image.Digest.ToString()), (byDigest.Digest, withNote.Digest));
        Assert.Equal(2, _bench.Said.Count(line => line.StartsWith("Layers that are plain stay so: ", StringComparison.Ordinal)));
    }

    [SkippableTheory]
    [InlineData(Compression.None, MediaTypes.OciLayer)]
    [InlineData(Compression.Gzip, MediaTypes.OciLayerGzip)]
    [InlineData(Compression.Zstd, MediaTypes.OciLayerZstd)]
    public void Each_compression_is_had_for_the_asking(Compression compression, string type)
    {
        var image = new TestImage(TestLayer.Of("plain"), TestLayer.Of("gzip", Compression.Gzip), TestLayer.Of("zstd", Compression.Zstd))
        {
            Names = ["docker.io/team/app:1"],
        };
        _bench.Store.Import(image);

        _bench.Publish("team/app:1", edit: request => request with { Changes = new CopyChanges { Encoding = LayerEncoding.Of(compression) } });

        Assert.All(Read(_bench.Name).Layers, layer => Assert.Equal(type, layer.MediaType));
        _bench.Store.Remove(["team/app:1"]);
        Assert.Equal(image.Id.Hex, Assert.Single(_bench.Pull()).Id);
    }

    [SkippableFact]
    public void A_damaged_layer_is_not_pushed()
    {
        var layer = TestLayer.OfBytes(RegistryBench.NewBlob(300_000).Bytes);
        var packed = TestLayer.OfBytes(RegistryBench.NewBlob(300_000).Bytes, Compression.Gzip);
        foreach (var (name, damaged) in new[] { ("docker.io/team/plain:1", layer), ("docker.io/team/packed:1", packed) })
        {
            _bench.Store.Import(new TestImage(damaged) { Names = [name] });
            FlipLastByte(_bench.Store.Paths.Blob(damaged.Digest));

            Assert.Equal(ImageError.ContentMismatch, Assert.ThrowsAny<ContainerImageException>(() => _bench.Publish(name)).Error);
        }

        Assert.DoesNotContain(_bench.Sent(), line => line.StartsWith("PUT", StringComparison.Ordinal));
    }

    private ImageManifest Read(string name) => (ImageManifest)ReadDocument(name);

    private ManifestDocument ReadDocument(string name)
    {
        using var access = _bench.Access();
        var reference = ImageReference.Parse(name);
        return access.OpenDirect(reference.Domain, reference.Path, isForPush: false, default).GetManifestAsync(reference.Tag!, default).Result;
    }

    private static void FlipLastByte(string path)
    {
        var bytes = File.ReadAllBytes(path);
        bytes[^1] ^= 1;
        File.SetAttributes(path, FileAttributes.Normal);
        File.WriteAllBytes(path, bytes);
    }
}
