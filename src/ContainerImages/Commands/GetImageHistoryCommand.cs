using System.Collections.Generic;
using System.Management.Automation;
using ContainerImages.Completion;
using ContainerImages.Content;
using ContainerImages.Internal;
using ContainerImages.Store;

namespace ContainerImages.Commands;

/// <summary>Shows the steps that made an image, the newest first.</summary>
[Cmdlet(VerbsCommon.Get, "ImageHistory", DefaultParameterSetName = IdSet, HelpUri = HelpLinks.Base + "Get-ImageHistory.md")]
[OutputType(typeof(ImageHistoryEntry))]
[Alias("gimgh", "Get-ContainerImageHistory")]
public sealed class GetImageHistoryCommand : ImageCommand
{
    /// <summary>Which platform of multi-platform images.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(PlatformCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Platform { get; set; }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        Attempt(Platform, () =>
        {
            foreach (var image in FindTargets(Platform is null ? null : PlatformPattern.Parse(Platform)))
            {
                Attempt(image.Target.Input, () => WriteObject(Read(image), enumerateCollection: true));
            }
        });
    }

    // What is missing or damaged is named by its digest, which tells nobody whose it is.
    private IReadOnlyList<ImageHistoryEntry> Read(FoundImage image)
    {
        try
        {
            return ImageHistory.Read(image.Store, image.Snapshot, image.Match, StopToken);
        }
        catch (ContainerImageException e) when (e.Error is ImageError.ContentMissing or ImageError.ContentMismatch)
        {
            throw new ContainerImageException(e.Error, $"{image.Title}: {e.Message}", e) { Candidates = e.Candidates };
        }
    }
}
