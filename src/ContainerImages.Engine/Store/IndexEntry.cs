using System;
using System.IO;
using System.Text.Json;
using ContainerImages.Content;
using ContainerImages.References;

namespace ContainerImages.Store;

/// <summary>One descriptor of a store's <c>index.json</c>: a name for a root, or a root without a name.</summary>
internal sealed class IndexEntry
{
    public const string NameAnnotation = "org.opencontainers.image.ref.name";

    private IndexEntry(ReadOnlyMemory<byte> raw, Descriptor root, OwnAnnotations own)
    {
        Raw = raw;
        Root = root;
        StoredName = own.Name;
        Name = own.Name is null ? null : FullName(own.Name);
        SummaryText = own.Summary;
        LeaseText = own.Leases;
    }

    /// <summary>The descriptor as it stands in the file; kept byte for byte while nothing of it changes.</summary>
    public ReadOnlyMemory<byte> Raw { get; }

    /// <summary>Type, digest and size alone.</summary>
    public Descriptor Root { get; }

    /// <summary>The full name; null for a root without one.</summary>
    public string? Name { get; }

    /// <summary>The name as it is written: other tools write short ones.</summary>
    public string? StoredName { get; }

    public string? SummaryText { get; }

    /// <summary>What <see cref="StoredLease.Decode"/> reads; null for nearly all.</summary>
    public string? LeaseText { get; }

    /// <summary>Reads the object that the reader stands on, and leaves the reader at its end.</summary>
    public static IndexEntry Read(ref Utf8JsonReader reader, ReadOnlyMemory<byte> document)
    {
        var start = (int)reader.TokenStartIndex;
        string? mediaType = null, digestText = null;
        var own = new OwnAnnotations(null, null, null);
        long? size = null;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var isMediaType = reader.ValueTextEquals("mediaType"u8);
            var isDigest = reader.ValueTextEquals("digest"u8);
            var isSize = reader.ValueTextEquals("size"u8);
            var isAnnotations = reader.ValueTextEquals("annotations"u8);
            reader.Read();
            if (isMediaType)
            {
                mediaType = reader.GetString();
            }
            else if (isDigest)
            {
                digestText = reader.GetString();
            }
            else if (isSize)
            {
                size = reader.GetInt64();
            }
            else if (isAnnotations && reader.TokenType == JsonTokenType.StartObject)
            {
                own = ReadAnnotations(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }

        if (!Digest.TryParse(digestText, out var digest, out var reason))
        {
            throw new JsonException($"its digest '{digestText}' is none: {reason}");
        }

        if (size is null or < 0)
        {
            throw new JsonException($"the size of {digest} is missing or negative");
        }

        var raw = document.Slice(start, (int)reader.BytesConsumed - start);
        return new IndexEntry(raw, new Descriptor(mediaType ?? "", digest, size.Value), own);
    }

    /// <summary>A new descriptor for a root.</summary>
    public static IndexEntry Create(Descriptor root, string? name, string? summary, string? leases = null)
    {
        var own = new OwnAnnotations(name, summary, leases);
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, StoreJson.Options))
        {
            json.WriteStartObject();
            json.WriteString("mediaType", root.MediaType);
            json.WriteString("digest", root.Digest.ToString());
            json.WriteNumber("size", root.Size);
            WriteAnnotations(json, null, own);
            json.WriteEndObject();
        }

        return new IndexEntry(buffer.ToArray(), root, own);
    }

    /// <summary>The same descriptor under another name or summary; what others wrote beside them stays.</summary>
    public IndexEntry With(string? name, string? summary) => With(new OwnAnnotations(name, summary, LeaseText));

    /// <summary>The same descriptor with other leases.</summary>
    public IndexEntry WithLeases(string? leases) => With(new OwnAnnotations(StoredName, SummaryText, leases));

    private IndexEntry With(OwnAnnotations own)
    {
        using var document = JsonDocument.Parse(Raw);
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, StoreJson.Options))
        {
            json.WriteStartObject();
            JsonElement? annotations = null;
            foreach (var property in document.RootElement.EnumerateObject())
            {
                if (property.NameEquals("annotations"u8))
                {
                    annotations = property.Value;
                }
                else
                {
                    property.WriteTo(json);
                }
            }

            WriteAnnotations(json, annotations, own);
            json.WriteEndObject();
        }

        return new IndexEntry(buffer.ToArray(), Root, own);
    }

    private static OwnAnnotations ReadAnnotations(ref Utf8JsonReader reader)
    {
        string? name = null, summary = null, leases = null;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var isName = reader.ValueTextEquals(NameAnnotation);
            var isSummary = reader.ValueTextEquals(RootSummary.Annotation);
            var isLeases = reader.ValueTextEquals(StoredLease.Annotation);
            reader.Read();
            if (isName && reader.TokenType == JsonTokenType.String)
            {
                name = reader.GetString();
            }
            else if (isSummary && reader.TokenType == JsonTokenType.String)
            {
                summary = reader.GetString();
            }
            else if (isLeases && reader.TokenType == JsonTokenType.String)
            {
                leases = reader.GetString();
            }
            else
            {
                reader.Skip();
            }
        }

        return new OwnAnnotations(string.IsNullOrEmpty(name) ? null : name, summary, leases);
    }

    private static void WriteAnnotations(Utf8JsonWriter json, JsonElement? others, OwnAnnotations own)
    {
        var hasOthers = others is { ValueKind: JsonValueKind.Object };
        if (own is { Name: null, Summary: null, Leases: null } && !hasOthers)
        {
            return;
        }

        json.WriteStartObject("annotations");
        Write(NameAnnotation, own.Name);
        if (hasOthers)
        {
            foreach (var property in others!.Value.EnumerateObject())
            {
                if (!property.NameEquals(NameAnnotation) && !property.NameEquals(RootSummary.Annotation) &&
                    !property.NameEquals(StoredLease.Annotation))
                {
                    property.WriteTo(json);
                }
            }
        }

        Write(RootSummary.Annotation, own.Summary);
        Write(StoredLease.Annotation, own.Leases);
        json.WriteEndObject();

        void Write(string key, string? value)
        {
            if (value is not null)
            {
                json.WriteString(key, value);
            }
        }
    }

    /// <summary>What is read and written here; what others write beside them stays as it is.</summary>
    private readonly record struct OwnAnnotations(string? Name, string? Summary, string? Leases);

    // A name that another tool wrote short means what it would mean in an archive. One outside the grammar stands as it is:
    // the image can be listed and removed, and is never taken for one without a name.
    private static string FullName(string stored) =>
        IsFull(stored) || !ImageReference.TryParseForTag(stored, out var reference) ? stored : reference.ToString();

    // What we write is told by its look: a registry in front, a tag at the end. Thousands of names are read for every list.
    private static bool IsFull(string name)
    {
        var slash = name.IndexOf('/');
        if (slash <= 0 || name.LastIndexOf(':') < name.LastIndexOf('/') || name.IndexOf('@') >= 0)
        {
            return false;
        }

        var registry = name.AsSpan(0, slash);
        return registry.SequenceEqual("docker.io".AsSpan())
            ? name.IndexOf('/', slash + 1) >= 0
            : registry.IndexOfAny('.', ':') >= 0 && !registry.SequenceEqual("index.docker.io".AsSpan()) ||
                registry.SequenceEqual("localhost".AsSpan());
    }
}
