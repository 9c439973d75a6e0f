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

    // A session may look at any number of images in stores that it never changes.
    internal const int MostLearned = 1000;

    internal static int LearnedCount => Learned.Count;

    /// <summary>Remembers the plain sizes of an image's layers, verified, until a commit keeps them, or there are too many.</summary>
    internal void Learn(Digest manifest, IReadOnlyList<long?> sizes)
    {
        // Whichever goes is worked out again when it is asked for.
        if (Learned.Count >= MostLearned)
        {
            Learned.TryRemove(Learned.First().Key, out _);
        }

        Learned[(Path, manifest)] = sizes;
    }

    /// <summary>
    /// Puts what was learned into the index that is about to be written, and summaries of the first version into the present one.
    /// </summary>
    internal void KeepLearned(IndexEditor editor)
    {
        var hasLearned = Learned.Keys.Any(key => key.Store == Path);
        foreach (var root in editor.Snapshot.Roots.Where(root => root.HasOldSummary || (hasLearned && !root.IsSummaryStored)))
        {
            var manifests = root.Summary.Manifests.Select(Complete).ToList();
            if (!editor.IsRefreshed(root.Digest) && (root.HasOldSummary || !manifests.SequenceEqual(root.Summary.Manifests)))
            {
                editor.SetSummary(new RootSummary(root.Digest, root.Subject, manifests));
            }
        }
    }

    private ManifestSummary Complete(ManifestSummary manifest) =>
        Learned.TryRemove((Path, manifest.Manifest.Digest), out var sizes) && sizes.Count == manifest.Layers.Count
            ? manifest with { Layers = manifest.Layers.Select((layer, i) => layer with { Size = layer.Size ?? sizes[i] }).ToList() }
            : manifest;
}
