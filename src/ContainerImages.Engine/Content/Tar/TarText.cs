using System;
using System.Text;

namespace ContainerImages.Content;

/// <summary>
/// Text of tar headers. It is UTF-8 by custom but any bytes in truth, and a name must survive: each byte that is not part of
/// valid UTF-8 becomes the lone surrogate U+DC00 + byte (as Python's "surrogateescape"), which no valid text decodes to, and
/// becomes that byte again on the way out.
/// </summary>
internal static class TarText
{
    private const char EscapeBase = '\uDC00';

    public static string Decode(ReadOnlySpan<byte> bytes)
    {
        // No byte decodes to more than one character.
        var chars = bytes.Length <= 256 ? stackalloc char[bytes.Length] : new char[bytes.Length];
        var count = 0;
        while (!bytes.IsEmpty)
        {
            var length = Utf8Sequence.Decode(bytes, out var scalar);
            if (length == 0)
            {
                chars[count++] = (char)(EscapeBase + bytes[0]);
                length = 1;
            }
            else if (scalar < 0x10000)
            {
                chars[count++] = (char)scalar;
            }
            else
            {
                chars[count++] = (char)(0xD800 + ((scalar - 0x10000) >> 10));
                chars[count++] = (char)(0xDC00 + (scalar & 0x3FF));
            }

            bytes = bytes[length..];
        }

        return chars[..count].ToString();
    }

    public static byte[] Encode(string text)
    {
        var bytes = new byte[Encoding.UTF8.GetMaxByteCount(text.Length)];
        var (count, plain) = (0, 0);
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsSurrogatePair(text, i))
            {
                i++;
            }
            else if (text[i] is >= '\uDC80' and <= '\uDCFF')
            {
                count += Encoding.UTF8.GetBytes(text, plain, i - plain, bytes, count);
                bytes[count++] = (byte)(text[i] - EscapeBase);
                plain = i + 1;
            }
        }

        count += Encoding.UTF8.GetBytes(text, plain, text.Length - plain, bytes, count);
        Array.Resize(ref bytes, count);
        return bytes;
    }

    public static bool IsAscii(ReadOnlySpan<byte> text)
    {
        foreach (var b in text)
        {
            if (b >= 0x80)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The bytes up to the first NUL, or all of them: how strings stand in fixed fields.</summary>
    public static ReadOnlySpan<byte> UntilNul(ReadOnlySpan<byte> field)
    {
        var end = field.IndexOf((byte)0);
        return end < 0 ? field : field[..end];
    }
}
