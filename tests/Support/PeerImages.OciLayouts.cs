using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace ContainerImages.Testing;

/// <content>OCI layouts, as folders and as archives.</content>
public sealed partial class PeerImages
{
    /// <summary>The architectures of <see cref="MultiPlatformLayout"/>, in the order of its images.</summary>
    public static IReadOnlyList<string> PlatformArchitectures { get; } = ["amd64", "arm64"];

    /// <summary>By skopeo: <see cref="OciApp"/>, its layers in gzip.</summary>
    public PeerExport OciLayout => Once(() => CopyToLayout(Target(), OciApp));

    /// <summary>By skopeo, its layers in zstd.</summary>
    public PeerExport ZstdOciLayout => Once(() => CopyToLayout(Target(), OciApp, "--dest-compress-format", "zstd"));

    /// <summary>By skopeo, its layers plain.</summary>
    public PeerExport PlainOciLayout => Once(() => CopyToLayout(Target(), OciApp, "--dest-oci-accept-uncompressed-layers"));

    /// <summary>By skopeo: <see cref="App"/>, for which its config is rewritten, so that the image ID is another.</summary>
    public PeerExport ConvertedOciLayout => Once(() => CopyToLayout(Target(), App));

    /// <summary>By podman, whose <c>oci-dir</c> is a layout. It has no name.</summary>
    public PeerExport PodmanOciDir => Once(() =>
    {
        Peers.Podman("save", "--quiet", "--format", "oci-dir", "--output", Target(), OciApp.Names[0]);
        return new PeerExport(Target(), PeerImage.Read(Peers, $"oci:{Target()}", []));
    });

    /// <summary>By skopeo: <see cref="OciApp"/> by two names, and <see cref="ToolImage"/> converted.</summary>
    public PeerExport MultiImageLayout => Once(() =>
    {
        string[] names = [OciApp.Names[0], "quay.io/team/oci-app:latest"];
        foreach (var name in names)
        {
            Peers.Skopeo("copy", Stored(OciApp.Names[0]), $"oci:{Target()}:{name}");
        }

        Peers.Skopeo("copy", Stored(ToolImage.Names[0]), $"oci:{Target()}:{ToolImage.Names[0]}");
        return new PeerExport(
            Target(),
            PeerImage.Read(Peers, $"oci:{Target()}:{names[0]}", names),
            PeerImage.Read(Peers, $"oci:{Target()}:{ToolImage.Names[0]}", [ToolImage.Names[0]]));
    });

    /// <summary>By buildah: an index by the name <see cref="PlatformsName"/> with one image for each architecture.</summary>
    public PeerExport MultiPlatformLayout => Once(() =>
    {
        foreach (var architecture in PlatformArchitectures)
        {
            BuildPlatform(architecture);
        }

        Peers.Buildah("manifest", "push", "--quiet", "--all", "localhost/platforms-list:1", $"oci:{Target()}:{PlatformsName}");
        return Platforms(Target(), $"oci:{Target()}:{PlatformsName}");
    });

    /// <summary>By skopeo: <see cref="MultiPlatformLayout"/> in a tar.</summary>
    public PeerExport MultiPlatformArchive => Once(() =>
    {
        var source = $"oci:{MultiPlatformLayout.Path}:{PlatformsName}";
        Peers.Skopeo("copy", "--all", source, $"oci-archive:{Target()}:{PlatformsName}");
        return MultiPlatformLayout with { Path = Target() };
    });

    /// <summary>By podman.</summary>
    public PeerExport PodmanOciArchive => Once(() =>
    {
        Peers.Podman("save", "--quiet", "--format", "oci-archive", "--output", Target(), OciApp.Names[0]);
        return new PeerExport(Target(), PeerImage.Read(Peers, $"oci-archive:{Target()}", OciApp.Names));
    });

    /// <summary>By skopeo.</summary>
    public PeerExport SkopeoOciArchive => Once(() =>
    {
        Peers.Skopeo("copy", Stored(OciApp.Names[0]), $"oci-archive:{Target()}:{OciApp.Names[0]}");
        return new PeerExport(Target(), PeerImage.Read(Peers, $"oci-archive:{Target()}", OciApp.Names));
    });

    /// <summary>By umoci, which knows tags only: an image of two layers, the upper one with an opaque folder and a whiteout.</summary>
    public PeerExport UmociLayout => Once(() =>
    {
        const string Tag = "umoci-1.0";
        var image = $"{Target()}:{Tag}";
        Peers.Umoci("init", "--layout", Target());
        Peers.Umoci("new", "--image", image);
        Peers.Umoci("insert", "--image", image, $"{Context}/rootfs", "/");
        Peers.Umoci("insert", "--image", image, "--opaque", $"{Context}/names", "/opt/data");
        Peers.Umoci("insert", "--image", image, "--whiteout", "/etc/obsolete.conf");
        Peers.Umoci("config", "--image", image, "--config.env", "A=b", "--config.cmd", "/bin/sh", "--author", "Jörg Müller");
        return new PeerExport(Target(), PeerImage.Read(Peers, $"oci:{image}", [Tag]));
    });

    private PeerExport CopyToLayout(string folder, PeerImage image, params string[] options)
    {
        var target = $"oci:{folder}:{image.Names[0]}";
        Peers.Skopeo(["copy", .. options, Stored(image.Names[0]), target]);
        return new PeerExport(folder, PeerImage.Read(Peers, target, [image.Names[0]]));
    }

    private void BuildPlatform(string architecture) =>
        Peers.Buildah(
            "build", "--quiet", "--pull-never", "--platform", $"linux/{architecture}", "--manifest", "localhost/platforms-list:1",
            "--file", $"{Context}/Platforms", Context);

    private PeerExport Platforms(string path, string reference) =>
        new(path, [.. PlatformArchitectures.Select(architecture => PeerImage.ReadPlatform(Peers, reference, architecture, [PlatformsName]))]);
}
