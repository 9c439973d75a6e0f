using System;
using System.IO;

namespace ContainerImages.Content;

/// <summary>
/// Looks at the header of an xz stream's first block before the decoder does, which would allocate whatever dictionary it
/// names (the .xz file format, 3.1 and 5.3.1). Later blocks of a stream are written with the same filters by every encoder.
/// </summary>
internal sealed class XzGuard : ReadOnlyStream
{
    // Stream header (12) and the largest start of a block header that can hold two varints and the LZMA2 filter.
    private const int HeadLength = 12 + 48;
    private const int Lzma2 = 0x21;

    private readonly Stream _source;
    private readonly byte[] _head = new byte[HeadLength];
    private readonly int _length;
    private int _position;
    private long _behindHead;

    public XzGuard(Stream source, string name)
    {
        _source = source;
        int read;
        while (_length < HeadLength && (read = source.Read(_head, _length, HeadLength - _length)) > 0)
        {
            _length += read;
        }

        if (DictionarySize() > Limits.XzDictionary)
        {
            throw new ContainerImageException(
                ImageError.ContentTooLarge,
                $"{name} needs an xz dictionary of {DictionarySize()} bytes; {Limits.XzDictionary} are the limit.");
        }
    }

    /// <summary>How many bytes were handed out: the decoder works out by it where a block's padding ends.</summary>
    public override long Position
    {
        get => _position + _behindHead;
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        if (_position == _length)
        {
            var read = _source.Read(buffer, offset, count);
            _behindHead += read;
            return read;
        }

        count = Math.Min(count, _length - _position);
        Buffer.BlockCopy(_head, _position, buffer, offset, count);
        _position += count;
        return count;
    }

    private long DictionarySize()
    {
        var at = 12;
        if (_length <= at + 2 || _head[at] == 0)
        {
            return 0;
        }

        var flags = _head[at + 1];
        at += 2;
        at = (flags & 0x40) == 0 ? at : SkipNumber(at);
        at = (flags & 0x80) == 0 ? at : SkipNumber(at);
        for (var filters = (flags & 3) + 1; filters > 0 && at + 2 < _length; filters--)
        {
            var id = _head[at];
            var size = _head[at + 1];
            if (id == Lzma2 && size == 1)
            {
                var bits = _head[at + 2] & 0x3F;
                return bits >= 40 ? uint.MaxValue : (2L | (bits & 1)) << ((bits / 2) + 11);
            }

            at += 2 + size;
        }

        return 0;
    }

    private int SkipNumber(int at)
    {
        while (at < _length && (_head[at] & 0x80) != 0)
        {
            at++;
        }

        return at + 1;
    }
}
