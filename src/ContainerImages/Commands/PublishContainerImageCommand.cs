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

/// <summary>Pushes images to registries.</summary>
[Cmdlet(VerbsData.Publish, "ContainerImage", DefaultParameterSetName = IdSet, SupportsShouldProcess = true, HelpUri = HelpLinks.Base + "Publish-ContainerImage.md")]
[OutputType(typeof(RemoteImage))]
[Alias("pbcimg", "Push-ContainerImage")]
public sealed class PublishContainerImageCommand : ImageCommand, IRemoteCommand
{
    private RegistryAccess? _access;
    private Packing? _packing;
    private IReadOnlyList<ImageReference> _destinations = [];

    /// <summary>Where to: full names, or names of docker.io; if not given, the name by which the image is named.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(TagCompleter))]
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
    /// How layers are compressed. If not given, plain ones are by gzip, and the others stay as they are, and their digests with
    /// them; the image's ID stays in any case.
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

    private ManifestFamily Family => Format.ToLowerInvariant() switch
    {
        "oci" => ManifestFamily.Oci,
        "docker" => ManifestFamily.Docker,
        _ => ManifestFamily.AsTheyAre,
    };

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        if (AllPlatforms && Platform is not null)
        {
            Fail(new ContainerImageException(ImageError.ConflictingParameter, "-Platform and -AllPlatforms exclude each other."), Platform);
        }

        Attempt(Compression, () => _packing = Packing.ParseForRegistry(Compression, CompressionLevel, Family));
        _destinations = Destination.Select(ReadDestination).ToList();
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        IReadOnlyList<FoundImage> found = [];
        Attempt(Platform, () => found = FindTargets(Platform is null ? null : PlatformPattern.Parse(Platform)));
        if (_packing is not { } packing || found.Count == 0)
        {
            return;
        }

        var pushes = Plan(found);
        CheckConflicts(pushes);
        foreach (var (image, target) in pushes)
        {
            Attempt(image.Target.Input, () => Push(image, target, packing));
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _access?.Dispose();
        base.Dispose(disposing);
    }

    private void Push(FoundImage image, ImageReference target, Packing packing)
    {
        var title = image.Match.MatchedNames?.Contains(target.ToString()) == true ? Titles.Of(target.ToString(), image.Match.Manifest.Id) : image.Title;
        if (!ShouldProcess(title, $"Push to {target}"))
        {
            return;
        }

        var request = new PushRequest(image.Store, image.Match, target)
        {
            OnePlatform = Platform is not null,
            AllPlatforms = AllPlatforms,
            Family = Family,
            Changes = packing.ToRegistryChanges(IncludeReferrers),
        };
        var access = Access;
        WriteObject(RunCopy($"Pushing {title} to {target}", ThrottleLimit, options => new ImagePush(access, options).Run(request)));
    }

    // An index goes once for all of its platforms, however many of its images are named.
    private List<(FoundImage Image, ImageReference Target)> Plan(IReadOnlyList<FoundImage> found)
    {
        var pushes = new List<(FoundImage Image, ImageReference Target)>();
        foreach (var image in found)
        {
            Attempt(image.Target.Input, () => pushes.AddRange(
                (Destination.Length > 0 ? _destinations : OwnTargets(image)).Select(target => (image, target))));
        }

        return pushes.GroupBy(push => (KeyOf(push.Image), push.Target)).Select(group => group.First()).ToList();
    }

    private object KeyOf(FoundImage image) =>
        (image.Store, Platform is null ? image.Match.Root.Digest : image.Match.Manifest.Manifest.Digest);

    // Text names what it matched, an object what it shows; never all names that an image has.
    private static List<ImageReference> OwnTargets(FoundImage image)
    {
        var names = image.Target.Text is not null && image.Match.MatchedNames is { Count: > 0 } matched
            ? matched
            : image.ToImage().Reference is { } shown ? [shown] : [];
        return names.Count > 0 ? names.Select(name => Checked(ImageReference.Parse(name))).ToList() : throw new ContainerImageException(
            ImageError.DestinationMissing, $"Image {image.Match.Manifest.Id.ShortId} has no name that says where to push it.");
    }

    private ImageReference ReadDestination(string text)
    {
        try
        {
            return Checked(ImageReference.ParseNormalized(RegistryAccess.WithoutTransport(text)).WithTagOrLatest());
        }
        catch (ContainerImageException e)
        {
            // A bad argument ends the call before anything is pushed.
            ThrowTerminatingError(ErrorRecords.Create(e, text));
            throw;
        }
    }

    private static ImageReference Checked(ImageReference target) => target.Domain != "localhost" ? target : throw new ContainerImageException(
        ImageError.DestinationMissing, $"'{target}' is a name of this machine's own, and names no registry; one on it has a port.");

    private void CheckConflicts(List<(FoundImage Image, ImageReference Target)> pushes)
    {
        if (pushes.GroupBy(push => push.Target).FirstOrDefault(group => group.Select(push => KeyOf(push.Image)).Distinct().Count() > 1) is { } several)
        {
            Fail(
                new ContainerImageException(ImageError.ConflictingParameter, $"'{several.Key}' is a name for one image, and {several.Count()} are to be pushed."),
                several.Key.ToString());
        }

        var registries = pushes.Select(push => push.Target.Domain).Distinct(StringComparer.Ordinal).ToList();
        if (Credential is not null && Credential != PSCredential.Empty && registries.Count > 1)
        {
            Fail(
                new ContainerImageException(
                    ImageError.ConflictingParameter, $"-Credential is meant for one registry, and images are to be pushed to {string.Join(", ", registries)}."),
                registries[0]);
        }
    }
}
