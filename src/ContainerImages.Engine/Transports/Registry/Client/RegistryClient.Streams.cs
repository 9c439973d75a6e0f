using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using ContainerImages.Content;

namespace ContainerImages.Transports;

/// <content>Bringing blobs into the repository that are made on the way.</content>
internal sealed partial class RegistryClient
{
    // Chunks of what is made on the way are held in memory.
    private const long LargestChunk = 64 * 1024 * 1024;

    /// <summary>
    /// Brings in a blob whose digest shows at its end: as it comes, or in chunks where that is too much for the registry, or
    /// where it wants to be told how much comes. What breaks is made and sent anew; what fails for good is given up at the
    /// registry too.
    /// </summary>
    /// <param name="write">Writes the blob and says what it is; called as often as is needed.</param>
    /// <param name="begun">An upload to use; null to begin one.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>What was written.</returns>
    /// <exception cref="ContainerImageException">ContentMismatch, if it was stored as another; any Registry*; and what writing it throws.</exception>
    public async Task<Descriptor> PushWrittenAsync(Func<Stream, Descriptor> write, BlobUpload? begun, CancellationToken cancellation)
    {
        var upload = begun;
        var inChunks = false;
        Descriptor? blob = null;
        try
        {
            for (var failures = 1; ; failures++)
            {
                try
                {
                    upload ??= await StartUploadAsync(cancellation).ConfigureAwait(false);
                    if (blob is null && inChunks)
                    {
                        blob = WriteChunks(upload, write, cancellation);
                    }
                    else if (blob is null)
                    {
                        await upload.AppendAsync(target => blob = write(target), cancellation).ConfigureAwait(false);
                    }

                    await upload.CompleteAsync(blob!.Digest, null, 0, null, cancellation).ConfigureAwait(false);
                    return blob;
                }
                catch (RegistryException e) when (e.Status is 411 or 413 && !inChunks)
                {
                    Options.Verbose?.Invoke($"'{Name}' takes blobs in chunks only.");
                    await upload!.CancelAsync().ConfigureAwait(false);
                    (upload, blob, inChunks) = (null, null, true);
                }
                catch (RegistryException e) when (e.IsTransient || e.Status == 416)
                {
                    await Host.WaitAsync(e, failures, cancellation).ConfigureAwait(false);
                    if (blob is not null && await FindBlobAsync(blob.Digest, cancellation).ConfigureAwait(false) == blob.Size)
                    {
                        // It is there: the answer alone was lost.
                        return blob;
                    }

                    if (upload is not null &&
                        !(blob is not null && await upload.FindOffsetAsync(cancellation).ConfigureAwait(false) && upload.Offset == blob.Size))
                    {
                        await upload.CancelAsync().ConfigureAwait(false);
                        (upload, blob) = (null, null);
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

    private static Descriptor WriteChunks(BlobUpload upload, Func<Stream, Descriptor> write, CancellationToken cancellation)
    {
        if (upload.MinimumChunk > LargestChunk)
        {
            throw new RegistryException(
                ImageError.RegistryProtocol,
                $"Sending a blob in chunks failed: the registry wants chunks of {upload.MinimumChunk} bytes and more, and {LargestChunk} are the limit.");
        }

        using var chunks = new ChunkStream(upload, (int)Math.Max(ChunkSize, upload.MinimumChunk), cancellation);
        var blob = write(chunks);
        chunks.Complete();
        return blob;
    }

    /// <summary>Sends what is written to it chunk by chunk.</summary>
    private sealed class ChunkStream(BlobUpload upload, int size, CancellationToken cancellation) : WriteOnlyStream
    {
        private readonly byte[] _chunk = new byte[size];
        private int _length;
        private long _sent;

        public override void Write(byte[] buffer, int offset, int count)
        {
            while (count > 0)
            {
                var taken = Math.Min(count, _chunk.Length - _length);
                Buffer.BlockCopy(buffer, offset, _chunk, _length, taken);
                (offset, count, _length) = (offset + taken, count - taken, _length + taken);
                if (_length == _chunk.Length)
                {
                    Send();
                }
            }
        }

        public void Complete()
        {
            if (_length > 0)
            {
                Send();
            }
        }

        private void Send()
        {
            upload.AppendAsync(() => new MemoryStream(_chunk, 0, _length, writable: false), _length, null, cancellation).GetAwaiter().GetResult();
            (_sent, _length) = (_sent + _length, 0);
            if (upload.Offset != _sent)
            {
                throw new RegistryException(
                    ImageError.RegistryProtocol, $"Sending a blob in chunks failed: the registry says it has {upload.Offset} bytes after it was sent {_sent}.");
            }
        }
    }
}
