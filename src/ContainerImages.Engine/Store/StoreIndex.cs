using System;
using System.Buffers;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
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
    [MethodImpl(Compiled.Well)]
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

    /// <summary>Whether a stream has the document's bytes and no others.</summary>
    public bool HasBytesOf(Stream stream)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            var rest = _bytes.AsSpan();
            while (stream.Read(buffer, 0, buffer.Length) is > 0 and var count)
            {
                if (!rest.StartsWith(buffer.AsSpan(0, count)))
                {
                    return false;
                }

                rest = rest.Slice(count);
            }

            return rest.IsEmpty;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Whether another reading has found the same.</summary>
    public bool IsSameAs(StoreIndex other) => ReferenceEquals(this, other) || _bytes.AsSpan().SequenceEqual(other._bytes);

    /// <summary>The document.</summary>
    public byte[] ToBytes() => _bytes;

    /// <summary>The document with these descriptors instead, one a line.</summary>
    public byte[] Rewrite(IReadOnlyList<IndexEntry> entries) => With(entries)._bytes;

    /// <summary>The same, as it would be read again.</summary>
    public StoreIndex With(IReadOnlyList<IndexEntry> entries)
    {
        var tail = _bytes.AsSpan(_listEnd);
        var length = _listStart + tail.Length + 2L + entries.Sum(entry => entry.Raw.Length + 2L) - (entries.Count > 0 ? 1 : 0);
        var bytes = new byte[checked((int)length)];
        var moved = new IndexEntry[entries.Count];
        _bytes.AsSpan(0, _listStart).CopyTo(bytes);
        var at = _listStart;
        bytes[at++] = (byte)'[';
        for (var i = 0; i < moved.Length; i++)
        {
            if (i > 0)
            {
                bytes[at++] = (byte)',';
            }

            bytes[at++] = (byte)'\n';
            var raw = entries[i].Raw;
            raw.CopyTo(bytes.AsMemory(at));
            moved[i] = entries[i].MovedTo(bytes.AsMemory(at, raw.Length));
            at += raw.Length;
        }

        bytes[at++] = (byte)']';
        tail.CopyTo(bytes.AsSpan(at));
        return new StoreIndex(bytes, _listStart, at, moved);
    }
}
