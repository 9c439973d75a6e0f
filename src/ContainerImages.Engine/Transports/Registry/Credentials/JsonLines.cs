using System;
using System.Text;
using System.Text.Json;

namespace ContainerImages.Transports;

/// <summary>Finds the line of a JSON key in a file; a parsed document does not know it.</summary>
internal static class JsonLines
{
    /// <summary>The line where the value at a path of keys begins; the last key's that was found, where one is absent.</summary>
    /// <param name="json">Valid JSON whose top is an object.</param>
    /// <param name="path">Keys from the top.</param>
    public static int Find(ReadOnlySpan<byte> json, params string[] path)
    {
        var reader = new Utf8JsonReader(json);
        var (line, depth) = (1, 0);
        while (depth < path.Length && reader.Read())
        {
            // Values are skipped with all that is in them: keys on this level are those at its depth.
            if (reader.TokenType == JsonTokenType.EndObject && reader.CurrentDepth < depth + 1)
            {
                break;
            }

            if (reader.TokenType != JsonTokenType.PropertyName)
            {
                continue;
            }

            if (!reader.ValueTextEquals(path[depth]))
            {
                reader.Skip();
                continue;
            }

            line = LineOf(json, reader.TokenStartIndex);
            depth++;
        }

        return line;
    }

    /// <summary>The line of a byte, counted from 1.</summary>
    public static int LineOf(ReadOnlySpan<byte> text, long position)
    {
        var line = 1;
        foreach (var b in text[..(int)Math.Min(position, text.Length)])
        {
            line += b == '\n' ? 1 : 0;
        }

        return line;
    }

    /// <summary>Whether nothing is written there but blanks: what an empty file made beforehand has.</summary>
    public static bool IsBlank(byte[] text) => Encoding.UTF8.GetString(text).Trim().Length == 0;
}
