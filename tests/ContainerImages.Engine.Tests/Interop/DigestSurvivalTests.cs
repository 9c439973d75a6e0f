using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using ContainerImages.Content;
using ContainerImages.Engine.Tests.Store;
using ContainerImages.Engine.Tests.Transports;
using ContainerImages.Testing;
using Xunit;

namespace ContainerImages.Engine.Tests.Interop;

/// <summary>IDs and digests are the same wherever an image goes.</summary>
public sealed class DigestSurvivalTests : IDisposable
{
    private static readonly Dictionary<string, Func<PeerImages, PeerExport>> _sources = new()
    {
        ["gzip OCI layout"] = peers => peers.OciLayout,
        ["zstd OCI layout"] = peers => peers.ZstdOciLayout,
        ["plain OCI layout"] = peers => peers.PlainOciLayout,
        ["podman's oci-dir"] = peers => peers.PodmanOciDir,
        ["podman's oci-archive"] = peers => peers.PodmanOciArchive,
        ["umoci's layout"] = peers => peers.UmociLayout,
        ["layout of several images"] = peers => peers.MultiImageLayout,
        ["multi-platform layout"] = peers => peers.MultiPlatformLayout,
        ["multi-platform oci-archive"] = peers => peers.MultiPlatformArchive,
        ["multi-platform folder"] = peers => peers.MultiPlatformFolder,
        ["OCI folder"] = peers => peers.OciFolder,
        ["Docker folder"] = peers => peers.CompressedDockerFolder,
    };

    private static readonly string[] _formats = ["oci-archive", "oci-dir"];

    private readonly Workbench _bench = new();

    public static TheoryData<string> Sources => [.. _sources.Keys];

    public static TheoryData<string> OciFormats => [.. _formats];

    public void Dispose() => _bench.Dispose();

    [SkippableTheory]
    [MemberData(nameof(Sources))]
    public void From_a_peer_through_two_stores_every_manifest_and_config_stays(string source)
    {
        var export = _sources[source](PeerImages.Shared);
        foreach (var format in _formats)
        {
            using var first = new Workbench();
            using var second = new Workbench();
            first.Import(export);

            second.Import(first.Save(format, [.. first.Store.List().Select(image => first.Item(image.Id, [.. image.Names]))]));

            foreach (var image in export.Images)
            {
                var (before, after) = (first.Store.Find(image.Id), second.Store.Find(image.Id));
                Assert.Equal(image.Digest, after.Digest);
                Assert.Equal(image.ManifestBytes, Encoding.UTF8.GetBytes(after.Manifest));
                Assert.Equal(image.ConfigBytes, Encoding.UTF8.GetBytes(after.ImageConfig));
                Assert.Equal(before.RootDigest, after.RootDigest);
                Assert.Equal(before.Index, after.Index);
                Assert.Equal(before.Names, after.Names);
            }

            second.Store.AssertSound();
        }
    }

    // Podman keeps layers as files and packs them anew: what it packed itself comes out the same, and what another tool did does not.
    [SkippableTheory]
    [InlineData("zstd OCI layout")]
    [InlineData("umoci's layout")]
    public void The_manifest_of_a_layout_stays_here_and_in_skopeo_and_is_another_one_after_podman(string source)
    {
        var export = _sources[source](PeerImages.Shared);
        var (image, peers) = (export.Images.Single(), _bench.Peers);
        var (podmans, skopeos) = (_bench.Combine("podman.tar"), _bench.Combine("skopeo.tar"));
        peers.Skopeo("copy", $"oci:{export.Path}", $"oci-archive:{skopeos}");
        peers.Podman("load", "--quiet", "--input", skopeos);
        peers.Podman("save", "--quiet", "--format", "oci-archive", "--output", podmans, image.Id);
        _bench.Import(export);
        var ours = _bench.Save("oci-archive", _bench.Item(image.Id, [.. image.Names]));

        Assert.NotEqual(image.Digest, DigestIn(podmans));
        Assert.Equal([image.Digest, image.Digest], [DigestIn(skopeos), DigestIn(ours)]);

        string DigestIn(string archive) => Digest.Compute(peers.Skopeo("inspect", "--raw", $"oci-archive:{archive}").Bytes).ToString();
    }

    [SkippableFact]
    public void A_store_is_a_layout_that_another_store_imports()
    {
        var peers = PeerImages.Shared;
        PeerExport[] exports = [peers.MultiPlatformLayout, peers.ZstdOciLayout, peers.CompressedDockerFolder];
        exports.ToList().ForEach(export => _bench.Import(export));
        using var other = new Workbench();

        other.Import(_bench.Store.Path);

        foreach (var image in _bench.Store.List())
        {
            var imported = other.Store.Find(image.Id);
            Assert.Equal((image.RootDigest, image.Digest, image.Size), (imported.RootDigest, imported.Digest, imported.Size));
            Assert.Equal(image.Names, imported.Names);
        }

        Assert.Equal(_bench.Store.BlobNames().Order(), other.Store.BlobNames().Order());
        other.Store.AssertSound();
    }

