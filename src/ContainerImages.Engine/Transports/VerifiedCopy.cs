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

    /// <summary>Writes a layer in another compression.</summary>
    /// <returns>What it is now.</returns>
    /// <exception cref="ContainerImageException">ContentMissing; ContentMismatch; InvalidArchive.</exception>
    public static Descriptor Recode(
        SourceLayer layer, LayerRecoder recoder, Stream target, IProgress<long>? progress, CancellationToken cancellation)
    {
        using var source = new SourceStream(Require(layer).Open, layer.Name);
        var diffId = layer.DiffId!.Value;
        var recoded = recoder.Copy(
            source, target, layer.Name, layer.Descriptor?.Digest.Algorithm ?? Digest.Sha256, diffId.Algorithm, progress, cancellation);
        if (layer.Descriptor is not null)
        {
            Check(layer, recoded.Source);
        }

        return recoded.Source.DiffId == diffId
            ? recoder.Describe(recoded.Digest, recoded.Size)
            : throw SmallBlob.Mismatch(layer.Name, "diff ID", diffId, recoded.Source.DiffId);
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
