using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using ContainerImages.Completion;
using ContainerImages.Copying;
using ContainerImages.Internal;
using ContainerImages.Transports;

namespace ContainerImages.Commands;

/// <summary>Lists the tags of repositories, or the repositories of registries, without pulling anything.</summary>
[Cmdlet(VerbsCommon.Find, "ContainerImage", DefaultParameterSetName = ReferenceSet, HelpUri = HelpLinks.Base + "Find-ContainerImage.md")]
[OutputType(typeof(RemoteImage))]
[Alias("fdcimg")]
public sealed class FindContainerImageCommand : EngineCommand, IRemoteCommand
{
    private const string ReferenceSet = "Reference";
    private const string RegistrySet = "Registry";

    // So many are asked about before any of them shows, for each that is asked about at once.
    private const int Ahead = 4;

    private RegistryAccess? _access;
    private bool _isReferenceTyped;

    /// <summary>
    /// Repositories, whose tags are listed; with wildcards in the tag. A name with a tag or a digest is that image.
    /// </summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, ParameterSetName = ReferenceSet)]
    [Alias("Image", "ImageName", "RepoTag")]
    [ArgumentCompleter(typeof(RemoteReferenceCompleter))]
    [TextOrImages]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Reference { get; set; } = [];

    /// <summary>Asks for the digest, the size, the date and the platforms of each image.</summary>
    [Parameter(ParameterSetName = ReferenceSet)]
    public SwitchParameter Detailed { get; set; }

    /// <summary>Registries, whose repositories are listed; not every registry tells them.</summary>
    [Parameter(Mandatory = true, ParameterSetName = RegistrySet)]
    [ArgumentCompleter(typeof(RegistryCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Registry { get; set; } = [];

    /// <summary>Only these repositories; with wildcards.</summary>
    [Parameter(ParameterSetName = RegistrySet)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Repository { get; set; } = [];

    /// <summary>Only so many of each repository or registry.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int First { get; set; } = int.MaxValue;

    /// <summary>The log-in to show, instead of one that is kept.</summary>
    [Parameter]
    [Credential]
    public PSCredential? Credential { get; set; }

    /// <summary>Lets plain HTTP and certificates that are not trusted do.</summary>
    [Parameter]
    public SwitchParameter AllowInsecure { get; set; }

    /// <summary>How many seconds no byte may come.</summary>
    [Parameter]
    [ValidateRange(1, RemoteAccess.MaxTimeoutSec)]
    public int TimeoutSec { get; set; } = RemoteAccess.TimeoutSec;

    /// <summary>How often a request is repeated that failed for the moment.</summary>
    [Parameter]
    [ValidateRange(0, RemoteAccess.MaxRetryCount)]
    public int RetryCount { get; set; } = RemoteAccess.RetryCount;

    /// <summary>How many images are asked about at once.</summary>
    [Parameter]
    [ValidateRange(1, RemoteAccess.MaxThrottleLimit)]
    public int ThrottleLimit { get; set; } = RemoteAccess.ThrottleLimit;

    /// <inheritdoc/>
    protected override void BeginProcessing() => _isReferenceTyped = MyInvocation.BoundParameters.ContainsKey(nameof(Reference));

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var text in Reference)
        {
            Attempt(text, () => Emit(search => search.Find(Targets.OfText(text, _isReferenceTyped).Text!)));
        }

        foreach (var registry in Registry)
        {
            Attempt(registry, () => Emit(search => search.ListRepositories(registry, Repository)));
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _access?.Dispose();
        base.Dispose(disposing);
    }

    private void Emit(Func<RemoteSearch, RemotePages> open)
    {
        var access = _access ??= RemoteAccess.Open(this, Explain);
        var pages = RunBeside(_ => open(new RemoteSearch(access, StopToken)));
        var left = First;
        while (left > 0 && RunBeside(_ => pages.Read()) is { } page)
        {
            var images = page.Take(left).ToList();
            left -= images.Count;
            if (Detailed)
            {
                EmitDetails(pages.Client, images);
            }
            else
            {
                WriteObject(images, enumerateCollection: true);
            }
        }
    }

    private void EmitDetails(RegistryClient client, List<RemoteImage> images)
    {
        for (var start = 0; start < images.Count; start += Ahead * ThrottleLimit)
        {
            var some = images.GetRange(start, Math.Min(Ahead * ThrottleLimit, images.Count - start));
            var described = RunBeside(verbose => new RemoteDetails(
                client, new CopyOptions { ThrottleLimit = ThrottleLimit, Verbose = verbose, Cancellation = StopToken }).Describe(some));
            foreach (var (image, error) in described)
            {
                if (error is null)
                {
                    WriteObject(image);
                }
                else
                {
                    Fail(error, image.Reference);
                }
            }
        }
    }
}
