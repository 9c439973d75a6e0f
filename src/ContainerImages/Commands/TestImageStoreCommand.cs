using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using ContainerImages.Internal;
using ContainerImages.Store;
using ContainerImages.Verification;

namespace ContainerImages.Commands;

/// <summary>Says whether a store is sound, with all its images and all that lies in its folder; in detail, what is wrong.</summary>
[Cmdlet(VerbsDiagnostic.Test, "ImageStore", HelpUri = HelpLinks.Base + "Test-ImageStore.md")]
[OutputType(typeof(bool), typeof(VerificationFinding))]
[Alias("Verify-ImageStore")]
public sealed class TestImageStoreCommand : StoreCommand
{
    private readonly HashSet<ImageStore> _stores = [];

    /// <summary>Looks at the length of files alone, and hashes nothing.</summary>
    [Parameter]
    public SwitchParameter SizeOnly { get; set; }

    /// <summary>Emits what is wrong instead of true or false; nothing where nothing is.</summary>
    [Parameter]
    public SwitchParameter Detailed { get; set; }

    private protected override bool OpensBroken => true;

    /// <summary>Notes the store; images that are piped in stand for theirs.</summary>
    protected override void ProcessRecord() => _stores.Add(GetStore());

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        foreach (var store in _stores)
        {
            Attempt(store.Path, () =>
            {
                var result = RunCopy("Verifying the store", 0, options => new StoreVerifier(store, options) { SizeOnly = SizeOnly }.VerifyStore());
                if (Detailed)
                {
                    WriteObject(result.Flaws.Select(flaw => result.ToFinding(flaw)), enumerateCollection: true);
                }
                else
                {
                    WriteObject(result.IsSound);
                }
            });
        }
    }
}
