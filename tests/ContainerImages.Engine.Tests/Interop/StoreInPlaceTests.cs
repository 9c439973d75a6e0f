using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using ContainerImages.Engine.Tests.Store;
using ContainerImages.Testing;
using Xunit;

namespace ContainerImages.Engine.Tests.Interop;

/// <summary>Peers read the store's folder as it lies; and what they say where they cannot.</summary>
public sealed class StoreInPlaceTests : IDisposable
{
    private readonly Workbench _bench = new();

    private string Store => _bench.Store.Path;

    public void Dispose() => _bench.Dispose();

    [SkippableFact]
    public void Skopeo_inspects_and_copies_OCI_images_by_their_full_names()
    {
        var peers = PeerImages.Shared;
        _bench.Import(peers.OciLayout);
        _bench.Import(peers.ConvertedOciLayout.Path, "docker.io/team/converted:1");
        _bench.Import(peers.MultiImageDockerArchive);
        foreach (var name in _bench.Store.List().SelectMany(image => image.Names))
        {
            var image = _bench.Store.Find(name);
            var reference = $"oci:{Store}:{name}";

            var inspected = _bench.Peers.Skopeo("inspect", reference).Json;
            Assert.Equal(image.Digest, inspected.GetProperty("Digest").GetString());
            Assert.Equal(image.Manifest, _bench.Peers.Skopeo("inspect", "--raw", reference).Output);
            Assert.Equal(image.ImageConfig, _bench.Peers.Skopeo("inspect", "--config", "--raw", reference).Output);
        }

        var (first, copy) = (peers.OciApp.Names[0], _bench.Combine("copy"));
        _bench.Peers.Skopeo("copy", "--preserve-digests", $"oci:{Store}:{first}", $"dir:{copy}");
        Assert.Equal(_bench.Store.Find(first).Manifest, File.ReadAllText(Path.Combine(copy, "manifest.json")));
        _bench.Store.AssertSound();
    }

