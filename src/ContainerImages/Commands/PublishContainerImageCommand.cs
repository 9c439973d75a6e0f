using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using ContainerImages.Completion;
using ContainerImages.Content;
using ContainerImages.Errors;
using ContainerImages.Internal;
using ContainerImages.References;
using ContainerImages.Transports;

namespace ContainerImages.Commands;

/// <summary>Pushes images to registries, or to places of another transport.</summary>
[Cmdlet(VerbsData.Publish, "ContainerImage", DefaultParameterSetName = IdSet, SupportsShouldProcess = true, HelpUri = HelpLinks.Base + "Publish-ContainerImage.md")]
[OutputType(typeof(RemoteImage))]
[Alias("pbcimg", "Push-ContainerImage")]
public sealed class PublishContainerImageCommand : ImageCommand, IRemoteCommand, ITransferCommand
{
    private RegistryAccess? _access;
    private IReadOnlyList<PushPlace> _places = [];

    /// <summary>
    /// Where to: full names, or names of docker.io, or places of another transport, such as <c>oci-archive:app.tar:app:1</c>. A
    /// name that ends in a slash comes before the images' own repositories and tags. If not given, the name by which the image
    /// is named.
    /// </summary>
    [Parameter]
    [ArgumentCompleter(typeof(DestinationCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Destination { get; set; } = [];

    /// <summary>What the manifests are to be: as they are, OCI's or Docker's. The image's ID stays in any case.</summary>
    [Parameter]
    [ValidateSet(Packing.Preserve, "oci", "docker")]
    public string Format { get; set; } = Packing.Preserve;

    /// <summary>One platform of multi-platform images, by itself.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(PlatformCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Platform { get; set; }

    /// <summary>All platforms of multi-platform images or none: an error, where one is neither here nor in the registry.</summary>
    [Parameter]
    public SwitchParameter AllPlatforms { get; set; }

    /// <summary>Takes along what refers to the images, such as signatures and attestations, and what refers to these.</summary>
    [Parameter]
    public SwitchParameter IncludeReferrers { get; set; }

    /// <summary>
    /// How layers are compressed. If not given, plain ones are by gzip on their way to a registry, and the others stay as they
    /// are, and their digests with them; the image's ID stays in any case.
    /// </summary>
    [Parameter]
    [ValidateSet(Packing.Preserve, "none", "gzip", "zstd")]
    public string Compression { get; set; } = Packing.Preserve;

    /// <summary>How hard: 1 to 9 for gzip, 1 to 22 for zstd. Layers that are compressed so already are then compressed anew.</summary>
    [Parameter]
    [ValidateRange(1, 22)]
    public int CompressionLevel { get; set; }

    /// <summary>The log-in to show, instead of one that is kept.</summary>
    [Parameter]
    [Credential]
    public PSCredential? Credential { get; set; }

    /// <summary>Lets plain HTTP and certificates that are not trusted do.</summary>
    [Parameter]
    public SwitchParameter AllowInsecure { get; set; }

    /// <summary>How many seconds no byte may go or come.</summary>
    [Parameter]
    [ValidateRange(1, RemoteAccess.MaxTimeoutSec)]
    public int TimeoutSec { get; set; } = RemoteAccess.TimeoutSec;

    /// <summary>How often a request is repeated that failed for the moment.</summary>
    [Parameter]
    [ValidateRange(0, RemoteAccess.MaxRetryCount)]
    public int RetryCount { get; set; } = RemoteAccess.RetryCount;

    /// <summary>How many layers are sent at once.</summary>
    [Parameter]
    [ValidateRange(1, RemoteAccess.MaxThrottleLimit)]
    public int ThrottleLimit { get; set; } = RemoteAccess.ThrottleLimit;

    private RegistryAccess Access => _access ??= RemoteAccess.Open(this, Explain);

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        _places = Destination.Length == 0 ? [ReadPlace(null)] : Destination.Select(ReadPlace).ToList();
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        IReadOnlyList<FoundImage> found = [];
        Attempt(Platform, () => found = FindTargets(Platform is null ? null : PlatformPattern.Parse(Platform)));
        var pushes = Plan(found);
        CheckConflicts(pushes);
        var elsewhere = new List<PlannedPush>();
        foreach (var push in pushes)
        {
            Attempt(push.Image.Target.Input, () =>
            {
                if (!ShouldProcess(push.Title, $"Push to {push.Target?.ToString() ?? push.Place.To.ToString()}"))
                {
                    return;
                }

                if (push.Target is null)
                {
                    elsewhere.Add(push);
                }
                else
                {
                    PushToRegistry(push, push.Target);
                }
            });
        }

        foreach (var group in elsewhere.GroupBy(push => push.Place))
        {
            foreach (var together in CopyDestination.IsWhole(group.Key.To) ? [group.ToList()] : group.Select(push => new List<PlannedPush> { push }))
            {
                PushElsewhere(together, group.Key);
            }
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _access?.Dispose();
        base.Dispose(disposing);
    }

    private void PushToRegistry(PlannedPush push, ImageReference target)
    {
        var (image, wanted, access) = (push.Image, push.Place.Request, Access);
        var request = new PushRequest(image.Store, image.Match, target)
        {
            OnePlatform = Platform is not null,
            AllPlatforms = AllPlatforms,
            Family = wanted.Family,
            Changes = wanted.ChangesOf(ImageTransport.Store, ImageTransport.Registry),
        };
        WriteObject(RunCopy($"Pushing {push.Title} to {target}", ThrottleLimit, options => new ImagePush(access, options).Run(request)));
    }

    private void PushElsewhere(List<PlannedPush> pushes, PushPlace place) => Attempt(pushes[0].Image.Target.Input, () =>
    {
        var failures = new List<ContainerImageException>();
        var (store, access) = (pushes[0].Image.Store, Access);
        var title = pushes.Count == 1 ? pushes[0].Title : $"{pushes.Count} images";
        var copies = RunCopy($"Pushing {title} to {place.To}", ThrottleLimit, options => new ImageTransfer(
            new CopyEnds(() => store, OpenStore, access, access), place.RequestFor(pushes), options).Run(
                pushes.Select(push => push.Source).ToList(), place.To, (_, error) => failures.Add(error)));
        WriteObject(
            copies.Select(copy => new RemoteImage("", "") { Reference = copy.Destination, Digest = copy.Digest, Platforms = copy.Platforms }),
            enumerateCollection: true);
        failures.ForEach(error => Fail(error, pushes[0].Image.Target.Input));
    });

    // An index goes once for all of its platforms, however many of its images are named.
    private List<PlannedPush> Plan(IReadOnlyList<FoundImage> found)
    {
        var pushes = new List<PlannedPush>();
        foreach (var image in found)
        {
            Attempt(image.Target.Input, () => pushes.AddRange(_places.SelectMany(place => place.Plan(image))));
        }

        return pushes.GroupBy(push => (KeyOf(push.Image), push.Place, push.Target, push.Name)).Select(group => group.First()).ToList();
    }

    private object KeyOf(FoundImage image) =>
        (image.Store, Platform is null ? image.Match.Root.Digest : image.Match.Manifest.Manifest.Digest);

    private PushPlace ReadPlace(string? text)
    {
        try
        {
            if (text is null)
            {
                return new PushPlace(PushPlace.OwnName, Transfers.Read(this, PushPlace.OwnName));
            }

            var to = ImageLocation.Parse(text);
            to = to.IsPath ? to with { Path = FilePaths.Unresolved(this, to.Path, ImageError.DestinationNotWritable) } : to;
            CopyNames.Check(to);
            return new PushPlace(to, Transfers.Read(this, to));
        }
        catch (ContainerImageException e)
        {
            // A bad argument ends the call before anything is pushed.
            ThrowTerminatingError(ErrorRecords.Create(e, e.Error == ImageError.InvalidPlatform ? Platform : text ?? Compression));
            throw;
        }
    }

    private void CheckConflicts(List<PlannedPush> pushes)
    {
        var several = pushes
            .Where(push => push.Place.IsForOne || push.Target is not null)
            .GroupBy(push => push.Target?.ToString() ?? push.Place.To.ToString())
            .FirstOrDefault(group => group.Select(push => KeyOf(push.Image)).Distinct().Count() > 1);
        if (several is not null)
        {
            Fail(
                new ContainerImageException(ImageError.ConflictingParameter, $"'{several.Key}' is a place for one image, and {several.Count()} are to be pushed."),
                several.Key);
        }

        var registries = pushes.Select(push => push.Target?.Domain).OfType<string>().Distinct(StringComparer.Ordinal).ToList();
        if (Credential is not null && Credential != PSCredential.Empty && registries.Count > 1)
        {
            Fail(
                new ContainerImageException(
                    ImageError.ConflictingParameter, $"-Credential is meant for one registry, and images are to be pushed to {string.Join(", ", registries)}."),
                registries[0]);
        }
    }
}
