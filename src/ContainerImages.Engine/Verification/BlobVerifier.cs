using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using ContainerImages.Content;
using ContainerImages.Store;

namespace ContainerImages.Verification;

/// <summary>
/// Reads a blob once and holds it against everything that is said of it: its digest, its sizes, and of a layer the digests
/// that its plain bytes are to have. Several blobs may be read at once.
/// </summary>
internal sealed class BlobVerifier(BlobPlaces places, FlawList flaws, bool sizeOnly)
{
    public void Verify(ExpectedBlob blob, IProgress<long>? progress, CancellationToken cancellation)
    {
        var path = places.PathOf(blob.Digest);
        try
        {
            if (BlobStore.LengthOf(path) is not { } length)
            {
                ReportMissing(blob, path);
            }
            else if (sizeOnly)
            {
                CheckSizes(blob, path, length, isBlobAtFault: true);
            }
            else
            {
                Read(blob, path, progress, cancellation);
            }
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            ReportMissing(blob, path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            flaws.Add(BlobFlaws.Unreadable(blob.Digest, blob.Kind, path, e, blob.Uses));
        }
    }

    private void Read(ExpectedBlob blob, string path, IProgress<long>? progress, CancellationToken cancellation)
    {
        var diffIds = blob.Claims.Select(claim => claim.DiffId).Where(diffId => !diffId.IsEmpty).Distinct().ToList();
        var algorithms = diffIds.Select(diffId => diffId.Algorithm).Distinct().DefaultIfEmpty().ToList();
        var copied = Examine(blob, path, algorithms[0], progress, cancellation, out var failure);
        if (copied.Digest != blob.Digest)
        {
            if (!CheckSizes(blob, path, copied.Size, isBlobAtFault: true))
            {
                flaws.Add(BlobFlaws.Damaged(blob.Digest, blob.Kind, path, copied.Digest, blob.Uses));
            }

            return;
        }

        CheckSizes(blob, path, copied.Size, isBlobAtFault: false);
        if (diffIds.Count == 0)
        {
            return;
        }

        if (failure is not null)
        {
            flaws.Add(BlobFlaws.Invalid(FindingKind.DiffIdMismatch, blob.Digest, path, failure.Message, blob.UsesOf(claim => !claim.DiffId.IsEmpty)));
            return;
        }

        blob.PlainSize = copied.DiffSize;
        HashSet<Digest> found = [copied.DiffId];

        // Two configs may count one layer by different algorithms; nobody has seen that yet.
        foreach (var algorithm in algorithms.Skip(1))
        {
            found.Add(Examine(blob, path, algorithm, progress, cancellation, out _).DiffId);
        }

        foreach (var diffId in diffIds.Where(diffId => !found.Contains(diffId)))
        {
            var actual = found.First(digest => digest.Algorithm == diffId.Algorithm);
            flaws.Add(BlobFlaws.Invalid(
                FindingKind.DiffIdMismatch,
                blob.Digest,
                path,
                $"Layer {blob.Digest} has the diff ID {actual}, and a config says {diffId}.",
                blob.UsesOf(claim => claim.DiffId == diffId)));
        }
    }

    /// <param name="blob">The blob.</param>
    /// <param name="path">Its file.</param>
    /// <param name="diffAlgorithm">By which algorithm the plain bytes are hashed; null where they are not wanted.</param>
    /// <param name="progress">Told the bytes read.</param>
    /// <param name="cancellation">Stops between blocks.</param>
    /// <param name="failure">Why there are no plain bytes; null where there are.</param>
    private static CopiedBlob Examine(
        ExpectedBlob blob,
        string path,
        string? diffAlgorithm,
        IProgress<long>? progress,
        CancellationToken cancellation,
        out ContainerImageException? failure)
    {
        using var file = StoreSystem.OpenShared(path, FileMode.Open, FileAccess.Read);
        var algorithm = blob.Digest.Algorithm;
        if (diffAlgorithm is not null)
        {
            return BlobCopy.Examine(
                file, $"{blob.Kind} {blob.Digest}", algorithm, diffAlgorithm, progress, cancellation, out failure);
        }

        failure = null;
        return BlobCopy.Copy(
            file, null, $"{blob.Kind} {blob.Digest}", inflate: false, algorithm, algorithm, progress: progress, cancellation: cancellation);
    }

    /// <returns>Whether some size was wrong.</returns>
    private bool CheckSizes(ExpectedBlob blob, string path, long length, bool isBlobAtFault)
    {
        var wrong = blob.Claims.Select(claim => claim.Size).Where(size => size != length).Distinct().ToList();
        foreach (var size in wrong)
        {
            flaws.Add(BlobFlaws.WrongSize(
                blob.Digest, blob.Kind, path, length, size, isBlobAtFault, blob.UsesOf(claim => claim.Size == size)));
        }

        return wrong.Count > 0;
    }

    private void ReportMissing(ExpectedBlob blob, string path)
    {
        if (blob.Claims.Any(claim => !claim.IsOptional))
        {
            flaws.Add(BlobFlaws.Missing(blob.Digest, blob.Kind, path, blob.UsesOf(claim => !claim.IsOptional)));
        }
    }
}
