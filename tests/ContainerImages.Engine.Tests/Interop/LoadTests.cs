using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json.Nodes;
using ContainerImages.Engine.Tests.Store;
using ContainerImages.Engine.Tests.Transports;
using ContainerImages.Testing;
using Xunit;

namespace ContainerImages.Engine.Tests.Interop;

/// <summary>What podman makes of an archive or a folder by <c>load</c>, and what we make of it.</summary>
public sealed class LoadTests : IDisposable
{
    private static readonly Dictionary<string, Func<PeerImages, PeerExport>> _exports = new()
    {
        ["docker-archive"] = peers => peers.PodmanDockerArchive,
        ["docker-archive of several images"] = peers => peers.MultiImageDockerArchive,
        ["docker-archive without names"] = peers => peers.UntaggedDockerArchive,
        ["oci-archive"] = peers => peers.SkopeoOciArchive,
        ["OCI dir"] = peers => peers.OciFolder,
        ["Docker dir"] = peers => peers.PodmanDockerDir,
    };

    private readonly TwoStores _stores = new();

    public static TheoryData<string> Exports => [.. _exports.Keys];

    public void Dispose() => _stores.Dispose();

    [SkippableTheory]
    [MemberData(nameof(Exports))]
    public void The_same_images_come_in_with_the_same_names(string export)
    {
        _stores.Load(_exports[export](PeerImages.Shared).Path);

        Assert.Equal(_stores.PodmansNames(), _stores.OurNames());
    }

    // Complained about as "names lost"; the name that is written in the layout is the image's here.
    [SkippableFact]
    public void A_layout_folder_is_named_by_its_path_in_podman_and_by_its_annotations_here()
    {
        _stores.Load(PeerImages.Shared.UmociLayout.Path);

        Assert.Equal(_stores.PodmansNames().Keys, _stores.OurNames().Keys);
        Assert.Matches("^localhost/.*/path-1:latest$", Assert.Single(_stores.PodmansNames().Values));
        Assert.Equal("localhost/umoci-1.0:latest", Assert.Single(_stores.OurNames().Values));
    }

    [SkippableFact]
    public void Of_an_index_podman_loads_the_hosts_platform_and_we_all()
    {
        var export = PeerImages.Shared.MultiPlatformArchive;
        _stores.Load(export.Path);

        var loaded = Assert.Single(_stores.PodmansNames());
        Assert.Equal(PeerImages.PlatformsName, loaded.Value);
        Assert.Equal(export.Images.Select(image => image.Id).Order(), _stores.OurNames().Keys);
        Assert.Equal(loaded.Key, _stores.Store.Find(PeerImages.PlatformsName).Id);
    }

    [SkippableFact]
    public void A_layout_of_several_images_is_refused_by_podman_and_loaded_here()
    {
        var export = PeerImages.Shared.MultiImageLayout;

        Assert.NotEqual(0, _stores.TryLoad(export.Path).ExitCode);
        _stores.Store.ImportFile(export.Path);

        Assert.Equal(
            export.Images.Select(image => $"{image.Id} {string.Join(' ', image.Names.Order(StringComparer.Ordinal))}").Order(),
            _stores.OurNames().Select(image => $"{image.Key} {image.Value}"));
    }

    // Dockerd leaves out the registry where it is its own, docker.io; podman takes such a name for one of localhost.
    [SkippableFact]
    public void Short_names_of_dockerd_are_on_docker_io_here_and_under_localhost_in_podman()
    {
        _stores.Load(PeerImages.Shared.ModernDockerdArchive.Path);

        Assert.Contains("docker.io/library/tool:1.0 quay.io/team/tool:latest", _stores.OurNames().Values);
        Assert.Contains("localhost/tool:1.0 quay.io/team/tool:latest", _stores.PodmansNames().Values);
        Assert.Equal(_stores.PodmansNames().Keys, _stores.OurNames().Keys);
    }

    // Annotations: containerd's, OCI's; the name for both, or for us where we differ.
    [SkippableTheory]
    [InlineData("docker.io/library/a:1", "1", "docker.io/library/a:1")]
    [InlineData("quay.io/a/b:1", "docker.io/library/other:2", "quay.io/a/b:1")]
    [InlineData("a/b:1", null, "localhost/a/b:1")]
    [InlineData("a", null, "localhost/a:latest")]
    [InlineData(null, "docker.io/library/a:1", "docker.io/library/a:1")]
    [InlineData(null, "docker.io/a:1", "docker.io/library/a:1")]
    [InlineData(null, "a/b", "localhost/a/b:latest")]
    [InlineData(null, "1.0", "localhost/1.0:latest")]
    [InlineData(null, "registry.example.com:5000/a", "registry.example.com:5000/a:latest")]
    [InlineData(null, null, "")]
    [InlineData("", "", "")]
    [InlineData(null, "Upper/Case", "", "refused")]
    [InlineData("not a name", "docker.io/library/a:1", "docker.io/library/a:1", "refused")]
    public void Names_of_an_oci_archive_come_from_containerds_annotation_then_from_OCIs(
        string? containerd, string? oci, string ours, string? podmans = null)
    {
        Peers.Require(Peer.Podman);
        var archive = TestArchive.OciLayout(TestImage.Of("named by annotations")).EditJson("index.json", index =>
        {
            var annotations = new JsonObject { ["org.example.other"] = "x" };
            Add(annotations, "io.containerd.image.name", containerd);
            Add(annotations, "org.opencontainers.image.ref.name", oci);
            index["manifests"]![0]!["annotations"] = annotations;
        }).WriteTar(_stores.NewPath());

        var loaded = _stores.TryLoad(archive);
        _stores.Store.ImportFile(archive);

        Assert.Equal(ours, Assert.Single(_stores.OurNames().Values));
        Assert.Equal(podmans ?? ours, loaded.ExitCode == 0 ? Assert.Single(_stores.PodmansNames().Values) : "refused");
    }

    private static void Add(JsonObject annotations, string key, string? value)
    {
        if (value is not null)
        {
            annotations[key] = value;
        }
    }
}
