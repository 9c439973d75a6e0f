using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json.Nodes;
using ContainerImages.Content;
using ContainerImages.Copying;
using ContainerImages.Engine.Tests.Store;
using ContainerImages.Store;
using ContainerImages.Testing;
using ContainerImages.Transports;
using Xunit;

namespace ContainerImages.Engine.Tests.Transports;

/// <summary>Archives of Docker since version 25: docker-archive and OCI layout in one, of which the layout counts.</summary>
public sealed class DockerExportTests : IDisposable
{
    private const string Name = "docker.io/team/app:1";

    private static readonly TestLayer _shared = TestLayer.Of("shared", Compression.Gzip);
    private static readonly TestImage _amd64 = new(_shared, TestLayer.Of("amd64", Compression.Gzip));
    private static readonly TestImage _arm64 = new(_shared, TestLayer.Of("arm64", Compression.Gzip)) { Architecture = "arm64", Variant = "v8" };
    private static readonly Attestation _ofAmd64 = new(_amd64);
    private static readonly Attestation _ofArm64 = new(_arm64);
    private static readonly TestIndex _index = new(_amd64, _arm64, _ofAmd64, _ofArm64)
    {
        Names = [Name],
        Edit = index =>
        {
            var manifests = index["manifests"]!.AsArray();
            foreach (var (descriptor, of) in manifests.Skip(2).Zip([_amd64, _arm64]))
            {
                descriptor!["platform"] = new JsonObject { ["architecture"] = "unknown", ["os"] = "unknown" };
                descriptor["annotations"] = new JsonObject
                {
                    ["vnd.docker.reference.digest"] = of.Digest.ToString(),
                    ["vnd.docker.reference.type"] = "attestation-manifest",
                };
            }
        },
    };

    private static readonly TestImage _single = TestImage.Of("single", "docker.io/team/single:1");
    private static readonly TestImage _before = TestImage.Of("before", "docker.io/team/before:1");
    private static readonly TestArtifact _signature = TestArtifact.About(_index, "signature");

    private readonly TestStore _test = new();
    private readonly TempFolder _folder = new();
    private readonly List<string> _told = [];

    public DockerExportTests() => _test.Store.Import(_before);

