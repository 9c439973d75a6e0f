using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using ContainerImages.Completion;
using ContainerImages.Content;
using ContainerImages.Errors;
using ContainerImages.Internal;
using ContainerImages.References;
using ContainerImages.Store;

namespace ContainerImages.Commands;

/// <summary>Makes a store smaller: removes what nobody has any use for, and of the images those that are asked for.</summary>
[Cmdlet(VerbsCommon.Optimize, "ImageStore", SupportsShouldProcess = true, HelpUri = HelpLinks.Base + "Optimize-ImageStore.md")]
[OutputType(typeof(ImageRemoval))]
[Alias("omimgs", "Prune-ImageStore")]
public sealed class OptimizeImageStoreCommand : StoreCommand
{
    private readonly List<ImageStore> _stores = [];
    private readonly List<ReferencePattern> _patterns = [];

    /// <summary>Only these names: patterns, held against the full names and the short ones, with and without the tag.</summary>
    [Parameter(Position = 0)]
    [Alias("Image", "ImageName", "RepoTag")]
    [ArgumentCompleter(typeof(ReferenceCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? Reference { get; set; }

    /// <summary>Removes images with names too.</summary>
    [Parameter]
    public SwitchParameter All { get; set; }

    /// <summary>Only images made before this date.</summary>
    [Parameter]
    [ValidateNotNull]
    public DateTimeOffset? Until { get; set; }

    /// <summary>Only images with these labels: <c>key</c>, or <c>key=value</c> with wildcards in the value.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(LabelCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? Label { get; set; }

    /// <summary>Takes away all tags of each repository but so many of the newest, and removes images with their last name.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int Keep { get; set; }

    /// <summary>Removes the oldest images until the store has no more bytes than this.</summary>
    [Parameter]
    [ValidateRange(1, long.MaxValue)]
    public long MaximumSize { get; set; }

    /// <summary>Removes images that a lease holds, too, and blobs that may belong to another tool's copy under way.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Emits what was done.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private bool KeepsSome => MyInvocation.BoundParameters.ContainsKey(nameof(Keep));

    private bool HasLimit => MyInvocation.BoundParameters.ContainsKey(nameof(MaximumSize));

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        if (All && (KeepsSome || HasLimit))
        {
            Fail(
                new ContainerImageException(
                    ImageError.ConflictingParameter,
                    $"-All removes every image that is meant, so -{(KeepsSome ? nameof(Keep) : nameof(MaximumSize))} cannot be given with it."),
                null);
        }

        foreach (var text in Reference ?? [])
        {
            try
            {
                _patterns.Add(TransportPrefix.Of(text) is { IsCertain: true } transport ? throw transport.ToError() : new ReferencePattern(text));
            }
            catch (ContainerImageException e)
            {
                ThrowTerminatingError(ErrorRecords.Create(e, text));
            }
        }
    }

    /// <summary>Notes the stores: one that several objects of the pipeline are in is optimized once.</summary>
    protected override void ProcessRecord()
    {
        var store = GetStore();
        if (!_stores.Contains(store))
        {
            _stores.Add(store);
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        foreach (var store in _stores)
        {
            Attempt(store.Path, () => Optimize(store));
        }
    }

    private void Optimize(ImageStore store)
    {
        var optimization = StoreOptimization.Read(store, MakeOptions(), StopToken);
        foreach (var root in optimization.Unreadable)
        {
            var name = Titles.Of(root.Names.FirstOrDefault(), root.Digest);
            WriteWarning($"What {name} needs cannot be told, as its manifest or index is gone or damaged: no content is deleted before it is repaired or removed.");
        }

        var clears = optimization.HasUnreferenced && Ask(store.Path, $"Remove unreferenced content ({_Format.Size(optimization.UnreferencedBytes)})");
        if (clears)
        {
            optimization.DropUnreferenced();
        }

        var chosen = optimization.Choose((plan, bytes) => Ask(
            RemovalTitles.Of(optimization.Snapshot, plan), plan.RemovesImage ? $"Remove image ({_Format.Size(bytes)})" : "Remove tag"));
        var ended = optimization.EndedLeases
            .GroupBy(lease => lease.Name)
            .Where(leases => Ask(leases.Key, "Remove expired lease"))
            .SelectMany(leases => leases)
            .ToList();
        if (optimization.ExcessBytes > 0)
        {
            WriteWarning($"The store '{store.Path}' has {_Format.Size(optimization.ExcessBytes)} more than -MaximumSize allows: what is left may not go.");
        }

        if (!IsWhatIf && (clears || chosen.Count > 0 || ended.Count > 0))
        {
            var (removals, bytes, failure) = store.Optimize(chosen, ended, clears ? optimization.IsOld : null, StopToken);
            WriteVerbose($"Removed unreferenced content: {_Format.Size(bytes)}.");
            if (failure is not null)
            {
                WriteWarning(failure);
            }

            if (PassThru)
            {
                WriteObject(removals, enumerateCollection: true);
            }
        }
    }

    // What would be done depends on what would have been done before it.
    private bool Ask(string target, string action) => ShouldProcess(target, action) || IsWhatIf;

    private OptimizationOptions MakeOptions() => new()
    {
        All = All,
        Keep = KeepsSome ? Keep : null,
        MaximumSize = HasLimit ? MaximumSize : null,
        Until = Until,
        Labels = Label ?? [],
        References = _patterns,
        Force = Force,
    };
}
