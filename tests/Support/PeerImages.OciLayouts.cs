using System.Collections.Generic;
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

    /// <summary>By podman, whose <c>oci-dir</c> is a layout.</summary>
    public PeerExport PodmanOciDir => Once(() =>
    {
        Sandbox.Podman("save", "--quiet", "--format", "oci-dir", "--output", Target(), OciApp.Names[0]);
        return new PeerExport(Target(), PeerImage.Read(Sandbox, $"oci:{Target()}", OciApp.Names));
    });

    /// <summary>By skopeo: <see cref="OciApp"/> by two names, and <see cref="ToolImage"/> converted.</summary>
    public PeerExport MultiImageLayout => Once(() =>
    {
        string[] names = [OciApp.Names[0], "quay.io/team/oci-app:latest"];
        foreach (var name in names)
        {
            Sandbox.Skopeo("copy", Stored(OciApp.Names[0]), $"oci:{Target()}:{name}");
        }

        Sandbox.Skopeo("copy", Stored(ToolImage.Names[0]), $"oci:{Target()}:{ToolImage.Names[0]}");
        return new PeerExport(
            Target(),
            PeerImage.Read(Sandbox, $"oci:{Target()}:{names[0]}", names),
            PeerImage.Read(Sandbox, $"oci:{Target()}:{ToolImage.Names[0]}", [ToolImage.Names[0]]));
    });

    /// <summary>By buildah: an index by the name <see cref="PlatformsName"/> with one image for each architecture.</summary>
    public PeerExport MultiPlatformLayout => Once(() =>
    {
        foreach (var architecture in PlatformArchitectures)
        {
            BuildPlatform(architecture);
        }

        Sandbox.Buildah("manifest", "push", "--quiet", "--all", "localhost/platforms-list:1", $"oci:{Target()}:{PlatformsName}");
        return Platforms(Target(), $"oci:{Target()}:{PlatformsName}");
    });

    /// <summary>By skopeo: <see cref="MultiPlatformLayout"/> in a tar.</summary>
    public PeerExport MultiPlatformArchive => Once(() =>
    {
        var source = $"oci:{MultiPlatformLayout.Path}:{PlatformsName}";
        Sandbox.Skopeo("copy", "--all", source, $"oci-archive:{Target()}:{PlatformsName}");
        return MultiPlatformLayout with { Path = Target() };
    });

    /// <summary>By podman.</summary>
    public PeerExport PodmanOciArchive => Once(() =>
    {
        Sandbox.Podman("save", "--quiet", "--format", "oci-archive", "--output", Target(), OciApp.Names[0]);
        return new PeerExport(Target(), PeerImage.Read(Sandbox, $"oci-archive:{Target()}", OciApp.Names));
    });

    /// <summary>By skopeo.</summary>
    public PeerExport SkopeoOciArchive => Once(() =>
    {
        Sandbox.Skopeo("copy", Stored(OciApp.Names[0]), $"oci-archive:{Target()}:{OciApp.Names[0]}");
        return new PeerExport(Target(), PeerImage.Read(Sandbox, $"oci-archive:{Target()}", OciApp.Names));
    });

    /// <summary>By umoci, with a bare tag for a name: three layers, one with an opaque folder, one with a whiteout.</summary>
    public PeerExport UmociLayout => Once(() =>
    {
        const string Tag = "umoci-1.0";
        var image = $"{Target()}:{Tag}";
        Sandbox.Umoci("init", "--layout", Target());
        Sandbox.Umoci("new", "--image", image);
        Sandbox.Umoci("insert", "--image", image, $"{Context}/rootfs", "/");
        Sandbox.Umoci("insert", "--image", image, "--opaque", $"{Context}/names", "/opt/data");
        Sandbox.Umoci("insert", "--image", image, "--whiteout", "/etc/obsolete.conf");
        Sandbox.Umoci("config", "--image", image, "--config.env", "A=b", "--config.cmd", "/bin/sh", "--author", "Jörg Müller");
        return new PeerExport(Target(), PeerImage.Read(Sandbox, $"oci:{image}", [Tag]));
    });

    private PeerExport CopyToLayout(string folder, PeerImage image, params string[] options)
    {
        var target = $"oci:{folder}:{image.Names[0]}";
        Sandbox.Skopeo(["copy", .. options, Stored(image.Names[0]), target]);
        return new PeerExport(folder, PeerImage.Read(Sandbox, target, [image.Names[0]]));
    }

    private void BuildPlatform(string architecture) =>
        Sandbox.Buildah(
            "build", "--quiet", "--pull-never", "--platform", $"linux/{architecture}", "--manifest", "localhost/platforms-list:1",
            "--file", $"{Context}/Platforms", Context);

    private PeerExport Platforms(string path, string reference)
    {
        var images = PlatformArchitectures.Select(
            architecture => PeerImage.ReadPlatform(Sandbox, reference, architecture, [PlatformsName]));
        return new PeerExport(path, [.. images]);
    }
}
