using System.Collections.Generic;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.Manifests;
using ContainerImages.Store;

namespace ContainerImages.Copying;

/// <summary>
/// Decides before any work what a copy is: which platforms go, what refers to them and goes along, which layers are left out
/// or compressed anew, and whether the destination can hold it all.
/// </summary>
/// <param name="options">How the copy is done.</param>
/// <param name="changes">What is not copied as it is.</param>
internal sealed class CopyPlanner(CopyOptions options, CopyChanges changes)
{
    private readonly SourceDocuments _documents = new();

    // What refers to an image and cannot be had: told once, though plans are made again.
    private readonly HashSet<Digest> _lost = [];
    private LayerRecoder? _recoder = changes.Encoding is { } encoding ? new LayerRecoder(encoding, new EncoderSlots(options.Threads)) : null;

    /// <summary>Plans a copy. Of several images, those that have none of the platforms asked for stay out.</summary>
    /// <exception cref="ContainerImageException">
    /// PlatformNotFound, if no image has one; UnsupportedConversion; ContentMissing; and what is wrong with the documents.
    /// </exception>
    public IReadOnlyList<CopyPlan> PlanAll(IImageSource source, IReadOnlyList<CopyRequest> requests, DestinationTraits traits)
    {
        if (!traits.HoldsManifests && changes.Encoding is { Compression: not Compression.None } asked)
        {
            throw new ContainerImageException(
                ImageError.UnsupportedConversion, $"{traits.Name} holds layers plain, and not in {CompressionFormat.NameOf(asked.Compression)}.");
        }

        var plans = PlanOnce(source, requests, traits);
        if (changes.OnlyPlain && _recoder is not null && ModificationCheck.FindReason(plans) is { } reason)
        {
            options.Verbose?.Invoke($"Layers that are plain stay so: {reason}.");
            _recoder = null;
            plans = PlanOnce(source, requests, traits);
        }

        ModificationCheck.Check(plans);
        return plans;
    }

    private List<CopyPlan> PlanOnce(IImageSource source, IReadOnlyList<CopyRequest> requests, DestinationTraits traits)
    {
        var plans = new List<CopyPlan>(requests.Count);
        ContainerImageException? left = null;
        foreach (var request in requests)
        {
            try
            {
                plans.Add(Plan(source, request, traits));
            }
            catch (ContainerImageException e) when (e.Error == ImageError.PlatformNotFound)
            {
                left ??= e;
                options.Verbose?.Invoke(e.Message);
            }
        }

        if (plans.Count == 0 && left is not null)
        {
            throw left;
        }

        AddReferrers(source, plans, traits);
        return plans;
    }

    private CopyPlan Plan(IImageSource source, CopyRequest request, DestinationTraits traits)
    {
        if (request.Root.Descriptor is not { } root)
        {
            var assembled = request.Root.Assembled!;
            return request.Platforms.Count == 0 || request.Platforms.Any(pattern => pattern.IsMatch(assembled.ParsedConfig!.Platform))
                ? new CopyPlan(null, request.Names, [PlanAssembled(assembled, traits)], [])
                : throw NoPlatform(source, request, [assembled.ParsedConfig!.Platform.ToString()]);
        }

        List<ImageIndex> indexes = [];
        var manifests = RootWalk.Manifests(root, descriptor => _documents.ReadManifest(source, root, descriptor), indexes, $" of {source.Name}");
        if (request.Root.MayLackPlatforms && indexes.Count > 0)
        {
            manifests = manifests.Select(pair => IsHollow(source, pair.Manifest) ? (pair.Descriptor, null) : pair).ToList();
        }

        if (indexes.Count > 0 && (!traits.HoldsManifests || (traits.DockerOnly && !traits.IsRegistry)))
        {
            throw new ContainerImageException(
                ImageError.UnsupportedConversion,
                $"{traits.Name} holds one platform of an image, and {root.Digest} is an index of several.");
        }

        var images = manifests
            .Where(pair => pair.Manifest is not null && IsWanted(source, request, pair.Manifest, indexes.Count > 0))
            .Select(pair => PlanImage(source, pair.Manifest!, traits))
            .ToList();

        // What is said about images goes along with one that is wanted, and is not what was asked for.
        return images.Count > 0 && (request.Platforms.Count == 0 || images.Any(image => image.Source.IsImage))
            ? new CopyPlan(indexes.Count > 0 ? root : null, request.Names, images, indexes)
            : throw NoneWanted(source, request, root, manifests);
    }

