using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using ContainerImages.Content;
using ContainerImages.Copying;

namespace ContainerImages.Transports;

/// <summary>
/// Brings blobs into a repository in the cheapest way: one that is there stays, one that another repository of the registry has
/// is taken from there, and only the rest is sent.
/// </summary>
/// <param name="client">The repository.</param>
/// <param name="findOrigins">Other repositories of the registry that may have a blob, in the order to try; null for none.</param>
/// <param name="verbose">Told what was skipped; null for nobody.</param>
internal sealed class BlobPush(RegistryClient client, Func<Digest, IReadOnlyList<string>>? findOrigins, Action<string>? verbose)
{
    private readonly HashSet<string> _refusing = [client.Endpoint.Repository];

    /// <summary>Sees to it that a blob is there.</summary>
    /// <exception cref="ContainerImageException">ContentMissing; ContentMismatch, before it is there; any Registry*.</exception>
    public async Task PutAsync(SourceLayer layer, IProgress<long>? progress, CancellationToken cancellation)
    {
        var blob = layer.Descriptor!;
        var (isThere, begun) = await FindAsync(blob, layer.Name, cancellation).ConfigureAwait(false);
        if (!isThere)
        {
            using var source = new CheckedBlob(layer);
            await client.PushBlobAsync(blob, source.Open, begun, 0, progress, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Sees to it that a layer is there in another compression.</summary>
    /// <param name="layer">The layer as it is.</param>
    /// <param name="recoder">Writes it.</param>
    /// <param name="known">What it becomes, which is asked for first; null if that is not known.</param>
    /// <param name="progress">Told the bytes of the layer that were read, a negative number for those that are read again; null for nobody.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>What it has become.</returns>
    /// <exception cref="ContainerImageException">ContentMissing; ContentMismatch, before it is there; InvalidArchive; any Registry*.</exception>
    public async Task<Descriptor> PutRecodedAsync(
        SourceLayer layer, LayerRecoder recoder, Descriptor? known, IProgress<long>? progress, CancellationToken cancellation)
    {
        BlobUpload? begun = null;
        if (known is not null)
        {
            (var isThere, begun) = await FindAsync(known, layer.Name, cancellation).ConfigureAwait(false);
            if (isThere)
            {
                return known;
            }
        }

        var read = new SentBytes(progress);
        return await client.PushWrittenAsync(
            target =>
            {
                read.Rewind(0);
                return VerifiedCopy.Recode(layer, target, read, cancellation).Written;
            },
            begun,
            cancellation).ConfigureAwait(false);
    }

    /// <summary>Whether a blob is there, be it that it was taken from another repository just now.</summary>
    /// <returns>If it is not, an upload that the registry has begun for it; null if it has begun none.</returns>
    public async Task<(bool IsThere, BlobUpload? Begun)> FindAsync(Descriptor blob, string name, CancellationToken cancellation)
    {
        if (await client.HasBlobAsync(blob, cancellation).ConfigureAwait(false))
        {
            verbose?.Invoke($"{name} is in '{client.Name}' already.");
            return (true, null);
        }

        BlobUpload? begun = null;
        foreach (var from in Origins(blob.Digest))
        {
            if (begun is not null)
            {
                await begun.CancelAsync().ConfigureAwait(false);
            }

            var (isMounted, upload) = await MountAsync(blob, from, cancellation).ConfigureAwait(false);
            if (isMounted)
            {
                verbose?.Invoke($"{name} is taken from '{client.Endpoint.Host}/{from}'.");
                return (true, null);
            }

            begun = upload;
        }

        return (false, begun);
    }

    private async Task<(bool IsMounted, BlobUpload? Begun)> MountAsync(Descriptor blob, string from, CancellationToken cancellation)
    {
        try
        {
            var begun = await client.MountBlobAsync(blob.Digest, from, cancellation).ConfigureAwait(false);
            return (begun is null, begun);
        }
        catch (RegistryException e) when (e.Status is >= 400 and < 500 and not 429)
        {
            // Who may not read the other repository sends the blob; one that says no to one blob says no to all.
            verbose?.Invoke($"{e.Message} Nothing more is taken from there.");
            lock (_refusing)
            {
                _refusing.Add(from);
            }

            return (false, null);
        }
    }

    private List<string> Origins(Digest blob)
    {
        lock (_refusing)
        {
            return (findOrigins?.Invoke(blob) ?? []).Where(origin => !_refusing.Contains(origin)).ToList();
        }
    }
}
