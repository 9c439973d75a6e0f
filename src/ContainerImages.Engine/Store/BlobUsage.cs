using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using ContainerImages.Content;
using ContainerImages.Manifests;

namespace ContainerImages.Store;

/// <summary>
/// All of a store at one moment: which blobs each root keeps, what lies there beside them, and how many bytes would be given
/// back without some of it. It takes one read of the index, one look at the folders, and one read of each manifest.
/// </summary>
internal sealed class BlobUsage
{
    private readonly BlobScan _scan;
    private readonly HashSet<Digest> _relied;
    private readonly HashSet<Digest> _abandoned;
    private readonly Dictionary<Digest, HashSet<Digest>> _reach = [];
    private readonly Dictionary<Digest, int> _keepers = [];
    private readonly Dictionary<Digest, Digest> _owners = [];
    private readonly HashSet<Digest> _shared = [];
    private readonly HashSet<Digest> _gone = [];
    private readonly List<StoreRoot> _unreadable = [];

    private BlobUsage(StoreSnapshot snapshot, BlobScan scan, (HashSet<Digest> Relied, HashSet<Digest> Abandoned, IReadOnlyList<string> Dead) copies)
    {
        Snapshot = snapshot;
        _scan = scan;
        (_relied, _abandoned, DeadCopies) = copies;
    }

    /// <summary>The images.</summary>
    public StoreSnapshot Snapshot { get; }

    /// <summary>The folders of copies that ended without clearing up.</summary>
    public IReadOnlyList<string> DeadCopies { get; }

    /// <summary>Bytes of downloads that were cut off and are not kept any longer.</summary>
    public long OverdueBytes { get; private init; }

    /// <summary>Roots of which cannot be told what they need: while one is there, no blob is deleted.</summary>
    public IReadOnlyList<StoreRoot> Unreadable => _unreadable;

    /// <summary>How many copies are under way.</summary>
    public int LiveCopyCount { get; private init; }

    /// <summary>How many blobs there are.</summary>
    public int BlobCount => _scan.Blobs.Count;

    /// <summary>Bytes of all files in the folders of blobs, and of what copies have gathered.</summary>
    public long TotalBytes { get; private init; }

    /// <summary>Bytes of blobs that several images or artifacts have, each counted once.</summary>
    public long SharedBytes => _shared.Sum(SizeOf);

    /// <summary>Bytes of the other blobs that any root leads to.</summary>
    public long UniqueBytes => _keepers.Keys.Where(digest => !_shared.Contains(digest)).Sum(SizeOf);

    /// <summary>Looks at a store; what others change meanwhile may be seen or not.</summary>
    public static BlobUsage Read(ImageStore store, CancellationToken cancellation)
    {
        // First the blobs, then what leads to them: a blob that comes in between is not taken for one that nothing leads to.
        var scan = BlobScan.Read(store.Paths, cancellation);
        var folders = Ingest.Folders(store);
        var (copies, overdue) = Survey(store, folders, cancellation);
        var usage = new BlobUsage(store.ReadSnapshot(), scan, copies)
        {
            OverdueBytes = overdue,
            LiveCopyCount = Math.Max(0, folders.Count - copies.Dead.Count),
            TotalBytes = scan.Blobs.Values.Sum(blob => blob.Size) + scan.Others.Sum(other => other.Size) + Ingest.SizeOf(store.Paths.Ingests),
        };
        var reach = new BlobReach(store.Blobs, scan.Blobs.Keys, usage._abandoned);
        foreach (var root in usage.Snapshot.Roots)
        {
            cancellation.ThrowIfCancellationRequested();
            usage.Add(root, reach);
        }

        return usage;
    }

    /// <summary>Bytes that would be given back without some of the roots, those of others that went before counted as gone.</summary>
    public long BytesOf(IReadOnlyCollection<StoreRoot> roots)
    {
        var left = roots.Where(root => !_gone.Contains(root.Digest)).ToList();
        var bytes = Release(left);
        foreach (var digest in left.SelectMany(root => _reach[root.Digest]))
        {
            _keepers[digest]++;
        }

        _gone.ExceptWith(left.Select(root => root.Digest));
        return bytes;
    }

    /// <summary>Counts roots as gone, each once.</summary>
    /// <returns>Bytes that are given back.</returns>
    public long Release(IEnumerable<StoreRoot> roots)
    {
        var bytes = roots
            .Where(root => _gone.Add(root.Digest))
            .SelectMany(root => _reach[root.Digest])
            .Where(digest => --_keepers[digest] == 0 && !_relied.Contains(digest))
            .Sum(SizeOf);
        return _unreadable.All(root => _gone.Contains(root.Digest)) ? bytes : 0;
    }

    /// <summary>Blobs that no root leads to and no copy under way relies on.</summary>
    /// <param name="isOld">Whether one that nobody lists may go.</param>
    public IEnumerable<Digest> Unreferenced(Func<ScannedBlob, bool> isOld) => _unreadable.Count > 0 ? [] : _scan.Blobs
        .Where(blob => !_keepers.ContainsKey(blob.Key) && !_relied.Contains(blob.Key) && (_abandoned.Contains(blob.Key) || isOld(blob.Value)))
        .Select(blob => blob.Key);

    public long SizeOf(Digest blob) => _scan.Blobs.TryGetValue(blob, out var found) ? found.Size : 0;

    // Who lives is told under the lock alone. Who may not take it cannot change anything either.
    private static ((HashSet<Digest> Relied, HashSet<Digest> Abandoned, IReadOnlyList<string> Dead) Copies, long OverdueBytes) Survey(
        ImageStore store, IReadOnlyList<string> folders, CancellationToken cancellation)
    {
        using var held = folders.Count == 0 && !Directory.Exists(store.Paths.Partials) ? null : store.TryHold("looking", cancellation);
        return held is null ? (([], [], []), 0) : (Ingest.Survey(store), PartialDownload.BytesToSweep(store));
    }

    private void Add(StoreRoot root, BlobReach reach)
    {
        HashSet<Digest> blobs = [];
        var isKnown = reach.Collect(root.Descriptor, root.SummaryText, blobs, visit: (descriptor, document) =>
        {
            if (document is ImageManifest manifest)
            {
                var owner = manifest.IsImage ? manifest.Config.Digest : manifest.Digest;
                Own(manifest.Digest, owner);
                foreach (var blob in manifest.Blobs)
                {
                    Own(blob.Digest, owner);
                }
            }
        });

        if (!isKnown)
        {
            _unreadable.Add(root);
        }

        _reach.Add(root.Digest, blobs);
        foreach (var blob in blobs)
        {
            _keepers.TryGetValue(blob, out var count);
            _keepers[blob] = count + 1;
        }
    }

    private void Own(Digest blob, Digest owner)
    {
        if (!_owners.TryGetValue(blob, out var other))
        {
            _owners.Add(blob, owner);
        }
        else if (other != owner)
        {
            _shared.Add(blob);
        }
    }
}
