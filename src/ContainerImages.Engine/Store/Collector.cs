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
    /// <param name="removed">What each root or manifest that went led to.</param>
    /// <param name="others">Which of all blobs are candidates beside them; null for none.</param>
    public static CollectedBytes Collect(
        ImageStore store, IndexEditor editor, IReadOnlyDictionary<Digest, HashSet<Digest>> removed, Func<ScannedBlob, bool>? others = null)
    {
        var candidates = removed.Values.SelectMany(blobs => blobs).Concat(editor.Candidates);
        if (others is not null)
        {
            candidates = candidates.Concat(BlobScan.Read(store.Paths, default).Blobs.Where(blob => others(blob.Value)).Select(blob => blob.Key));
        }

        var (freed, swept) = Collect(store, editor, candidates);
        return new CollectedBytes(removed, freed, swept);
    }

    /// <summary>Collects among candidates, and those of copies that died.</summary>
    /// <param name="store">The store.</param>
    /// <param name="editor">The index as it is now, and what of its roots was dropped.</param>
    /// <param name="candidates">The blobs that may go.</param>
    /// <param name="failed">A copy whose commit failed: what it relies on is no matter any more.</param>
    /// <returns>The blobs deleted, with their sizes in bytes, and the bytes of what copies that died had gathered.</returns>
    public static (IReadOnlyDictionary<Digest, long> Freed, long Swept) Collect(
        ImageStore store, IndexEditor editor, IEnumerable<Digest> candidates, Ingest? failed = null)
    {
        var (relied, abandoned, dead) = Ingest.Survey(store, failed);
        var goes = new HashSet<Digest>(candidates.Concat(abandoned));
        var freed = new Dictionary<Digest, long>();

        // What a copy under way still reads is left to the next collection, and all where it cannot be told what is needed.
        var reachable = goes.Count == 0 ? [] : Reachable(store, editor, goes, abandoned);
        goes.ExceptWith(reachable ?? []);
        var left = goes.Where(digest => reachable is null || relied.Contains(digest)).ToList();
        goes.ExceptWith(left);

        foreach (var digest in goes)
        {
            var path = store.Paths.Blob(digest);
            if (BlobStore.LengthOf(path) is not { } length)
            {
                continue;
            }

            try
            {
                store.OperatingSystem.Delete(path);
                freed.Add(digest, length);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // A reader holds it (Windows).
                left.Add(digest);
            }
        }

        var swept = dead.Sum(Ingest.SizeOf) + PartialDownload.Sweep(store);
        Ingest.NoteOrphans(store, left);
        Ingest.Sweep(dead);
        return (freed, swept);
    }

    private static HashSet<Digest>? Reachable(ImageStore store, IndexEditor editor, HashSet<Digest> candidates, HashSet<Digest> abandoned)
    {
        HashSet<Digest> reachable = [];
        var reach = new BlobReach(store.Blobs, candidates, abandoned, editor.Snapshot.Manifests);
        foreach (var root in editor.Entries.GroupBy(entry => entry.Root.Digest).Select(group => group.First()))
        {
            if (!reach.Collect(root.Root, root.SummaryText, reachable, editor.DroppedOf(root.Root.Digest)))
            {
                store.Verbose($"What {root.Root.Digest} needs cannot be told, so no blob of the store is deleted.");
                return null;
            }
        }

        return reachable;
    }
}
