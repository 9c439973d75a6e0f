using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using ContainerImages.Completion;
using ContainerImages.Content;
using ContainerImages.Internal;
using ContainerImages.Transports;

namespace ContainerImages.Commands;

/// <summary>Copies images between registries, archives, folders and stores, from any of them to any other.</summary>
[Cmdlet(VerbsCommon.Copy, "ContainerImage", SupportsShouldProcess = true, HelpUri = HelpLinks.Base + "Copy-ContainerImage.md")]
[OutputType(typeof(ImageCopy))]
[Alias("cpcimg")]
public sealed class CopyContainerImageCommand : StoreCommand, IRemoteCommand, ITransferCommand
{
    private readonly List<NamedSource> _sources = [];
    private readonly List<RegistryAccess> _registries = [];
    private ImageLocation? _to;
    private TransferRequest? _request;
    private RegistryAccess? _named;
    private bool _isSourceTyped;

    /// <summary>
    /// Where the images are: <c>docker://</c>, which may be left out, <c>docker-archive:path[:name]</c>,
    /// <c>oci-archive:path[:name]</c>, <c>oci:path[:name]</c>, <c>dir:path</c> or <c>store:name</c>. An image that is piped in is
    /// what it is in its store, and so is what has its properties.
    /// </summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Reference")]
    [ArgumentCompleter(typeof(LocationCompleter))]
    [Locations]
    [ValidateNotNullOrEmpty]
    public string[] Source { get; set; } = [];

    /// <summary>
    /// Where they are to be, in the same words. Without a name, images keep theirs; a name that ends in a slash comes before
    /// their own repositories and tags.
    /// </summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ArgumentCompleter(typeof(LocationCompleter))]
    [ValidateNotNullOrEmpty]
    public string Destination { get; set; } = "";

    /// <summary>What the manifests are to be: as they are, OCI's or Docker's. The image's ID stays in any case.</summary>
    [Parameter]
    [ValidateSet(Packing.Preserve, "oci", "docker")]
    public string Format { get; set; } = Packing.Preserve;

    /// <summary>One platform of multi-platform images, by itself.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(PlatformCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Platform { get; set; }

    /// <summary>All platforms of multi-platform images.</summary>
    [Parameter]
    public SwitchParameter AllPlatforms { get; set; }

    /// <summary>Takes along what refers to the images, such as signatures and attestations, and what refers to these.</summary>
    [Parameter]
    public SwitchParameter IncludeReferrers { get; set; }

    /// <summary>
    /// How layers are compressed. If not given, they stay as they are, but for plain ones that come from no registry and go to
    /// one, which are compressed by gzip. Other ones get other digests; the image's ID stays.
    /// </summary>
    [Parameter]
    [ValidateSet(Packing.Preserve, "none", "gzip", "zstd")]
    public string Compression { get; set; } = Packing.Preserve;

    /// <summary>How hard: 1 to 9 for gzip, 1 to 22 for zstd. Layers that are compressed so already are then compressed anew.</summary>
    [Parameter]
    [ValidateRange(1, 22)]
    public int CompressionLevel { get; set; }

    /// <summary>
    /// The log-in to show to the source's registry, instead of one that is kept; where the source is in no registry, or in the
    /// same, to the destination's too.
    /// </summary>
    [Parameter]
    [Credential]
    public PSCredential? Credential { get; set; }

    /// <summary>The log-in to show to the destination's registry, instead of one that is kept.</summary>
    [Parameter]
    [Credential]
    public PSCredential? DestinationCredential { get; set; }

    /// <summary>Lets plain HTTP and certificates that are not trusted do, on both sides.</summary>
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

    /// <summary>How many layers are moved at once.</summary>
    [Parameter]
    [ValidateRange(1, RemoteAccess.MaxThrottleLimit)]
    public int ThrottleLimit { get; set; } = RemoteAccess.ThrottleLimit;

