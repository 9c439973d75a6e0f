using System.Linq;
using ContainerImages.Content;

namespace ContainerImages.Manifests;

/// <summary>
/// Turns a manifest into the other family. Only media types change: the config's bytes stay, and with them the image ID.
/// (containers/image rewrites a Docker config on the way to OCI and so changes the ID and drops fields; OCI readers must
/// ignore fields that they do not know, so nothing demands it.)
/// </summary>
internal static class ManifestConversion
{
    /// <summary>The OCI form of a Docker manifest.</summary>
    /// <exception cref="ContainerImageException">UnsupportedConversion: a layer that OCI has no type for.</exception>
    public static ImageManifest ToOci(ImageManifest manifest) => manifest.MediaType == MediaTypes.OciManifest
        ? manifest
        : Convert(manifest, MediaTypes.OciManifest, MediaTypes.OciConfig, ToOciLayer);

    /// <summary>The Docker form of an OCI manifest. Its annotations, which Docker has no place for, are left behind.</summary>
    /// <exception cref="ContainerImageException">
    /// UnsupportedConversion: an artifact, or a layer compressed with zstd, for which Docker has no type.
    /// </exception>
    public static ImageManifest ToDocker(ImageManifest manifest) => manifest.MediaType == MediaTypes.DockerManifest
        ? manifest
        : Convert(manifest, MediaTypes.DockerManifest, MediaTypes.DockerConfig, ToDockerLayer);

    /// <summary>Docker's type of a layer; null if it has none.</summary>
    public static string? ToDockerLayer(Descriptor layer)
    {
        if (!MediaTypes.TryGetLayerCompression(layer.MediaType, out var compression))
        {
            return null;
        }

        return (compression, MediaTypes.IsForeignLayer(layer.MediaType)) switch
        {
            (Compression.None, false) => MediaTypes.DockerLayer,
            (Compression.Gzip, false) => MediaTypes.DockerLayerGzip,
            (Compression.Gzip, true) => MediaTypes.DockerForeignLayerGzip,
            _ => null,
        };
    }

    private static ImageManifest Convert(
        ImageManifest manifest, string type, string configType, System.Func<Descriptor, string?> layerType)
    {
        if (!manifest.IsImage)
        {
            throw Unsupported(manifest, "it is an artifact and no image");
        }

        return ImageManifest.Create(
            type,
            new Descriptor(configType, manifest.Config.Digest, manifest.Config.Size),
            manifest.Layers.Select(layer => new Descriptor(
                layerType(layer) ?? throw Unsupported(manifest, $"layer {layer.Digest} is of type {QuotedText.Quote(layer.MediaType)}"),
                layer.Digest,
                layer.Size)
            { Urls = layer.Urls }));
    }

    private static string? ToOciLayer(Descriptor layer)
    {
        if (!MediaTypes.TryGetLayerCompression(layer.MediaType, out var compression))
        {
            return null;
        }

        var foreign = MediaTypes.IsForeignLayer(layer.MediaType);
        var type = MediaTypes.OciLayerOf(compression);
        return foreign ? type.Replace(MediaTypes.OciLayer, MediaTypes.OciForeignLayer) : type;
    }

    private static ContainerImageException Unsupported(ImageManifest manifest, string why) => new(
        ImageError.UnsupportedConversion, $"Manifest {manifest.Digest} cannot be converted: {why}, which the other format cannot hold.");
}