    [SkippableFact]
    public void An_index_keeps_its_digest()
    {
        var export = PeerImages.Shared.MultiPlatformLayout;
        var raw = PeerImages.Shared.Sandbox.Skopeo("inspect", "--raw", $"oci:{export.Path}:{PeerImages.PlatformsName}").Bytes;
        _bench.Import(export);

        var saved = _bench.Save("oci-archive", _bench.Item(PeerImages.PlatformsName, PeerImages.PlatformsName));

        Assert.Equal(Digest.Compute(raw).ToString(), _bench.Store.Find(PeerImages.PlatformsName).RootDigest);
        Assert.Equal(raw, _bench.Peers.Skopeo("inspect", "--raw", $"oci-archive:{saved}:{PeerImages.PlatformsName}").Bytes);
    }

    [SkippableFact]
    public void An_index_of_which_a_platform_is_missing_keeps_its_digest_too()
    {
        var export = PeerImages.Shared.MultiPlatformLayout;
        var missing = export.Images.First(image => image != InteropSources.ForThisHost(export));
        var layout = _bench.Combine("layout");
        PeerImages.Shared.Sandbox.Run("cp", ["-r", export.Path, layout]);
        File.Delete(Path.Combine(layout, "blobs", "sha256", missing.Digest["sha256:".Length..]));
        _bench.Import(layout);

        var saved = _bench.Save("oci-archive", _bench.Item(PeerImages.PlatformsName, PeerImages.PlatformsName));

        using var other = new Workbench();
        other.Import(saved);
        var (before, after) = (_bench.Store.Find(PeerImages.PlatformsName), other.Store.Find(PeerImages.PlatformsName));
        Assert.Equal(before.Index, _bench.Peers.Skopeo("inspect", "--raw", $"oci-archive:{saved}").Output);
        Assert.Equal(before.RootDigest, after.RootDigest);
        Assert.Equal(2, after.Platforms.Count);
        Assert.Single(after.PresentPlatforms);
        other.Store.AssertSound();
        _bench.Peers.Podman("load", "--quiet", "--input", saved);
        Assert.Equal("sha256:" + before.Id, Assert.Single(_bench.Peers.Podman("images", "--quiet", "--no-trunc").Lines));
    }

    [Fact]
    public void A_manifest_known_by_SHA_512_is_saved_and_comes_in_again_under_the_same_digest()
    {
        var (layout, digest) = Sha512Layout.Write(_bench.Combine("layout"), "docker.io/library/long:1");
        using var other = new Workbench();
        _bench.Import(layout);

        other.Import(_bench.Save("oci-archive", _bench.Item("long:1", "docker.io/library/long:1")));

        Assert.Equal(digest, _bench.Store.Find("long:1").Digest);
        Assert.Equal(digest, other.Store.Find("long:1").Digest);
        Assert.Equal(_bench.Store.Find("long:1").Manifest, other.Store.Find("long:1").Manifest);
        Assert.Equal(_bench.Store.BlobNames().Order(), other.Store.BlobNames().Order());
    }

    [SkippableFact]
    public void One_docker_archive_gives_one_manifest_digest_in_every_empty_store()
    {
        var peers = PeerImages.Shared;
        string[] paths =
        [
            peers.PodmanDockerArchive.Path,
            peers.PodmanDockerArchive.Path,
            peers.SkopeoDockerArchive.Path,
            peers.UntaggedDockerArchive.Path,
            peers.MultiImageDockerArchive.Path,
            peers.LegacyDockerdArchive.Path,
            peers.LinkedDockerdArchive.Path,
            peers.CompressedDockerArchive("gzip").Path,
        ];

        var digests = paths.Select(path =>
        {
            using var bench = new Workbench();
            bench.Import(path);
            return bench.Store.Find(peers.App.Id).Digest;
        });

        Assert.Single(digests.Distinct());
    }

    [SkippableTheory]
    [MemberData(nameof(OciFormats))]
    public void The_same_images_saved_again_from_another_store_give_the_same_bytes(string format)
    {
        var peers = PeerImages.Shared;
        PeerExport[] exports = [peers.MultiPlatformLayout, peers.OciLayout, peers.PodmanDockerArchive];
        using var other = new Workbench();
        exports.ToList().ForEach(export => _bench.Import(export));
        exports.Reverse().ToList().ForEach(export => other.Import(export));
        string Save(Workbench bench) => bench.Save(
            format,
            bench.Item(PeerImages.OciAppName, PeerImages.OciAppName, "docker.io/library/a:1"),
            bench.Item(PeerImages.PlatformsName, PeerImages.PlatformsName),
            bench.Item(peers.App.Id));

        var first = Save(_bench);

        Assert.Equal(Content(first), Content(Save(_bench)));
        Assert.Equal(Content(first), Content(Save(other)));
    }

    private static List<string> Content(string path) => File.Exists(path)
        ? [Digest.Compute(File.ReadAllBytes(path)).Hex]
        : [.. Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories)
            .Select(file => $"{Path.GetRelativePath(path, file)} {Digest.Compute(File.ReadAllBytes(file)).Hex}")
            .Order(StringComparer.Ordinal)];
}

/// <summary>A layout whose manifest is known by its SHA-512, which no peer of ours writes.</summary>
internal static class Sha512Layout
{
    public static (string Path, string Digest) Write(string path, string name)
    {
        var image = TestImage.Of("by a long digest", name);
        var digest = Digest.Compute(image.Bytes, "sha512");
        TestArchive.OciLayout(image)
            .Remove(TestArchive.BlobPath(image.Digest))
            .Add(TestArchive.BlobPath(digest), image.Bytes)
            .EditJson("index.json", index => index["manifests"]![0]!["digest"] = digest.ToString())
            .WriteFolder(path);
        return (path, digest.ToString());
    }
}
