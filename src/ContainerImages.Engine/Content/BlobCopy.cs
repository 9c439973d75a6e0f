using System;
using System.IO;
using System.Threading;

namespace ContainerImages.Content;

/// <summary>What one pass over a blob's bytes found out.</summary>
/// <param name="Digest">The digest of the bytes as they came.</param>
/// <param name="Size">How many they are.</param>
/// <param name="Compression">How they are compressed, by their first bytes.</param>
/// <param name="DiffId">The digest of the plain bytes; equal to <paramref name="Digest"/> where nothing is compressed.</param>
/// <param name="DiffSize">How many plain bytes there are.</param>
internal readonly record struct CopiedBlob(Digest Digest, long Size, Compression Compression, Digest DiffId, long DiffSize);

/// <summary>Moves a blob in one pass: read, hash, write, and inflate along the way for the diff ID.</summary>
internal static class BlobCopy
{
    /// <param name="source">The bytes as they come.</param>
    /// <param name="target">Where they go as they are; null to look at them only.</param>
    /// <param name="name">What is being read, for messages.</param>
    /// <param name="inflate">
    /// Whether the plain bytes are wanted too. Bytes that begin like a compressed stream by chance are then an error, so
    /// this is for layers only.
    /// </param>
    /// <param name="algorithm">The digest algorithm of the bytes.</param>
    /// <param name="diffAlgorithm">The digest algorithm of the plain bytes.</param>
    /// <param name="plain">Where the plain bytes go; null for nowhere.</param>
    /// <param name="progress">Told the number of bytes read, block by block.</param>
    /// <param name="look">Reads the plain bytes as they pass, as far as it likes; null where nobody looks.</param>
    /// <param name="budget">How far it may expand, together with others; null for a budget of its own.</param>
    /// <param name="cancellation">Stops between blocks.</param>
    public static CopiedBlob Copy(
        Stream source,
        Stream? target,
        string name,
        bool inflate,
        string algorithm = "sha256",
        string diffAlgorithm = "sha256",
        Stream? plain = null,
        IProgress<long>? progress = null,
        Action<TeeStream>? look = null,
        ExpansionBudget? budget = null,
        CancellationToken cancellation = default)
    {
        using var tee = new TeeStream(source, target, algorithm, progress, cancellation);
        var compression = inflate ? CompressionFormat.Detect(tee.Peek(CompressionFormat.PeekLength)) : Compression.None;
        if (compression == Compression.None && algorithm == diffAlgorithm && (plain is null || look is null))
        {
            look?.Invoke(tee);
            if (plain is not null)
            {
                tee.CopyTo(plain, TeeStream.BlockSize);
            }

            tee.Drain();
            var digest = tee.GetDigest();
            return new CopiedBlob(digest, tee.Count, compression, digest, tee.Count);
        }

        using var decoded = new DecodedStream(tee, compression, name, budget);
        using var passing = new TeeStream(decoded, plain, diffAlgorithm, null, cancellation, writesBeside: true);
        look?.Invoke(passing);
        passing.Drain();
        tee.Drain();
        return new CopiedBlob(tee.GetDigest(), tee.Count, compression, passing.GetDigest(), passing.Count);
    }

    /// <summary>
    /// The same for bytes of which nobody has said yet what they are: if they begin like a compressed stream and are none,
    /// there is just no diff ID.
    /// </summary>
    /// <param name="source">The bytes as they come.</param>
    /// <param name="target">Where they go as they are.</param>
    /// <param name="algorithm">Their digest algorithm.</param>
    /// <param name="progress">Told the number of bytes read, block by block.</param>
    /// <param name="budget">How far it may expand, together with others.</param>
    /// <param name="isCounted">Whether the budget has noted its bytes already, as those of the stream that it comes out of.</param>
    /// <param name="cancellation">Stops between blocks.</param>
    public static CopiedBlob CopyAndTry(
        Stream source,
        Stream target,
        string algorithm,
        IProgress<long>? progress,
        ExpansionBudget budget,
        bool isCounted,
        CancellationToken cancellation) =>
        // Whoever needs it as a layer will say that it is none; a bomb is not read to its end.
        Try(
            source,
            target,
            "The entry",
            algorithm,
            Digest.Sha256,
            e => e.Error is ImageError.InvalidArchive or ImageError.UnsupportedContent,
            progress,
            budget,
            isCounted,
            cancellation,
            out _);

    /// <summary>
    /// Looks at the bytes of a layer to their end, whatever they are: the digest is told also where the plain bytes cannot be.
    /// </summary>
    public static CopiedBlob Examine(
        Stream source,
        string name,
        string algorithm,
        string diffAlgorithm,
        IProgress<long>? progress,
        CancellationToken cancellation,
        out ContainerImageException? failure) =>
        Try(source, null, name, algorithm, diffAlgorithm, _ => true, progress, null, false, cancellation, out failure);

    private static CopiedBlob Try(
        Stream source,
        Stream? target,
        string name,
        string algorithm,
        string diffAlgorithm,
        Func<ContainerImageException, bool> isTolerated,
        IProgress<long>? progress,
        ExpansionBudget? budget,
        bool isCounted,
        CancellationToken cancellation,
        out ContainerImageException? failure)
    {
        failure = null;
        using var tee = new TeeStream(source, target, algorithm, progress, cancellation);
        var compression = CompressionFormat.Detect(tee.Peek(CompressionFormat.PeekLength));
        var (diffId, diffSize) = (default(Digest), 0L);
        var isPlain = compression == Compression.None && algorithm == diffAlgorithm;
        if (!isPlain)
        {
            try
            {
                using var decoded = new DecodedStream(tee, compression, name, budget, isCounted);
                using var passing = new TeeStream(decoded, null, diffAlgorithm, null, cancellation);
                passing.Drain();
                (diffId, diffSize) = (passing.GetDigest(), passing.Count);
            }
            catch (ContainerImageException e) when (isTolerated(e))
            {
                failure = e;
            }
        }

        tee.Drain();
        var (digest, size) = (tee.GetDigest(), tee.Count);
        return isPlain ? new CopiedBlob(digest, size, compression, digest, size) : new CopiedBlob(digest, size, compression, diffId, diffSize);
    }
}