    /// <summary>Replaces an archive, or a folder of the same format, that is there.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Emits what was copied, and where it is.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private RegistryAccess Named => _named ??= Registries(Credential);

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        _isSourceTyped = MyInvocation.BoundParameters.ContainsKey(nameof(Source));
        try
        {
            _to = Locate(Destination, ImageError.DestinationNotWritable);
            CopyNames.Check(_to);
            _request = Transfers.Read(this, _to) with { Force = Force };
        }
        catch (ContainerImageException e)
        {
            // Without a destination nothing can be done.
            ThrowTerminatingError(Errors.ErrorRecords.Create(e, Destination));
        }
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var text in Source)
        {
            Attempt(text, () => _sources.Add(new NamedSource(text, LocateSource(Targets.OfText(text, _isSourceTyped).Text!))));
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        var to = _to!;
        if (_sources.Count > 1 && !to.TakesOwnNames)
        {
            Fail(
                new ContainerImageException(
                    ImageError.ConflictingParameter,
                    $"'{to}' is a name for one image, and {_sources.Count} are to be copied; one that ends in '/' takes each image's own."),
                Destination);
        }

        var allowed = new List<NamedSource>();
        foreach (var source in _sources.GroupBy(source => source.From).Select(same => same.First()))
        {
            Attempt(source.Input, () =>
            {
                var from = Titled(source.From);
                if (ShouldProcess(from.ToString(), $"Copy to {TitleAt(to, from)}"))
                {
                    allowed.Add(source);
                }
            });
        }

        foreach (var together in CopyDestination.IsWhole(to) ? [allowed] : allowed.Select(source => new List<NamedSource> { source }))
        {
            if (together.Count > 0)
            {
                Copy(together, to);
            }
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _registries.ForEach(registries => registries.Dispose());
        base.Dispose(disposing);
    }

    private void Copy(List<NamedSource> sources, ImageLocation to) => Attempt(
        sources.Count == 1 ? sources[0].Input : Destination,
        () =>
        {
            var failures = new List<(ImageLocation From, ContainerImageException Error)>();
            var storePath = GetStorePath();
            var ends = new CopyEnds(
                () => OpenStore(storePath),
                OpenStore,
                Named,
                DestinationCredential is not null ? Registries(DestinationCredential) : IsForBoth(sources, to) ? Named : Registries(null));
            var title = sources.Count == 1 ? sources[0].From.ToString() : $"{sources.Count} images";
            var copies = RunCopy($"Copying {title} to {to}", ThrottleLimit, options => new ImageTransfer(ends, _request!, options).Run(
                sources.Select(source => source.From).ToList(), to, (from, error) => failures.Add((from, error))));
            if (PassThru)
            {
                WriteObject(copies, enumerateCollection: true);
            }

            foreach (var (from, error) in failures)
            {
                Fail(error, sources.First(source => source.From == from).Input);
            }
        });

    // A log-in is shown to no other registry than the one that it was given for.
    private static bool IsForBoth(List<NamedSource> sources, ImageLocation to) =>
        to.Transport == ImageTransport.Registry &&
        sources.All(source => source.From.Transport != ImageTransport.Registry || RegistryOf(source.From) == RegistryOf(to));

    private static string RegistryOf(ImageLocation location) => location.Name!.Split('/')[0];

    private RegistryAccess Registries(PSCredential? credential)
    {
        var registries = RemoteAccess.Open(this, credential, Explain);
        _registries.Add(registries);
        return registries;
    }

    private ImageLocation LocateSource(string text)
    {
        var from = Locate(text, ImageError.ArchiveNotFound);
        return from.Transport == ImageTransport.OciLayout && from.Path == GetStorePath()
            ? new ImageLocation(ImageTransport.Store, "", from.Name)
            : from;
    }

    private ImageLocation Locate(string text, ImageError error)
    {
        var location = ImageLocation.Parse(text);
        return location.IsPath ? location with { Path = FilePaths.Unresolved(this, location.Path, error) } : location;
    }

    // In full, as far as that can be told before anything is asked.
    private ImageLocation Titled(ImageLocation from) => from.Transport == ImageTransport.Registry
        ? new ImageLocation(ImageTransport.Registry, "", Named.Title(from.Name!, withTag: true))
        : from;

    private static ImageLocation TitleAt(ImageLocation to, ImageLocation from) =>
        to.Name is not null && (from.Transport == ImageTransport.Registry || !to.TakesOwnNames)
            ? to with { Name = CopyNames.At(to, [from.Name ?? ""])[0] }
            : to;

    /// <summary>Where images are, and how the user said so.</summary>
    private sealed record NamedSource(string Input, ImageLocation From);
}
