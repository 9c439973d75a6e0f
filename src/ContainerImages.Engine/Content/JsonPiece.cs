using System;
using System.Collections.Generic;
using System.Text.Json;

namespace ContainerImages.Content;

/// <summary>
/// A property of a JSON object as it stands in a file, to be copied byte for byte: a writer would refuse text that is no
/// valid Unicode, and spell the rest anew.
/// </summary>
/// <param name="Key">Its key; null for one that is no valid Unicode.</param>
/// <param name="Text">Key and value.</param>
/// <param name="Value">The value alone.</param>
internal readonly record struct JsonPiece(string? Key, ReadOnlyMemory<byte> Text, ReadOnlyMemory<byte> Value)
{
    /// <summary>The properties of an object, in its order.</summary>
    /// <param name="json">The object, which was read before and is valid; anything else has no properties.</param>
    public static IReadOnlyList<JsonPiece> Of(ReadOnlyMemory<byte> json)
    {
        var pieces = new List<JsonPiece>();
        json = json.Slice(JsonFields.BomLength(json.Span));
        var reader = new Utf8JsonReader(json.Span, new JsonReaderOptions { MaxDepth = Limits.JsonDepth });
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return pieces;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var (start, key) = ((int)reader.TokenStartIndex, KeyOf(ref reader));
            reader.Read();
            var value = (int)reader.TokenStartIndex;
            reader.Skip();
            var end = (int)reader.BytesConsumed;
            pieces.Add(new JsonPiece(key, json.Slice(start, end - start), json.Slice(value, end - value)));
        }

        return pieces;
    }

    /// <summary>The items of an array, in its order.</summary>
    /// <param name="json">The array, which was read before and is valid; anything else has no items.</param>
    public static IReadOnlyList<ReadOnlyMemory<byte>> Items(ReadOnlyMemory<byte> json)
    {
        var items = new List<ReadOnlyMemory<byte>>();
        var reader = new Utf8JsonReader(json.Span, new JsonReaderOptions { MaxDepth = Limits.JsonDepth });
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray)
        {
            return items;
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            items.Add(json.Slice(start, (int)reader.BytesConsumed - start));
        }

        return items;
    }

    private static string? KeyOf(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
