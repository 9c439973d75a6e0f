using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using ContainerImages.Engine.Tests.Content;
using ContainerImages.Engine.Tests.Store;
using ContainerImages.References;
using ContainerImages.Testing;
using Xunit;

namespace ContainerImages.Engine.Tests.Transports;

/// <summary>What real podman, skopeo, buildah and umoci wrote, and dockerd's formats: all of it comes in, as the peers say it is.</summary>
public class ImportedFormatsTests
{
    private static readonly Dictionary<string, Func<PeerImages, PeerExport>> _archives = new()
    {
        ["podman docker-archive"] = peers => peers.PodmanDockerArchive,
        ["skopeo docker-archive"] = peers => peers.SkopeoDockerArchive,
        ["podman docker-archive of an OCI image"] = peers => peers.OciAppDockerArchive,
        ["podman multi-image docker-archive"] = peers => peers.MultiImageDockerArchive,
        ["podman docker-archive without names"] = peers => peers.UntaggedDockerArchive,
        ["dockerd 25 archive"] = peers => peers.ModernDockerdArchive,
        ["older dockerd archive"] = peers => peers.LegacyDockerdArchive,
        ["older dockerd archive with links"] = peers => peers.LinkedDockerdArchive,
        ["podman oci-archive"] = peers => peers.PodmanOciArchive,
        ["skopeo oci-archive"] = peers => peers.SkopeoOciArchive,
        ["skopeo multi-platform oci-archive"] = peers => peers.MultiPlatformArchive,
    };

    private static readonly Dictionary<string, Func<PeerImages, PeerExport>> _folders = new()
    {
        ["gzip OCI layout"] = peers => peers.OciLayout,
        ["zstd OCI layout"] = peers => peers.ZstdOciLayout,
        ["plain OCI layout"] = peers => peers.PlainOciLayout,
        ["converted OCI layout"] = peers => peers.ConvertedOciLayout,
        ["podman oci-dir"] = peers => peers.PodmanOciDir,
        ["multi-image OCI layout"] = peers => peers.MultiImageLayout,
        ["multi-platform OCI layout"] = peers => peers.MultiPlatformLayout,
        ["umoci OCI layout"] = peers => peers.UmociLayout,
        ["OCI dir"] = peers => peers.OciFolder,
        ["Docker dir"] = peers => peers.DockerFolder,
        ["compressed Docker dir"] = peers => peers.CompressedDockerFolder,
        ["podman docker-dir"] = peers => peers.PodmanDockerDir,
        ["multi-platform dir"] = peers => WithoutNames(peers.MultiPlatformFolder),
    };

    public static TheoryData<string> Archives => [.. _archives.Keys];

    public static TheoryData<string> Folders => [.. _folders.Keys];

    public static TheoryData<string> Compressors => [.. PeerImages.Compressors];

    [SkippableTheory]
    [MemberData(nameof(Archives))]
    public void An_archive_comes_in_as_a_file(string format) =>
        AssertImported(_archives[format](PeerImages.Shared), (store, path) => store.Store.ImportFile(path));

    [SkippableTheory]
    [MemberData(nameof(Archives))]
    public void An_archive_comes_in_as_a_stream(string format) =>
        AssertImported(_archives[format](PeerImages.Shared), (store, path) =>
        {
            using var pipe = new TarBytes.ForwardStream(File.ReadAllBytes(path));
            return store.Store.ImportStream(pipe);
        });

    [SkippableTheory]
    [MemberData(nameof(Folders))]
    public void A_folder_comes_in(string format) =>
        AssertImported(_folders[format](PeerImages.Shared), (store, path) => store.Store.ImportFile(path));

    [SkippableTheory]
    [MemberData(nameof(Compressors))]
    public void An_archive_compressed_as_a_whole_comes_in(string compressor)
    {
        Peers.Require(compressor);
        AssertImported(PeerImages.Shared.CompressedDockerArchive(compressor), (store, path) => store.Store.ImportFile(path));
    }

    private static PeerExport WithoutNames(PeerExport export) =>
        export with { Images = [.. export.Images.Select(image => image with { Names = [] })] };

    private static void AssertImported(PeerExport export, Func<TestStore, string, IReadOnlyList<ContainerImage>> import)
    {
        using var test = new TestStore();

        var imported = import(test, export.Path);

        Assert.Equal(export.Images.Select(image => image.Id).Order(), imported.Select(image => image.Id).Order());
        foreach (var image in export.Images)
        {
            var found = test.Store.Find(image.Id);
            Assert.Equal(image.Names.Select(FullName).Order(StringComparer.Ordinal), found.Names.Order(StringComparer.Ordinal));
            Assert.Equal(image.DiffIds, found.RootFS.Layers);
            Assert.Equal(image.ConfigBytes, System.Text.Encoding.UTF8.GetBytes(found.ImageConfig));
            Assert.True(found.Size > 0);
        }

        test.Store.AssertSound();
    }

    // umoci writes tags alone.
    private static string FullName(string name) => ImageReference.ParseForTag(name).ToString();
}
