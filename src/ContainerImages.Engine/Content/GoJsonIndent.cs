using System;

namespace ContainerImages.Content;

/// <summary>
/// JSON as Go's encoding/json.Encoder writes it for people, with SetIndent and without SetEscapeHTML: made from what
/// <see cref="GoJsonWriter"/> wrote.
/// </summary>
internal static class GoJsonIndent
{
    /// <summary>Puts each member on a line of its own, and <c>&lt;</c>, <c>&gt;</c> and <c>&amp;</c> as they are.</summary>
    /// <param name="compact">JSON as <see cref="GoJsonWriter"/> writes it.</param>
    /// <param name="width">Spaces for each level.</param>
    public static byte[] Write(ReadOnlySpan<byte> compact, int width)
    {
        var target = new ByteBuffer();
        var depth = 0;
        for (var i = 0; i < compact.Length; i++)
        {
            var c = compact[i];
            switch (c)
            {
                case (byte)'"':
                    i += CopyString(compact[i..], target) - 1;
                    break;
                case (byte)'{' or (byte)'[':
                    target.Append(c);
                    if (compact[i + 1] is (byte)'}' or (byte)']')
                    {
                        target.Append(compact[++i]);
                        break;
                    }

                    NewLine(target, ++depth * width);
                    break;
                case (byte)'}' or (byte)']':
                    NewLine(target, --depth * width);
                    target.Append(c);
                    break;
                case (byte)',':
                    target.Append(c);
                    NewLine(target, depth * width);
                    break;
                case (byte)':':
                    target.Append(": "u8);
                    break;
                default:
                    target.Append(c);
                    break;
            }
        }

        return target.WrittenSpan.ToArray();
    }

    // The answer is how many bytes the string has here, quotes included.
    private static int CopyString(ReadOnlySpan<byte> text, ByteBuffer target)
    {
        target.Append((byte)'"');
        var i = 1;
        while (text[i] != '"')
        {
            if (text[i] != '\\')
            {
                target.Append(text[i++]);
                continue;
            }

            if (Html(text[i..]) is { } sign)
            {
                target.Append(sign);
                i += 6;
                continue;
            }

            target.Append(text.Slice(i, 2));
            i += 2;
        }

        target.Append((byte)'"');
        return i + 1;
    }

    private static byte? Html(ReadOnlySpan<byte> escape) =>
        escape.StartsWith("\\u003c"u8) ? (byte)'<'
        : escape.StartsWith("\\u003e"u8) ? (byte)'>'
        : escape.StartsWith("\\u0026"u8) ? (byte)'&'
        : null;

    private static void NewLine(ByteBuffer target, int spaces)
    {
        target.Append((byte)'\n');
        for (var i = 0; i < spaces; i++)
        {
            target.Append((byte)' ');
        }
    }
}
