using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using System.Text.Json;
using ContainerImages.Content;

namespace ContainerImages.Store;

/// <summary>
/// A store's <c>index.json</c> as it was at one moment. A new version is made from its bytes: descriptors that stay, and
/// fields that are not known here, are copied as they stand.
/// </summary>
internal sealed class StoreIndex
{
    private static readonly byte[] EmptyBytes = Encoding.ASCII.GetBytes(
        $"{{\"schemaVersion\":2,\"mediaType\":\"{MediaTypes.OciIndex}\",\"manifests\":[]}}");

    private readonly byte[] _bytes;
    private readonly int _listStart;
    private readonly int _listEnd;

    private StoreIndex(byte[] bytes, int listStart, int listEnd, IReadOnlyList<IndexEntry> entries)
    {
        _bytes = bytes;
        _listStart = listStart;
        _listEnd = listEnd;
        Entries = entries;
    }

    public static StoreIndex Empty { get; } = Parse(EmptyBytes, StorePaths.IndexFileName);

    public IReadOnlyList<IndexEntry> Entries { get; }

    /// <summary>An index of these descriptors and nothing else.</summary>
    public static StoreIndex Of(IReadOnlyList<IndexEntry> entries) => Parse(Empty.Rewrite(entries), StorePaths.IndexFileName);

    /// <exception cref="ContainerImageException">StoreInvalid.</exception>
    public static StoreIndex Parse(byte[] bytes, string path)
    {
        var count = -1;
        try
        {
            var bom = JsonFields.BomLength(bytes);
            var document = new ReadOnlyMemory<byte>(bytes, bom, bytes.Length - bom);
            var reader = new Utf8JsonReader(document.Span, new JsonReaderOptions { MaxDepth = Limits.JsonDepth });
            var entries = new List<IndexEntry>();
            int start = -1, end = -1;
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                throw new JsonException("its top is no object");
            }

            while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
            {
                var isList = reader.ValueTextEquals("manifests"u8);
                reader.Read();
                if (!isList)
                {
                    reader.Skip();
                    continue;
                }

                if (start >= 0)
                {
                    throw new JsonException("'manifests' stands there twice");
                }

                // Go's tools write an empty list as null.
                start = bom + (int)reader.TokenStartIndex;
                var isNull = reader.TokenType == JsonTokenType.Null;
                if (reader.TokenType == JsonTokenType.StartArray)
                {
                    count = 0;
                    while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
                    {
                        entries.Add(IndexEntry.Read(ref reader, document));
                        count++;
                    }
                }

                if (!isNull && reader.TokenType != JsonTokenType.EndArray)
                {
                    throw new JsonException("'manifests' is no list of objects");
                }

                end = bom + (int)reader.BytesConsumed;
            }

            reader.Read();
            if (start < 0)
            {
                throw new JsonException("'manifests' is missing");
            }

            return new StoreIndex(bytes, start, end, entries);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            var where = count < 0 ? "" : $" at descriptor {count}";
            throw new ContainerImageException(
                ImageError.StoreInvalid, $"The store's index '{path}' is broken{where}: {e.Message.TrimEnd('.')}.", e);
        }
    }

    /// <summary>Whether the document is made of these bytes.</summary>
    public bool HasBytes(byte[] bytes) => _bytes.AsSpan().SequenceEqual(bytes);

    /// <summary>Whether another reading has found the same.</summary>
    public bool IsSameAs(StoreIndex other) => ReferenceEquals(this, other) || HasBytes(other._bytes);

    /// <summary>The document with these descriptors instead, one a line.</summary>
    public byte[] Rewrite(IReadOnlyList<IndexEntry> entries)
    {
        using var buffer = new MemoryStream(_bytes.Length + 1024);
        buffer.Write(_bytes, 0, _listStart);
        buffer.WriteByte((byte)'[');
        for (var i = 0; i < entries.Count; i++)
        {
            if (i > 0)
            {
                buffer.WriteByte((byte)',');
            }

            buffer.WriteByte((byte)'\n');
            System.Runtime.InteropServices.MemoryMarshal.TryGetArray(entries[i].Raw, out var raw);
            buffer.Write(raw.Array!, raw.Offset, raw.Count);
        }

        buffer.WriteByte((byte)']');
        buffer.Write(_bytes, _listEnd, _bytes.Length - _listEnd);
        return buffer.ToArray();
    }
}
