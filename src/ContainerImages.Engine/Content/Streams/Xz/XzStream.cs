using System;
using System.IO;
using ContainerImages.Codecs;

namespace ContainerImages.Content;

/// <summary>
/// The plain bytes of an .xz file (the .xz file format, version 1.2): any number of streams of any number of blocks, each with
/// its check. SharpCompress decodes what is in the blocks; the container is read here, since its own reader allocates whatever
/// dictionary a block names, verifies no check, ends at the first stream and waits for ever for what a cut one lacks.
/// </summary>
internal sealed class XzStream : ReadOnlyStream
{
    private const int HeaderLength = 12;

    private static readonly byte[] Magic = [0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0];

    private readonly XzInput _input;
    private readonly string _name;
    private readonly byte[] _header = new byte[HeaderLength];
    private XzCheck? _check;
    private XzBlock? _block;
    private XzIndex _index;
    private bool _atEnd;

    /// <param name="source">The compressed bytes; not closed.</param>
    /// <param name="name">What is being read, for messages.</param>
    public XzStream(Stream source, string name)
    {
        _input = new XzInput(source);
        _name = name;
        _input.Fill(_header, 0, HeaderLength);
        BeginStream();
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        while (count > 0 && !_atEnd)
        {
            if (_block is null)
            {
                BeginBlock();
                continue;
            }

            var read = _block.Read(buffer, offset, count);
            if (read > 0)
            {
                return read;
            }

            _index.Add(_block.End());
            _block.Dispose();
            _block = null;
        }

        return 0;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _block?.Dispose();
            _check?.Dispose();
            _input.Dispose();
        }

        base.Dispose(disposing);
    }

    private void BeginStream()
    {
        if (!_header.AsSpan(0, Magic.Length).SequenceEqual(Magic) || _header[6] != 0 || _header[7] > XzCheck.LargestType)
        {
            throw new InvalidDataException("no xz stream begins where one is due");
        }

        XzCheck.Require(XzCheck.Crc32(_header, 6, 2), _header, 8, "a stream's header");
        _check?.Dispose();
        _check = new XzCheck(_header[7]);
        _index = default;
    }

    // A zero where a block's length is due begins the index, which ends the stream.
    private void BeginBlock()
    {
        var start = _input.Count;
        var length = _input.ReadByte();
        if (length == 0)
        {
            EndStream(start);
            return;
        }

        var header = new byte[(length + 1) * 4];
        header[0] = (byte)length;
        _input.Fill(header, 1, header.Length - 1);
        _block = new XzBlock(XzBlockHeader.Parse(header, _name), _input, _check!);
    }

    private void EndStream(long start)
    {
        _index.Read(_input);
        var size = _input.Count - start;
        var footer = new byte[HeaderLength];
        _input.Fill(footer, 0, HeaderLength);
        XzCheck.Require(XzCheck.Crc32(footer, 4, 6), footer, 0, "a stream's footer");
        if (((uint)BitConverter.ToInt32(footer, 4) + 1L) * 4 != size || footer[8] != _header[6] || footer[9] != _header[7] ||
            footer[10] != 'Y' || footer[11] != 'Z')
        {
            throw new InvalidDataException("a stream's footer is not that of its header");
        }

        // Streams may follow each other, with zeros between them, four by four.
        var four = new byte[4];
        while (_input.TryFill(four))
        {
            if (four[0] != 0)
            {
                four.CopyTo(_header, 0);
                _input.Fill(_header, four.Length, HeaderLength - four.Length);
                BeginStream();
                return;
            }

            if (four[1] != 0 || four[2] != 0 || four[3] != 0)
            {
                throw new InvalidDataException("there is something behind the last stream");
            }
        }

        _atEnd = true;
    }
}

/// <summary>One block of an xz stream while it is read.</summary>
internal sealed class XzBlock : IDisposable
{
    private readonly XzBlockHeader _header;
    private readonly XzInput _input;
    private readonly XzCheck _check;
    private readonly Stream _decoder;
    private readonly long _start;
    private long _plain;

    public XzBlock(XzBlockHeader header, XzInput input, XzCheck check)
    {
        _header = header;
        _input = input;
        _check = check;
        _start = input.Count;
        _decoder = Codec.ReadLzma2(new Lzma2Input(input), header.Dictionary);
    }

    public int Read(byte[] buffer, int offset, int count)
    {
        var read = _decoder.Read(buffer, offset, count);
        _check.Add(buffer, offset, read);
        _plain += read;
        return read;
    }

    /// <summary>Reads what stands behind the data: padding and check.</summary>
    /// <returns>The block's bytes without the padding, and its plain bytes, as the index has them.</returns>
    public (long Stored, long Plain) End()
    {
        var compressed = _input.Count - _start;
        if ((_header.CompressedSize is { } stored && stored != compressed) || (_header.PlainSize is { } plain && plain != _plain))
        {
            throw new InvalidDataException("a block has another size than its header says");
        }

        _input.SkipZeros((int)(-compressed & 3));
        _check.End(_input);
        return (_header.Length + compressed + _check.Length, _plain);
    }

    public void Dispose() => _decoder.Dispose();
}
