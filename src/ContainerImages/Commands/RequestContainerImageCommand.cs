using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using ContainerImages.Completion;
using ContainerImages.Content;
using ContainerImages.Internal;
using ContainerImages.References;
using ContainerImages.Transports;

namespace ContainerImages.Commands;

/// <summary>Brings images from registries into the store.</summary>
[Cmdlet(VerbsLifecycle.Request, "ContainerImage", SupportsShouldProcess = true, HelpUri = HelpLinks.Base + "Request-ContainerImage.md")]
[OutputType(typeof(ContainerImage))]
[Alias("rqcimg", "Pull-ContainerImage")]
public sealed class RequestContainerImageCommand : StoreCommand, IRemoteCommand
{
    private RegistryAccess? _access;
    private IReadOnlyList<PlatformPattern> _platforms = [];
    private bool _isReferenceTyped;

    /// <summary>Names of images, without wildcards; <c>:latest</c> is meant where there is neither a tag nor a digest.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Image", "ImageName", "RepoTag")]
    [ArgumentCompleter(typeof(RemoteReferenceCompleter))]
    [TextOrImages]
    [ValidateNotNullOrEmpty]
    public string[] Reference { get; set; } = [];

    /// <summary>
    /// When the registry is asked: always; only if no image of that name is here; always, but what is here will do where it
    /// cannot be asked; or never.
    /// </summary>
    [Parameter]
    [ValidateSet(nameof(PullPolicy.Always), nameof(PullPolicy.IfMissing), nameof(PullPolicy.Newer), nameof(PullPolicy.Never))]
    public string Policy { get; set; } = nameof(PullPolicy.Always);

    /// <summary>These platforms of multi-platform images, with wildcards; by default this machine's.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(PlatformCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Platform { get; set; } = [];

    /// <summary>All platforms of multi-platform images.</summary>
    [Parameter]
    public SwitchParameter AllPlatforms { get; set; }

    /// <summary>All tags of the repositories that are named.</summary>
    [Parameter]
    public SwitchParameter AllTags { get; set; }

    /// <summary>
    /// Only images with these labels: <c>key</c>, or <c>key=value</c> with wildcards in the value. They are looked at before
    /// any layer is fetched; an image without them is an error.
    /// </summary>
    [Parameter]
    [ArgumentCompleter(typeof(LabelCompleter))]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] RequireLabel { get; set; } = [];

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

    /// <summary>How many layers are fetched at once.</summary>
    [Parameter]
    [ValidateRange(1, RemoteAccess.MaxThrottleLimit)]
    public int ThrottleLimit { get; set; } = RemoteAccess.ThrottleLimit;

    private PullPolicy PullPolicy => (PullPolicy)Enum.Parse(typeof(PullPolicy), Policy, ignoreCase: true);

    private RegistryAccess Access => _access ??= RemoteAccess.Open(this, Explain);

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        _isReferenceTyped = MyInvocation.BoundParameters.ContainsKey(nameof(Reference));
        Attempt(Platform, () =>
        {
            CheckConflicts();
            _platforms = Platform.Select(PlatformPattern.Parse).ToList();
        });
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var text in Reference)
        {
            Attempt(text, () => Request(Targets.OfText(text, _isReferenceTyped).Text!));
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _access?.Dispose();
        base.Dispose(disposing);
    }

    private void Request(string text)
    {
        if (AllTags)
        {
            var repository = Repository(text);
            if (ShouldProcess(Access.Title(repository.ToString(), withTag: false), "Pull all tags"))
            {
                foreach (var name in RunCopy($"Listing {text}", ThrottleLimit, _ => ListTags(repository.ToString())))
                {
                    Attempt(text, () => Pull(name));
                }
            }
        }
        else if (ShouldProcess(PullPolicy == PullPolicy.Never ? text : Access.Title(text, withTag: true), "Pull image"))
        {
            Pull(text);
        }
    }

    private void Pull(string name)
    {
        var (store, access) = (GetStore(), Access);
        var request = new PullRequest(name)
        {
            Policy = PullPolicy,
            Platforms = _platforms,
            AllPlatforms = AllPlatforms,
            RequiredLabels = RequireLabel,
        };
        WriteObject(
            RunCopy($"Pulling {name}", ThrottleLimit, options => new ImagePull(store, access, options).Run(request)), enumerateCollection: true);
    }

    private List<string> ListTags(string repository)
    {
        var names = new List<string>();
        var pages = new RemoteSearch(Access, StopToken).Find(repository);
        while (pages.Read() is { } page)
        {
            names.AddRange(page.Select(image => image.Reference));
        }

        return names;
    }

    private static ImageReference Repository(string text)
    {
        var typed = ImageReference.Parse(RegistryAccess.WithoutTransport(text));
        return typed.Tag is null && typed.Digest is null
            ? typed
            : throw new ContainerImageException(
                ImageError.ConflictingParameter, $"'{text}' names one image, and -AllTags means all of a repository.");
    }

    private void CheckConflicts()
    {
        var conflict = AllPlatforms && Platform.Length > 0 ? "-Platform and -AllPlatforms"
            : AllTags && PullPolicy == PullPolicy.Never ? "-AllTags and -Policy Never"
            : null;
        if (conflict is not null)
        {
            throw new ContainerImageException(ImageError.ConflictingParameter, $"{conflict} exclude each other.");
        }
    }
}
