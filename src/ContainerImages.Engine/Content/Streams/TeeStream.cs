using System;
using System.Buffers;
using System.IO;
using System.Threading;

namespace ContainerImages.Content;

/// <summary>
/// Reads a source once, in large blocks: each block is written to the target, where there is one, before any of it is handed
/// on, and hashed meanwhile. Decoders that read in small pieces so cost neither small hashes nor small writes.
/// </summary>
internal sealed class TeeStream : ReadOnlyStream
{
    public const int BlockSize = 256 * 1024;

    private readonly Stream _source;
    private readonly Stream? _target;
    private readonly BlockHash _hash;
    private readonly IProgress<long>? _progress;
    private readonly CancellationToken _cancellation;
    private readonly byte[]?[] _blocks = new byte[BlockHash.MostWaiting + 1][];
    private byte[] _block;
    private int _number;
    private int _start;
    private int _end;
    private bool _atEnd;

    /// <param name="source">What is read; it is not closed.</param>
    /// <param name="target">Where the blocks are written; null for nowhere.</param>
    /// <param name="algorithm">That of the digest.</param>
    /// <param name="progress">Told the number of bytes read, block by block.</param>
    /// <param name="cancellation">Stops between blocks.</param>
    /// <param name="writesBeside">
    /// Whether blocks are written beside reading, as they are hashed: where reading takes more work than both.
    /// </param>
    public TeeStream(
        Stream source, Stream? target, string algorithm, IProgress<long>? progress, CancellationToken cancellation, bool writesBeside = false)
    {
        _source = source;
        _target = writesBeside ? null : target;
        _hash = new BlockHash(algorithm, writesBeside ? target : null);
        _block = _blocks[0] = ArrayPool<byte>.Shared.Rent(BlockSize);
        _progress = progress;
        _cancellation = cancellation;
    }

    /// <summary>Bytes read of the source so far.</summary>
    public long Count { get; private set; }

    public override int Read(byte[] buffer, int offset, int count)
    {
        if (_start == _end && !Fill())
        {
            return 0;
        }

        count = Math.Min(count, _end - _start);
        Buffer.BlockCopy(_block, _start, buffer, offset, count);
        _start += count;
        return count;
    }

    /// <summary>The first bytes, without taking them: fewer than asked for only where the source is shorter.</summary>
    public ReadOnlySpan<byte> Peek(int count)
    {
        if (_start == _end)
        {
            Fill();
        }

        // A pipe may give less than asked for at first.
        while (_end - _start < count && !_atEnd)
        {
            var more = _source.Read(_block, _end, _block.Length - _end);
            if (more == 0)
            {
                _atEnd = true;
                break;
            }

            Take(_end, more);
            _end += more;
        }

        return new ReadOnlySpan<byte>(_block, _start, Math.Min(count, _end - _start));
    }

    /// <summary>Takes what is left of the source, such as bytes behind the end of a compressed stream.</summary>
    public void Drain()
    {
        do
        {
            _start = _end;
        }
        while (Fill());
    }

    /// <summary>The digest of all that was read. Once only, at the end.</summary>
    public Digest GetDigest() => _hash.GetDigest();

    protected override void Dispose(bool disposing)
    {
        if (disposing && _block.Length > 0)
        {
            _hash.Dispose();
            _block = [];
            for (var i = 0; i < _blocks.Length && _blocks[i] is { } block; i++)
            {
                ArrayPool<byte>.Shared.Return(block);
            }

            _start = _end = 0;
            _atEnd = true;
        }

        base.Dispose(disposing);
    }

    private bool Fill()
    {
        if (_atEnd)
        {
            return false;
        }

        _cancellation.ThrowIfCancellationRequested();
        if (_hash.HasWaiting)
        {
            // Of the blocks before this one no more wait than there are others.
            _number = (_number + 1) % _blocks.Length;
            _block = _blocks[_number] ??= ArrayPool<byte>.Shared.Rent(BlockSize);
        }

        _start = 0;
        _end = _source.Read(_block, 0, _block.Length);
        if (_end == 0)
        {
            _atEnd = true;
            return false;
        }

        Take(0, _end);
        return true;
    }

    private void Take(int offset, int count)
    {
        _hash.Append(_block, offset, count);
        _target?.Write(_block, offset, count);
        Count += count;
        _progress?.Report(count);
    }
}
