using System;
using System.Collections.Generic;
using ContainerImages.Engine.Tests.Store;
using ContainerImages.Testing;
using Xunit;

namespace ContainerImages.Engine.Tests.Interop;

/// <summary>What <c>podman image inspect</c> prints of images that it pulled or loaded, and what we say of the same manifests.</summary>
public sealed class InspectTests : IDisposable
{
    private const string Ours = "GraphDriver";

    private static readonly Dictionary<string, (Func<PeerImages, PeerExport> Export, string Transport)> _sources = new()
    {
        ["Docker's manifest, plain layers"] = (peers => peers.DockerFolder, "dir"),
        ["Docker's manifest, gzip"] = (peers => peers.CompressedDockerFolder, "dir"),
        ["OCI's manifest with annotations, gzip"] = (peers => peers.OciLayout, "oci"),
        ["OCI's manifest, zstd"] = (peers => peers.ZstdOciLayout, "oci"),
        ["a Docker image turned into OCI's"] = (peers => peers.ConvertedOciLayout, "oci"),
        ["umoci's image"] = (peers => peers.UmociLayout, "oci"),
        ["an index"] = (peers => peers.MultiPlatformLayout, "oci"),
    };

    private readonly TwoStores _stores = new();

    public static TheoryData<string> Sources => [.. _sources.Keys];

    public static TheoryData<string> Folders => ["Docker's manifest, plain layers", "Docker's manifest, gzip"];

    public void Dispose() => _stores.Dispose();

    [SkippableTheory]
    [MemberData(nameof(Sources))]
    public void An_image_from_a_registry_is_printed_as_podman_prints_it(string source)
    {
        var (getExport, transport) = _sources[source];
        using var registry = LocalRegistry.Start();
        var (export, name) = (getExport(PeerImages.Shared), $"{registry.Address}/team/image:1");
        Copy($"{transport}:{export.Path}", $"docker://{name}");

        _stores.Peers.Podman("pull", "--quiet", "--tls-verify=false", name);
        var folder = _stores.NewPath();
        Copy($"docker://{name}", $"dir:{folder}");
        _stores.Store.ImportFile(folder, name);

        var theirs = InspectFields.OfPodmans(_stores.Peers, name);
        InspectFields.AssertEqual(theirs, InspectFields.Of(_stores.Store.Find(name)), Ours);
        Assert.Contains(InteropSources.ForThisHost(export).Id, theirs["Id"], StringComparison.Ordinal);
    }

    [SkippableTheory]
    [MemberData(nameof(Folders))]
    public void An_image_from_a_folder_is_printed_as_podman_prints_it(string source)
    {
        var export = _sources[source].Export(PeerImages.Shared);
        _stores.Load(export.Path);

        InspectFields.AssertEqual(
            InspectFields.OfPodmans(_stores.Peers, export.Image.Id), InspectFields.Of(_stores.Store.Find(export.Image.Id)), Ours);
    }

    // One config, and so one image, by two manifests: with layers in gzip, and in zstd.
    [SkippableFact]
    public void An_image_known_by_two_manifests_has_each_digest_with_each_of_its_repositories()
    {
        var peers = PeerImages.Shared;
        using var registry = LocalRegistry.Start();
        foreach (var (export, name) in new[] { (peers.OciLayout, "team/gzip"), (peers.ZstdOciLayout, "team/zstd") })
        {
            var (remote, folder) = ($"{registry.Address}/{name}:1", _stores.NewPath());
            Copy($"oci:{export.Path}", $"docker://{remote}");
            _stores.Peers.Podman("pull", "--quiet", "--tls-verify=false", remote);
            Copy($"docker://{remote}", $"dir:{folder}");
            _stores.Store.ImportFile(folder, remote);
        }

        var (theirs, ours) = (InspectFields.OfPodmans(_stores.Peers, peers.OciApp.Id), InspectFields.Of(_stores.Store.Find(peers.OciApp.Id)));

        Assert.Equal(theirs["RepoDigests"], ours["RepoDigests"]);
        Assert.Equal(_stores.PodmansNames(), _stores.OurNames());
        Assert.Equal(4, _stores.Store.Find(peers.OciApp.Id).RepoDigests.Count);
        Assert.Single(_stores.OurNames());
    }

    [SkippableFact]
    public void Images_of_a_build_are_printed_with_their_parents_as_podman_prints_them()
    {
        _stores.Build("base:1", "FROM scratch", "COPY a /", "ENV A=1", "LABEL base=1");
        _stores.Build("app:1", "FROM localhost/base:1", "COPY b /", "VOLUME /data", "EXPOSE 80 53/udp", "ONBUILD RUN x", "STOPSIGNAL 9", "CMD b");
        _stores.Peers.Podman("tag", "app:1", "quay.io/team/app:2", "docker.io/team/app:3");
        _stores.CopyToOurs();

        Assert.True(_stores.OurNames().Count >= 8);
        foreach (var id in _stores.OurNames().Keys)
        {
            // From a docker-archive: podman has Docker's manifest for it, and we one of OCI's.
            var (theirs, ours) = (InspectFields.OfPodmans(_stores.Peers, id), InspectFields.Of(_stores.Store.Find(id)));
            InspectFields.AssertEqual(theirs, ours, Ours, "Digest", "RepoDigests", "RepoTags", "ManifestType", "Size", "VirtualSize", "NamesHistory");
        }

        Assert.Equal(_stores.PodmansNames(), _stores.OurNames());
    }

    private void Copy(string source, string destination) => _stores.Peers.Skopeo(
        "copy", "--all", "--preserve-digests", "--src-tls-verify=false", "--dest-tls-verify=false", source, destination);
}
