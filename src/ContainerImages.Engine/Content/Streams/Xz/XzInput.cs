using System;
using System.Buffers;
using System.IO;

namespace ContainerImages.Content;

/// <summary>The bytes of an xz file, in a buffer of its own since decoders ask for one at a time. Their end is an error.</summary>
internal sealed class XzInput(Stream source) : IDisposable
{
    private const int BufferSize = 64 * 1024;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
    private int _at;
    private int _end;
    private long _before;
    private uint? _checksum;

    /// <summary>How many bytes were taken.</summary>
    public long Count => _before + _at;

    public byte ReadByte()
    {
        if (_at == _end && !Load())
        {
            throw CutShort();
        }

        var next = _buffer[_at++];
        if (_checksum is { } checksum)
        {
            _checksum = XzCheck.Crc32(checksum, next);
        }

        return next;
    }

    public long ReadNumber()
    {
        var number = new XzNumber();
        while (!number.Add(ReadByte()))
        {
        }

        return number.Value;
    }

    /// <summary>Takes some bytes, at least one.</summary>
    public int Read(byte[] buffer, int offset, int count)
    {
        if (_at == _end && !Load())
        {
            throw CutShort();
        }

        count = Math.Min(count, _end - _at);
        Buffer.BlockCopy(_buffer, _at, buffer, offset, count);
        _at += count;
        return count;
    }

    public void Fill(byte[] buffer, int offset, int count)
    {
        while (count > 0)
        {
            var read = Read(buffer, offset, count);
            offset += read;
            count -= read;
        }
    }

    /// <summary>Fills the buffer, unless there is nothing left at all.</summary>
    public bool TryFill(byte[] buffer)
    {
        if (_at == _end && !Load())
        {
            return false;
        }

        Fill(buffer, 0, buffer.Length);
        return true;
    }

    public void SkipZeros(int count)
    {
        for (; count > 0; count--)
        {
            if (ReadByte() != 0)
            {
                throw new InvalidDataException("something stands where zeros are due");
            }
        }
    }

    /// <summary>From here to <see cref="EndChecksum"/> bytes are read one by one, and this one was read before.</summary>
    public void BeginChecksum(byte before) => _checksum = XzCheck.Crc32(XzCheck.Crc32Start, before);

    public uint EndChecksum()
    {
        var checksum = ~_checksum!.Value;
        _checksum = null;
        return checksum;
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        _at = _end = 0;
    }

    private bool Load()
    {
        _before += _end;
        _at = 0;
        _end = source.Read(_buffer, 0, _buffer.Length);
        return _end > 0;
    }

    private static EndOfStreamException CutShort() => new("it is cut short");
}