    [SkippableFact]
    public void Umoci_lists_all_names_and_reads_OCI_images()
    {
        var peers = PeerImages.Shared;
        _bench.Import(peers.OciLayout);
        _bench.Import(peers.ZstdOciLayout.Path, "docker.io/team/zstd:1");
        _bench.Import(peers.MultiImageDockerArchive);
        var names = _bench.Store.List().SelectMany(image => image.Names).ToList();

        var listed = _bench.Peers.Umoci("ls", "--layout", Store).Lines;

        Assert.Contains("docker.io/team/zstd:1", listed);
        Assert.Equal(names.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
        foreach (var name in names)
        {
            var image = _bench.Store.Find(name);
            var history = _bench.Peers.Umoci("stat", "--json", "--image", $"{Store}:{name}").Json.GetProperty("history");
            Assert.Equal(image.History.Count, history.GetArrayLength());
            Assert.Equal(image.Layers.Select(layer => layer.Digest), history.EnumerateArray()
                .Where(step => step.GetProperty("layer") is { ValueKind: System.Text.Json.JsonValueKind.Object })
                .Select(step => step.GetProperty("layer").GetProperty("digest").GetString()));
        }
    }

    [SkippableFact]
    public void Podman_pulls_an_image_out_of_the_store_as_it_lies()
    {
        _bench.Import(PeerImages.Shared.OciLayout);
        _bench.Import(PeerImages.Shared.MultiImageDockerArchive);

        // Of the folder's path it makes a name, which has no upper case.
        var link = Directory.CreateSymbolicLink(_bench.Combine("link"), Store).FullName;
        _bench.Peers.Podman("pull", "--quiet", $"oci:{link}:{PeerImages.OciAppName}");

        Assert.Equal(["sha256:" + PeerImages.Shared.OciApp.Id], _bench.Peers.Podman("images", "--quiet", "--no-trunc").Lines);
    }

    [SkippableFact]
    public void Docker_manifests_are_not_found_by_name_among_others()
    {
        const string Name = "docker.io/team/docker:1";
        _bench.Import(PeerImages.Shared.CompressedDockerFolder, Name);
        var manifest = _bench.Store.Find(Name).Manifest;

        // Alone in the store, it is found by being alone.
        Assert.Equal(manifest, _bench.Peers.Skopeo("inspect", "--raw", $"oci:{Store}").Output);
        _bench.Import(PeerImages.Shared.OciLayout);

        AssertRefused(Peer.Skopeo, "more than one image in oci, choose an image", "inspect", $"oci:{Store}");
        AssertRefused(Peer.Skopeo, "no descriptor found for reference", "inspect", $"oci:{Store}:{Name}");
        AssertRefused(
            Peer.Umoci,
            "descriptor does not point to ispec.MediaTypeImageManifest: not implemented",
            "stat", "--image", $"{Store}:{Name}");
        AssertStillReadable();
    }

    [SkippableFact]
    public void Multi_platform_names_are_read_by_skopeo_and_ambiguous_to_umoci()
    {
        _bench.Import(PeerImages.Shared.MultiPlatformLayout);
        _bench.Import(PeerImages.Shared.OciLayout);
        var image = _bench.Store.Find(PeerImages.PlatformsName);
        var reference = $"oci:{Store}:{PeerImages.PlatformsName}";

        Assert.Equal(image.Index, _bench.Peers.Skopeo("inspect", "--raw", reference).Output);
        Assert.Equal(image.ImageConfig, _bench.Peers.Skopeo("inspect", "--config", "--raw", reference).Output);
        var copy = _bench.Combine("copy");
        _bench.Peers.Skopeo("copy", "--all", "--preserve-digests", reference, $"dir:{copy}");
        Assert.Equal(image.Index, File.ReadAllText(Path.Combine(copy, "manifest.json")));
        AssertRefused(Peer.Umoci, "tag is ambiguous", "stat", "--image", $"{Store}:{PeerImages.PlatformsName}");
        AssertStillReadable();
    }

    [SkippableFact]
    public void Manifests_known_by_SHA_512_are_read_by_skopeo_and_not_by_umoci()
    {
        const string Name = "docker.io/library/long:1";
        _bench.Import(Sha512Layout.Write(_bench.Combine("layout"), Name).Path);
        _bench.Import(PeerImages.Shared.OciLayout);

        Assert.Equal(_bench.Store.Find(Name).Manifest, _bench.Peers.Skopeo("inspect", "--raw", $"oci:{Store}:{Name}").Output);
        _bench.Peers.Skopeo("copy", $"oci:{Store}:{Name}", $"dir:{_bench.Combine("copy")}");
        AssertRefused(Peer.Umoci, "unsupported algorithm: \"sha512\"", "stat", "--image", $"{Store}:{Name}");
        AssertRefused(Peer.Umoci, "unsupported algorithm: \"sha512\"", "gc", "--layout", Store);
        AssertStillReadable();
    }

    [SkippableTheory]
    [InlineData("docker.io/team/under__scores:1", "docker.io/team/under__scores:1")]
    [InlineData("docker.io/team/three---dashes:1", "docker.io/team/three---dashes:1")]
    [InlineData("docker.io/team/app:ends-in-", "docker.io/team/app:ends-in-")]
    [InlineData("docker.io/team/app:_begins", "docker.io/team/app:_begins")]
    [InlineData("[::1]:5000/team/app:1", "[::1]:5000/team/app:1")]
    public void Names_outside_OCIs_own_grammar_are_listed_by_umoci_and_refused_by_both(string name, string stored)
    {
        Import(name);

        Assert.Contains(stored, _bench.Peers.Umoci("ls", "--layout", Store).Lines);
        AssertRefused(Peer.Skopeo, "Invalid image", "inspect", $"oci:{Store}:{stored}");
        AssertRefused(Peer.Umoci, "tag contains invalid characters", "stat", "--image", $"{Store}:{stored}");
        Assert.Equal(PeerImages.Shared.OciApp.Id, _bench.Store.Find(name).Id);
        AssertStillReadable();
    }

    [SkippableTheory]
    [InlineData("docker.io/library/short:1")]
    [InlineData("localhost/team/app:latest")]
    [InlineData("localhost:5000/team/app:1.0-rc.1_2")]
    [InlineData("Registry.Example.COM/team/app:V1")]
    [InlineData("registry.example.com:5000/a/b--c/d_e.f:1")]
    public void Other_names_are_read_by_both(string name)
    {
        Import(name);

        Assert.Equal(_bench.Store.Find(name).Manifest, _bench.Peers.Skopeo("inspect", "--raw", $"oci:{Store}:{name}").Output);
        var steps = _bench.Peers.Umoci("stat", "--json", "--image", $"{Store}:{name}").Json.GetProperty("history");
        Assert.Equal(_bench.Store.Find(name).History.Count, steps.GetArrayLength());
    }

    [SkippableFact]
    public void An_image_without_a_name_is_in_nobodys_way()
    {
        _bench.Import(PeerImages.Shared.OciLayout);
        _bench.Import(PeerImages.Shared.UntaggedDockerArchive.Path);

        Assert.Empty(_bench.Store.Find(PeerImages.Shared.App.Id).Names);
        AssertRefused(Peer.Skopeo, "more than one image in oci, choose an image", "inspect", $"oci:{Store}");
        Assert.Equal([PeerImages.OciAppName], _bench.Peers.Umoci("ls", "--layout", Store).Lines);
        AssertStillReadable();
    }

    private void Import(string name)
    {
        _bench.Import(PeerImages.Shared.OciLayout);
        _bench.Import(PeerImages.Shared.OciLayout.Path, name);
    }

    /// <summary>That one image cannot be read leaves the others readable.</summary>
    private void AssertStillReadable()
    {
        Assert.Equal(
            PeerImages.Shared.OciApp.ConfigBytes,
            _bench.Peers.Skopeo("inspect", "--config", "--raw", $"oci:{Store}:{PeerImages.OciAppName}").Bytes);
        _bench.Peers.Umoci("stat", "--image", $"{Store}:{PeerImages.OciAppName}");
    }

    private void AssertRefused(string peer, string why, params IReadOnlyList<string> arguments)
    {
        var result = _bench.Peers.Run(peer, arguments, mustSucceed: false);
        Assert.NotEqual(0, result.ExitCode);

        // The log of skopeo quotes what it says.
        Assert.Contains(why, result.Error.Replace("\\\"", "\"", StringComparison.Ordinal), StringComparison.Ordinal);
    }
}
