using System;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace ContainerImages.Content;

/// <summary>What looking for matches is made of: reading several bytes at once, hashing and comparing them.</summary>
internal static unsafe class MatchSearch
{
    public const int HashBits = 15;

    private const ulong DeBruijn = 0x03F79D71B4CB0A89;

    private static readonly byte[] _trailingZeros = MakeTrailingZeros();

    // In one order everywhere, so that the same bytes fall into the same places.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Read32(byte* at) => BitConverter.IsLittleEndian ? *(uint*)at : BinaryPrimitives.ReverseEndianness(*(uint*)at);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Read64(byte* at) => BitConverter.IsLittleEndian ? *(ulong*)at : BinaryPrimitives.ReverseEndianness(*(ulong*)at);

    /// <summary>The place of four bytes in a table.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint HashOf4(uint bytes) => (bytes * 2654435761u) >> (32 - HashBits);

    /// <summary>The place of the first seven of eight bytes in a table.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint HashOf7(ulong bytes) => (uint)(((bytes << 8) * 0x9E3779B185EBCA87UL) >> (64 - HashBits));

    /// <summary>How many bytes are equal at two places of which the first four are known to be.</summary>
    /// <param name="earlier">The one place.</param>
    /// <param name="at">The other.</param>
    /// <param name="most">How many bytes may be looked at.</param>
    public static int Extend(byte* earlier, byte* at, int most)
    {
        var length = 4;
        while (length <= most - 8)
        {
            var difference = Read64(earlier + length) ^ Read64(at + length);
            if (difference != 0)
            {
                return length + (TrailingZeros(difference) >> 3);
            }

            length += 8;
        }

        while (length < most && earlier[length] == at[length])
        {
            length++;
        }

        return length;
    }

    // The lowest bit times a number in which each window of six bits is another.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int TrailingZeros(ulong bits) => _trailingZeros[((bits & (0 - bits)) * DeBruijn) >> 58];

    private static byte[] MakeTrailingZeros()
    {
        var table = new byte[64];
        for (var i = 0; i < 64; i++)
        {
            table[((1UL << i) * DeBruijn) >> 58] = (byte)i;
        }

        return table;
    }
}
