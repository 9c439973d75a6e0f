using System;
using System.Collections.Generic;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.Manifests;

namespace ContainerImages;

/// <summary>All that podman's <c>image inspect</c> tells of an image, under its names.</summary>
/// <remarks>
/// What podman says depends on the manifest: a Docker image has the comment of its config, and a health check; an OCI image
/// has the comment of the first step of its history, annotations, and no health check, whatever its config says.
/// </remarks>
public sealed partial class ImageInspect
{
    private readonly JsonFields _config;

    internal ImageInspect(ContainerImage image, ImageIndex? index, ImageManifest manifest, ImageConfig config, long? size)
    {
        _config = JsonFields.Parse(config.Bytes, $"Config {manifest.Config.Digest}");
        var isDocker = IsDocker(manifest);
        Id = image.Id;

        // Podman keeps the index that an image came by beside it, and knows the image by the index's digest.
        Digest = (index?.Digest ?? manifest.Digest).ToString();
        RepoTags = image.RepoTags.Reverse().ToList().Sealed();
        RepoDigests = image.RepoDigests;
        Parent = image.Parent ?? "";
        Comment = isDocker ? config.Comment : config.History.FirstOrDefault()?.Comment ?? "";
        Created = config.Created;
        Config = config.Config;
        Version = config.DockerVersion;
        Author = config.Author;
        Architecture = config.Architecture;
        Os = config.Os;
        Size = new[] { size, index?.Bytes.Length ?? 0 }.Total();
        GraphDriver = new ImageGraphDriver { Data = new Dictionary<string, string> { ["StorePath"] = image.StorePath ?? "" } };
        RootFS = image.RootFS;
        Labels = image.Labels;
        Annotations = isDocker ? Descriptor.NoAnnotations : image.Annotations;
        ManifestType = manifest.MediaType;
        User = config.Config.User;
        History = config.History.Sealed();
        NamesHistory = image.NamesHistory;
        if (isDocker && FindHealthcheck() is { } check)
        {
            _healthcheck = check;
            Healthcheck = ContainerConfig.ReadHealthcheck(check);
        }
    }

    /// <summary>The config's digest, without its algorithm.</summary>
    public string Id { get; }

    /// <summary>The digest of what its names point to: its manifest, or the index that names it.</summary>
    public string Digest { get; }

    /// <summary>Names with a tag, the latest given first, as podman has them after a load.</summary>
    public IReadOnlyList<string> RepoTags { get; }

    /// <summary>Each repository with each known digest, sorted.</summary>
    public IReadOnlyList<string> RepoDigests { get; }

    /// <summary>The ID of the image it was built on, if that is in the store; else empty.</summary>
    public string Parent { get; }

    /// <summary>A remark; empty where there is none.</summary>
    public string Comment { get; }

    /// <summary>When it was made; null where the config does not say.</summary>
    public DateTimeOffset? Created { get; }

    /// <summary>How a container of it runs.</summary>
    public ContainerConfig Config { get; }

    /// <summary>The version of Docker that made it; empty for other makers.</summary>
    public string Version { get; }

    /// <summary>Who made it; empty where the config does not say.</summary>
    public string Author { get; }

    /// <summary>The processor architecture, by Go's name.</summary>
    public string Architecture { get; }

    /// <summary>The operating system.</summary>
    public string Os { get; }

    /// <summary>Bytes as podman counts them; null where a layer is not here whose plain size nobody noted.</summary>
    public long? Size { get; }

    /// <summary>The same as <see cref="Size"/>.</summary>
    public long? VirtualSize => Size;

    /// <summary>What keeps it.</summary>
    public ImageGraphDriver GraphDriver { get; }

    /// <summary>Its diff IDs.</summary>
    public ImageRootFS RootFS { get; }

    /// <summary>Its labels; empty where there are none.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; }

    /// <summary>Its manifest's annotations; empty where there are none.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; }

    /// <summary>The media type of the manifest.</summary>
    public string ManifestType { get; }

    /// <summary>User (and group) its process runs as; empty for root.</summary>
    public string User { get; }

    /// <summary>The steps of its build, the oldest first.</summary>
    public IReadOnlyList<HistoryStep> History { get; }

    /// <summary>Names it had; nothing keeps those it has lost.</summary>
    public IReadOnlyList<string> NamesHistory { get; }

    /// <summary>How a container tells that it is well; null where podman shows none.</summary>
    public Healthcheck? Healthcheck { get; }

    /// <summary>The ID.</summary>
    public override string ToString() => Id;

    // A docker-archive has no manifest. Podman makes a Docker one for it, and we one of OCI's, known by its form: that in
    // which we write, over plain layers.
    private static bool IsDocker(ImageManifest manifest) =>
        MediaTypes.IsDocker(manifest.MediaType) ||
        (manifest.Layers.All(layer => layer.MediaType == MediaTypes.OciLayer) &&
         ImageManifest.Create(manifest.MediaType, manifest.Config, manifest.Layers).Digest == manifest.Digest);
}
