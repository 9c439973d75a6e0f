using System.IO;

namespace ContainerImages.Testing;

/// <content>Folders of containers/image's <c>dir:</c> transport, which store no names.</content>
public sealed partial class PeerImages
{
    /// <summary>By skopeo: <see cref="OciApp"/> as it is, its layers plain.</summary>
    public PeerExport OciFolder => Once(() => CopyToFolder(Target(), OciApp));

    /// <summary>By skopeo: <see cref="App"/> as it is; its layers are plain though its manifest says gzip.</summary>
    public PeerExport DockerFolder => Once(() => CopyToFolder(Target(), App));

    /// <summary>By skopeo: <see cref="App"/>, its layers compressed by gzip.</summary>
    public PeerExport CompressedDockerFolder => Once(() => CopyToFolder(Target(), App, "--dest-compress"));

    /// <summary>By podman (<c>docker-dir</c>): <see cref="App"/>.</summary>
    public PeerExport PodmanDockerDir => Once(() =>
    {
        Peers.Podman("save", "--quiet", "--format", "docker-dir", "--output", Target(), App.Names[0]);
        return Folder(Target());
    });

    /// <summary>By skopeo: an index and all of its images.</summary>
    public PeerExport MultiPlatformFolder => Once(() =>
    {
        Peers.Skopeo("copy", "--all", $"oci:{MultiPlatformLayout.Path}:{PlatformsName}", $"dir:{Target()}");
        return MultiPlatformLayout with { Path = Target() };
    });

    /// <summary>As skopeo leaves a signed image: <see cref="CompressedDockerFolder"/> and two signature files.</summary>
    public PeerExport SignedFolder => Once(() =>
    {
        var folder = CopyToFolder(Target(), App, "--dest-compress");

        // No reader here verifies them, so that their content need not be a real signature.
        File.WriteAllBytes(Path.Combine(folder.Path, "signature-1"), [0x99, 0x01, 0x0D]);
        File.WriteAllBytes(Path.Combine(folder.Path, "signature-2"), [0x99, 0x02, 0x0D]);
        return folder;
    });

    private PeerExport CopyToFolder(string folder, PeerImage image, params string[] options)
    {
        Peers.Skopeo(["copy", .. options, Stored(image.Names[0]), $"dir:{folder}"]);
        return Folder(folder);
    }

    private PeerExport Folder(string path) => new(path, PeerImage.Read(Peers, $"dir:{path}", []));
}
