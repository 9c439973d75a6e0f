using System.Collections.Generic;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.Store;

namespace ContainerImages.Transports;

/// <summary>
/// Which diff IDs the compressed blobs of a store are known to have: what an image's manifest and config say together was
/// verified when it came. Only images with a summary of ours count: another tool may have put the rest there unseen. The
/// summary's marks find the images to read.
/// </summary>
internal sealed class KnownLayers(StoreSnapshot snapshot, BlobStore blobs)
{
    private readonly Dictionary<(Digest Blob, Digest DiffId), long?> _pairs = [];
    private readonly Dictionary<Digest, Descriptor> _byDiffId = [];
    private readonly HashSet<Digest> _read = [];
    private ILookup<string, ManifestSummary>? _byMark;

    /// <summary>The plain size of a blob that is known to have this diff ID; null if it is not known, or not its size.</summary>
    public long? Find(Digest blob, Digest diffId)
    {
        lock (_pairs)
        {
            Learn(blob);
            return _pairs.TryGetValue((blob, diffId), out var size) ? size : null;
        }
    }

    public long? PlainSize(Digest blob)
    {
        lock (_pairs)
        {
            Learn(blob);
            return _pairs.Where(pair => pair.Key.Blob == blob).Select(pair => pair.Value).FirstOrDefault(size => size is not null);
        }
    }

    /// <summary>A blob of the store that is a layer with this diff ID, plain or compressed; null if none is known.</summary>
    public Descriptor? FindBlob(Digest diffId)
    {
        if (blobs.SizeOf(diffId) is { } size)
        {
            return new Descriptor(MediaTypes.OciLayer, diffId, size);
        }

        lock (_pairs)
        {
            Learn(ByMark.SelectMany(group => group));
            return _byDiffId.TryGetValue(diffId, out var descriptor) ? descriptor : null;
        }
    }

    private ILookup<string, ManifestSummary> ByMark => _byMark ??= snapshot.Roots
        .Where(root => root.IsSummaryStored)
        .SelectMany(root => root.Images)
        .SelectMany(image => image.Layers.Select(layer => layer.Mark).Distinct(), (image, mark) => (image, mark))
        .ToLookup(pair => pair.mark, pair => pair.image);

    private void Learn(Digest blob) => Learn(ByMark[LayerSummary.MarkOf(blob)]);

    private void Learn(IEnumerable<ManifestSummary> images)
    {
        foreach (var image in images.Where(image => _read.Add(image.Manifest.Digest)))
        {
            try
            {
                var manifest = (Manifests.ImageManifest)blobs.ReadManifest(image.Manifest);
                var diffIds = blobs.ReadConfig(manifest.Config).DiffIds;
                for (var i = 0; i < manifest.Layers.Count && i < diffIds.Count && i < image.Layers.Count; i++)
                {
                    var key = (manifest.Layers[i].Digest, diffIds[i]);
                    if (MediaTypes.TryGetLayerCompression(manifest.Layers[i].MediaType, out var compression))
                    {
                        _byDiffId[diffIds[i]] = new Descriptor(
                            MediaTypes.OciLayerOf(compression), manifest.Layers[i].Digest, manifest.Layers[i].Size);
                    }

                    _pairs[key] = image.Layers[i].Size ?? (_pairs.TryGetValue(key, out var known) ? known : null);
                }
            }
            catch (ContainerImageException)
            {
                // A damaged image vouches for nothing.
            }
        }
    }
}
