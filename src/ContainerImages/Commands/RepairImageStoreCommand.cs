using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using ContainerImages.Content;
using ContainerImages.Internal;
using ContainerImages.Store;
using ContainerImages.Verification;

namespace ContainerImages.Commands;

/// <summary>Mends a store: rebuilds its index, fetches the blobs that are bad, clears what is left over.</summary>
[Cmdlet(VerbsDiagnostic.Repair, "ImageStore", SupportsShouldProcess = true, HelpUri = HelpLinks.Base + "Repair-ImageStore.md")]
[OutputType(typeof(VerificationFinding))]
[Alias("rpimgs")]
public sealed partial class RepairImageStoreCommand : StoreCommand, IRemoteCommand
{
    private readonly Dictionary<ImageStore, List<VerificationFinding>> _findings = [];

    /// <summary>
    /// Where blobs may be fetched from: archives and folders of any format, with wildcards, and repositories of registries. By
    /// default they are fetched from the registries in the names of the images.
    /// </summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] From { get; set; } = [];

    /// <summary>Findings of Test-ImageStore or Test-ContainerImage: nothing else is mended.</summary>
    [Parameter(ValueFromPipeline = true)]
    [ValidateNotNullOrEmpty]
    public VerificationFinding[] InputObject { get; set; } = [];

    /// <summary>Drops what is beyond repair, and rebuilds an index though names are lost.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Emits what was found, with what became of it.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override bool OpensBroken => true;

    /// <summary>Notes the findings; each belongs to its own store.</summary>
    protected override void ProcessRecord()
    {
        if (!MyInvocation.BoundParameters.ContainsKey(nameof(InputObject)))
        {
            // Something else with a StorePath: to mend all of its store would be more than was asked for.
            Attempt(StorePath, () => _ = MyInvocation.ExpectingInput
                ? throw new ContainerImageException(ImageError.ConflictingParameter, "What is piped in is no finding of a verification.")
                : GetStore());
            return;
        }

        foreach (var finding in InputObject)
        {
            Attempt(finding, () =>
            {
                var store = GetStore(finding.StorePath);
                if (!_findings.TryGetValue(store, out var findings))
                {
                    _findings.Add(store, findings = []);
                }

                findings.Add(finding);
            });
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        // No finding was piped in: nothing is wrong, and nothing is done.
        if (!MyInvocation.ExpectingInput && _findings.Count == 0)
        {
            var store = GetStore();
            Attempt(store.Path, () => Repair(store, null));
        }

        foreach (var pair in _findings)
        {
            Attempt(pair.Key.Path, () => Repair(pair.Key, pair.Value));
        }
    }

    private void Repair(ImageStore store, IReadOnlyList<VerificationFinding>? only)
    {
        using var repair = new StoreRepair(store, only) { Force = Force };
        RunCopy("Verifying the store", 0, options =>
        {
            repair.Begin(options);
            return true;
        });
        if (repair.WantedBlobs.Count > 0)
        {
            OpenSources(repair);
        }

        while (repair.OfferBlobs() is { Count: > 0 } offers)
        {
            Ask(store, offers);
            RunCopy("Fetching blobs", ThrottleLimit, options =>
            {
                repair.Fetch(offers, options);
                return true;
            });
        }

        foreach (var pair in repair.SupplyErrors)
        {
            Fail(pair.Value, pair.Key);
        }

        var rest = repair.OfferRest();
        Ask(store, rest);
        Report(RunCopy("Mending the store", 0, options => repair.Commit(rest, options)));
    }

    private void Ask(ImageStore store, IReadOnlyList<RepairAction> actions)
    {
        foreach (var action in actions)
        {
            var (target, what) = Describe(store, action);
            action.IsApproved = ShouldProcess(target, what);
        }
    }

    private static (string Target, string Action) Describe(ImageStore store, RepairAction action) => action.Kind switch
    {
        RepairKind.Fetch => ($"{action.Blob!.Digest.Algorithm}:{action.Blob.Digest.ShortId}", $"Fetch blob from {action.SupplyName}"),
        RepairKind.Drop => (Titles.Of(action.Root!.Names.FirstOrDefault(), action.Id), action.Manifests.Count == 0 ? "Drop image" : "Drop platform " + Platforms(action)),
        RepairKind.RebuildIndex => (store.Path, "Rebuild index"),
        _ => (store.Path, $"Remove unreferenced content ({_Format.Size(action.Bytes)})"),
    };

    private static string Platforms(RepairAction action) => string.Join(", ", action.Root!.Present
        .Where(manifest => action.Manifests.Contains(manifest.Manifest.Digest))
        .Select(manifest => manifest.Platform.Length == 0 ? manifest.Manifest.Digest.ShortId : manifest.Platform));

    private void Report(IReadOnlyList<RepairedFlaw> flaws)
    {
        if (PassThru)
        {
            WriteObject(flaws.Select(flaw => flaw.Finding), enumerateCollection: true);
        }

        foreach (var flaw in flaws.Where(flaw => !flaw.Finding.Repaired && !flaw.IsDeclined && flaw.Finding.Severity == nameof(FindingSeverity.Error)))
        {
            Fail(new ContainerImageException(ImageError.StoreDamaged, $"{flaw.Finding.Message} It was not mended: {flaw.WhyOpen}."), flaw.Finding);
        }
    }
}
