using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using ContainerImages.Content;
using ContainerImages.Store;

namespace ContainerImages.Verification;

/// <summary>Finds what lies in a store's folder and belongs to no image and no copy under way.</summary>
internal sealed class LeftoverSurvey(ImageStore store, Func<StoreSnapshot> read, CancellationToken cancellation)
{
    /// <param name="scan">What lay there before the index was read.</param>
    /// <param name="snapshot">The index that was followed.</param>
    /// <param name="named">What it led to.</param>
    /// <param name="hidesBlobs">Which of its roots have a manifest or index that could not be read.</param>
    public IReadOnlyList<Flaw> Find(BlobScan scan, StoreSnapshot snapshot, ExpectedBlobs named, Func<StoreRoot, bool> hidesBlobs)
    {
        var suspects = scan.Blobs.Keys.Where(digest => !named.IsNamed(digest)).ToList();
        if (suspects.Count == 0 && scan.Others.Count == 0 && !Directory.Exists(store.Paths.Ingests) && !CommitFiles.Any())
        {
            return [];
        }

        // What is just being brought in is on the list of a copy that lives; who lives is to be told under the lock alone.
        using var held = store.TryHold("verify", cancellation);
        var flaws = new List<Flaw>();
        HashSet<Digest> abandoned = [];
        if (held is not null)
        {
            IReadOnlyList<string> dead;
            (var relied, abandoned, dead) = Ingest.Survey(store);
            suspects.RemoveAll(relied.Contains);
            flaws.AddRange(dead.Where(Ingest.HasBytes).Select(folder => Leftover($"'{folder}' is left of a copy that was cut off.", folder)));
            flaws.AddRange(CommitFiles.Select(file => Leftover($"'{file}' is left of a commit that was cut off.", file)));
        }

        var old = store.Now.UtcDateTime - BlobScan.OthersCopy;
        suspects.RemoveAll(digest => scan.Blobs[digest].Changed > old);
        RemoveReachable(suspects, abandoned, snapshot, hidesBlobs);
        flaws.AddRange(suspects
            .Where(store.Blobs.Contains)
            .Select(digest => Orphan($"No image leads to blob {digest} of {scan.Blobs[digest].Size} bytes.", store.Paths.Blob(digest)) with { Digest = digest }));
        flaws.AddRange(scan.Others
            .Where(other => File.Exists(other.Path) && File.GetLastWriteTimeUtc(other.Path) < old)
            .Select(other => Orphan($"'{other.Path}' is no blob: its name is no digest.", other.Path) with { IsRepairable = false }));
        return flaws;
    }

    private IEnumerable<string> CommitFiles => new[] { store.Paths.NewIndex, store.Paths.Layout + ".new" }.Where(File.Exists);

    // What belongs to images that came meanwhile, and what may belong to an image whose manifest is damaged.
    private void RemoveReachable(List<Digest> suspects, HashSet<Digest> abandoned, StoreSnapshot snapshot, Func<StoreRoot, bool> hidesBlobs)
    {
        if (suspects.Count == 0)
        {
            return;
        }

        HashSet<Digest> reachable = [];
        var reach = new BlobReach(store.Blobs, suspects.ToList(), abandoned);
        var fresh = read();
        var isSame = fresh.Index.IsSameAs(snapshot.Index);
        foreach (var root in fresh.Roots.Where(root => !isSame || hidesBlobs(root)))
        {
            if (hidesBlobs(root) && RootSummary.Decode(root.SummaryText, root.Digest) is null)
            {
                // Any blob may be one of its.
                store.Verbose($"What {root.Digest} needs cannot be told, so no blob of the store is taken for an orphan.");
                suspects.Clear();
                return;
            }

            cancellation.ThrowIfCancellationRequested();
            reach.Collect(root.Descriptor, root.SummaryText, reachable);
        }

        suspects.RemoveAll(reachable.Contains);
    }

    private static Flaw Orphan(string message, string path) => Leftover(message, path) with { Kind = FindingKind.OrphanBlob };

    private static Flaw Leftover(string message, string path) => new(FindingKind.LeftoverIngest, message)
    {
        Severity = FindingSeverity.Warning,
        Path = path,
        IsRepairable = true,
    };
}
