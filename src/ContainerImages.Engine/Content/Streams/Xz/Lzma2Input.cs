using System.IO;

namespace ContainerImages.Content;

/// <summary>
/// LZMA2 data on its way to the decoder: the head of each chunk is looked at first. The decoder takes properties for which it
/// needs megabytes of tables, where the format allows kilobytes.
/// </summary>
internal sealed class Lzma2Input(XzInput input) : ReadOnlyStream
{
    private const int End = 0;
    private const int LastUncompressed = 2;
    private const int Compressed = 0x80;
    private const int NewProperties = 0xC0;
    private const int MostLiteralBits = 4;

    private readonly byte[] _head = new byte[6];
    private int _headLength;
    private int _headLeft = 1;
    private int _dataLeft;

    public override int ReadByte()
    {
        var next = input.ReadByte();
        if (_headLeft == 0)
        {
            Take(1);
            return next;
        }

        _head[_headLength++] = next;
        _headLeft--;
        if (_headLength == 1)
        {
            _headLeft = next switch
            {
                End => 1,
                <= LastUncompressed => 2,
                >= NewProperties => 5,
                >= Compressed => 4,
                _ => throw new InvalidDataException("a chunk is of a kind that nobody knows"),
            };
            _headLength = next == End ? 0 : 1;
        }
        else if (_headLeft == 0)
        {
            _dataLeft = LengthOf(_head);
            _headLength = 0;
        }

        return next;
    }

    /// <summary>Asked for the data of chunks that are not compressed only.</summary>
    public override int Read(byte[] buffer, int offset, int count)
    {
        var read = input.Read(buffer, offset, System.Math.Min(count, _dataLeft));
        Take(read);
        return read;
    }

    private static int LengthOf(byte[] head)
    {
        if (head[0] < Compressed)
        {
            return (head[1] << 8) + head[2] + 1;
        }

        // (position bits * 5 + literal position bits) * 9 + literal context bits
        if (head[0] >= NewProperties && (head[5] % 9) + (head[5] / 9 % 5) > MostLiteralBits)
        {
            throw new InvalidDataException("a chunk has properties that LZMA2 does not allow");
        }

        return (head[3] << 8) + head[4] + 1;
    }

    private void Take(int count)
    {
        _dataLeft -= count;
        _headLeft = _dataLeft <= 0 ? 1 : 0;
    }
}
