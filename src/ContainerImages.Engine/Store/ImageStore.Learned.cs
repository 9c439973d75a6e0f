using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using ContainerImages.Content;

namespace ContainerImages.Store;

/// <content>What was found out about images that other tools wrote.</content>
public sealed partial class ImageStore
{
    // Kept beyond one object, since a session opens the store anew for each call; the next commit of any call writes it.
    private static readonly ConcurrentDictionary<(string Store, Digest Manifest), IReadOnlyList<long?>> Learned = new();

    /// <summary>Remembers the plain sizes of an image's layers, verified, until a commit keeps them.</summary>
    internal void Learn(Digest manifest, IReadOnlyList<long?> sizes) => Learned[(Path, manifest)] = sizes;

    /// <summary>Puts what was learned into the index that is about to be written.</summary>
    internal void KeepLearned(IndexEditor editor)
    {
        if (!Learned.Keys.Any(key => key.Store == Path))
        {
            return;
        }

        foreach (var root in editor.Snapshot.Roots.Where(root => !root.IsSummaryStored))
        {
            var manifests = root.Summary.Manifests.Select(Complete).ToList();
            if (!manifests.SequenceEqual(root.Summary.Manifests))
            {
                editor.SetSummary(new RootSummary(root.Digest, manifests));
            }
        }
    }

    private ManifestSummary Complete(ManifestSummary manifest) =>
        Learned.TryRemove((Path, manifest.Manifest.Digest), out var sizes) && sizes.Count == manifest.Layers.Count
            ? manifest with { Layers = manifest.Layers.Select((layer, i) => layer with { Size = layer.Size ?? sizes[i] }).ToList() }
            : manifest;
}
