using System;
using System.Buffers.Binary;

namespace ContainerImages.Content;

/// <summary>The checksum of gzip (RFC 1952, 8): of stretches each for itself, and put together afterwards.</summary>
internal static unsafe class Crc32
{
    private const uint Polynomial = 0xEDB88320;

    // Polynomials stand with their highest bit for x to the power of 0.
    private const uint One = 1u << 31;
    private const uint ToThePowerOf8 = One >> 8;

    private const int Slices = 16;

    // For each of sixteen bytes at once, what it adds from where it stands.
    private static readonly uint[] _table = MakeTable();

    /// <summary>The checksum of some bytes; 0 for none.</summary>
    public static uint Compute(ReadOnlySpan<byte> bytes)
    {
        var (crc, count) = (uint.MaxValue, bytes.Length);
        fixed (uint* table = _table)
        fixed (byte* start = bytes)
        {
            var at = start;
            for (; count >= Slices; count -= Slices, at += Slices)
            {
                var a = Read(at) ^ crc;
                var (b, c, d) = (Read(at + 4), Read(at + 8), Read(at + 12));
                crc = Slice(table + (12 * 256), a) ^ Slice(table + (8 * 256), b) ^ Slice(table + (4 * 256), c) ^ Slice(table, d);
            }

            for (; count > 0; count--, at++)
            {
                crc = (crc >> 8) ^ table[(byte)crc ^ *at];
            }
        }

        return ~crc;
    }

    /// <summary>The checksum of two stretches, one behind the other.</summary>
    /// <param name="first">The checksum of the first.</param>
    /// <param name="second">The checksum of the second.</param>
    /// <param name="length">How many bytes the second has.</param>
    public static uint Combine(uint first, uint second, long length)
    {
        // To append bytes is to multiply by a power of x, found by squares.
        var power = One;
        for (var square = ToThePowerOf8; length > 0; length >>= 1)
        {
            if ((length & 1) != 0)
            {
                power = Multiply(power, square);
            }

            square = Multiply(square, square);
        }

        return Multiply(first, power) ^ second;
    }

    private static uint Multiply(uint a, uint b)
    {
        uint product = 0;
        for (var bit = One; bit != 0; bit >>= 1)
        {
            if ((a & bit) != 0)
            {
                product ^= b;
            }

            b = (b >> 1) ^ ((b & 1) * Polynomial);
        }

        return product;
    }

    private static uint Slice(uint* table, uint word) =>
        table[(3 * 256) + (word & 0xFF)] ^ table[(2 * 256) + ((word >> 8) & 0xFF)] ^ table[256 + ((word >> 16) & 0xFF)] ^ table[word >> 24];

    private static uint Read(byte* at) => BitConverter.IsLittleEndian ? *(uint*)at : BinaryPrimitives.ReverseEndianness(*(uint*)at);

    private static uint[] MakeTable()
    {
        var table = new uint[Slices * 256];
        for (uint value = 0; value < 256; value++)
        {
            var crc = value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ ((crc & 1) * Polynomial);
            }

            table[value] = crc;
        }

        for (var i = 256; i < table.Length; i++)
        {
            var before = table[i - 256];
            table[i] = (before >> 8) ^ table[before & 0xFF];
        }

        return table;
    }
}
