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
                    else if (blob is null && await upload.AppendAsync(target => blob = write(target), cancellation).ConfigureAwait(false)
                        && upload.Offset < blob!.Size)
                    {
                        // What has been made and is not there is had by making it again.
                        Options.Verbose?.Invoke($"'{Name}' took {upload.Offset} of {blob.Size} bytes at once, and gets them in chunks.");
                        await upload.CancelAsync().ConfigureAwait(false);
                        (upload, blob, inChunks) = (null, null, true);
                        continue;
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
                    if (blob is not null && await HasBlobAsync(blob, cancellation).ConfigureAwait(false))
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
        using var chunks = new ChunkStream(upload, cancellation);
        var blob = write(chunks);
        chunks.Complete();
        return blob;
    }

    /// <summary>Sends what is written to it chunk by chunk. The last one may be of any size, and so may one that is the only one.</summary>
    private sealed class ChunkStream(BlobUpload upload, CancellationToken cancellation) : WriteOnlyStream
    {
        private readonly int _size = (int)Math.Min(Math.Max(ChunkSize, upload.MinimumChunk), LargestChunk);
        private byte[] _chunk = new byte[ChunkSize];
        private int _length;
        private long _sent;

        public override void Write(byte[] buffer, int offset, int count)
        {
            while (count > 0)
            {
                if (_length == _size)
                {
                    SendFull();
                }
                else if (_length == _chunk.Length)
                {
                    Array.Resize(ref _chunk, Math.Min(_size, 2 * _chunk.Length));
                }

                var taken = Math.Min(count, _chunk.Length - _length);
                Buffer.BlockCopy(buffer, offset, _chunk, _length, taken);
                (offset, count, _length) = (offset + taken, count - taken, _length + taken);
            }
        }

        public void Complete()
        {
            if (_length > 0)
            {
                Send();
            }
        }

        private void SendFull()
        {
            if (upload.MinimumChunk > _size)
            {
                throw new RegistryException(
                    ImageError.RegistryProtocol,
                    $"Sending a blob in chunks failed: the registry wants chunks of {upload.MinimumChunk} bytes and more, and {_size} are the limit.");
            }

            Send();
        }

        // A registry may take less than it was sent, and gets the rest then.
        private void Send()
        {
            for (var start = 0; start < _length;)
            {
                var from = start;
                upload.AppendAsync(() => new MemoryStream(_chunk, from, _length - from, writable: false), _length - from, null, cancellation).GetAwaiter().GetResult();
                var taken = upload.Offset - _sent;
                start = taken > from && taken <= _length ? (int)taken : throw new RegistryException(
                    ImageError.RegistryProtocol,
                    $"Sending a blob in chunks failed: the registry says it has {upload.Offset} bytes after it was sent {_sent + _length}.");
            }

            (_sent, _length) = (_sent + _length, 0);
        }
    }
}
