using System.IO;
using System.Text;

namespace ContainerImages.Testing;

/// <content>Folders of containers/image's <c>dir:</c> transport, which store no names.</content>
public sealed partial class PeerImages
{
    private const string SigstoreSignature =
        "\0sigstore-json\n" +
        """{"mimeType":"application/vnd.dev.cosign.simplesigning.v1+json","payload":"e30=","annotations":{}}""";

    /// <summary>By skopeo: <see cref="OciApp"/> as it is, its layers plain.</summary>
    public PeerExport OciFolder => Once(() => CopyToFolder(Target(), OciApp));

    /// <summary>By skopeo: <see cref="App"/> as it is, its layers plain.</summary>
    public PeerExport DockerFolder => Once(() => CopyToFolder(Target(), App));

    /// <summary>By skopeo, from a docker-archive: the manifest calls the layers gzip, but they are plain.</summary>
    public PeerExport MislabelledDockerFolder => Once(() =>
    {
        Sandbox.Skopeo("copy", $"docker-archive:{PodmanDockerArchive.Path}:@0", $"dir:{Target()}");
        return Folder(Target());
    });

    /// <summary>By skopeo: <see cref="App"/>, its layers compressed by gzip.</summary>
    public PeerExport CompressedDockerFolder => Once(() => CopyToFolder(Target(), App, "--dest-compress"));

    /// <summary>By podman (<c>docker-dir</c>): <see cref="App"/>.</summary>
    public PeerExport PodmanDockerDir => Once(() =>
    {
        Sandbox.Podman("save", "--quiet", "--format", "docker-dir", "--output", Target(), App.Names[0]);
        return Folder(Target());
    });

    /// <summary>By skopeo: an index and all of its images.</summary>
    public PeerExport MultiPlatformFolder => Once(() =>
    {
        Sandbox.Skopeo("copy", "--all", $"oci:{MultiPlatformLayout.Path}:{PlatformsName}", $"dir:{Target()}");
        return MultiPlatformLayout with { Path = Target() };
    });

    /// <summary>As skopeo leaves a signed image: <see cref="CompressedDockerFolder"/> and two signature files.</summary>
    public PeerExport SignedFolder => Once(() =>
    {
        var folder = CopyToFolder(Target(), App, "--dest-compress");

        // Nobody verifies them here, but readers tell the two kinds by how they begin: an OpenPGP packet, or 0 and a name.
        File.WriteAllBytes(Path.Combine(folder.Path, "signature-1"), [0x89, 0x01, 0x0D]);
        File.WriteAllBytes(Path.Combine(folder.Path, "signature-2"), Encoding.ASCII.GetBytes(SigstoreSignature));
        return folder;
    });

    private PeerExport CopyToFolder(string folder, PeerImage image, params string[] options)
    {
        Sandbox.Skopeo(["copy", .. options, Stored(image.Names[0]), $"dir:{folder}"]);
        return Folder(folder);
    }

    private PeerExport Folder(string path) => new(path, PeerImage.Read(Sandbox, $"dir:{path}", []));
}
