using System;
using System.Buffers;
using System.IO;
using System.Net;
using System.Net.Http;
using System.Runtime.ExceptionServices;
using System.Threading.Tasks;

namespace ContainerImages.Transports;

/// <summary>A body that is streamed out: each wait for the other side is limited, and errors of the source stay its own.</summary>
internal sealed class UploadContent : HttpContent
{
    private const int BlockSize = 128 * 1024;

    private readonly Func<Stream> _open;
    private readonly long? _length;
    private readonly IdleTimeout _idle;
    private readonly IProgress<long>? _progress;
    private ExceptionDispatchInfo? _sourceError;

    /// <param name="open">Opens the source, which is closed here.</param>
    /// <param name="length">Bytes to send of it; null for all that it has.</param>
    /// <param name="idle">Limits the waits.</param>
    /// <param name="progress">Told the bytes sent, block by block; null for nobody.</param>
    public UploadContent(Func<Stream> open, long? length, IdleTimeout idle, IProgress<long>? progress)
    {
        (_open, _length, _idle, _progress) = (open, length, idle, progress);
        Headers.TryAddWithoutValidation("Content-Type", "application/octet-stream");
    }

    /// <summary>Throws what reading the source threw, if it did: HTTP hides it.</summary>
    public void ThrowSourceError() => _sourceError?.Throw();

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        using var source = Source(_open);
        var buffer = ArrayPool<byte>.Shared.Rent(BlockSize);
        try
        {
            var left = _length ?? long.MaxValue;
            int read;
            while (left > 0 && (read = Source(() => source.Read(buffer, 0, (int)Math.Min(BlockSize, left)))) > 0)
            {
                _idle.Start();
                await stream.WriteAsync(buffer, 0, read, _idle.Token).ConfigureAwait(false);
                left -= read;
                _progress?.Report(read);
            }

            _idle.Start();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _length ?? 0;
        return _length is not null;
    }

    // While the source is read nobody waits for the registry.
    private T Source<T>(Func<T> read)
    {
        _idle.Pause();
        try
        {
            return read();
        }
        catch (Exception e)
        {
            _sourceError = ExceptionDispatchInfo.Capture(e);
            throw;
        }
    }
}
