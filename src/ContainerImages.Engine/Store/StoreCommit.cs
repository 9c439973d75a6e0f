using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using ContainerImages.Content;
using ContainerImages.Manifests;

namespace ContainerImages.Store;

/// <summary>
/// The one way a store changes. Under the lock: read the index again, change it, check that every blob of what is added is
/// there, write the new index beside the old one, flush; rename the gathered blobs into place, flush; rename the index, flush;
/// then collect what nothing names any more.
/// A process killed at any point leaves the store as it was before or after, and nothing in between.
/// </summary>
internal static class StoreCommit
{
    /// <summary>Changes the store.</summary>
    /// <param name="store">The store; made if it is not there yet.</param>
    /// <param name="operation">What is being done, for those who wait.</param>
    /// <param name="ingest">What was gathered; null where nothing was.</param>
    /// <param name="change">Changes the index. It runs under the lock, and may throw to change nothing.</param>
    /// <param name="cancellation">Stops waiting for the lock. A commit begun is finished.</param>
    /// <param name="others">Which blobs are candidates for collection beside those of what was removed and of copies that died; null for none.</param>
    /// <param name="read">Reads the index, under the lock; null for as it is.</param>
    /// <returns>What was given back.</returns>
    public static CollectedBytes Run(
        ImageStore store,
        string operation,
        Ingest? ingest,
        Action<IndexEditor> change,
        CancellationToken cancellation,
        Func<ScannedBlob, bool>? others = null,
        Func<StoreSnapshot>? read = null)
    {
        using (store.Lock(operation, cancellation))
        {
            MakeLayout(store);
            var editor = new IndexEditor(read?.Invoke() ?? store.ReadSnapshot(isFresh: true));
            change(editor);
            store.KeepLearned(editor);
            var removed = ReachableOf(store, editor);
            Write(store, ingest, editor, [.. removed.Values.SelectMany(blobs => blobs)]);

            try
            {
                return Collector.Collect(store, editor, removed, others);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or ContainerImageException)
            {
                // What was asked for is done. What may go is on a list, and the next collection finds it there.
                var why = $"Not all that nothing names any more could be deleted; a later commit does the rest: {e.Message}";
                store.Verbose(why);
                return new CollectedBytes(removed, new Dictionary<Digest, long>(), 0) { Failure = why };
            }
        }
    }

    /// <summary>Makes the folders and files of an empty store, where they are not there.</summary>
    public static void MakeLayout(ImageStore store)
    {
        var paths = store.Paths;
        Directory.CreateDirectory(paths.BlobFolder(Digest.Sha256));
        if (!File.Exists(paths.Layout) || store.LayoutFlaw is not null)
        {
            var bytes = Encoding.ASCII.GetBytes("{\"imageLayoutVersion\":\"1.0.0\"}");
            WriteDurably(store, bytes, paths.Layout + ".new", paths.Layout);
        }

        if (!File.Exists(paths.Index))
        {
            WriteDurably(store, StoreIndex.Empty.Rewrite([]), paths.NewIndex, paths.Index);
        }
    }

    /// <summary>
    /// Blobs, then the index. What needs space is written before anything shows, so that a full disk changes nothing; what
    /// fails later takes back what it has moved.
    /// </summary>
    private static void Write(ImageStore store, Ingest? ingest, IndexEditor editor, HashSet<Digest> removed)
    {
        var needed = CheckComplete(editor, (IBlobReader?)ingest ?? store.Blobs);
        needed.UnionWith(editor.Mended);
        var moving = ingest?.Blobs.Where(blob => needed.Contains(blob.Digest)).ToList() ?? [];

        // Should the process end between here and the index, the next collection finds them on the list.
        ingest?.NoteMoved(moving.Select(blob => blob.Digest));
        if (!editor.IsChanged)
        {
            moving.ForEach(blob => ingest!.Flush(blob));
            MoveBlobs(store, moving, needed);

            // What a commit that was cut off had begun to write.
            File.Delete(store.Paths.NewIndex);
            return;
        }

        string? note = null;
        try
        {
            moving.ForEach(blob => ingest!.Flush(blob));
            note = Ingest.NoteOrphans(store, removed);
            var index = editor.Snapshot.Index.With(editor.Entries);
            WriteFile(store, index.ToBytes(), store.Paths.NewIndex);
            MoveBlobs(store, moving, needed);
            Replace(store, store.Paths.NewIndex, store.Paths.Index);
            store.Remember(index, editor.Snapshot);
        }
        catch
        {
            TakeBack(store, ingest, moving, note);
            throw;
        }
    }

