using System;
using System.IO;
using System.Threading;
using ContainerImages.Content;
using ContainerImages.Copying;

namespace ContainerImages.Transports;

/// <summary>Writes blobs out as they are, and sees on the way that they are what their descriptors say.</summary>
internal static class VerifiedCopy
{
    /// <exception cref="ContainerImageException">ContentMissing; ContentMismatch.</exception>
    public static void Write(SourceLayer layer, Stream target, IProgress<long>? progress, CancellationToken cancellation)
    {
        var promised = layer.Descriptor!;
        using var source = new SourceStream(Require(layer).Open, layer.Name);
        var copied = BlobCopy.Copy(
            source, target, layer.Name, inflate: false, promised.Digest.Algorithm, promised.Digest.Algorithm, progress: progress, cancellation: cancellation);
        Check(layer, copied);
    }

    /// <summary>Writes a layer by its <see cref="SourceLayer.Recoder"/>.</summary>
    /// <returns>What it is now, and what was found out of it as it was.</returns>
    /// <exception cref="ContainerImageException">ContentMissing; ContentMismatch; InvalidArchive.</exception>
    public static (Descriptor Written, CopiedBlob Source) Recode(
        SourceLayer layer, Stream target, IProgress<long>? progress, CancellationToken cancellation)
    {
        using var source = new SourceStream(Require(layer).Open, layer.Name);
        var (recoder, diffId) = (layer.Recoder!, layer.DiffId!.Value);
        var recoded = recoder.Copy(
            source, target, layer.Name, layer.Descriptor?.Digest.Algorithm ?? Digest.Sha256, diffId.Algorithm, progress, cancellation);
        if (layer.Descriptor is not null)
        {
            Check(layer, recoded.Source);
        }

        return recoded.Source.DiffId == diffId
            ? (recoder.Describe(recoded.Digest, recoded.Size), recoded.Source)
            : throw SmallBlob.Mismatch(layer.Name, "diff ID", diffId, recoded.Source.DiffId);
    }

    /// <summary>
    /// Writes a layer of which nothing but its diff ID is known; compressions that OCI has no type for, met in old archives,
    /// are undone.
    /// </summary>
    /// <returns>What it is.</returns>
    /// <exception cref="ContainerImageException">ContentMissing; ContentMismatch; InvalidArchive.</exception>
    public static Descriptor WriteUndescribed(
        SourceLayer layer, Stream target, IProgress<long>? progress, CancellationToken cancellation)
    {
        using var source = new PeekedStream(new SourceStream(Require(layer).Open, layer.Name), CompressionFormat.PeekLength, leaveOpen: false);
        var diffId = layer.DiffId!.Value;
        var isUndone = CompressionFormat.Detect(source.Start) is Compression.Bzip2 or Compression.Xz;
        var copied = BlobCopy.Copy(
            source,
            isUndone ? null : target,
            layer.Name,
            inflate: true,
            diffAlgorithm: diffId.Algorithm,
            plain: isUndone ? target : null,
            progress: progress,
            cancellation: cancellation);
        return copied.DiffId != diffId
            ? throw SmallBlob.Mismatch(layer.Name, "diff ID", diffId, copied.DiffId)
            : isUndone
            ? new Descriptor(MediaTypes.OciLayer, copied.DiffId, copied.DiffSize)
            : new Descriptor(MediaTypes.OciLayerOf(copied.Compression), copied.Digest, copied.Size);
    }

    /// <summary>Finds out by reading it what a layer is of which nothing but its diff ID is known.</summary>
    /// <exception cref="ContainerImageException">ContentMissing; ContentMismatch; InvalidArchive.</exception>
    public static CopiedBlob Identify(SourceLayer layer, CancellationToken cancellation)
    {
        var (blob, diffId) = (Require(layer), layer.DiffId!.Value);
        if (blob.Ingested is { Copied: var ingested } && ingested.DiffId == diffId)
        {
            return ingested;
        }

        using var source = new SourceStream(blob.Open, layer.Name);
        var found = BlobCopy.Copy(source, null, layer.Name, inflate: true, diffAlgorithm: diffId.Algorithm, cancellation: cancellation);
        return found.DiffId == diffId ? found : throw SmallBlob.Mismatch(layer.Name, "diff ID", diffId, found.DiffId);
    }

    public static void Check(SourceLayer layer, CopiedBlob copied)
    {
        var promised = layer.Descriptor!;
        if (promised.Size != copied.Size)
        {
            throw SmallBlob.Mismatch(layer.Name, "size", promised.Size, copied.Size);
        }

        if (promised.Digest != copied.Digest)
        {
            throw SmallBlob.Mismatch(layer.Name, "digest", promised.Digest, copied.Digest);
        }
    }

    public static SourceBlob Require(SourceLayer layer) => layer.Blob ?? throw new ContainerImageException(
        ImageError.ContentMissing, $"{layer.Name} is missing.")
    { Candidates = [$"{layer.Descriptor?.Digest ?? layer.DiffId}"] };
}
