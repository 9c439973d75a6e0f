using System;
using System.IO;
using System.IO.Compression;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.Engine.Tests.Hostile;
using ContainerImages.Engine.Tests.Store;
using ContainerImages.Transports;
using Xunit;
using Compression = ContainerImages.Content.Compression;

namespace ContainerImages.Engine.Tests.Transports.Copy;

/// <summary>Layers of docker-archives on their way to a registry: nothing says beforehand how they are compressed, nor their digests.</summary>
public sealed class CopyArchivedLayersTests : IDisposable
{
    private static readonly TransferRequest _preserve = new();
    private static readonly TransferRequest _usual = new() { PacksPlain = true };

    private readonly CopyBench _bench = new();
    private readonly TestImage _image = new(TestLayer.Of("one"), TestLayer.Of("two")) { Names = ["docker.io/library/a:1"] };

    public void Dispose() => _bench.Dispose();

    private string To => $"docker://{_bench.Remote.Proxy.Address}/team/app:1";

    [SkippableTheory]
    [InlineData(nameof(Compression.Gzip), false, false)]
    [InlineData(nameof(Compression.Gzip), true, false)]
    [InlineData(nameof(Compression.Zstd), false, false)]
    [InlineData(nameof(Compression.Zstd), true, false)]
    [InlineData(nameof(Compression.Gzip), false, true)]
    [InlineData(nameof(Compression.Zstd), true, true)]
    public void Compressed_ones_go_out_unchanged(string compression, bool isUsual, bool isStream)
    {
        var kind = Enum.Parse<Compression>(compression);
        var packed = _image.Layers.Select(layer => TestLayer.Compress(layer.Plain, kind)).ToList();
        var request = isUsual ? _usual : _preserve;

        var copy = Assert.Single(_bench.Copy(Write(isStream, layer => TestLayer.Compress(layer.Plain, kind)), To, request));

        var image = Judge(copy);
        Assert.Equal(packed.Select(bytes => Digest.Compute(bytes).ToString()), image.Layers.Select(layer => layer.Digest));
        Assert.All(image.Layers, layer => Assert.Equal(MediaTypes.OciLayerOf(kind), layer.MediaType));

        // Present ones are skipped, as all others are.
        var before = _bench.Remote.Proxy.Requests.Count;
        Assert.Equal(copy.Digest, Assert.Single(_bench.Copy(Write(isStream, layer => TestLayer.Compress(layer.Plain, kind)), To, request)).Digest);
        Assert.DoesNotContain(
            _bench.Remote.Proxy.Requests.Skip(before), sent => sent.Method is "POST" or "PATCH" || (sent.Method == "PUT" && sent.Path.Contains("/blobs/", StringComparison.Ordinal)));
    }

    [SkippableTheory]
    [InlineData(nameof(Compression.Bzip2), false, nameof(Compression.None))]
    [InlineData(nameof(Compression.Xz), false, nameof(Compression.None))]
    [InlineData(nameof(Compression.Bzip2), true, nameof(Compression.Gzip))]
    [InlineData(nameof(Compression.Xz), true, nameof(Compression.Gzip))]
    public void Those_for_which_no_type_is_are_undone_first(string compression, bool isUsual, string becomes)
    {
        var kind = Enum.Parse<Compression>(compression);

        var copy = Assert.Single(_bench.Copy(Write(false, layer => OtherCompressions.Compress(layer.Plain, kind)), To, isUsual ? _usual : _preserve));

        Assert.All(Judge(copy).Layers, layer => Assert.Equal(MediaTypes.OciLayerOf(Enum.Parse<Compression>(becomes)), layer.MediaType));
    }

    [SkippableFact]
    public void Those_that_are_not_what_the_config_says_are_refused_before_anything_is_sent()
    {
        var error = Assert.ThrowsAny<ContainerImageException>(
            () => _bench.Copy(Write(false, _ => TestLayer.Compress("something else"u8.ToArray(), Compression.Gzip)), To, _preserve));

        Assert.Equal(ImageError.ContentMismatch, error.Error);
        Assert.DoesNotContain(_bench.Remote.Proxy.Requests, request => request.Method is "POST" or "PUT" or "PATCH");
    }

    [SkippableFact]
    public void Manifests_become_dockers_where_that_is_asked()
    {
        var request = _usual with { Family = ManifestFamily.Docker };

        var copy = Assert.Single(_bench.Copy(Write(false, layer => TestLayer.Compress(layer.Plain, Compression.Gzip)), To, request));

        Assert.Equal(MediaTypes.DockerManifest, Judge(copy).ManifestType);
        var error = Assert.ThrowsAny<ContainerImageException>(
            () => _bench.Copy(Write(false, layer => TestLayer.Compress(layer.Plain, Compression.Zstd)), To, request));
        Assert.Equal(ImageError.UnsupportedConversion, error.Error);
    }

    [Fact]
    public void A_folder_is_dockers_where_that_is_asked()
    {
        var to = $"dir:{_bench.Combine("to")}";

        _bench.Copy(Write(false, layer => TestLayer.Compress(layer.Plain, Compression.Gzip)), to, new TransferRequest { Family = ManifestFamily.Docker });

        _bench.Copy(to, "store:judged:1");
        Assert.Equal((_image.Id.Hex, MediaTypes.DockerManifest), (_bench.Store.Find("judged:1").Id, _bench.Store.Find("judged:1").ManifestType));
    }

    // As a file, or so that it can be read once only.
    private string Write(bool isStream, Func<TestLayer, byte[]> pack)
    {
        var archive = TestArchive.Docker(_image);
        foreach (var layer in _image.Layers)
        {
            archive[TestArchive.LayerPath(layer)] = pack(layer);
        }

        var path = _bench.Combine(isStream ? "a.tar.gz" : "a.tar");
        File.Delete(path);
        if (!isStream)
        {
            archive.WriteTar(path);
            return $"docker-archive:{path}";
        }

        using var file = File.Create(path);
        using var gzip = new GZipStream(file, CompressionLevel.Fastest);
        gzip.Write(archive.ToTar());
        return $"docker-archive:{path}";
    }

    private ContainerImage Judge(ImageCopy copy)
    {
        _bench.Copy(To, "store:judged:1");
        var image = _bench.Store.Find("judged:1");
        Assert.Equal((_image.Id.Hex, copy.Digest), (image.Id, image.Digest));
        _bench.Store.AssertSound();
        return image;
    }
}
