using System;
using System.Collections.Generic;
using System.IO;
using System.Threading;
using ContainerImages.Content;
using ContainerImages.Manifests;

namespace ContainerImages.Store;

/// <summary>
/// How many plain bytes an image's layers have: as its summary says, or as the blob's own size says where it is plain; the
/// rest is worked out by reading the blob, which is verified along the way.
/// </summary>
internal static class LayerSizes
{
    /// <returns>The sizes in the manifest's order; null for a layer that is not here.</returns>
    /// <exception cref="ContainerImageException">ContentMismatch, for a blob that is damaged or not the layer that is meant.</exception>
    public static IReadOnlyList<long?> Read(
        ImageStore store, ImageManifest manifest, ImageConfig config, ManifestSummary? summary, CancellationToken cancellation)
    {
        var read = new Dictionary<Digest, long?>();
        var sizes = new List<long?>(manifest.Layers.Count);
        foreach (var layer in manifest.Layers)
        {
            var i = sizes.Count;
            if (Known(layer, summary, i) is { } known)
            {
                sizes.Add(known);
                continue;
            }

            if (!read.TryGetValue(layer.Digest, out var size))
            {
                size = Measure(store, layer, i < config.DiffIds.Count ? config.DiffIds[i] : null, cancellation);
                read.Add(layer.Digest, size);
            }

            sizes.Add(size);
        }

        if (read.Count > 0)
        {
            store.Learn(manifest.Digest, sizes);
        }

        return sizes;
    }

    private static long? Known(Descriptor layer, ManifestSummary? summary, int index) =>
        summary is not null && index < summary.Layers.Count && summary.Layers[index].Mark == LayerSummary.MarkOf(layer.Digest)
            ? summary.Layers[index].Size
            : null;

    private static long? Measure(ImageStore store, Descriptor layer, Digest? diffId, CancellationToken cancellation)
    {
        CopiedBlob copied;
        try
        {
            if (store.Blobs.Find(layer.Digest, layer.Size) is not { } path)
            {
                return null;
            }

            using var source = store.OperatingSystem.OpenRead(path);
            copied = BlobCopy.Copy(
                source,
                null,
                $"Layer {layer.Digest}",
                inflate: true,
                layer.Digest.Algorithm,
                diffId?.Algorithm ?? Digest.Sha256,
                cancellation: cancellation);
        }
        catch (FileNotFoundException)
        {
            // Another process removed the image meanwhile.
            return null;
        }
        catch (ContainerImageException e) when (e.Error == ImageError.InvalidArchive)
        {
            throw new ContainerImageException(ImageError.ContentMismatch, $"Layer {layer.Digest} is damaged: {e.Message}", e);
        }
        catch (Exception e) when (StoreErrors.Translate(e, store.Path) is { } error)
        {
            throw error;
        }

        if (copied.Digest != layer.Digest)
        {
            throw new ContainerImageException(
                ImageError.ContentMismatch, $"Layer {layer.Digest} is damaged: its bytes have the digest {copied.Digest}.");
        }

        return diffId is null || diffId == copied.DiffId
            ? copied.DiffSize
            : throw new ContainerImageException(
                ImageError.ContentMismatch, $"Layer {layer.Digest} has the diff ID {copied.DiffId}, and the config says {diffId}.");
    }
}