    // The index may have been replaced before something failed: what it says now decides.
    private static void TakeBack(ImageStore store, Ingest? ingest, IReadOnlyList<IngestedBlob> moving, string? note)
    {
        try
        {
            if (File.Exists(store.Paths.NewIndex))
            {
                File.Delete(store.Paths.NewIndex);
                Ingest.Sweep(note is null ? [] : [note]);
            }

            var moved = moving.Where(blob => !File.Exists(blob.Path)).Select(blob => blob.Digest);
            Collector.Collect(store, new IndexEditor(store.ReadSnapshot(isFresh: true)), moved, ingest);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ContainerImageException)
        {
            // Why the commit failed is the better message; what is left is found by the next collection that can.
        }
    }

    private static Dictionary<Digest, HashSet<Digest>> ReachableOf(ImageStore store, IndexEditor editor)
    {
        var reachable = new Dictionary<Digest, HashSet<Digest>>();
        var roots = editor.Removed.Select(editor.Snapshot.FindRoot).OfType<StoreRoot>().Select(root => root.Descriptor);
        foreach (var descriptor in roots.Concat(editor.Dropped))
        {
            var blobs = reachable[descriptor.Digest] = [];
            RootWalk.CollectReachable(descriptor, store.Blobs, blobs, memory: editor.Snapshot.Manifests);
        }

        return reachable;
    }

    /// <summary>All blobs of the added roots, each of them seen to be there.</summary>
    private static HashSet<Digest> CheckComplete(IndexEditor editor, IBlobReader blobs)
    {
        HashSet<Digest> needed = [];
        foreach (var root in editor.Added)
        {
            List<ImageIndex> indexes = [];
            var manifests = RootWalk.Manifests(
                root, d => blobs.Find(d.Digest, d.Size) is null ? null : blobs.ReadManifest(d), indexes);
            needed.UnionWith(indexes.Select(index => index.Digest));
            foreach (var (descriptor, manifest) in manifests)
            {
                if (manifest is null)
                {
                    continue;
                }

                needed.Add(descriptor.Digest);
                foreach (var blob in manifest.Blobs)
                {
                    if (blobs.Find(blob.Digest, blob.Size) is not null)
                    {
                        needed.Add(blob.Digest);
                    }
                    else if (!blob.IsForeign)
                    {
                        throw BlobReading.Missing(blob.Digest);
                    }
                }
            }
        }

        return needed;
    }

    private static void MoveBlobs(ImageStore store, IReadOnlyList<IngestedBlob> moving, HashSet<Digest> needed)
    {
        if (needed.Count == 0)
        {
            return;
        }

        foreach (var blob in moving)
        {
            // Over one that is there, too: it may be damaged, and this one was just verified.
            var target = store.Paths.Blob(blob.Digest);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            store.OperatingSystem.MakeReadOnly(blob.Path);
            store.OperatingSystem.Replace(blob.Path, target);
        }

        // Also when all were found there: whoever put them may have been about to flush.
        foreach (var algorithm in needed.Select(digest => digest.Algorithm).Distinct())
        {
            store.OperatingSystem.FlushFolder(store.Paths.BlobFolder(algorithm));
        }

        store.OperatingSystem.FlushFolder(store.Paths.Blobs);
    }

    /// <summary>Writes a file into the store's folder, or replaces one, so that it is on the disk. Under the lock only.</summary>
    public static void WriteBeside(ImageStore store, byte[] bytes, string path) => WriteDurably(store, bytes, path + ".new", path);

    private static void WriteDurably(ImageStore store, byte[] bytes, string temporary, string target)
    {
        try
        {
            WriteFile(store, bytes, temporary);
            Replace(store, temporary, target);
        }
        catch
        {
            try
            {
                File.Delete(temporary);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Why it failed is the better message.
            }

            throw;
        }
    }

    private static void WriteFile(ImageStore store, byte[] bytes, string path)
    {
        try
        {
            using var file = StoreSystem.OpenShared(path, FileMode.Create, FileAccess.Write);
            file.Write(bytes, 0, bytes.Length);
            store.OperatingSystem.Flush(file);
        }
        catch (IOException e) when (StoreErrors.IsDiskFull(e))
        {
            throw StoreErrors.Translate(e, store.Path, bytes.Length)!;
        }
    }

    private static void Replace(ImageStore store, string from, string to)
    {
        store.OperatingSystem.Replace(from, to);
        store.OperatingSystem.FlushFolder(store.Paths.Root);
    }
}
