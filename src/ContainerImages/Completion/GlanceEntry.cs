using System;
using System.Text.Json;
using ContainerImages.Store;

namespace ContainerImages.Completion;

/// <summary>One entry of a store's index, as far as it is looked at.</summary>
/// <param name="Name">The name as it is stored; null for a root without one.</param>
/// <param name="Root">The digest of the root.</param>
/// <param name="HasSummary">Whether the rest is in the index.</param>
/// <param name="Raw">The whole entry.</param>
internal readonly record struct GlanceEntry(string? Name, string Root, bool HasSummary, ReadOnlyMemory<byte> Raw)
{
    /// <summary>Reads the object that the reader stands on, and leaves the reader at its end.</summary>
    public static GlanceEntry Read(ref Utf8JsonReader reader, ReadOnlyMemory<byte> document)
    {
        var start = (int)reader.TokenStartIndex;
        var depth = reader.CurrentDepth;
        string? name = null;
        var root = "";
        var hasSummary = false;
        while (reader.Read() && (reader.TokenType != JsonTokenType.EndObject || reader.CurrentDepth > depth))
        {
            // Names of properties: one level in are the descriptor's own, two levels in its annotations'.
            if (reader.TokenType != JsonTokenType.PropertyName)
            {
                continue;
            }

            if (reader.CurrentDepth == depth + 1)
            {
                if (reader.ValueTextEquals("digest"u8))
                {
                    reader.Read();
                    root = reader.GetString() ?? "";
                }
            }
            else if (reader.CurrentDepth == depth + 2)
            {
                hasSummary |= reader.ValueTextEquals(RootSummary.Annotation);
                if (reader.ValueTextEquals(IndexEntry.NameAnnotation))
                {
                    reader.Read();
                    name = reader.GetString();
                }
            }
        }

        return new GlanceEntry(name, root, hasSummary, document.Slice(start, (int)reader.BytesConsumed - start));
    }
}
