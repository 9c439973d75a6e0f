using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace ContainerImages.Testing;

/// <content>Docker-archives: what <c>docker load</c> takes.</content>
public sealed partial class PeerImages
{
    /// <summary>The commands that <see cref="CompressedDockerArchive"/> takes.</summary>
    public static IReadOnlyList<string> Compressors { get; } = ["gzip", "zstd", "bzip2", "xz"];

    /// <summary>By podman: <see cref="App"/> with two of its names.</summary>
    public PeerExport PodmanDockerArchive => Once(() =>
    {
        string[] names = [App.Names[0], App.Names[2]];
        Sandbox.Podman(["save", "--quiet", "--output", Target(), .. names]);
        return DockerArchive(Target(), names);
    });

    /// <summary>By skopeo: the same image and names.</summary>
    public PeerExport SkopeoDockerArchive => Once(() =>
    {
        string[] names = [App.Names[0], App.Names[2]];
        Sandbox.Skopeo("copy", "--additional-tag", names[1], Stored(names[0]), $"docker-archive:{Target()}:{names[0]}");
        return DockerArchive(Target(), names);
    });

    /// <summary>By podman, from an image in OCI format.</summary>
    public PeerExport OciAppDockerArchive => Once(() =>
    {
        Sandbox.Podman(["save", "--quiet", "--output", Target(), .. OciApp.Names]);
        return DockerArchive(Target(), OciApp.Names);
    });

    /// <summary>By podman: <see cref="App"/> and <see cref="ToolImage"/>, which share layers, with all their names.</summary>
    public PeerExport MultiImageDockerArchive => Once(() =>
    {
        Sandbox.Podman(["save", "--quiet", "--multi-image-archive", "--output", Target(), .. App.Names, .. ToolImage.Names]);
        return DockerArchive(Target(), App.Names, ToolImage.Names);
    });

    /// <summary>By podman, saved by ID, which leaves it without a name.</summary>
    public PeerExport UntaggedDockerArchive => Once(() =>
    {
        Sandbox.Podman("save", "--quiet", "--output", Target(), App.Id);
        return DockerArchive(Target(), [[]]);
    });

    /// <summary>As dockerd from version 25 on saves it: docker-archive and OCI layout in one.</summary>
    public PeerExport ModernDockerdArchive => Once(() => DockerdArchive(Target(), DockerdStyle.Modern, App, ToolImage));

    /// <summary>As dockerd before version 25 saves it: a folder for each layer with the tar in it.</summary>
    public PeerExport LegacyDockerdArchive => Once(() => DockerdArchive(Target(), DockerdStyle.Legacy, App));

    /// <summary>The same of two images, where a layer that recurs is a link to <c>../&lt;id&gt;/layer.tar</c>.</summary>
    public PeerExport LinkedDockerdArchive => Once(() => DockerdArchive(Target(), DockerdStyle.LegacyWithLinks, App, ToolImage));

    /// <summary><see cref="PodmanDockerArchive"/> as a whole compressed by one of the <see cref="Compressors"/>.</summary>
    public PeerExport CompressedDockerArchive(string compressor) => Once(
        () =>
        {
            var path = Target($"{compressor}.tar");
            File.WriteAllBytes(path, Sandbox.Run(compressor, ["-c", PodmanDockerArchive.Path]).Bytes);
            return PodmanDockerArchive with { Path = path };
        },
        $"{nameof(CompressedDockerArchive)}-{compressor}");

    private PeerExport DockerArchive(string path, params IReadOnlyList<string>[] namesOfImages) =>
        new(path, [.. namesOfImages.Select((names, i) => PeerImage.Read(Sandbox, $"docker-archive:{path}:@{i}", names))]);

    private PeerExport DockerdArchive(string path, DockerdStyle style, params PeerImage[] images)
    {
        using var folder = new TempFolder();
        var saved = images.Select((image, i) =>
        {
            // Skopeo keeps the layers here as podman's store holds them, which is plain.
            var copy = folder.Combine($"{i}");
            Sandbox.Skopeo("copy", Stored(image.Names[0]), $"dir:{copy}");
            return new DockerdImage(image, copy);
        });
        new DockerdArchiveWriter(style).Write(path, [.. saved]);
        return style == DockerdStyle.Modern
            ? new PeerExport(path, [.. images.Select(image => ReadModern(path, image.Names))])
            : DockerArchive(path, [.. images.Select(image => image.Names)]);
    }

    /// <summary>By its OCI index, which has the bare tag where other writers put the name.</summary>
    private PeerImage ReadModern(string path, IReadOnlyList<string> names) =>
        PeerImage.Read(Sandbox, $"oci-archive:{path}:{names[0].Split(':')[^1]}", names);
}
