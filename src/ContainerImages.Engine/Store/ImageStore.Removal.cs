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
        var reports = removals.Select(removal => (Plan: removal, Report: Report(removal))).ToList();
        Commit("remove", null, editor => reports.ForEach(pair => Apply(editor, pair.Plan)), cancellation, collected: freed =>
        {
            foreach (var (plan, report) in reports)
            {
                report.FreedBytes = freed(AllRoots(plan).Select(root => root.Digest).Concat(plan.DroppedManifest is { } d ? [d] : []).ToList());
            }
        });
        return reports.Select(pair => pair.Report).ToList();
    }

    private static void Apply(IndexEditor editor, PlannedRemoval plan)
    {
        foreach (var name in plan.Names.Where(name => editor.Snapshot.FindByName(name) is { } root && plan.Image.Manifest.Id == IdIn(root, plan)))
        {
            editor.RemoveName(name);
        }

        foreach (var root in AllRoots(plan))
        {
            // Somebody may have named it meanwhile; then it is somebody's.
            var now = editor.Snapshot.FindRoot(root.Digest);
            if (now is not null && !now.Names.Except(root.Names).Any())
            {
                editor.RemoveRoot(root.Digest);
            }
        }

        if (plan.DroppedManifest is { } dropped)
        {
            editor.DropManifest(plan.Image.Root.Digest, dropped);
        }
    }

    private static Digest? IdIn(StoreRoot root, PlannedRemoval plan) =>
        root.Present.FirstOrDefault(manifest => manifest.Id == plan.Image.Manifest.Id)?.Id;

    private static IEnumerable<StoreRoot> AllRoots(PlannedRemoval plan) =>
        plan.Roots.Concat(plan.Parents.SelectMany(parent => parent.Roots));

    private ImageRemoval Report(PlannedRemoval plan) => new()
    {
        Id = plan.Image.Manifest.Id.Hex,
        Reference = plan.Names.FirstOrDefault() ?? plan.Image.Root.Names.FirstOrDefault(),
        Untagged = plan.Names,
        Removed = plan.RemovesImage,
        RemovedParents = plan.Parents.Select(parent => parent.Image.Manifest.Id.Hex).ToList(),
        StorePath = Path,
    };
}
