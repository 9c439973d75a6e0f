using System;
using System.IO;
using System.Linq;
using ContainerImages.Testing;
using ContainerImages.Tests.Hosting;
using Xunit;

namespace ContainerImages.Tests.Cmdlets;

/// <summary>A day's work on an image that podman wrote, and what podman makes of the results.</summary>
public sealed class TourTests : IDisposable
{
    private readonly StoreSession _session = new();

    public void Dispose() => _session.Dispose();

    [SkippableFact]
    public void A_docker_archive_by_podman_is_loaded_tagged_saved_and_loaded_by_podman_again()
    {
        PeerExport export = PeerImages.Shared.PodmanDockerArchive;
        PeerImage image = export.Image;
        File.Copy(export.Path, _session.Combine("app.tar"));

        Assert.Equal([image.Id], _session.Texts("(Import-ContainerImage ./app.tar).Id"));
        Assert.Contains(
            image.Id[..12],
            _session.RunFormatted("Get-ContainerImage").ShouldSucceed().Transcript,
            StringComparison.Ordinal);
        Assert.Equal(
            ["localhost/team/debian:12", "localhost/team/debian:stable"],
            _session.Texts("(Get-ContainerImage app:1 | Add-ImageTag team/debian:stable, team/debian:12 -PassThru).Names")
                .Where(name => name.Contains("debian", StringComparison.Ordinal)).Order());
        Assert.Equal(image.Config.GetProperty("history").GetArrayLength(), _session.Texts("Get-ImageHistory app:1").Length);
        Assert.Empty(_session.Texts("Get-ContainerImage team/debian:* | Save-ContainerImage -Destination ./both.tar"));
        Assert.Empty(_session.Texts("Save-ContainerImage app:1 -Format oci-archive -Destination ./app.oci.tar"));
        Assert.Empty(_session.Texts("Remove-ImageTag team/debian:12"));
        Assert.Contains(
            "Remove tag",
            _session.Run("Remove-ContainerImage app:1 -WhatIf").ShouldSucceed().Transcript,
            StringComparison.Ordinal);
        Assert.Empty(_session.Texts("Get-ContainerImage | Remove-ContainerImage -Force"));
        Assert.Empty(_session.Names());
        Assert.Empty(_session.Blobs);

        PeerSandbox peers = new(_session.Folder);
        peers.Podman("load", "--quiet", "--input", _session.Combine("both.tar"));
        Assert.Equal(image.Id, PodmanId(peers, "localhost/team/debian:stable"));
        Assert.Equal(image.Id, PodmanId(peers, "localhost/team/debian:12"));
        Assert.Equal(
            image.DiffIds,
            peers.Podman("image", "inspect", "localhost/team/debian:12").Json[0].GetProperty("RootFS").GetProperty("Layers")
                .EnumerateArray().Select(layer => layer.GetString()));
    }

    [SkippableFact]
    public void A_multi_platform_archive_by_skopeo_goes_in_and_out_with_its_digests()
    {
        PeerExport export = PeerImages.Shared.MultiPlatformArchive;
        _session.Set("archive", export.Path);

        Assert.Equal(export.Images.Select(image => image.Id), _session.Texts("(Import-ContainerImage $archive).Id"));
        _session.Run("Get-ContainerImage platforms:2 | Save-ContainerImage -Format oci-dir -Destination ./layout")
            .ShouldSucceed();

        PeerSandbox peers = new(_session.Folder);
        string original = peers.Skopeo("inspect", "--raw", $"oci-archive:{export.Path}:{PeerImages.PlatformsName}").Output;
        Assert.Equal(
            original,
            peers.Skopeo("inspect", "--raw", $"oci:{_session.Combine("layout")}:{PeerImages.PlatformsName}").Output);
    }

    [SkippableFact]
    public void Archives_of_every_compression_become_the_same_image()
    {
        foreach (string compressor in PeerImages.Compressors)
        {
            PeerExport export = PeerImages.Shared.CompressedDockerArchive(compressor);
            _session.Set("archive", export.Path);

            Assert.Equal([export.Image.Id], _session.Texts("(Import-ContainerImage -LiteralPath $archive).Id"));
        }

        Assert.Single(_session.Texts("Get-ContainerImage"));
    }

    private static string PodmanId(PeerSandbox peers, string name) =>
        peers.Podman("image", "inspect", "--format", "{{.Id}}", name).Output;
}
