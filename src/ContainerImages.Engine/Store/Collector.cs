using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using ContainerImages.Content;

namespace ContainerImages.Store;

/// <summary>Deletes blobs that nothing names: under the lock, after the index without them is on the disk.</summary>
internal static class Collector
{
    /// <summary>Collects among candidates: the blobs of what was removed, and those of copies that died.</summary>
    /// <param name="store">The store.</param>
    /// <param name="editor">The index as it is now, and what of its roots was dropped.</param>
    /// <param name="candidates">The blobs of what was removed.</param>
    /// <param name="failed">A copy whose commit failed: what it relies on is no matter any more.</param>
    /// <returns>The blobs deleted, with their sizes in bytes.</returns>
    public static IReadOnlyDictionary<Digest, long> Collect(
        ImageStore store, IndexEditor editor, IEnumerable<Digest> candidates, Ingest? failed = null)
    {
        var (relied, abandoned, dead) = Ingest.Survey(store, failed);
        var goes = new HashSet<Digest>(candidates.Concat(abandoned));
        var freed = new Dictionary<Digest, long>();
        if (goes.Count > 0)
        {
            goes.ExceptWith(Reachable(store, editor, goes));
        }

        // What a copy under way still reads is left to the next collection.
        var spared = goes.Where(relied.Contains).ToList();
        goes.ExceptWith(spared);

        foreach (var digest in goes)
        {
            var path = store.Paths.Blob(digest);
            if (BlobStore.LengthOf(path) is not { } length)
            {
                continue;
            }

            try
            {
                File.Delete(path);
                freed.Add(digest, length);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // A reader holds it (Windows); it is an orphan until Optimize-ImageStore finds it.
            }
        }

        Ingest.Sweep(dead);
        Ingest.NoteOrphans(store, spared);
        return freed;
    }

    private static HashSet<Digest> Reachable(ImageStore store, IndexEditor editor, HashSet<Digest> candidates)
    {
        HashSet<Digest> reachable = [];
        foreach (var root in editor.Entries.GroupBy(entry => entry.Root.Digest).Select(group => group.First()))
        {
            if (!RootWalk.CollectReachable(root.Root, store.Blobs, reachable, editor.DroppedOf(root.Root.Digest)))
            {
                // A manifest that cannot be read may still be mended, and then needs its layers: the summary's marks tell
                // which of the candidates they may be.
                var marks = new HashSet<string>(
                    (RootSummary.Decode(root.SummaryText, root.Root.Digest)?.Manifests ?? []).SelectMany(m => m.Layers).Select(l => l.Mark));
                reachable.UnionWith(candidates.Where(candidate => marks.Contains(LayerSummary.MarkOf(candidate))));
            }
        }

        return reachable;
    }
}
