using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using ContainerImages.Content;

namespace ContainerImages.Store;

/// <content>Making a store smaller, and measuring it.</content>
public sealed partial class ImageStore
{
    /// <summary>
    /// Removes what was chosen, all in one commit. What others changed meanwhile counts: an image that was named or leased
    /// stays, and so does a blob that came into use.
    /// </summary>
    /// <param name="removals">The images and names.</param>
    /// <param name="ended">Leases that hold nothing any more.</param>
    /// <param name="isOld">Which blobs that no image leads to go, beside those on lists; null for none.</param>
    /// <param name="cancellation">Stops waiting for the lock.</param>
    /// <returns>What was done, the bytes given back for content that no image led to, and why not all of it went; null where all did.</returns>
    internal (IReadOnlyList<ImageRemoval> Removals, long UnreferencedBytes, string? Failure) Optimize(
        IReadOnlyList<PlannedRemoval> removals,
        IReadOnlyList<ImageLease> ended,
        Func<ScannedBlob, bool>? isOld,
        CancellationToken cancellation)
    {
        using var activity = Tracing.Start(Tracing.Optimize, Path);
        try
        {
            var cleared = new HashSet<(string, string)>(ended.Select(lease => (lease.Name, lease.Id)));
            List<AppliedRemoval> applied = [];
            var collected = Commit(
                "optimize",
                null,
                editor =>
                {
                    applied = removals.Select(plan => Apply(editor, plan, out _)).OfType<AppliedRemoval>().ToList();
                    var now = Now;
                    editor.RemoveLeases(lease => !editor.HasImage(lease.Id) || (!lease.IsLive(now) && cleared.Contains((lease.Name, lease.Id.Hex))));
                },
                cancellation,
                isOld);
            var reports = applied.Select(removal => Report(removal, collected)).ToList();
            var rest = collected.TakeRest();
            activity.Count(reports.Count(report => report.Removed), reports.Sum(report => report.FreedBytes) + rest);
            return (reports, rest, collected.Failure);
        }
        catch (Exception e) when (activity.Fails(e))
        {
            throw;
        }
    }

    /// <summary>What is in the store, and what of it could go.</summary>
    internal StoreMeasurement Measure(CancellationToken cancellation)
    {
        try
        {
            var usage = BlobUsage.Read(this, cancellation);
            var snapshot = usage.Snapshot;
            var optimization = StoreOptimization.Of(this, usage);
            var reclaimable = optimization.UnreferencedBytes;
            optimization.Choose((_, bytes) =>
            {
                reclaimable += bytes;
                return true;
            });
            return new StoreMeasurement
            {
                StorePath = Path,
                ImageCount = snapshot.Images.Count(),
                TagCount = snapshot.Names.Count(),
                DanglingCount = snapshot.Images.Count(image => snapshot.IsDangling(image)),
                BlobCount = usage.BlobCount,
                TotalBytes = usage.TotalBytes,
                SharedBytes = usage.SharedBytes,
                UniqueBytes = usage.UniqueBytes,
                ReclaimableBytes = reclaimable,
                LeaseCount = Leases(snapshot).Count(lease => !lease.Expired),
                IngestCount = usage.LiveCopyCount,
            };
        }
        catch (Exception e) when (StoreErrors.Translate(e, Path) is { } error)
        {
            throw error;
        }
    }
}
