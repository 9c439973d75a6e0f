using System;
using System.Collections.Generic;
using System.Text;
using System.Text.Json;

namespace ContainerImages.Fuzz.Mutation;

/// <summary>Where a value stands in a JSON document, so that it can be changed without a change to anything else.</summary>
/// <param name="Path">Its place: <c>manifests[0].size</c>; empty for the top.</param>
/// <param name="Start">Its first byte.</param>
/// <param name="End">The byte behind its last.</param>
/// <param name="KeyStart">The first byte of its key; equal to <paramref name="Start"/> for what has none.</param>
internal readonly record struct JsonSpan(string Path, int Start, int End, int KeyStart)
{
    private const int DeepestRead = 128;

    /// <summary>Every value of a document, each container before what is in it; none if the document is no JSON.</summary>
    public static IReadOnlyList<JsonSpan> Of(byte[] json)
    {
        var spans = new List<JsonSpan>();
        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = DeepestRead });
            reader.Read();
            Add(ref reader, "", (int)reader.TokenStartIndex, spans);
            return reader.Read() ? [] : spans;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return [];
        }
    }

    public byte[] Replace(byte[] json, byte[] by) => Join(json.AsSpan(0, Start), by, json.AsSpan(End));

    /// <summary>Takes it out, its key and a comma too.</summary>
    public byte[] Remove(byte[] json)
    {
        var (start, end) = (KeyStart, End);
        var next = end;
        while (next < json.Length && IsBlank(json[next]))
        {
            next++;
        }

        if (next < json.Length && json[next] == ',')
        {
            end = next + 1;
        }
        else
        {
            while (start > 0 && IsBlank(json[start - 1]))
            {
                start--;
            }

            start -= start > 0 && json[start - 1] == ',' ? 1 : 0;
        }

        return Join(json.AsSpan(0, start), [], json.AsSpan(end));
    }

    /// <summary>Puts another value in front of it, under the same key where it has one.</summary>
    public byte[] PutBefore(byte[] json, byte[] other) =>
        Join(json.AsSpan(0, Start), [.. other, (byte)',', .. json.AsSpan(KeyStart, Start - KeyStart)], json.AsSpan(Start));

    /// <summary>Puts another value behind it, under the same key where it has one.</summary>
    public byte[] PutBehind(byte[] json, byte[] other) =>
        Join(json.AsSpan(0, End), [(byte)',', .. json.AsSpan(KeyStart, Start - KeyStart), .. other], json.AsSpan(End));

    private static void Add(ref Utf8JsonReader reader, string path, int keyStart, List<JsonSpan> spans)
    {
        var (start, at) = ((int)reader.TokenStartIndex, spans.Count);
        spans.Add(default);
        if (reader.TokenType == JsonTokenType.StartObject)
        {
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var (key, name) = ((int)reader.TokenStartIndex, Encoding.UTF8.GetString(reader.ValueSpan));
                reader.Read();
                Add(ref reader, path.Length == 0 ? name : path + "." + name, key, spans);
            }
        }
        else if (reader.TokenType == JsonTokenType.StartArray)
        {
            for (var i = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; i++)
            {
                Add(ref reader, $"{path}[{i}]", (int)reader.TokenStartIndex, spans);
            }
        }

        spans[at] = new JsonSpan(path, start, (int)reader.BytesConsumed, keyStart);
    }

    private static byte[] Join(ReadOnlySpan<byte> before, byte[] middle, ReadOnlySpan<byte> after) => [.. before, .. middle, .. after];

    private static bool IsBlank(byte b) => b is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t';
}
