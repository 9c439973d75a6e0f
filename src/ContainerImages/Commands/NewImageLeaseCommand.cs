using System;
using System.Linq;
using System.Management.Automation;
using ContainerImages.Completion;
using ContainerImages.Content;
using ContainerImages.Errors;
using ContainerImages.Internal;
using ContainerImages.Store;

namespace ContainerImages.Commands;

/// <summary>Marks images as in use: until the lease ends or is removed they are not removed without force.</summary>
[Cmdlet(VerbsCommon.New, "ImageLease", DefaultParameterSetName = IdSet, SupportsShouldProcess = true, HelpUri = HelpLinks.Base + "New-ImageLease.md")]
[OutputType(typeof(ImageLease))]
public sealed class NewImageLeaseCommand : ImageCommand
{
    /// <summary>What the lease is called; an image that has one of that name already has it renewed.</summary>
    [Parameter(Mandatory = true)]
    [ArgumentCompleter(typeof(LeaseNameCompleter))]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = "";

    /// <summary>When the lease ends; without it, when it is removed.</summary>
    [Parameter]
    [ValidateNotNull]
    public DateTimeOffset? Until { get; set; }

    /// <summary>A remark.</summary>
    [Parameter]
    [AllowEmptyString]
    public string Comment { get; set; } = "";

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        try
        {
            StoredLease.CheckName(Name);
        }
        catch (ContainerImageException e)
        {
            ThrowTerminatingError(ErrorRecords.Create(e, Name));
        }

        if (Until <= DateTimeOffset.UtcNow)
        {
            WriteWarning($"The lease {Name} holds nothing: -Until is not in the future.");
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        foreach (var group in FindTargets().GroupBy(image => image.Store))
        {
            var asked = group
                .GroupBy(image => image.Match.Manifest.Id)
                .Select(images => images.First())
                .Where(image => ShouldProcess(image.Title, $"Lease image as {Name}"))
                .ToList();
            if (asked.Count > 0)
            {
                Attempt(asked[0].Target.Input, () => WriteObject(
                    group.Key.Lease(asked.Select(image => image.Match).ToList(), Name, Until, Comment ?? "", StopToken),
                    enumerateCollection: true));
            }
        }
    }
}
