using System;
using System.Collections.Generic;
using System.Text;

namespace ContainerImages.Content;

/// <summary>
/// JSON byte for byte as Go's encoding/json.Marshal writes it, in the version that podman 4 and docker were built with: what
/// they hash, and write into archives, must come out the same here. System.Text.Json has no encoder that does: they escape
/// more, or less, and in upper-case digits.
/// </summary>
internal static class GoJson
{
    /// <summary>Orders the keys of a map as Go does: by their UTF-8 bytes, which UTF-16's own order is not.</summary>
    public static IComparer<string> KeyOrder { get; } = Comparer<string>.Create(CompareKeys);

    /// <summary>
    /// A <c>map[string]*json.RawMessage</c>: keys sorted, values compacted, <c>null</c> where there is none. The values must
    /// be valid JSON.
    /// </summary>
    public static byte[] MarshalMap(IReadOnlyDictionary<string, ReadOnlyMemory<byte>?> map)
    {
        var keys = new List<string>(map.Keys);
        keys.Sort(KeyOrder);
        var writer = new GoJsonWriter();
        writer.BeginObject();
        foreach (var key in keys)
        {
            writer.Name(key);
            if (map[key] is { } value)
            {
                writer.Raw(value.Span);
            }
            else
            {
                writer.Null();
            }
        }

        writer.EndObject();
        return writer.ToArray();
    }

    /// <summary>A string with its quotes and escapes.</summary>
    public static void WriteString(string text, ByteBuffer target)
    {
        // Lone surrogates become U+FFFD as UTF-8 has it, which Go writes as it is; but text that Go decoded from bytes that
        // are not UTF-8 is the other overload's.
        WriteString(Encoding.UTF8.GetBytes(text), target);
    }

    /// <summary>A string of UTF-8 with its quotes and escapes; each byte that is not valid becomes <c>\ufffd</c>.</summary>
    public static void WriteString(ReadOnlySpan<byte> text, ByteBuffer target)
    {
        target.Append((byte)'"');
        while (!text.IsEmpty)
        {
            var plain = CountPlain(text);
            target.Append(text[..plain]);
            text = text[plain..];
            if (!text.IsEmpty)
            {
                text = text[WriteEscaped(text, target)..];
            }
        }

        target.Append((byte)'"');
    }

    /// <summary>
    /// Valid JSON as Marshal writes a RawMessage: without white space, and with <c>&lt;</c>, <c>&gt;</c>, <c>&amp;</c>, U+2028
    /// and U+2029 escaped. All else stays byte for byte: the spelling of numbers and strings, the order of keys, duplicates.
    /// </summary>
    public static void WriteCompact(ReadOnlySpan<byte> json, ByteBuffer target)
    {
        var start = 0;
        var isInString = false;
        for (var i = 0; i < json.Length; i++)
        {
            var c = json[i];
            if (isInString && c == '\\')
            {
                i++;
                continue;
            }

            isInString ^= c == '"';
            var isSpace = !isInString && c is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n';
            if (!isSpace && !IsHtml(c) && !IsLineSeparator(json[i..]))
            {
                continue;
            }

            target.Append(json[start..i]);
            if (!isSpace)
            {
                i += WriteEscaped(json[i..], target) - 1;
            }

            start = i + 1;
        }

        target.Append(json[start..]);
    }

    // Bytes that stand for themselves. Non-ASCII ones are looked at one by one: they may be invalid.
    private static int CountPlain(ReadOnlySpan<byte> text)
    {
        var count = 0;
        while (count < text.Length)
        {
            var c = text[count];
            if (c < 0x80)
            {
                if (c < 0x20 || c is (byte)'"' or (byte)'\\' || IsHtml(c))
                {
                    break;
                }

                count++;
                continue;
            }

            var length = Utf8Sequence.Decode(text[count..], out _);
            if (length == 0 || IsLineSeparator(text[count..]))
            {
                break;
            }

            count += length;
        }

        return count;
    }

    // Writes the escape of what the text begins with; the answer is how many bytes that was.
    private static int WriteEscaped(ReadOnlySpan<byte> text, ByteBuffer target)
    {
        if (IsLineSeparator(text))
        {
            target.Append(text[2] == 0xA8 ? "\\u2028"u8 : "\\u2029"u8);
            return 3;
        }

        var c = text[0];
        switch (c)
        {
            case (byte)'"' or (byte)'\\':
                target.Append((byte)'\\');
                target.Append(c);
                break;
            case (byte)'\n':
                target.Append("\\n"u8);
                break;
            case (byte)'\r':
                target.Append("\\r"u8);
                break;
            case (byte)'\t':
                target.Append("\\t"u8);
                break;
            case < 0x80: // \b and \f too: Go has short forms for them only from 1.22 on
                target.Append("\\u00"u8);
                target.Append("0123456789abcdef"u8[c >> 4]);
                target.Append("0123456789abcdef"u8[c & 15]);
                break;
            default:
                target.Append("\\ufffd"u8);
                break;
        }

        return 1;
    }

    private static bool IsHtml(byte c) => c is (byte)'<' or (byte)'>' or (byte)'&';

    private static bool IsLineSeparator(ReadOnlySpan<byte> text) =>
        text.Length >= 3 && text[0] == 0xE2 && text[1] == 0x80 && text[2] is 0xA8 or 0xA9;

    private static int CompareKeys(string left, string right)
    {
        var length = Math.Min(left.Length, right.Length);
        for (var i = 0; i < length; i++)
        {
            if (left[i] != right[i])
            {
                // In UTF-8 the supplementary characters, which are surrogates here, come after all others.
                return (char.IsSurrogate(left[i]), left[i]).CompareTo((char.IsSurrogate(right[i]), right[i]));
            }
        }

        return left.Length.CompareTo(right.Length);
    }
}
