using System;
using System.Buffers;
using System.IO;
using System.Net;
using System.Threading.Tasks;

namespace ContainerImages.Transports;

/// <summary>A body of so many bytes of a stream.</summary>
/// <param name="open">Opens the source, which is closed here.</param>
/// <param name="length">Bytes to send of it.</param>
/// <param name="idle">Limits the waits.</param>
/// <param name="progress">Told the bytes sent, block by block; null for nobody.</param>
internal sealed class PieceContent(Func<Stream> open, long length, IdleTimeout idle, IProgress<long>? progress) : UploadContent
{
    private const int BlockSize = 128 * 1024;

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        using var source = Source(open);
        var buffer = ArrayPool<byte>.Shared.Rent(BlockSize);
        try
        {
            var left = length;
            int read;
            while (left > 0 && (read = Source(() => source.Read(buffer, 0, (int)Math.Min(BlockSize, left)))) > 0)
            {
                idle.Start();
                await stream.WriteAsync(buffer, 0, read, idle.Token).ConfigureAwait(false);
                left -= read;
                progress?.Report(read);
            }

            idle.Start();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    protected override bool TryComputeLength(out long computed)
    {
        computed = length;
        return true;
    }

    // While the source is read nobody waits for the registry.
    private T Source<T>(Func<T> read)
    {
        idle.Pause();
        try
        {
            return read();
        }
        catch (Exception e)
        {
            SetSourceError(e);
            throw;
        }
    }
}