    public void Dispose()
    {
        _test.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void All_platforms_attestations_and_what_refers_to_them_come_in_and_go_out_with_their_digests(bool asStream)
    {
        var archive = ContainerdExport.Of([_amd64, _single], [_index, _single], (_signature, _index));

        var images = Import(archive, asStream);

        Assert.Equal([_amd64.Id.Hex, _arm64.Id.Hex, _single.Id.Hex], images.Select(image => image.Id));
        Assert.Equal([Name, Name, "docker.io/team/single:1"], images.Select(image => image.Reference));
        Assert.Equal(["linux/amd64", "linux/arm64/v8"], images[0].PresentPlatforms);
        Assert.Equal(Digests(_before, _index, _single, _signature), Roots(_test.Store));
        _test.Store.AssertSound();
        _test.Store.Remove(["before:1"]);

        using var other = new TestStore();
        other.Store.ImportFile(Save("oci-archive", "app:1", "single:1"));
        Assert.Equal(Digests(_index, _single, _signature), Roots(other.Store));
        Assert.Equal(_test.Store.BlobNames().Order(), other.Store.BlobNames().Order());
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    [InlineData(true, false)]
    public void Platforms_that_were_not_pulled_are_named_and_not_here(bool asStream, bool manifestToo)
    {
        var archive = ContainerdExport.Of([_amd64], [_index]).Without(_ofArm64, manifestToo).Without(_arm64, manifestToo);
        foreach (var (digest, bytes) in _amd64.Blobs.Concat(_ofAmd64.Blobs))
        {
            // Layers and configs that both have are in the archive.
            archive[TestArchive.BlobPath(digest)] = bytes;
        }

        var image = Assert.Single(Import(archive, asStream));

        Assert.Equal(_amd64.Id.Hex, image.Id);
        Assert.Equal(_index.Digest.ToString(), image.RootDigest);
        Assert.Equal(["linux/amd64"], image.PresentPlatforms);
        Assert.Contains("linux/arm64/v8", image.Platforms);
        Assert.Equal(manifestToo ? 0 : 2, _told.Count(line => line.Contains("is left out", StringComparison.Ordinal)));
        _test.Store.AssertSound();

        // What was missing comes later, and nothing of the index changes.
        Import(ContainerdExport.Of([_arm64], [_index]), asStream);
        Assert.Equal(["linux/amd64", "linux/arm64/v8"], _test.Store.Find("app:1").PresentPlatforms);
        Assert.Equal(Digests(_before, _index), Roots(_test.Store));
        _test.Store.AssertSound();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_platform_asked_for_and_not_there_is_an_error_that_says_which_are(bool manifestToo)
    {
        var archive = ContainerdExport.Of([_amd64], [_index]).Without(_ofArm64, manifestToo).Without(_arm64, manifestToo);
        foreach (var (digest, bytes) in _amd64.Blobs.Concat(_ofAmd64.Blobs))
        {
            archive[TestArchive.BlobPath(digest)] = bytes;
        }

        var error = _test.Store.AssertRefused(ImageError.PlatformNotFound, _ => Import(archive, asStream: false, "linux/arm64"));

        Assert.Contains("it has linux/amd64.", error.Message, StringComparison.Ordinal);
        Assert.Equal(["linux/amd64"], error.Candidates);
    }

    [Fact]
    public void A_layer_missing_of_a_platform_whose_config_is_there_is_an_error_and_nothing_comes_in()
    {
        var layer = _arm64.Layers[1].Digest;
        var archive = ContainerdExport.Of([_amd64], [_index]).Remove(TestArchive.BlobPath(layer));

        var error = _test.Store.AssertRefused(ImageError.ContentMissing, _ => Import(archive, asStream: false));
        Assert.Equal([layer.ToString()], error.Candidates);
        _test.Store.AssertRefused(ImageError.ContentMissing, _ => Import(archive, asStream: true, "linux/arm64"));

        // Nobody needs it for the other platform.
        Assert.Equal([_amd64.Id.Hex], Import(archive, asStream: true, "linux/amd64").Select(image => image.Id));
        Assert.Equal(["linux/amd64"], _test.Store.Find("app:1").PresentPlatforms);
        _test.Store.AssertSound();
    }

    [Fact]
    public void An_archive_with_nothing_of_any_platform_is_an_error()
    {
        var archive = ContainerdExport.Of([_amd64], [_index]);
        foreach (var child in _index.Children)
        {
            archive.Without(child, manifestToo: false);
        }

        var error = _test.Store.AssertRefused(ImageError.ContentMissing, _ => Import(archive, asStream: false));

        Assert.Contains("holds none of the images", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_single_image_without_its_config_is_an_error()
    {
        var archive = ContainerdExport.Of([_single], [_single]).Remove(TestArchive.BlobPath(_single.Id));

        _test.Store.AssertRefused(ImageError.ContentMissing, _ => Import(archive, asStream: false));
    }

    // Docker 25 to 28 with its own store: an image saved by its ID is in the index only if no other is.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_image_without_a_name_that_only_Dockers_list_has_comes_in_too(bool asStream)
    {
        var loose = TestImage.Of("loose");
        var archive = ContainerdExport.Of([_single, loose], [_single, loose]);
        archive.EditJson("index.json", index => index["manifests"]!.AsArray().RemoveAt(1)).Remove(TestArchive.BlobPath(loose.Digest));

        var images = Import(archive, asStream);

        Assert.Equal([_single.Id.Hex, loose.Id.Hex], images.Select(image => image.Id));
        Assert.True(images[1].Dangling);
        Assert.Equal(loose.Layers[0].Plain, File.ReadAllBytes(_test.Store.Paths.Blob(loose.Layers[0].Digest)));
        _test.Store.AssertSound();
    }

    [Fact]
    public void A_file_of_that_name_that_is_none_of_Dockers_does_no_harm()
    {
        var archive = TestArchive.OciLayout(_single).Add("manifest.json", Encoding.UTF8.GetBytes("{\"short_name\":\"a web page\"}"));

        Assert.Equal([_single.Id.Hex], Import(archive, asStream: false).Select(image => image.Id));
    }

    private static IEnumerable<string> Digests(params TestRoot[] roots) => roots.Select(root => root.Digest.ToString()).Order();

    private static IEnumerable<string> Roots(ImageStore store) => store.ReadSnapshot().Roots.Select(root => root.Digest.ToString()).Order();

    private IReadOnlyList<ContainerImage> Import(TestArchive archive, bool asStream, params string[] platforms)
    {
        var options = new CopyOptions { Verbose = _told.Add };
        var path = archive.WriteTar(_folder.Combine("docker.tar"));
        using var stream = File.OpenRead(path);
        return new ImageImport(_test.Store, options).Run(
            ingest => asStream ? ImageSources.Open(stream, "The stream", ingest, options) : ImageSources.Open(path, "'docker.tar'", ingest, options),
            new ImportSelection { Platforms = [.. platforms.Select(PlatformPattern.Parse)] });
    }

    private string Save(string format, params string[] names)
    {
        var path = _folder.Combine("saved.tar");
        var items = names.Select(name => _test.Store.Match(name)).Select(match => new SaveItem(_test.Store, match, match.MatchedNames!)).ToList();
        new ImageSave(new CopyOptions(), new CopyChanges { IncludesReferrers = true }).Run(items, format, path, force: false, onePlatform: false);
        return path;
    }

    /// <summary>What buildkit says of how an image was built: an image's config, and no layer of one.</summary>
    private sealed class Attestation(TestImage image) : TestRoot
    {
        private readonly byte[] _config = Encoding.UTF8.GetBytes("{\"architecture\":\"unknown\",\"os\":\"unknown\",\"config\":{},\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[]}}");
        private readonly byte[] _statement = Encoding.UTF8.GetBytes($"{{\"_type\":\"https://in-toto.io/Statement/v0.1\",\"subject\":\"{image.Digest}\"}}");

        public override string MediaType => MediaTypes.OciManifest;

        public override IEnumerable<(Digest Digest, byte[] Bytes)> Blobs =>
            [(Digest, Bytes), (Digest.Compute(_config), _config), (Digest.Compute(_statement), _statement)];

        protected override JsonObject MakeJson() => new()
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = MediaType,
            ["config"] = Describe(MediaTypes.OciConfig, Digest.Compute(_config), _config.Length),
            ["layers"] = new JsonArray(Describe("application/vnd.in-toto+json", Digest.Compute(_statement), _statement.Length)),
        };
    }
}
