using System.Collections.Generic;
using System.Linq;
using System.Threading;
using ContainerImages.Content;
using ContainerImages.Copying;
using ContainerImages.Store;

namespace ContainerImages.Transports;

/// <content>Layers that an incremental archive goes without: they must be here, or be had of what is here.</content>
internal sealed partial class StoreDestination
{
    // By diff IDs, the layers that are not here under the digest by which they are named, if by any.
    private readonly Dictionary<Digest, Descriptor> _completed = [];

    /// <summary>Looks for layers by their diff IDs.</summary>
    /// <returns>The blobs found.</returns>
    private List<Digest> FindByDiffIds(List<SourceLayer> absent)
    {
        var unnamed = absent.Where(layer => layer.Descriptor is not { } named || !IsHere(named));
        foreach (var diffId in unnamed.Select(layer => layer.DiffId).OfType<Digest>().Distinct())
        {
            if (_known.FindBlob(diffId) is { } found)
            {
                _completed[diffId] = found;
            }
        }

        return _completed.Values.Select(found => found.Digest).ToList();
    }

    private Descriptor? Promised(SourceLayer layer) => layer.Descriptor ??
        (layer.Blob is null && _completed.TryGetValue(layer.DiffId!.Value, out var completed) ? completed : null);

    // A plain layer is its own diff ID: it is had of any compression of it that is here.
    private bool IsToBeExpanded(SourceLayer layer) => layer.Blob is null && layer.Descriptor?.Digest == layer.DiffId && IsElsewise(layer);

    private bool IsElsewise(SourceLayer layer) => layer.DiffId is { } diffId && _completed.TryGetValue(diffId, out var other) && IsHere(other);

    private Descriptor Expand(SourceLayer layer, CancellationToken cancellation) => Guard(() =>
    {
        var (wanted, other) = (layer.Descriptor!, _completed[layer.DiffId!.Value]);
        using var source = _ingest.Open(other.Digest, other.Size);
        using var file = _ingest.CreateFile(out var path);
        var copied = BlobCopy.Copy(
            source, null, layer.Name, inflate: true, other.Digest.Algorithm, wanted.Digest.Algorithm, plain: file, cancellation: cancellation);
        if (copied.Digest != other.Digest || copied.DiffId != wanted.Digest || copied.DiffSize != wanted.Size)
        {
            throw Missing([layer]);
        }

        _ingest.Flush(file);
        _ingest.Keep(path, new CopiedBlob(copied.DiffId, copied.DiffSize, Compression.None, copied.DiffId, copied.DiffSize));
        _plainSizes[copied.DiffId] = copied.DiffSize;
        return wanted;
    });

    // What an incremental archive goes without must be here: all that is not is told at once.
    private void CheckAbsent(List<SourceLayer> absent)
    {
        var missing = absent.Where(layer => (Promised(layer) is not { } promised || !IsHere(promised)) && !IsToBeExpanded(layer)).ToList();
        if (missing.Count > 0)
        {
            throw Missing(missing);
        }
    }

    private ContainerImageException Missing(List<SourceLayer> layers)
    {
        var digests = layers.Select(layer => $"{layer.Descriptor?.Digest ?? layer.DiffId}").Distinct().ToList();
        var elsewise = layers.Where(IsElsewise).Select(layer => $"{layer.Descriptor!.Digest.ShortId} as {_completed[layer.DiffId!.Value].Digest}").Distinct().ToList();
        return new ContainerImageException(
            ImageError.ContentMissing,
            $"{layers[0].Name}{(digests.Count == 1 ? " is" : $" and {digests.Count - 1} more are")} missing, and not in the store either: " +
            $"{string.Join(", ", digests)}." + (elsewise.Count == 0 ? "" :
                $" The store has the same layers in another compression ({string.Join(", ", elsewise)}), and this manifest is completed by " +
                "the very same bytes alone; a docker-archive is completed by any."))
        { Candidates = digests };
    }
}
