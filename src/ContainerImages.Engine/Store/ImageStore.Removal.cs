using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using ContainerImages.Content;

namespace ContainerImages.Store;

/// <content>Removing images.</content>
public sealed partial class ImageStore
{
    /// <summary>
    /// Removes what was planned, all in one commit, and collects what nothing names any more. What others changed meanwhile
    /// counts: a name that has moved is not taken from its new image.
    /// </summary>
    /// <returns>What was done, one for each planned removal.</returns>
    /// <exception cref="ContainerImageException">ImageInUse, if one of them has been leased meanwhile: then nothing is removed.</exception>
    internal IReadOnlyList<ImageRemoval> Remove(IReadOnlyList<PlannedRemoval> removals, CancellationToken cancellation)
    {
        using var activity = Tracing.Start(Tracing.Remove, Path);
        try
        {
            var reports = CommitRemoval(removals, cancellation);
            activity.Count(reports.Count(report => report.Removed), reports.Sum(report => report.FreedBytes));
            return reports;
        }
        catch (Exception e) when (activity.Fails(e))
        {
            throw;
        }
    }

    private List<ImageRemoval> CommitRemoval(IReadOnlyList<PlannedRemoval> removals, CancellationToken cancellation)
    {
        List<AppliedRemoval> applied = [];
        var collected = Commit(
            "remove",
            null,
            editor =>
            {
                applied = removals.Select(plan => Apply(editor, plan, out var held) ?? throw RemovalPlan.InUse(plan.Image.Manifest.Id, held)).ToList();
                editor.RemoveLeases(lease => !editor.HasImage(lease.Id));
            },
            cancellation);
        return applied.Select(removal => Report(removal, collected)).ToList();
    }

    /// <summary>Does what was planned, as far as it can still be done; null if a lease holds the image now.</summary>
    private AppliedRemoval? Apply(IndexEditor editor, PlannedRemoval plan, out IReadOnlyList<StoredLease> held)
    {
        var id = plan.Image.Manifest.Id;
        var roots = Unchanged(editor, plan.Roots);
        var dropped = plan.DroppedManifest is { } manifest ? (plan.Image.Root.Digest, manifest) : ((Digest, Digest)?)null;
        held = plan.IsForced ? [] : editor.LeasesLost(roots, dropped, Now);
        if (held.Count > 0)
        {
            return null;
        }

        var names = plan.Names.Where(name => editor.Snapshot.FindByName(name)?.Present.Any(m => m.Id == id) == true && editor.RemoveName(name)).ToList();
        roots.ForEach(root => editor.RemoveRoot(root.Digest));
        if (dropped is { } one)
        {
            editor.DropManifest(one.Item1, one.Item2);
        }

        var parents = new List<string>();
        foreach (var parent in plan.Parents)
        {
            var own = Unchanged(editor, parent.Roots);
            if (editor.LeasesLost(own, null, Now).Count > 0)
            {
                break;
            }

            own.ForEach(root => editor.RemoveRoot(root.Digest));
            roots.AddRange(own);
            parents.Add(parent.Image.Manifest.Id.Hex);
        }

        return new AppliedRemoval(
            plan,
            names,
            plan.RemovesImage && !editor.HasImage(id),
            parents,
            roots.Select(root => root.Digest).Concat(plan.DroppedManifest is { } d ? [d] : []).ToList());
    }

    // Somebody may have given one a name meanwhile; then it is somebody's.
    private static List<StoreRoot> Unchanged(IndexEditor editor, IReadOnlyList<StoreRoot> roots) => roots
        .Where(root => editor.Snapshot.FindRoot(root.Digest) is { } now && !now.Names.Except(root.Names).Any())
        .ToList();

    private ImageRemoval Report(AppliedRemoval removal, CollectedBytes collected) => new()
    {
        Id = removal.Plan.Image.Manifest.Id.Hex,
        Reference = removal.Plan.Names.FirstOrDefault() ?? removal.Plan.Image.Root.Names.FirstOrDefault(),
        Untagged = removal.Untagged,
        Removed = removal.IsRemoved,
        RemovedParents = removal.Parents,
        FreedBytes = collected.Take(removal.Freed),
        StorePath = Path,
    };

    /// <summary>What a commit did of a planned removal.</summary>
    /// <param name="Plan">What was planned.</param>
    /// <param name="Untagged">The names taken.</param>
    /// <param name="IsRemoved">Whether the image is gone.</param>
    /// <param name="Parents">The IDs of parents that went too.</param>
    /// <param name="Freed">The roots and manifests that went.</param>
    private sealed record AppliedRemoval(
        PlannedRemoval Plan,
        IReadOnlyList<string> Untagged,
        bool IsRemoved,
        IReadOnlyList<string> Parents,
        IReadOnlyList<Digest> Freed);
}
