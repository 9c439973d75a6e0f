using System.Collections.Generic;
using ContainerImages.Content;
using ContainerImages.Manifests;
using ContainerImages.Store;

namespace ContainerImages.Copying;

/// <summary>
/// Layers that the other side has already, and that an archive for it goes without. A format that holds manifests names them
/// by their digests, one that does not by their diff IDs.
/// </summary>
internal sealed class LeftOutLayers
{
    private readonly HashSet<Digest> _digests = [];
    private readonly HashSet<Digest> _diffIds = [];

    /// <summary>Takes in all layers of an image, of every platform of its root that is here.</summary>
    /// <exception cref="ContainerImageException">ContentMissing; ContentMismatch.</exception>
    public void Add(ImageStore store, StoreRoot root)
    {
        foreach (var image in root.Images)
        {
            if (store.Blobs.ReadManifest(image.Manifest) is ImageManifest { IsImage: true } manifest)
            {
                foreach (var layer in manifest.Layers)
                {
                    _digests.Add(layer.Digest);
                }

                _diffIds.UnionWith(store.Blobs.ReadConfig(manifest.Config).DiffIds);
            }
        }
    }

    public bool Contains(Descriptor layer, Digest? diffId, DestinationTraits traits) =>
        traits.HoldsManifests ? _digests.Contains(layer.Digest) : diffId is { } id && _diffIds.Contains(id);
}
