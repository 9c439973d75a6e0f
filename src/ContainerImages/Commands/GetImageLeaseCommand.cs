using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using ContainerImages.Completion;
using ContainerImages.Internal;
using ContainerImages.Store;

namespace ContainerImages.Commands;

/// <summary>Lists the leases of the images in a store, those that have ended included.</summary>
[Cmdlet(VerbsCommon.Get, "ImageLease", HelpUri = HelpLinks.Base + "Get-ImageLease.md")]
[OutputType(typeof(ImageLease))]
public sealed class GetImageLeaseCommand : LeaseCommand
{
    /// <summary>Names of leases; with wildcards. All if not given.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(LeaseNameCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? Name { get; set; }

    /// <summary>Only leases of these images: names, with wildcards, or the start of an ID.</summary>
    [Parameter]
    [Alias("Image")]
    [ArgumentCompleter(typeof(ReferenceCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? Reference { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var store = GetStore();
        Attempt(null, () =>
        {
            var snapshot = store.ReadSnapshot();
            var leases = store.Leases(snapshot);
            if (Reference is not null)
            {
                var ids = ImagesOf(store, snapshot);
                leases = leases.Where(lease => ids.Contains(lease.Id)).ToList();
            }

            if (Name is null)
            {
                WriteObject(leases, enumerateCollection: true);
            }

            foreach (var name in Name ?? [])
            {
                Attempt(name, () => WriteObject(Find(store, leases, name, Reference is null ? "" : "of these images "), enumerateCollection: true));
            }
        });
    }

    // A name means all platforms of what it points to.
    private HashSet<string> ImagesOf(ImageStore store, StoreSnapshot snapshot)
    {
        var ids = new HashSet<string>();
        foreach (var text in Reference!)
        {
            Attempt(text, () =>
            {
                foreach (var match in store.Select(snapshot, ImageTarget.OfText(text)))
                {
                    ids.Add(match.Manifest.Id.Hex);
                    ids.UnionWith(match.MatchedNames is null ? [] : match.Root.Present.Select(manifest => manifest.Id.Hex));
                }
            });
        }

        return ids;
    }
}
