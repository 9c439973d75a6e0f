using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ContainerImages.Content;

/// <summary>UTF-8 one character at a time, for text that may hold anything (netstandard2.0 has no System.Text.Rune).</summary>
internal static class Utf8Sequence
{
    /// <summary>Whether all bytes are ASCII, each of which is a character.</summary>
    [MethodImpl(Compiled.Well)]
    public static bool IsAscii(ReadOnlySpan<byte> bytes)
    {
        const ulong Others = 0x8080_8080_8080_8080;
        foreach (var eight in MemoryMarshal.Cast<byte, ulong>(bytes))
        {
            if ((eight & Others) != 0)
            {
                return false;
            }
        }

        foreach (var one in bytes.Slice(bytes.Length & ~7))
        {
            if (one > 0x7F)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>
    /// Decodes the first character. The answer is how many bytes it has, or 0 if they are not valid UTF-8: cut short,
    /// longer than need be, half of a surrogate pair, or beyond Unicode.
    /// </summary>
    public static int Decode(ReadOnlySpan<byte> bytes, out int scalar)
    {
        scalar = 0;
        if (bytes.IsEmpty)
        {
            return 0;
        }

        int first = bytes[0];
        if (first < 0x80)
        {
            scalar = first;
            return 1;
        }

        var (length, smallest) = first switch
        {
            >= 0xC2 and < 0xE0 => (2, 0x80),
            >= 0xE0 and < 0xF0 => (3, 0x800),
            >= 0xF0 and < 0xF5 => (4, 0x10000),
            _ => (0, 0),
        };
        if (length == 0 || bytes.Length < length)
        {
            return 0;
        }

        scalar = first & (0x7F >> length);
        for (var i = 1; i < length; i++)
        {
            if ((bytes[i] & 0xC0) != 0x80)
            {
                return 0;
            }

            scalar = (scalar << 6) | (bytes[i] & 0x3F);
        }

        return scalar < smallest || scalar is (>= 0xD800 and < 0xE000) or > 0x10FFFF ? 0 : length;
    }
}