    // Whatever refers to a document of the copy, or to what refers to one: each once, without a name.
    private void AddReferrers(IImageSource source, List<CopyPlan> plans, DestinationTraits traits)
    {
        if (!changes.IncludesReferrers)
        {
            return;
        }

        var known = new HashSet<Digest>(plans.SelectMany(plan => plan.Documents));
        for (var i = 0; i < plans.Count; i++)
        {
            foreach (var (subject, referrer) in plans[i].Documents
                .SelectMany(source.FindReferrers, (subject, referrer) => (subject, referrer))
                .Where(pair => !known.Contains(pair.referrer.Digest))
                .ToList())
            {
                if (known.Add(referrer.Digest) && TryPlanReferrer(source, referrer, subject, traits) is { } plan)
                {
                    known.UnionWith(plan.Documents);
                    plans.Add(plan);
                }
            }
        }
    }

    // Lists outlive what is on them, and may name what nobody here can read: that keeps no image away.
    private CopyPlan? TryPlanReferrer(IImageSource source, Descriptor referrer, Digest subject, DestinationTraits traits)
    {
        options.Cancellation.ThrowIfCancellationRequested();
        try
        {
            return Plan(source, new CopyRequest(new SourceRoot { Descriptor = referrer }, [], []), traits);
        }
        catch (ContainerImageException e) when (e.Error is ImageError.ContentMissing or ImageError.UnsupportedContent)
        {
            if (_lost.Add(referrer.Digest))
            {
                options.Warning?.Invoke($"{source.Name} lists {referrer.Digest} as referring to {subject}, and it stays behind: {e.Message}");
            }

            return null;
        }
    }

    // A manifest whose content was left out, as that of a platform which was not pulled. What is said about such a platform
    // shares its config with all that is said in that form, and lacks its layers.
    private bool IsHollow(IImageSource source, ImageManifest? manifest)
    {
        if (manifest is null || (source.FindBlob(manifest.Config) is not null &&
            (manifest.IsImage || manifest.Layers.Count == 0 || manifest.Layers.Any(layer => source.FindBlob(layer) is not null))))
        {
            return false;
        }

        options.Verbose?.Invoke($"{source.Name} holds the manifest {manifest.Digest}, and not what it names: it is left out.");
        return true;
    }

    private bool IsWanted(IImageSource source, CopyRequest request, ImageManifest manifest, bool isInIndex)
    {
        if (request.Platforms.Count == 0)
        {
            return true;
        }

        // What is said about an image, and is none itself, goes along with an index.
        return manifest.IsImage
            ? request.Platforms.Any(pattern => pattern.IsMatch(_documents.ReadConfig(source, manifest).Platform))
            : isInIndex;
    }

    private PlannedImage PlanImage(IImageSource source, ImageManifest manifest, DestinationTraits traits)
    {
        if (!manifest.IsImage && (traits.DockerOnly || !traits.HoldsManifests))
        {
            throw new ContainerImageException(
                ImageError.UnsupportedConversion, $"{traits.Name} holds images only, and {manifest.Digest} is an artifact.");
        }

        var config = manifest.IsImage ? _documents.ReadConfig(source, manifest) : null;
        if (config is not null && config.DiffIds.Count != manifest.Layers.Count)
        {
            throw new ContainerImageException(
                ImageError.ContentMismatch,
                $"Manifest {manifest.Digest} of {source.Name} has {manifest.Layers.Count} layers, and its config {config.DiffIds.Count}.");
        }

        var layers = config is null
            ? manifest.Blobs.Select(blob => Blob(source, blob)).ToList()
            : manifest.Layers.Select((layer, i) => Layer(source, layer, config.DiffIds[i], traits)).ToList();
        var image = new PlannedImage(
            new SourceImage { Manifest = manifest, Config = manifest.Config, ParsedConfig = config, Layers = layers }, traits);

        // Made with the types that the layers will have, to see now whether the destination can hold it.
        image.MakeManifest(layers.Select(layer => layer.Recoder?.Describe(layer.Descriptor!.Digest, layer.Descriptor.Size) ?? layer.Descriptor!).ToList());
        return image;
    }

