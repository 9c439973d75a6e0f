using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using ContainerImages.Content;
using ContainerImages.Manifests;
using ContainerImages.Store;

namespace ContainerImages.Copying;

/// <summary>
/// The one operation behind import, save, pull, push and copy: moves roots from a source to a destination. It decides which
/// platforms go and whether a manifest must change its family; each blob is moved once, and only where it is lacking.
/// The destination is committed by the caller, so that several sources can fill one.
/// </summary>
internal sealed class ImageCopier(CopyOptions options)
{
    private readonly SourceDocuments _documents = new();

    /// <summary>Layers that the destination is to go without; null for none.</summary>
    public LeftOutLayers? LeftOut { get; init; }

    /// <summary>Bytes of layers and other blobs that were moved so far; what the destination had already is not among them.</summary>
    public long CopiedBytes { get; private set; }

    /// <exception cref="ContainerImageException">Any kind; the destination then is to be disposed without a commit.</exception>
    public void Copy(IImageSource source, IReadOnlyList<CopyRequest> requests, IImageDestination destination)
    {
        var cancellation = options.Cancellation;
        var plans = PlanAll(source, requests, destination.Traits);
        var images = plans.SelectMany(plan => plan.Images).ToList();
        destination.Prepare(images.Select(image => image.Source).ToList(), cancellation);
        foreach (var sentence in source.LeftBehind)
        {
            options.Warning?.Invoke(sentence);
        }

        foreach (var image in images)
        {
            image.Done = destination.FindWhole(image.Source);
            if (image.Done is not null)
            {
                options.Verbose?.Invoke($"Image {image.Source.Config.Digest.ShortId} is there already with all its layers.");
            }
        }

        var leftOut = images.SelectMany(image => image.Source.Layers).Where(layer => layer.IsLeftOut).GroupBy(layer => layer.Key).ToList();
        if (leftOut.Count > 0)
        {
            options.Verbose?.Invoke(
                $"{leftOut.Count} layers with {leftOut.Sum(group => group.First().Descriptor!.Size)} bytes are left out: the images excluded have them.");
        }

        var missing = images.Where(image => image.Done is null).ToList();
        var meter = new ProgressMeter(options.Progress, TotalSize(missing));
        if (destination.Traits.MaxParallel > 1)
        {
            PutLayersAtOnce(destination, missing, meter, cancellation);
        }

        foreach (var image in missing)
        {
            cancellation.ThrowIfCancellationRequested();
            var placed = image.Placed ?? image.Source.Layers
                .Select(layer => PutLayer(destination, image.Source, layer, meter, cancellation))
                .ToList();
            image.Done = image.Manifest ?? ImageManifest.Create(MediaTypes.OciManifest, image.Source.Config, placed);
            destination.PutImage(image.Source, image.Done, cancellation);
        }

        foreach (var plan in plans)
        {
            foreach (var index in plan.Indexes)
            {
                destination.PutIndex(index);
            }

            destination.PutRoot(plan.Root ?? plan.Images[0].Done!.ToDescriptor(), plan.Names);
        }

        CopiedBytes += meter.TotalDone;
    }

    private void PutLayersAtOnce(
        IImageDestination destination, List<PlannedImage> images, ProgressMeter meter, CancellationToken cancellation)
    {
        // Each layer once, however many images have it; the largest first, so that the last thread is not left with it.
        var layers = images
            .SelectMany(image => image.Source.Layers, (image, layer) => (image.Source, Layer: layer))
            .GroupBy(work => work.Layer.Key)
            .Select(group => group.First())
            .OrderByDescending(work => work.Layer.Blob?.Size)
            .ToList();
        var placed = new Dictionary<string, Descriptor>(StringComparer.Ordinal);
        ParallelWork.Run(
            layers,
            Math.Min(options.Threads, destination.Traits.MaxParallel),
            (work, token) =>
            {
                var descriptor = PutLayer(destination, work.Source, work.Layer, meter, token);
                lock (placed)
                {
                    placed.Add(work.Layer.Key, descriptor);
                }
            },
            cancellation);
        foreach (var image in images)
        {
            image.Placed = image.Source.Layers.Select(layer => placed[layer.Key]).ToList();
        }
    }

    private static Descriptor PutLayer(
        IImageDestination destination, SourceImage image, SourceLayer layer, ProgressMeter meter, CancellationToken cancellation)
    {
        if (layer.IsLeftOut)
        {
            return layer.Descriptor!;
        }

        var progress = meter.Start(layer.Name, layer.Blob?.Size);
        try
        {
            var descriptor = destination.PutLayer(image, layer, progress, cancellation);
            meter.Add(layer.Blob?.Ingested?.Size ?? 0);
            return descriptor;
        }
        finally
        {
            progress.Finish();
        }
    }

    // Of several images, those that have none of the platforms asked for stay out; if no image has one, that is an error.
    private List<Plan> PlanAll(IImageSource source, IReadOnlyList<CopyRequest> requests, DestinationTraits traits)
    {
        var plans = new List<Plan>(requests.Count);
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

        return plans.Count > 0 || left is null ? plans : throw left;
    }

