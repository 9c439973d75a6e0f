using System;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using ContainerImages.Content;
using ContainerImages.Copying;
using ContainerImages.Engine.Tests.Content;
using ContainerImages.Engine.Tests.Store;
using ContainerImages.Testing;
using ContainerImages.Transports;
using Xunit;

namespace ContainerImages.Engine.Tests.Transports;

/// <summary>Saving with layers in another compression than they are stored in.</summary>
public sealed class RecompressionTests : IDisposable
{
    private const string Name = "docker.io/team/app:1";

    private static readonly TestLayer _plain = TestLayer.OfBytes(SampleBytes.Mixed(700_000, 1));
    private static readonly TestLayer _gzip = TestLayer.OfBytes(SampleBytes.Mixed(600_000, 2), Compression.Gzip);
    private static readonly TestLayer _zstd = TestLayer.OfBytes(SampleBytes.Mixed(500_000, 3), Compression.Zstd);

    private readonly TestStore _test = new();
    private readonly TestStore _other = new();
    private readonly TempFolder _folder = new();
    private int _saved;

    public static TheoryData<string, Compression> Formats => new()
    {
        { "oci-archive", Compression.None },
        { "oci-archive", Compression.Gzip },
        { "oci-archive", Compression.Zstd },
        { "oci-dir", Compression.None },
        { "oci-dir", Compression.Gzip },
        { "oci-dir", Compression.Zstd },
        { "dir", Compression.None },
        { "dir", Compression.Gzip },
        { "dir", Compression.Zstd },
        { "docker-dir", Compression.None },
        { "docker-dir", Compression.Gzip },
        { "docker-archive", Compression.None },
    };

