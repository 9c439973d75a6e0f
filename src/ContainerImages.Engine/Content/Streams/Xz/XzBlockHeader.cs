using System.IO;

namespace ContainerImages.Content;

/// <summary>The header of a block of an xz stream (the .xz file format, 3.1).</summary>
/// <param name="Length">Its bytes.</param>
/// <param name="CompressedSize">The bytes of the data; null where it does not say.</param>
/// <param name="PlainSize">The bytes that the data decompresses to; null where it does not say.</param>
/// <param name="Dictionary">The size of the dictionary, in LZMA2's form.</param>
internal sealed record XzBlockHeader(int Length, long? CompressedSize, long? PlainSize, byte Dictionary)
{
    private const int CompressedSizePresent = 0x40;
    private const int PlainSizePresent = 0x80;
    private const int Reserved = 0x3C;
    private const int Lzma2 = 0x21;
    private const int ChecksumLength = 4;
    private const int LargestDictionary = 40;

    /// <exception cref="InvalidDataException">It is malformed.</exception>
    /// <exception cref="ContainerImageException">
    /// ContentTooLarge, for a dictionary past the limit; UnsupportedContent, for filters other than LZMA2.
    /// </exception>
    public static XzBlockHeader Parse(byte[] header, string name)
    {
        var end = header.Length - ChecksumLength;
        XzCheck.Require(XzCheck.Crc32(header, 0, end), header, end, "a block's header");
        var flags = header[1];
        if ((flags & Reserved) != 0)
        {
            throw new InvalidDataException("a block's header has flags that nobody knows");
        }

        var at = 2;
        long? compressed = (flags & CompressedSizePresent) == 0 ? null : Number(header, ref at, end);
        long? plain = (flags & PlainSizePresent) == 0 ? null : Number(header, ref at, end);
        var filter = Number(header, ref at, end);
        if ((flags & 3) != 0 || filter != Lzma2)
        {
            throw new ContainerImageException(
                ImageError.UnsupportedContent, $"{name} is an xz stream with the filter 0x{filter:x}; LZMA2 alone is supported.");
        }

        if (Number(header, ref at, end) != 1 || at == end || header[at] > LargestDictionary)
        {
            throw new InvalidDataException("a block's header has no valid dictionary size");
        }

        var dictionary = header[at++];
        if (SizeOf(dictionary) > Limits.XzDictionary)
        {
            throw new ContainerImageException(
                ImageError.ContentTooLarge,
                $"{name} needs an xz dictionary of {SizeOf(dictionary)} bytes; {Limits.XzDictionary} are the limit.");
        }

        for (; at < end; at++)
        {
            if (header[at] != 0)
            {
                throw new InvalidDataException("a block's header has fields that nobody knows");
            }
        }

        return new XzBlockHeader(header.Length, compressed, plain, dictionary);
    }

    private static long SizeOf(byte dictionary) =>
        dictionary == LargestDictionary ? uint.MaxValue : (2L | (dictionary & 1u)) << ((dictionary / 2) + 11);

    private static long Number(byte[] header, ref int at, int end)
    {
        var number = new XzNumber();
        while (at < end)
        {
            if (number.Add(header[at++]))
            {
                return number.Value;
            }
        }

        throw new InvalidDataException("a block's header is cut short");
    }
}

/// <summary>A number as xz files have it: seven bits a byte, the lowest first (the .xz file format, 1.2).</summary>
internal struct XzNumber
{
    private const int Longest = 9;

    private int _count;

    public long Value { get; private set; }

    /// <returns>Whether this was the last byte.</returns>
    public bool Add(int next)
    {
        if (_count == Longest || (next == 0 && _count > 0))
        {
            throw new InvalidDataException("a number is longer than it may be");
        }

        Value |= (next & 0x7FL) << (7 * _count++);
        return (next & 0x80) == 0;
    }
}