    private PlannedImage PlanAssembled(SourceImage image, DestinationTraits traits)
    {
        var layers = changes.Encoding is null
            ? image.Layers
            : image.Layers.Select(layer => layer with { Recoder = layer.Blob is null ? null : RecoderOf(layer, traits) }).ToList();
        var planned = new PlannedImage(new SourceImage { Config = image.Config, ParsedConfig = image.ParsedConfig, Layers = layers }, traits);

        // As below; of some layers no more than the type is known yet.
        planned.MakeManifest(layers.Select(Foresee).ToList());
        return planned;
    }

    private static Descriptor Foresee(SourceLayer layer) =>
        layer.Recoder?.Describe(layer.DiffId!.Value, 0) ?? layer.Descriptor ?? new Descriptor(
            MediaTypes.OciLayerOf(layer.Compression is Compression.Zstd or Compression.Gzip ? layer.Compression.Value : Compression.None), layer.DiffId!.Value, 0);

    private static SourceLayer Blob(IImageSource source, Descriptor blob) => new()
    {
        Name = $"Layer {blob.Digest} of {source.Name}",
        Descriptor = blob,
        Blob = source.FindBlob(blob),
    };

    private SourceLayer Layer(IImageSource source, Descriptor layer, Digest diffId, DestinationTraits traits)
    {
        if (!MediaTypes.TryGetLayerCompression(layer.MediaType, out _))
        {
            throw new ContainerImageException(
                ImageError.UnsupportedContent, $"Layer {layer.Digest} of {source.Name} is of type {QuotedText.Quote(layer.MediaType)}, which is not supported.");
        }

        var isLeftOut = changes.LeftOut?.Contains(layer, diffId, traits) == true;
        var blob = isLeftOut ? null : source.FindBlob(layer);
        var found = new SourceLayer
        {
            Name = $"Layer {layer.Digest} of {source.Name}",
            Descriptor = layer,
            DiffId = diffId,
            Blob = blob,
            IsLeftOut = isLeftOut,
        };
        return blob is null ? found : found with { Recoder = RecoderOf(found, traits) };
    }

    private LayerRecoder? RecoderOf(SourceLayer layer, DestinationTraits traits)
    {
        if (changes.Encoding is not { Compression: var wanted } || !traits.HoldsManifests || MediaTypes.IsForeignLayer(layer.Descriptor?.MediaType ?? ""))
        {
            return null;
        }

        if (changes.OnlyPlain)
        {
            // What OCI has no type for becomes plain in any case.
            var isPlain = layer.Descriptor is { } known ? known.Digest == layer.DiffId : layer.Compression is not (Compression.Gzip or Compression.Zstd);
            return isPlain ? _recoder : null;
        }

        return IsIn(layer, wanted) && (wanted == Compression.None || !changes.RecodesAll) ? null : _recoder;
    }

    // Some manifests call plain layers compressed; digest and diff ID tell.
    private static bool IsIn(SourceLayer layer, Compression wanted) => layer.Descriptor is { } descriptor
        ? MediaTypes.TryGetLayerCompression(descriptor.MediaType, out var said) && said == wanted &&
            (wanted == Compression.None) == (descriptor.Digest == layer.DiffId)
        : layer.Compression == wanted;

    private ContainerImageException NoneWanted(
        IImageSource source,
        CopyRequest request,
        Descriptor root,
        IReadOnlyList<(Descriptor Descriptor, ImageManifest? Manifest)> manifests)
    {
        var present = manifests
            .Where(pair => pair.Manifest is { IsImage: true })
            .Select(pair => _documents.ReadConfig(source, pair.Manifest!).Platform.ToString())
            .ToList();
        return present.Count == 0
            ? new ContainerImageException(
                ImageError.ContentMissing, $"{source.Name} holds none of the images that index {root.Digest} names.")
            { Candidates = manifests.Select(pair => pair.Descriptor.Digest.ToString()).ToList() }
            : NoPlatform(source, request, present);
    }

    private static ContainerImageException NoPlatform(IImageSource source, CopyRequest request, IReadOnlyList<string> present) => new(
        ImageError.PlatformNotFound,
        $"{source.Name} has no platform '{string.Join("', '", request.Platforms)}'; it has {string.Join(", ", present)}.")
    { Candidates = present };
}