    public void Dispose()
    {
        _test.Dispose();
        _other.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Every_layer_is_compressed_as_asked_and_the_image_is_the_same(string format, Compression compression)
    {
        var image = new TestImage(_plain, _gzip, _zstd, _plain) { Names = [Name] };
        _test.Store.Import(image);

        var imported = Assert.Single(_other.Store.ImportFile(Save(format, Encode(compression)), Name));

        Assert.Equal(image.Id.Hex, imported.Id);
        Assert.Equal(image.Layers.Select(layer => layer.DiffId.ToString()), imported.RootFS.Layers);
        Assert.All(imported.Layers, layer => Assert.Equal(compression, CompressionOf(layer)));
        Assert.All(
            image.Layers.Zip(imported.Layers).Where(pair => pair.First.MediaType == MediaTypes.OciLayerOf(compression)),
            pair => Assert.Equal(pair.First.Digest.ToString(), pair.Second.Digest));
        Assert.Equal(_test.Store.Find(Name).Size + (2 * (imported.Manifest.Length - image.Bytes.Length)), imported.Size);
        _other.Store.AssertSound();
    }

    [Theory]
    [InlineData("oci-archive", Compression.Gzip)]
    [InlineData("oci-archive", Compression.Zstd)]
    [InlineData("oci-dir", Compression.None)]
    [InlineData("oci-dir", Compression.Gzip)]
    [InlineData("dir", Compression.Zstd)]
    [InlineData("docker-dir", Compression.Gzip)]
    public void The_same_bytes_come_out_whatever_the_layers_were_compressed_with(string format, Compression compression)
    {
        TestImage Image(params Compression[] layers) => new(
            [.. layers.Select((layer, i) => TestLayer.OfBytes(SampleBytes.Mixed(600_000, (uint)i + 5), layer))]) { Names = [Name] };
        _test.Store.Import(Image(Compression.None, Compression.Gzip, Compression.Zstd));
        _other.Store.Import(Image(Compression.Zstd, Compression.None, Compression.Gzip));
        var changes = new CopyChanges { Encoding = LayerEncoding.Of(compression), RecodesAll = true };

        var first = Save(format, changes);

        Assert.Equal(Content(first), Content(Save(format, changes)));
        Assert.Equal(Content(first), Content(Save(format, changes, from: _other, threads: 1)));
    }

    [Fact]
    public void What_is_compressed_so_already_stays_unless_a_level_is_asked_for()
    {
        _test.Store.Import(new TestImage(_gzip, _plain) { Names = [Name] });

        Assert.Contains(BlobPath(_gzip.Digest), Content(Save("oci-dir", Encode(Compression.Gzip))));
        Assert.DoesNotContain(
            BlobPath(_gzip.Digest), Content(Save("oci-dir", new CopyChanges { Encoding = LayerEncoding.Of(Compression.Gzip, 9), RecodesAll = true })));
    }

    [Fact]
    public void An_image_that_is_as_asked_keeps_its_digest()
    {
        var image = new TestImage(_gzip) { Names = [Name] };
        _test.Store.Import(image);

        Assert.Equal(image.Digest.ToString(), Assert.Single(_other.Store.ImportFile(Save("oci-archive", Encode(Compression.Gzip)))).Digest);
    }

    [Fact]
    public void All_else_that_a_manifest_says_stays_but_what_is_about_the_old_bytes()
    {
        _test.Store.Import(new TestImage(_plain, _gzip)
        {
            Names = [Name],
            EditManifest = manifest =>
            {
                manifest["annotations"] = new JsonObject { ["com.example.b"] = "ü<&>", ["com.example.a"] = "1" };
                manifest["x-unknown"] = new JsonObject { ["n"] = 1.50 };
                var layer = manifest["layers"]![0]!;
                layer["urls"] = new JsonArray("https://registry.example.com/layer");
                layer["annotations"] = new JsonObject
                {
                    ["io.github.containers.zstd-chunked.manifest-checksum"] = "sha256:1",
                    ["containerd.io/snapshot/stargz/toc.digest"] = "sha256:2",
                    ["com.example.layer"] = "kept",
                };
                manifest["layers"]![1]!["annotations"] = new JsonObject { ["io.containers.estargz.uncompressed-size"] = "600000" };
            },
        });
        var before = JsonNode.Parse(_test.Store.Find(Name).Manifest)!;

        var after = JsonNode.Parse(Assert.Single(_other.Store.ImportFile(Save("oci-archive", Encode(Compression.Zstd)))).Manifest)!;

        Assert.Equal(before.AsObject().Select(field => field.Key), after.AsObject().Select(field => field.Key));
        Assert.Equal("""{"com.example.layer":"kept"}""", after["layers"]![0]!["annotations"]!.ToJsonString());
        Assert.Equal(["mediaType", "digest", "size"], after["layers"]![1]!.AsObject().Select(field => field.Key));
        Assert.Equal(["mediaType", "digest", "size", "annotations"], after["layers"]![0]!.AsObject().Select(field => field.Key));
        before["layers"] = after["layers"] = null;
        Assert.Equal(before.ToJsonString(), after.ToJsonString());
    }

    [Fact]
    public void An_index_is_written_anew_with_what_its_manifests_have_become()
    {
        var amd64 = new TestImage(_plain);
        var arm64 = new TestImage(_gzip) { Architecture = "arm64" };
        var absent = TestImage.Of("not here") as TestRoot;
        var nested = new TestIndex(arm64);
        var index = new TestIndex(amd64, nested, absent)
        {
            Names = [Name],
            Edit = json =>
            {
                json["annotations"] = new JsonObject { ["com.example"] = "kept" };
                json["manifests"]![0]!["annotations"] = new JsonObject { ["com.example.child"] = "kept too" };
            },
        };
        _test.Store.Import(TestArchive.OciLayout(index).Remove(TestArchive.BlobPath(absent.Digest)));

        var images = _other.Store.ImportFile(Save("oci-archive", Encode(Compression.Gzip)));

        Assert.Equal([amd64.Id.Hex, arm64.Id.Hex], images.Select(image => image.Id));
        Assert.All(images, image => Assert.Equal(Compression.Gzip, CompressionOf(image.Layers[0])));
        Assert.Equal(arm64.Digest.ToString(), images[1].Digest);
        var (before, after) = (JsonNode.Parse(index.Bytes)!, JsonNode.Parse(images[0].Index!)!);
        Assert.Equal(images[0].Digest, after["manifests"]![0]!["digest"]!.GetValue<string>());
        Assert.Equal(images[0].Manifest.Length, after["manifests"]![0]!["size"]!.GetValue<int>());
        foreach (var json in new[] { before, after })
        {
            json["manifests"]![0]!["digest"] = json["manifests"]![0]!["size"] = null;
        }

        Assert.Equal(before.ToJsonString(), after.ToJsonString());
        _other.Store.AssertSound();
    }

    [Fact]
    public void What_names_a_nested_index_changes_with_it()
    {
        var image = new TestImage(_plain);
        _test.Store.Import(new TestIndex(new TestIndex(image)) { Names = [Name] });

        var imported = Assert.Single(_other.Store.ImportFile(Save("oci-dir", Encode(Compression.Zstd))));

        Assert.Equal(image.Id.Hex, imported.Id);
        Assert.Equal(Compression.Zstd, CompressionOf(imported.Layers[0]));
        Assert.NotEqual(image.Digest.ToString(), imported.Digest);
        _other.Store.AssertSound();
    }

    [Theory]
    [InlineData(Compression.Gzip, MediaTypes.DockerManifest, MediaTypes.DockerManifestList)]
    [InlineData(Compression.Zstd, MediaTypes.OciManifest, MediaTypes.OciIndex)]
    public void A_manifest_of_Dockers_stays_so_unless_it_has_no_type_for_the_layers(Compression compression, string manifestType, string indexType)
    {
        var image = new TestImage(_plain) { EditManifest = ToDocker };
        var index = new TestIndex(image)
        {
            Names = [Name],
            Edit = json =>
            {
                json["mediaType"] = MediaTypes.DockerManifestList;
                json["manifests"]![0]!["mediaType"] = MediaTypes.DockerManifest;
            },
        };
        _test.Store.Import(TestArchive.OciLayout(index).EditJson(
            "index.json", json => json["manifests"]![0]!["mediaType"] = MediaTypes.DockerManifestList));

        var imported = Assert.Single(_other.Store.ImportFile(Save("oci-archive", Encode(compression))));

        Assert.Equal(image.Id.Hex, imported.Id);
        Assert.Equal(manifestType, imported.ManifestType);
        Assert.Equal(indexType, JsonNode.Parse(imported.Index!)!["mediaType"]!.GetValue<string>());
        Assert.Equal(compression, CompressionOf(imported.Layers[0]));
    }

    [Fact]
    public void A_layer_that_is_called_compressed_and_is_plain_becomes_what_it_is_called()
    {
        _test.Store.Import(new TestImage(_plain)
        {
            Names = [Name],
            EditManifest = manifest => manifest["layers"]![0]!["mediaType"] = MediaTypes.OciLayerGzip,
        });

        var gzip = Assert.Single(_other.Store.ImportFile(Save("oci-dir", Encode(Compression.Gzip)), "gzip:1")).Layers[0];
        var plain = Assert.Single(_other.Store.ImportFile(Save("oci-dir", Encode(Compression.None)), "plain:1")).Layers[0];

        Assert.NotEqual(_plain.Digest.ToString(), gzip.Digest);
        Assert.Equal((_plain.Digest.ToString(), MediaTypes.OciLayer), (plain.Digest, plain.MediaType));
    }

    [Theory]
    [InlineData("oci-archive")]
    [InlineData("oci-dir")]
    public void Layers_that_become_the_same_are_written_once(string format)
    {
        var bytes = SampleBytes.Mixed(300_000, 9);
        var (first, second) = (TestLayer.OfBytes(bytes), TestLayer.OfBytes(bytes, Compression.Zstd));
        _test.Store.Import(new TestImage(first, second) { Names = [Name] }, new TestImage(second) { Names = ["docker.io/team/b:1"] });
        var path = _folder.Combine("both");

        new ImageSave(new CopyOptions(), Encode(Compression.Gzip)).Run(
            [Item(_test, Name), Item(_test, "docker.io/team/b:1")], format, path, force: false, onePlatform: false);

        var images = _other.Store.ImportFile(path);
        Assert.Equal(2, images.Count);
        Assert.Single(images.SelectMany(image => image.Layers).Select(layer => layer.Digest).Distinct());
        _other.Store.AssertSound();
    }

    [Fact]
    public void Digests_keep_their_algorithm()
    {
        var digest = Digest.Compute(_plain.Bytes, "sha512");
        var image = new TestImage(_plain)
        {
            Names = [Name],
            EditManifest = manifest => manifest["layers"]![0]!["digest"] = digest.ToString(),
        };
        _test.Store.Import(TestArchive.OciLayout(image).Add(TestArchive.BlobPath(digest), _plain.Bytes));

        var layer = Assert.Single(_other.Store.ImportFile(Save("oci-archive", Encode(Compression.Gzip)))).Layers[0];

        Assert.StartsWith("sha512:", layer.Digest, StringComparison.Ordinal);
        Assert.Equal(Compression.Gzip, CompressionOf(layer));
    }

    [Fact]
    public void Without_a_compression_a_layer_in_zstd_cannot_go_into_a_Docker_folder_and_with_gzip_it_can()
    {
        _test.Store.Import(new TestImage(_zstd) { Names = [Name] });

        AssertRefused("docker-dir", new CopyChanges(), ImageError.UnsupportedConversion);
        AssertRefused("docker-dir", Encode(Compression.Zstd), ImageError.UnsupportedConversion);
        AssertRefused("docker-archive", Encode(Compression.Gzip), ImageError.UnsupportedConversion);
        AssertRefused("docker-archive", Encode(Compression.Zstd), ImageError.UnsupportedConversion);

        var imported = Assert.Single(_other.Store.ImportFile(Save("docker-dir", Encode(Compression.Gzip)), Name));
        Assert.Equal(MediaTypes.DockerLayerGzip, imported.Layers[0].MediaType);
    }

    [Fact]
    public void What_an_attestation_is_about_is_not_changed()
    {
        var image = new TestImage(_plain);
        var attestation = new TestImage(TestLayer.OfBytes("{}"u8.ToArray()))
        {
            Architecture = "unknown",
            EditManifest = manifest => manifest["layers"]![0]!["mediaType"] = "application/vnd.in-toto+json",
        };
        var index = new TestIndex(image, attestation)
        {
            Names = [Name],
            Edit = json => json["manifests"]![1]!["annotations"] = new JsonObject
            {
                ["vnd.docker.reference.digest"] = image.Digest.ToString(),
                ["vnd.docker.reference.type"] = "attestation-manifest",
            },
        };
        _test.Store.Import(index);

        var error = AssertRefused("oci-archive", Encode(Compression.Gzip), ImageError.UnsupportedConversion);

        Assert.Contains(attestation.Digest.ToString(), error.Message, StringComparison.Ordinal);
        Assert.Equal(index.Digest.ToString(), _other.Store.ImportFile(Save("oci-archive", Encode(Compression.None)))[0].RootDigest);
        Assert.Equal(Compression.Gzip, CompressionOf(
            Assert.Single(_other.Store.ImportFile(Save("oci-archive", Encode(Compression.Gzip), onePlatform: true), "one:1")).Layers[0]));
    }

    [Theory]
    [InlineData("oci-archive")]
    [InlineData("oci-dir")]
    public void What_goes_along_and_refers_to_an_image_keeps_it_from_being_changed(string format)
    {
        var image = new TestImage(_plain) { Names = [Name] };
        var signature = TestArtifact.About(image, "a signature");
        _test.Store.Import(image, signature);
        var withReferrers = new CopyChanges { Encoding = LayerEncoding.Of(Compression.Gzip), IncludesReferrers = true };

        var error = AssertRefused(format, withReferrers, ImageError.UnsupportedConversion);

        Assert.Contains(signature.Digest.ToString(), error.Message, StringComparison.Ordinal);
        Assert.Contains(image.Digest.ToString(), error.Message, StringComparison.Ordinal);
        Assert.Single(_other.Store.ImportFile(Save(format, Encode(Compression.Gzip))));
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void A_layer_that_is_damaged_half_way_leaves_nothing(string format, Compression compression)
    {
        var layer = TestLayer.OfBytes(SampleBytes.Noise(3_000_000), Compression.Zstd);
        layer = compression == Compression.Zstd ? TestLayer.OfBytes(SampleBytes.Noise(3_000_000), Compression.Gzip) : layer;
        _test.Store.Import(new TestImage(_plain, layer) { Names = [Name] });
        var blob = _test.Store.Paths.Blob(layer.Digest);
        File.SetUnixFileMode(blob, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var bytes = File.ReadAllBytes(blob);
        bytes[bytes.Length - 9] ^= 1;
        File.WriteAllBytes(blob, bytes);

        var error = AssertRefused(format, Encode(compression));

        Assert.True(error.Error is ImageError.ContentMismatch or ImageError.InvalidArchive, error.ToString());
        Assert.Contains(layer.Digest.ToString(), error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void A_save_that_is_stopped_leaves_nothing(string format, Compression compression)
    {
        _test.Store.Import(new TestImage(_plain, _gzip, _zstd) { Names = [Name] });
        using var stop = new System.Threading.CancellationTokenSource();
        var options = new CopyOptions { Cancellation = stop.Token, Progress = new Stopping(stop) };

        Assert.ThrowsAny<OperationCanceledException>(() => new ImageSave(options, Encode(compression)).Run(
            [Item(_test, Name)], format, _folder.Combine("stopped"), force: false, onePlatform: false));

        AssertNothingLeft();
    }

    private static CopyChanges Encode(Compression compression) => new() { Encoding = LayerEncoding.Of(compression) };

    private static SaveItem Item(TestStore from, string name) => new(from.Store, from.Store.Match(name), [name]);

    private static void ToDocker(JsonObject manifest)
    {
        manifest["mediaType"] = MediaTypes.DockerManifest;
        manifest["config"]!["mediaType"] = MediaTypes.DockerConfig;
        manifest["layers"]![0]!["mediaType"] = MediaTypes.DockerLayer;
    }

    private static Compression CompressionOf(ImageLayer layer)
    {
        Assert.True(MediaTypes.TryGetLayerCompression(layer.MediaType, out var compression), layer.MediaType);
        Assert.True(layer.Present);
        return compression;
    }

    private string Save(string format, CopyChanges changes, TestStore? from = null, int threads = 0, bool onePlatform = false)
    {
        var path = _folder.Combine($"saved-{++_saved}");
        new ImageSave(new CopyOptions { ThrottleLimit = threads }, changes).Run(
            [Item(from ?? _test, Name)], format, path, force: false, onePlatform);
        return path;
    }

    private ContainerImageException AssertRefused(string format, CopyChanges changes, ImageError? kind = null)
    {
        var before = Directory.GetFileSystemEntries(_folder.Path);
        var error = Assert.Throws<ContainerImageException>(() => Save(format, changes));
        Assert.Equal(kind ?? error.Error, error.Error);
        Assert.Equal(before, Directory.GetFileSystemEntries(_folder.Path));
        AssertNothingLeft();
        return error;
    }

    private void AssertNothingLeft()
    {
        Assert.DoesNotContain(Directory.GetFileSystemEntries(_folder.Path), entry => Path.GetFileName(entry) is "stopped" or ['.', ..]);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_test.Store.Paths.Ingests));
    }

    private static string BlobPath(Digest digest) => $"{TestArchive.BlobPath(digest)} {digest.Hex}";

    private static string[] Content(string path) => File.Exists(path)
        ? [Digest.Compute(File.ReadAllBytes(path)).Hex]
        : [.. Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories)
            .Select(file => $"{Path.GetRelativePath(path, file)} {Digest.Compute(File.ReadAllBytes(file)).Hex}")
            .Order(StringComparer.Ordinal)];

    private sealed class Stopping(System.Threading.CancellationTokenSource stop) : IProgress<CopyProgress>
    {
        public void Report(CopyProgress value) => stop.Cancel();
    }
}
