using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using ContainerImages.Content;

namespace ContainerImages.Copying;

/// <summary>
/// The one operation behind import, save, pull, push and copy: moves roots from a source to a destination, as a
/// <see cref="CopyPlanner"/> has planned it. Each blob is moved once, and only where it is lacking. The destination is
/// committed by the caller, so that several sources can fill one.
/// </summary>
/// <param name="options">How the copy is done.</param>
/// <param name="changes">What is not copied as it is; null for nothing.</param>
internal sealed class ImageCopier(CopyOptions options, CopyChanges? changes = null)
{
    private readonly CopyPlanner _planner = new(options, changes ?? new CopyChanges());

    /// <summary>Bytes of layers and other blobs that were moved so far; what the destination had already is not among them.</summary>
    public long CopiedBytes { get; private set; }

    /// <summary>Bytes of layers and other blobs that the destinations had already, or took from elsewhere on their side.</summary>
    public long SkippedBytes { get; private set; }

    /// <returns>What became of each request, in order, but for those that had none of their platforms; then what refers to them.</returns>
    /// <exception cref="ContainerImageException">Any kind; the destination then is to be disposed without a commit.</exception>
    public IReadOnlyList<CopiedRoot> Copy(IImageSource source, IReadOnlyList<CopyRequest> requests, IImageDestination destination)
    {
        var cancellation = options.Cancellation;
        var plans = _planner.PlanAll(source, requests, destination.Traits);
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
                $"{leftOut.Count} layers with {leftOut.Select(group => group.First().Descriptor!.Size).Total()} bytes are left out: the images excluded have them.");
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
            image.Done = image.MakeManifest(placed);
            destination.PutImage(image.Source, image.Done, cancellation);
        }

        var copied = new List<CopiedRoot>(plans.Count);
        foreach (var plan in plans)
        {
            var (root, indexes) = plan.Finish(destination.Traits);
            foreach (var index in indexes)
            {
                destination.PutIndex(index);
            }

            destination.PutRoot(root, plan.Names);
            copied.Add(new CopiedRoot(root, plan.Images.Select(image => image.Source.ParsedConfig?.Platform).OfType<Platform>().ToList()));
        }

        CopiedBytes += meter.TotalDone;
        SkippedBytes += Math.Max(0, TotalSize(images) - meter.TotalDone);
        return copied;
    }

    private void PutLayersAtOnce(
        IImageDestination destination, List<PlannedImage> images, ProgressMeter meter, CancellationToken cancellation)
    {
        // Each layer once, however many images have it; the largest first, so that the last thread is not left with it.
        var layers = images
            .SelectMany(image => image.Source.Layers, (image, layer) => (image.Source, Layer: layer))
            .GroupBy(work => work.Layer.Key)
            .Select(group => group.First())
            .ToList();
        var inOrder = layers.Where(work => (work.Layer.Recoder is not null || work.Layer.Descriptor is null) && destination.Traits.RecodesInOrder).ToList();
        var placed = new Dictionary<string, Descriptor>(StringComparer.Ordinal);
        ParallelWork.Run(
            layers.Except(inOrder).OrderByDescending(work => work.Layer.Blob?.Size).ToList(),
            Math.Min(options.Threads, destination.Traits.MaxParallel),
            Put,
            cancellation);
        inOrder.ForEach(work => Put(work, cancellation));
        foreach (var image in images)
        {
            image.Placed = image.Source.Layers.Select(layer => placed[layer.Key]).ToList();
        }

        void Put((SourceImage Source, SourceLayer Layer) work, CancellationToken token)
        {
            var descriptor = PutLayer(destination, work.Source, work.Layer, meter, token);
            lock (placed)
            {
                placed.Add(work.Layer.Key, descriptor);
            }
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
            if (progress.Done == 0)
            {
                meter.Add(layer.Blob?.Ingested?.Size ?? 0);
            }

            return descriptor;
        }
        finally
        {
            progress.Finish();
        }
    }

    private static long TotalSize(IReadOnlyList<PlannedImage> images) => images
        .SelectMany(image => image.Source.Layers)
        .GroupBy(layer => layer.Key)
        .Select(group => group.First().Blob?.Size ?? 0)
        .Total();
}

/// <summary>What became of a root that was copied.</summary>
/// <param name="Root">Its manifest or index at the destination.</param>
/// <param name="Platforms">The platforms that were copied; empty for what is no image.</param>
internal sealed record CopiedRoot(Descriptor Root, IReadOnlyList<Platform> Platforms);
