using System;
using System.Globalization;
using System.IO;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using ContainerImages.Content;

namespace ContainerImages.Transports;

/// <content>Bringing blobs into the repository.</content>
internal sealed partial class RegistryClient
{
    // What a registry, or a proxy before it, that refuses a large body can be hoped to take.
    private const int ChunkSize = 16 * 1024 * 1024;

    /// <summary>Begins an upload.</summary>
    /// <exception cref="ContainerImageException">Any Registry*.</exception>
    public Task<BlobUpload> StartUploadAsync(CancellationToken cancellation) => SendAsync(
        Request(HttpMethod.Post, "blobs/uploads/", $"Beginning an upload to '{Name}'"),
        response => Task.FromResult(ReadUpload(response)),
        cancellation,
        202);

    /// <summary>Asks the registry to take a blob from another of its repositories.</summary>
    /// <param name="digest">The blob.</param>
    /// <param name="from">The other repository.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>Null if it did; an upload to go on with if it did not.</returns>
    /// <exception cref="ContainerImageException">Any Registry*.</exception>
    public Task<BlobUpload?> MountBlobAsync(Digest digest, string from, CancellationToken cancellation) => SendAsync(
        Request(
            HttpMethod.Post,
            $"blobs/uploads/?mount={digest}&from={Uri.EscapeDataString(from)}",
            $"Mounting blob {digest} of '{from}' in '{Name}'",
            [Scope, RegistryScope.Pull(from)]),
        response => Task.FromResult(response.Status == 201 ? null : ReadUpload(response)),
        cancellation,
        201,
        202);

    /// <summary>
    /// Brings in a blob whose digest is known: in one piece, or in chunks where one piece is too much for the registry. What
    /// breaks is repeated; what fails for good is given up at the registry too.
    /// </summary>
    /// <param name="blob">Digest and size.</param>
    /// <param name="open">Opens its bytes from an offset on; called as often as is needed.</param>
    /// <param name="begun">An upload to use; null to begin one.</param>
    /// <param name="chunkSize">Bytes of a chunk; 0 for one piece.</param>
    /// <param name="progress">Told the bytes sent, and a negative number for those that are sent again; null for nobody.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="ContainerImageException">ContentMismatch, if it was stored as another; any Registry*; and what reading it throws.</exception>
    public async Task PushBlobAsync(
        Descriptor blob, Func<long, Stream> open, BlobUpload? begun, long chunkSize, IProgress<long>? progress, CancellationToken cancellation)
    {
        var upload = begun;
        var sent = new SentBytes(progress);
        try
        {
            for (var failures = 1; ; failures++)
            {
                try
                {
                    upload ??= await StartUploadAsync(cancellation).ConfigureAwait(false);
                    sent.Rewind(upload.Offset);
                    await SendBlobAsync(upload, blob, open, chunkSize, sent, cancellation).ConfigureAwait(false);
                    return;
                }
                catch (RegistryException e) when (e.Status == 413 && chunkSize == 0)
                {
                    Options.Verbose?.Invoke($"'{Name}' takes blob {blob.Digest} in chunks only.");
                    chunkSize = ChunkSize;
                    await upload!.CancelAsync().ConfigureAwait(false);
                    upload = null;
                }
                catch (RegistryException e) when (e.IsTransient || e.Status == 416)
                {
                    await Host.WaitAsync(e, failures, cancellation).ConfigureAwait(false);
                    if (await HasBlobAsync(blob, cancellation).ConfigureAwait(false))
                    {
                        // It is there: the answer alone was lost.
                        sent.Rewind(blob.Size);
                        return;
                    }

                    if (upload is not null && (chunkSize == 0 || !await upload.FindOffsetAsync(cancellation).ConfigureAwait(false)))
                    {
                        await upload.CancelAsync().ConfigureAwait(false);
                        upload = null;
                    }
                }
            }
        }
        catch
        {
            if (upload is not null)
            {
                await upload.CancelAsync().ConfigureAwait(false);
            }

            throw;
        }
    }

    private static async Task SendBlobAsync(
        BlobUpload upload, Descriptor blob, Func<long, Stream> open, long chunkSize, SentBytes sent, CancellationToken cancellation)
    {
        if (chunkSize == 0)
        {
            await upload.CompleteAsync(blob.Digest, () => open(0), blob.Size, sent, cancellation).ConfigureAwait(false);
            return;
        }

        chunkSize = Math.Max(chunkSize, upload.MinimumChunk);
        while (upload.Offset < blob.Size)
        {
            var offset = upload.Offset;
            await upload.AppendAsync(
                () => open(offset), Math.Min(chunkSize, blob.Size - offset), sent, cancellation).ConfigureAwait(false);
            if (upload.Offset <= offset || upload.Offset > blob.Size)
            {
                throw new RegistryException(
                    ImageError.RegistryProtocol, $"Sending blob {blob.Digest} failed: the registry says it has {upload.Offset} bytes after it was sent more than {offset}.");
            }

            sent.Rewind(upload.Offset);
        }

        await upload.CompleteAsync(blob.Digest, null, 0, null, cancellation).ConfigureAwait(false);
    }

    private BlobUpload ReadUpload(RegistryResponse response) => new(
        this,
        Resolve(response, response.Header("Location")),
        long.TryParse(response.Header("OCI-Chunk-Min-Length"), NumberStyles.None, CultureInfo.InvariantCulture, out var minimum) ? minimum : 0);
}
