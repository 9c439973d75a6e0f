using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using ContainerImages.Completion;
using ContainerImages.Content;
using ContainerImages.Store;
using ContainerImages.Verification;

namespace ContainerImages.Commands;

/// <summary>Says whether images are in the store, whole and undamaged; in detail, what is wrong with them.</summary>
[Cmdlet(VerbsDiagnostic.Test, "ContainerImage", DefaultParameterSetName = IdSet, HelpUri = Internal.HelpLinks.Base + "Test-ContainerImage.md")]
[OutputType(typeof(bool), typeof(VerificationFinding))]
[Alias("tcimg", "Verify-ContainerImage")]
public sealed class TestContainerImageCommand : ImageCommand
{
    /// <summary>Only this platform of multi-platform images; with wildcards.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(PlatformCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string? Platform { get; set; }

    /// <summary>Looks at the length of files alone, and hashes nothing.</summary>
    [Parameter]
    public SwitchParameter SizeOnly { get; set; }

    /// <summary>Emits what is wrong instead of true or false; nothing where nothing is.</summary>
    [Parameter]
    public SwitchParameter Detailed { get; set; }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        PlatformPattern? platform = null;
        Attempt(Platform, () => platform = Platform is null ? null : PlatformPattern.Parse(Platform));

        // Each store is verified once, and each target answered in its turn.
        var answers = new Dictionary<ImageTarget, CheckedTarget>();
        foreach (var group in NamedTargets.GroupBy(named => named.Store, named => named.Target))
        {
            Attempt(group.First().Input, () =>
            {
                var targets = group.ToList();
                var results = RunCopy("Verifying images", 0, options =>
                    new ImageCheck(group.Key, options) { Platform = platform, SizeOnly = SizeOnly }.Run(targets));
                results.ToList().ForEach(result => answers.Add(result.Target, result));
            });
        }

        foreach (var (target, _) in NamedTargets)
        {
            if (answers.TryGetValue(target, out var answer))
            {
                Write(answer);
            }
        }
    }

    private void Write(CheckedTarget answer)
    {
        if (answer.Error is { } error)
        {
            Fail(error, answer.Target.Input);
        }
        else if (Detailed)
        {
            WriteObject(answer.Findings, enumerateCollection: true);
        }
        else
        {
            WriteObject(answer.IsSound);
        }
    }
}
