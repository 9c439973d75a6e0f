using System.Linq;
using ContainerImages.Content;
using ContainerImages.Manifests;
using ContainerImages.Store;

namespace ContainerImages;

/// <content>Inspection.</content>
public sealed partial class ContainerImage
{
    /// <summary>All that podman's <c>image inspect</c> tells of it. A size that the store has not noted yet is worked out.</summary>
    /// <exception cref="ContainerImageException">
    /// ContentMissing, without its manifest or config; ContentMismatch, for damaged blobs; ImageDetached.
    /// </exception>
    public ImageInspect Inspect() => Load(details =>
        new ImageInspect(
            this, details.Index, details.Manifest, details.Config, Size ?? WorkOutSize(details.Manifest, details.Config)));

    private long? WorkOutSize(ImageManifest manifest, ImageConfig config)
    {
        using var store = ImageStore.Open(StorePath);
        var sizes = LayerSizes.Read(store, manifest, config, Details!.Relations.Summary, default);
        return new ManifestSummary(ManifestSummary.Image, manifest.ToDescriptor())
        {
            ConfigSize = manifest.Config.Size,
            Layers = manifest.Layers.Select((layer, i) => new LayerSummary(LayerSummary.MarkOf(layer.Digest), sizes[i])).ToList(),
        }.Size;
    }
}