    private Plan Plan(IImageSource source, CopyRequest request, DestinationTraits traits)
    {
        if (request.Root.Descriptor is not { } root)
        {
            var assembled = request.Root.Assembled!;
            return request.Platforms.Count == 0 || request.Platforms.Any(pattern => pattern.IsMatch(assembled.ParsedConfig!.Platform))
                ? new Plan(null, request.Names, [new PlannedImage(assembled, null)], [])
                : throw NoPlatform(source, request, [assembled.ParsedConfig!.Platform.ToString()]);
        }

        List<ImageIndex> indexes = [];
        var manifests = RootWalk.Manifests(root, descriptor => _documents.ReadManifest(source, root, descriptor), indexes, $" of {source.Name}");
        if (indexes.Count > 0 && (!traits.HoldsManifests || traits.DockerOnly))
        {
            throw new ContainerImageException(
                ImageError.UnsupportedConversion,
                $"{traits.Name} holds one platform of an image, and {root.Digest} is an index of several.");
        }

        var images = manifests
            .Where(pair => pair.Manifest is not null && IsWanted(source, request, pair.Manifest, indexes.Count > 0))
            .Select(pair => PlanImage(source, pair.Manifest!, traits))
            .ToList();
        if (images.Count == 0)
        {
            throw NoneWanted(source, request, root, manifests);
        }

        // An index goes as it is; a manifest may have been converted and then is its own, new root.
        return new Plan(indexes.Count > 0 ? root : null, request.Names, images, indexes);
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
        var converted = manifest;
        if (traits.DockerOnly || !traits.HoldsManifests)
        {
            converted = manifest.IsImage
                ? traits.HoldsManifests ? ManifestConversion.ToDocker(manifest) : manifest
                : throw new ContainerImageException(
                    ImageError.UnsupportedConversion, $"{traits.Name} holds images only, and {manifest.Digest} is an artifact.");
        }

        var config = manifest.IsImage ? _documents.ReadConfig(source, manifest) : null;
        if (config is not null && config.DiffIds.Count != manifest.Layers.Count)
        {
            throw new ContainerImageException(
                ImageError.ContentMismatch,
                $"Manifest {manifest.Digest} of {source.Name} has {manifest.Layers.Count} layers, and its config {config.DiffIds.Count}.");
        }

        var layers = manifest.Layers
            .Select((layer, i) => Layer(source, layer, config?.DiffIds[i], manifest.IsImage, traits))
            .ToList();
        if (config is null)
        {
            layers.Insert(0, Layer(source, manifest.Config, null, isImage: false, traits));
        }

        var image = new SourceImage { Manifest = manifest, Config = manifest.Config, ParsedConfig = config, Layers = layers };
        return new PlannedImage(image, converted);
    }

    private SourceLayer Layer(IImageSource source, Descriptor layer, Digest? diffId, bool isImage, DestinationTraits traits)
    {
        if (isImage && !MediaTypes.TryGetLayerCompression(layer.MediaType, out _))
        {
            throw new ContainerImageException(
                ImageError.UnsupportedContent, $"Layer {layer.Digest} of {source.Name} is of type {QuotedText.Quote(layer.MediaType)}, which is not supported.");
        }

        var isLeftOut = isImage && LeftOut?.Contains(layer, diffId, traits) == true;
        return new SourceLayer
        {
            Name = $"Layer {layer.Digest} of {source.Name}",
            Descriptor = layer,
            DiffId = diffId,
            Blob = isLeftOut ? null : source.FindBlob(layer),
            IsLeftOut = isLeftOut,
        };
    }

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
                ImageError.ContentMissing, $"{source.Name} holds none of the manifests that index {root.Digest} names.")
            { Candidates = manifests.Select(pair => pair.Descriptor.Digest.ToString()).ToList() }
            : NoPlatform(source, request, present);
    }

    private static ContainerImageException NoPlatform(IImageSource source, CopyRequest request, IReadOnlyList<string> present) => new(
        ImageError.PlatformNotFound,
        $"{source.Name} has no platform '{string.Join("', '", request.Platforms)}'; it has {string.Join(", ", present)}.")
    { Candidates = present };

    private static long? TotalSize(List<PlannedImage> images)
    {
        long total = 0;
        foreach (var layer in images.SelectMany(image => image.Source.Layers).GroupBy(layer => layer.Key).Select(group => group.First()))
        {
            total += layer.Blob?.Size ?? 0;
        }

        return total;
    }
}

/// <summary>What becomes of one request.</summary>
internal sealed record Plan(
    Descriptor? Root, IReadOnlyList<string> Names, IReadOnlyList<PlannedImage> Images, IReadOnlyList<ImageIndex> Indexes);

/// <summary>One image on its way.</summary>
internal sealed class PlannedImage(SourceImage source, ImageManifest? manifest)
{
    public SourceImage Source { get; } = source;

    /// <summary>The manifest as the destination is to have it; null if it is to be made from the layers.</summary>
    public ImageManifest? Manifest { get; } = manifest;

    public IReadOnlyList<Descriptor>? Placed { get; set; }

    public ImageManifest? Done { get; set; }
}
