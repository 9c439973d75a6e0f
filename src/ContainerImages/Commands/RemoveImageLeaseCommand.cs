using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using ContainerImages.Completion;
using ContainerImages.Content;
using ContainerImages.Internal;
using ContainerImages.Store;

namespace ContainerImages.Commands;

/// <summary>Takes leases away; their images stay, and can be removed.</summary>
[Cmdlet(VerbsCommon.Remove, "ImageLease", SupportsShouldProcess = true, HelpUri = HelpLinks.Base + "Remove-ImageLease.md")]
[OutputType(typeof(ImageLease))]
public sealed class RemoveImageLeaseCommand : LeaseCommand
{
    private readonly List<(string Name, IReadOnlyList<string> Ids, ImageStore Store)> _inputs = [];
    private bool _isIdTyped;

    /// <summary>Names of leases; with wildcards.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(LeaseNameCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = [];

    /// <summary>
    /// IDs of images, with or without <c>sha256:</c>: only leases that hold these. A lease that is piped in says its own, so
    /// that others of its name stay; and other things than leases, which have a name too, are not taken for them.
    /// </summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("ImageId")]
    [ArgumentCompleter(typeof(IdCompleter))]
    [ValidateNotNullOrEmpty]
    public string[]? Id { get; set; }

    /// <summary>Emits the leases taken away.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        _isIdTyped = MyInvocation.BoundParameters.ContainsKey(nameof(Id));
    }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Attempt(Id?[0] ?? Name[0], () =>
    {
        var ids = (Id ?? []).Select(id => ImageIds.DigitsOf(Targets.OfId(id, _isIdTyped).Id!)).ToList();
        _inputs.AddRange(Name.Select(name => (name, (IReadOnlyList<string>)ids, GetStore())));
    });

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        foreach (var group in _inputs.GroupBy(input => input.Store))
        {
            Attempt(group.First().Name, () => Release(group.Key, group));
        }
    }

    private void Release(ImageStore store, IEnumerable<(string Name, IReadOnlyList<string> Ids, ImageStore Store)> inputs)
    {
        var all = store.Leases(store.ReadSnapshot());
        var chosen = new List<ImageLease>();
        foreach (var (name, ids, _) in inputs)
        {
            var leases = ids.Count == 0
                ? all
                : all.Where(lease => ids.Any(id => lease.Id.StartsWith(id, StringComparison.OrdinalIgnoreCase))).ToList();
            Attempt(name, () => chosen.AddRange(Find(store, leases, name, ids.Count == 0 ? "" : $"of image {string.Join(", ", ids.Select(_Format.ShortId))} ")));
        }

        var asked = chosen
            .Distinct()
            .GroupBy(lease => lease.Name)
            .Where(leases => ShouldProcess(leases.Key, "Remove lease"))
            .SelectMany(leases => leases)
            .ToList();
        if (asked.Count > 0)
        {
            var released = store.Release(asked, StopToken);
            if (PassThru)
            {
                WriteObject(released, enumerateCollection: true);
            }
        }
    }
}
