using System;
using System.Collections.Generic;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.Manifests;

namespace ContainerImages.Store;

/// <summary>Tells which blobs the roots of a store keep, where what they do not keep is to be deleted.</summary>
/// <param name="blobs">Where their documents are.</param>
/// <param name="candidates">The blobs of which it matters.</param>
/// <param name="abandoned">Those on the lists of removals and copies that did not come to their end.</param>
/// <param name="memory">What is known of manifests; null to read all of them.</param>
internal sealed class BlobReach(IBlobReader blobs, IEnumerable<Digest> candidates, HashSet<Digest> abandoned, ManifestMemory? memory = null)
{
    private readonly Lazy<ILookup<string, Digest>> _byMark = new(() => candidates.ToLookup(LayerSummary.MarkOf));

    /// <summary>Adds what one root keeps.</summary>
    /// <param name="root">The root.</param>
    /// <param name="summary">Its summary as the index has it; null for none.</param>
    /// <param name="reachable">Gets the digests.</param>
    /// <param name="dropped">Manifests that the root keeps no more, as of now.</param>
    /// <param name="visit">Told each document met; null for nobody.</param>
    /// <returns>
    /// Whether that can be told. It cannot of a root with documents that cannot be read and without a summary of ours, as in
    /// another tool's layout: any blob may be one of its.
    /// </returns>
    public bool Collect(
        Descriptor root,
        string? summary,
        HashSet<Digest> reachable,
        IReadOnlyCollection<Digest>? dropped = null,
        Action<Descriptor, ManifestDocument?>? visit = null)
    {
        if (RootWalk.CollectReachable(root, blobs, reachable, Concat(dropped, DroppedBefore(root, summary)), visit, memory))
        {
            return true;
        }

        if (RootSummary.Decode(summary, root.Digest) is not { } known)
        {
            return false;
        }

        // A manifest or index that cannot be read may still be mended, and then needs what it led to: the summary knows
        // manifests and configs, and its marks tell which of the candidates may be layers.
        var present = known.Manifests
            .Where(manifest => manifest.Kind != ManifestSummary.Absent && dropped?.Contains(manifest.Manifest.Digest) != true)
            .ToList();
        reachable.UnionWith(present.SelectMany(manifest => new[] { manifest.Manifest.Digest, manifest.Id }));
        reachable.UnionWith(present.SelectMany(manifest => manifest.Layers)
            .Select(layer => layer.Mark).Distinct().SelectMany(mark => _byMark.Value[mark]));
        return true;
    }

    // The index still names a platform that was dropped while a copy read it, and its blobs are still here. That it is gone
    // takes two to say: the summary, and the list on which its removal put it.
    private List<Digest>? DroppedBefore(Descriptor root, string? summary) =>
        abandoned.Count == 0 || !MediaTypes.IsIndex(root.MediaType) ? null : (RootSummary.Decode(summary, root.Digest)?.Manifests ?? [])
            .Where(manifest => manifest.Kind == ManifestSummary.Absent && abandoned.Contains(manifest.Manifest.Digest))
            .Select(manifest => manifest.Manifest.Digest)
            .ToList();

    private static IReadOnlyCollection<Digest>? Concat(IReadOnlyCollection<Digest>? some, IReadOnlyCollection<Digest>? others) =>
        some is null ? others : others is null ? some : [.. some, .. others];
}
