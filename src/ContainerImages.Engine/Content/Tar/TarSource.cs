using System;
using System.Buffers;
using System.IO;
using System.Threading;

namespace ContainerImages.Content;

/// <summary>The bytes of a tar with their position, counted from where the reader began.</summary>
internal sealed class TarSource
{
    private const int SkipBufferSize = 80 * 1024;

    private readonly Stream stream;
    private readonly long? length;

    public TarSource(Stream stream)
    {
        this.stream = stream;
        length = stream.CanSeek ? stream.Length - stream.Position : null;
    }

    public long Position { get; private set; }

    public int Read(byte[] buffer, int offset, int count)
    {
        var read = stream.Read(buffer, offset, count);
        Position += read;
        return read;
    }

    /// <summary>Fills the buffer unless the stream ends first; the answer is how many bytes there were.</summary>
    public int ReadBlock(byte[] buffer)
    {
        var total = 0;
        int read;
        while (total < buffer.Length && (read = Read(buffer, total, buffer.Length - total)) > 0)
        {
            total += read;
        }

        return total;
    }

    /// <summary>Moves on to a position at or after the present one. False if the stream ends before it.</summary>
    public bool TrySkipTo(long position, CancellationToken cancellation)
    {
        if (position == Position)
        {
            return true;
        }

        if (length is { } known)
        {
            // Seeking beyond the end would succeed, and hide that the archive is cut short.
            if (position > known)
            {
                return false;
            }

            stream.Seek(position - Position, SeekOrigin.Current);
            Position = position;
            return true;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(SkipBufferSize);
        try
        {
            while (Position < position)
            {
                cancellation.ThrowIfCancellationRequested();
                if (Read(buffer, 0, (int)Math.Min(buffer.Length, position - Position)) == 0)
                {
                    return false;
                }
            }

            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
