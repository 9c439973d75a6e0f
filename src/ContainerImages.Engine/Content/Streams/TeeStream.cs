using System;
using System.Buffers;
using System.IO;
using System.Security.Cryptography;
using System.Threading;

namespace ContainerImages.Content;

/// <summary>
/// Reads a source once, in large blocks: each block is hashed and, where there is a target, written to it, before any of
/// it is handed on. Decoders that read in small pieces so cost neither small hashes nor small writes.
/// </summary>
internal sealed class TeeStream : ReadOnlyStream
{
    public const int BlockSize = 256 * 1024;

    private readonly Stream _source;
    private readonly Stream? _target;
    private readonly IncrementalHash _hash;
    private readonly string _algorithm;
    private readonly IProgress<long>? _progress;
    private readonly CancellationToken _cancellation;
    private byte[] _block = ArrayPool<byte>.Shared.Rent(BlockSize);
    private int _start;
    private int _end;
    private bool _atEnd;

    public TeeStream(
        Stream source, Stream? target, string algorithm, IProgress<long>? progress, CancellationToken cancellation)
    {
        _source = source;
        _target = target;
        _algorithm = algorithm;
        _hash = Digest.CreateHash(algorithm);
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
    public Digest GetDigest() => Digest.FromHash(_algorithm, _hash.GetHashAndReset());

    protected override void Dispose(bool disposing)
    {
        if (disposing && _block.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_block);
            _block = [];
            _start = _end = 0;
            _atEnd = true;
            _hash.Dispose();
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
        _hash.AppendData(_block, offset, count);
        _target?.Write(_block, offset, count);
        Count += count;
        _progress?.Report(count);
    }
}
