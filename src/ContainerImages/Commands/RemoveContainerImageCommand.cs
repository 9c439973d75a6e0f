using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using ContainerImages.Completion;
using ContainerImages.Content;
using ContainerImages.Internal;
using ContainerImages.Store;

namespace ContainerImages.Commands;

/// <summary>Removes names and, with the last one, the image, its parents without names, and its unshared blobs.</summary>
[Cmdlet(VerbsCommon.Remove, "ContainerImage", DefaultParameterSetName = IdSet, SupportsShouldProcess = true, HelpUri = HelpLinks.Base + "Remove-ContainerImage.md")]
[OutputType(typeof(ImageRemoval))]
[Alias("rcimg")]
public sealed class RemoveContainerImageCommand : ImageCommand
{
    /// <summary>Removes the bytes of one platform of a multi-platform image, and nothing else of it.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(PlatformCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Platform { get; set; }

    /// <summary>Removes an image with all its names, where it is meant as a whole and has several.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Keeps parents that have no names.</summary>
    [Parameter]
    public SwitchParameter NoPrune { get; set; }

    /// <summary>Emits what was done.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        IReadOnlyList<FoundImage> found = [];
        Attempt(Platform, () => found = FindTargets(Platform is null ? null : PlatformPattern.Parse(Platform)));
        foreach (var group in found.GroupBy(image => image.Store))
        {
            Attempt(group.First().Target.Input, () => Remove(group.Key, group.ToList()));
        }
    }

    private void Remove(ImageStore store, List<FoundImage> found)
    {
        var snapshot = found[0].Snapshot;
        var planner = new RemovalPlan(store, snapshot, Force, prune: !NoPrune);
        var plans = new List<PlannedRemoval>();
        foreach (var image in found.GroupBy(image => WholeOf(image.Match)))
        {
            Attempt(image.First().Target.Input, () => plans.Add(
                Platform is not null && image.First().Match.Root.Images.Count() > 1
                    ? planner.PlanPlatform(image.First().Match)
                    : planner.Plan(image.Select(item => item.Match).ToList())));
        }

        // What would go with it is told too.
        var asked = plans.Where(plan => Ask(snapshot, plan) || IsWhatIf).ToList();
        if (asked.Count < plans.Count)
        {
            // What stays keeps its parents.
            planner = new RemovalPlan(store, snapshot, Force, prune: !NoPrune);
            asked.Where(plan => plan.RemovesImage).ToList().ForEach(planner.Include);
        }

        planner.AddParents(asked);
        foreach (var plan in asked)
        {
            plan.Parents = plan.Parents
                .TakeWhile(parent => ShouldProcess(RemovalTitles.Of(snapshot, parent), $"Remove parent image ({Size(parent)})") || IsWhatIf)
                .ToList();
        }

        if (asked.Count > 0 && !IsWhatIf)
        {
            var reports = store.Remove(asked, StopToken);
            if (PassThru)
            {
                WriteObject(reports, enumerateCollection: true);
            }
        }
    }

    // The platforms of one index are removed together, unless one of them is asked for.
    private Digest WholeOf(ImageMatch match) =>
        Platform is null && MediaTypes.IsIndex(match.Root.Descriptor.MediaType) ? match.Root.Digest : match.Manifest.Id;

    private bool Ask(StoreSnapshot snapshot, PlannedRemoval plan) => ShouldProcess(
        RemovalTitles.Of(snapshot, plan),
        plan.DroppedManifest is not null ? $"Remove platform {plan.Image.Manifest.Platform} ({Size(plan)})"
            : plan.RemovesImage ? $"Remove image ({Size(plan)})"
            : "Remove tag");

    private static string Size(PlannedRemoval plan) => _Format.Size(plan.Image.Manifest.Size);
}
