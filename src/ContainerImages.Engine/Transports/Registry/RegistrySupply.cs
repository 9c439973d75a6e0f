using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using ContainerImages.Content;
using ContainerImages.References;
using ContainerImages.Store;
using ContainerImages.Verification;

namespace ContainerImages.Transports;

/// <summary>
/// Single blobs out of a repository of a registry, and of the mirrors that stand for it, by their digests. Once it could not be
/// asked, it is asked no more.
/// </summary>
/// <param name="access">The registries of the call.</param>
/// <param name="repository">The repository.</param>
/// <param name="isForAll">Whether any blob may be there; else only those of images that have a name in it.</param>
internal sealed class RegistrySupply(RegistryAccess access, ImageReference repository, bool isForAll) : IBlobSupply
{
    private volatile bool _hasFailed;

    private string Name { get; } = repository.NameOnly().ToString();

    /// <summary>The repositories of registries that images are named after, each once.</summary>
    /// <param name="names">Full names of images.</param>
    public static IReadOnlyList<ImageReference> RepositoriesOf(IEnumerable<string> names) => names
        .Select(name => ImageReference.TryParse(name, out var reference) && reference.HasRegistry && reference.Domain != "localhost" ? reference.NameOnly() : null)
        .OfType<ImageReference>()
        .Distinct()
        .ToList();

    public string? Find(WantedBlob blob) => !_hasFailed && (isForAll || RepositoriesOf(blob.Names).Contains(repository.NameOnly())) ? Name : null;

    public bool TryFetch(WantedBlob blob, Ingest ingest, IProgress<long>? progress, CancellationToken cancellation)
    {
        if (_hasFailed)
        {
            return false;
        }

        try
        {
            var clients = access.OpenForReading(repository.NameOnly().WithDigest(blob.Digest), cancellation);
            return blob.IsManifest
                ? clients.Any(client => TryFetchManifest(client, blob, ingest, isLast: client == clients[clients.Count - 1], cancellation))
                : TryFetchBlob(clients, blob, ingest, progress, cancellation);
        }
        catch (ContainerImageException e) when (e.Error is ImageError.RemoteImageNotFound or ImageError.ContentMissing or ImageError.ContentMismatch)
        {
            access.Verbose?.Invoke(e.Message);
            return false;
        }
        catch (ContainerImageException e) when (PullFailures.IsWorthAnother(e))
        {
            _hasFailed = true;
            throw;
        }
    }

    public void Dispose()
    {
        // The connections are those of the whole call.
    }

    private bool TryFetchManifest(RegistryClient client, WantedBlob blob, Ingest ingest, bool isLast, CancellationToken cancellation)
    {
        try
        {
            ingest.Put(blob.Digest, client.GetManifestAsync(blob.Digest.ToString(), cancellation).GetAwaiter().GetResult().Bytes);
            return true;
        }
        catch (ContainerImageException e) when (!isLast && PullFailures.IsWorthAnother(e))
        {
            access.Verbose?.Invoke(e.Message);
            return false;
        }
    }

    private static bool TryFetchBlob(
        IReadOnlyList<RegistryClient> clients, WantedBlob blob, Ingest ingest, IProgress<long>? progress, CancellationToken cancellation)
    {
        var (name, algorithm) = ($"{blob.Kind} {blob.Digest}", blob.Digest.Algorithm);
        using var source = new MirroredBlobStream(clients.Select(client => new BlobPlace(client)).ToList(), new Descriptor("", blob.Digest, blob.Size), 0, cancellation);
        using var file = ingest.CreateFile(out var path);
        var copied = BlobCopy.Copy(source, file, name, inflate: false, algorithm, algorithm, progress: progress, cancellation: cancellation);
        if (copied.Digest != blob.Digest)
        {
            file.SetLength(0);
            return false;
        }

        ingest.Flush(file);
        ingest.Keep(path, copied);
        return true;
    }
}
