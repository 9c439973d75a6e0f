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
                Attempt(image.Target.Input, () =>
                    WriteObject(ImageHistory.Read(image.Store, image.Snapshot, image.Match, StopToken), enumerateCollection: true));
            }
        });
    }
}
