using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Threading;
using ContainerImages.Content;

namespace ContainerImages.Internal;

/// <summary>Byte chunks that come by the pipeline, as the stream that they are; the writer waits when the reader is far behind.</summary>
internal sealed class ChunkStream(CancellationToken cancellation) : ReadOnlyStream
{
    private const int ChunksAhead = 16;
    private const int LargestCopy = 1024 * 1024;

    private readonly BlockingCollection<byte[]> _chunks = new(ChunksAhead);
    private byte[] _current = [];
    private int _position;

    /// <summary>A chunk's bytes, copied in pieces: whoever piped it in may read the next bytes into the same array.</summary>
    public static IEnumerable<byte[]> CopyOf(byte[] chunk)
    {
        for (var at = 0; at < chunk.Length; at += LargestCopy)
        {
            var copy = new byte[Math.Min(LargestCopy, chunk.Length - at)];
            Buffer.BlockCopy(chunk, at, copy, 0, copy.Length);
            yield return copy;
        }
    }

    /// <summary>Hands on a chunk, if there is room within a moment.</summary>
    public bool TryAdd(byte[] chunk) => _chunks.TryAdd(chunk, millisecondsTimeout: 50, cancellation);

    public void Complete() => _chunks.CompleteAdding();

    public override int Read(byte[] buffer, int offset, int count)
    {
        while (_position == _current.Length)
        {
            if (!_chunks.TryTake(out var next, Timeout.Infinite, cancellation))
            {
                return 0;
            }

            _current = next;
            _position = 0;
        }

        count = Math.Min(count, _current.Length - _position);
        Buffer.BlockCopy(_current, _position, buffer, offset, count);
        _position += count;
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _chunks.Dispose();
        }

        base.Dispose(disposing);
    }
}
