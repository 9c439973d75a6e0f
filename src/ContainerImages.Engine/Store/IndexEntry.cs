using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using ContainerImages.Content;
using ContainerImages.References;

namespace ContainerImages.Store;

/// <summary>One descriptor of a store's <c>index.json</c>: a name for a root, or a root without a name.</summary>
internal sealed class IndexEntry
{
    public const string NameAnnotation = "org.opencontainers.image.ref.name";

    private const string Annotations = "annotations";

    private static readonly byte[] s_nameKey = Encoding.ASCII.GetBytes(NameAnnotation);
    private static readonly byte[] s_summaryKey = Encoding.ASCII.GetBytes(RootSummary.Annotation);
    private static readonly byte[] s_leaseKey = Encoding.ASCII.GetBytes(StoredLease.Annotation);
    private static readonly byte[] s_pushKey = Encoding.ASCII.GetBytes(PushMemory.Annotation);

    // Where the summary stands in Raw; nowhere where there is none, or where it is in the text instead.
    private readonly int _summaryStart;
    private readonly int _summaryLength;
    private readonly string? _summaryText;

    private IndexEntry(ReadOnlyMemory<byte> raw, Descriptor root, OwnAnnotations own, int summaryStart = 0, int summaryLength = 0)
    {
        Raw = raw;
        Root = root;
        StoredName = own.Name;
        Name = own.Name is null ? null : FullName(own.Name);
        LeaseText = own.Leases;
        PushText = own.Pushes;
        _summaryText = own.Summary;
        _summaryStart = summaryStart;
        _summaryLength = summaryLength;
    }

    private IndexEntry(IndexEntry other, ReadOnlyMemory<byte> raw)
    {
        Raw = raw;
        Root = other.Root;
        StoredName = other.StoredName;
        Name = other.Name;
        LeaseText = other.LeaseText;
        PushText = other.PushText;
        _summaryText = other._summaryText;
        _summaryStart = other._summaryStart;
        _summaryLength = other._summaryLength;
    }

    /// <summary>The descriptor as it stands in the file; kept byte for byte while nothing of it changes.</summary>
    public ReadOnlyMemory<byte> Raw { get; }

    /// <summary>Type, digest and size alone.</summary>
    public Descriptor Root { get; }

    /// <summary>The full name; null for a root without one.</summary>
    public string? Name { get; }

    /// <summary>The name as it is written: other tools write short ones.</summary>
    public string? StoredName { get; }

    /// <summary>What <see cref="RootSummary.Decode"/> reads; null where there is none. Made anew each time: few are looked at.</summary>
    public string? SummaryText => _summaryText ?? (_summaryLength == 0 ? null : SummaryOfRaw());

    /// <summary>Whether the summary begins as one of this root does, and in which form: other tools copy annotations to other digests.</summary>
    public SummaryForm SummaryForm =>
        RootSummary.FormOf(_summaryText is null ? SummaryBytes : Encoding.UTF8.GetBytes(_summaryText), Root.Digest);

    /// <summary>What <see cref="StoredLease.Decode"/> reads; null for nearly all.</summary>
    public string? LeaseText { get; }

    /// <summary>What <see cref="PushMemory.Decode"/> reads; null where the root was never pushed.</summary>
    public string? PushText { get; }

    /// <summary>Reads the object that the reader stands on, and leaves the reader at its end.</summary>
    [MethodImpl(Compiled.Well)]
    public static IndexEntry Read(ref Utf8JsonReader reader, ReadOnlyMemory<byte> document)
    {
        var start = (int)reader.TokenStartIndex;
        string? mediaType = null, digestText = null;
        var own = new OwnAnnotations(null, null, null, null);
        var (summaryStart, summaryLength) = (0, 0);
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
                mediaType = ReadMediaType(ref reader);
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
                own = ReadAnnotations(ref reader, out summaryStart, out summaryLength);
            }
            else
            {
                reader.Skip();
            }
        }

        if (!Digest.TryParse(digestText, out var digest, out var reason))
        {
            throw new JsonException($"its digest {QuotedText.Quote(digestText)} is none: {reason}");
        }

        if (size is null or < 0)
        {
            throw new JsonException($"the size of {digest} is missing or negative");
        }

        var raw = document.Slice(start, (int)reader.BytesConsumed - start);
        return new IndexEntry(raw, new Descriptor(mediaType ?? "", digest, size.Value), own, summaryLength == 0 ? 0 : summaryStart - start, summaryLength);
    }

    /// <summary>The same descriptor where a new document has it.</summary>
    public IndexEntry MovedTo(ReadOnlyMemory<byte> raw) => new(this, raw);

    /// <summary>Whether the summary contains some ASCII text.</summary>
    public bool SummaryContains(string text, ReadOnlySpan<byte> bytes) => _summaryText is null
        ? SummaryBytes.IndexOf(bytes) >= 0
        : _summaryText.IndexOf(text, StringComparison.Ordinal) >= 0;

    /// <summary>Whether another has the same summary, or none has any.</summary>
    public bool HasSameSummary(IndexEntry other) => _summaryText is null && other._summaryText is null
        ? SummaryBytes.SequenceEqual(other.SummaryBytes)
        : string.Equals(SummaryText, other.SummaryText, StringComparison.Ordinal);

    /// <summary>A new descriptor for a root.</summary>
    public static IndexEntry Create(Descriptor root, string? name, string? summary, string? leases = null, string? pushes = null)
    {
        var own = new OwnAnnotations(name, summary, leases, pushes);
        var raw = new ByteBuffer();
        raw.Append(Begin(root));
        AppendAnnotations(raw, [], own);
        raw.Append((byte)'}');
        return new IndexEntry(raw.WrittenSpan.ToArray(), root, own);
    }

    /// <summary>The same descriptor under another name or summary; what others wrote beside them stays.</summary>
    public IndexEntry With(string? name, string? summary) => With(new OwnAnnotations(name, summary, LeaseText, PushText));

    /// <summary>The same descriptor with other leases.</summary>
    public IndexEntry WithLeases(string? leases) => With(new OwnAnnotations(StoredName, SummaryText, leases, PushText));

    /// <summary>The same descriptor with another memory of pushes.</summary>
    public IndexEntry WithPushes(string? pushes) => With(new OwnAnnotations(StoredName, SummaryText, LeaseText, pushes));

    /// <summary>The same descriptor with the size and the type of its root as they are.</summary>
    public IndexEntry WithRoot(Descriptor root) => With(new OwnAnnotations(StoredName, SummaryText, LeaseText, PushText), root);

    private IndexEntry With(OwnAnnotations own, Descriptor? root = null)
    {
        var pieces = JsonPiece.Of(Raw).ToLookup(piece => piece.Key == Annotations);
        var others = pieces[true].Select(piece => JsonPiece.Of(piece.Value)).LastOrDefault() ?? [];
        var raw = new ByteBuffer();
        raw.Append(root is null ? [(byte)'{'] : Begin(root));
        foreach (var piece in pieces[false].Where(piece => root is null || piece.Key is not ("mediaType" or "digest" or "size")))
        {
            Append(raw, piece.Text.Span);
        }

        AppendAnnotations(raw, others.Where(piece => piece.Key is not (NameAnnotation or RootSummary.Annotation or StoredLease.Annotation or PushMemory.Annotation)), own);
        raw.Append((byte)'}');
        return new IndexEntry(raw.WrittenSpan.ToArray(), root ?? Root, own);
    }

    /// <summary>A descriptor up to its annotations.</summary>
    private static byte[] Begin(Descriptor root)
    {
        using var json = new MemoryStream();
        using (var writer = new Utf8JsonWriter(json, StoreJson.Options))
        {
            writer.WriteStartObject();
            writer.WriteString("mediaType", root.MediaType);
            writer.WriteString("digest", root.Digest.ToString());
            writer.WriteNumber("size", root.Size);
            writer.WriteEndObject();
        }

        return json.ToArray().AsSpan(0, (int)json.Length - 1).ToArray();
    }

    private ReadOnlySpan<byte> SummaryBytes => Raw.Span.Slice(_summaryStart, _summaryLength);

    private string SummaryOfRaw()
    {
        MemoryMarshal.TryGetArray(Raw, out var raw);
        return Encoding.ASCII.GetString(raw.Array!, raw.Offset + _summaryStart, _summaryLength);
    }

    // Nearly all have one of a few types, which need no text each.
    [MethodImpl(Compiled.Well)]
    private static string? ReadMediaType(ref Utf8JsonReader reader) =>
        reader.TokenType != JsonTokenType.String ? reader.GetString()
        : reader.ValueTextEquals(MediaTypes.OciManifest) ? MediaTypes.OciManifest
        : reader.ValueTextEquals(MediaTypes.DockerManifest) ? MediaTypes.DockerManifest
        : reader.GetString();

    // A summary of ours is plain ASCII and stays in the document until it is asked for. Any other text is read at once, so that
    // one which is no text at all shows.
    [MethodImpl(Compiled.Well)]
    private static OwnAnnotations ReadAnnotations(ref Utf8JsonReader reader, out int summaryStart, out int summaryLength)
    {
        (summaryStart, summaryLength) = (0, 0);
        string? name = null, summary = null, leases = null, pushes = null;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var isName = reader.ValueTextEquals(s_nameKey);
            var isSummary = reader.ValueTextEquals(s_summaryKey);
            var isLeases = reader.ValueTextEquals(s_leaseKey);
            var isPushes = reader.ValueTextEquals(s_pushKey);
            reader.Read();
            if (isName && reader.TokenType == JsonTokenType.String)
            {
                name = reader.GetString();
            }
            else if (isSummary && reader.TokenType == JsonTokenType.String)
            {
                var isPlain = !reader.ValueIsEscaped && reader.ValueSpan.Length > 0 && Utf8Sequence.IsAscii(reader.ValueSpan);
                summary = isPlain ? null : reader.GetString();
                (summaryStart, summaryLength) = isPlain ? ((int)reader.TokenStartIndex + 1, reader.ValueSpan.Length) : (0, 0);
            }
            else if (isLeases && reader.TokenType == JsonTokenType.String)
            {
                leases = reader.GetString();
            }
            else if (isPushes && reader.TokenType == JsonTokenType.String)
            {
                pushes = reader.GetString();
            }
            else
            {
                reader.Skip();
            }
        }

        return new OwnAnnotations(string.IsNullOrEmpty(name) ? null : name, summary, leases, pushes);
    }

    // The name in front, where a reader of the file sees it.
    private static void AppendAnnotations(ByteBuffer raw, IEnumerable<JsonPiece> others, OwnAnnotations own)
    {
        var texts = others.Select(piece => piece.Text).ToList();
        if (own is { Name: null, Summary: null, Leases: null, Pushes: null } && texts.Count == 0)
        {
            return;
        }

        Append(raw, Encode(Annotations));
        raw.Append((byte)':');
        raw.Append((byte)'{');
        AppendText(NameAnnotation, own.Name);
        texts.ForEach(text => Append(raw, text.Span));
        AppendText(RootSummary.Annotation, own.Summary);
        AppendText(StoredLease.Annotation, own.Leases);
        AppendText(PushMemory.Annotation, own.Pushes);
        raw.Append((byte)'}');

        void AppendText(string key, string? value)
        {
            if (value is not null)
            {
                Append(raw, Encode(key));
                raw.Append((byte)':');
                raw.Append(Encode(value));
            }
        }
    }

    private static void Append(ByteBuffer raw, ReadOnlySpan<byte> item)
    {
        if (raw.WrittenSpan[^1] != '{')
        {
            raw.Append((byte)',');
        }

        raw.Append(item);
    }

    private static byte[] Encode(string text) =>
        [(byte)'"', .. JsonEncodedText.Encode(text, StoreJson.Options.Encoder).EncodedUtf8Bytes, (byte)'"'];

    /// <summary>What is read and written here; what others write beside them stays as it is.</summary>
    private readonly record struct OwnAnnotations(string? Name, string? Summary, string? Leases, string? Pushes);

    // A name that another tool wrote short means what it would mean in an archive. One outside the grammar stands as it is:
    // the image can be listed and removed, and is never taken for one without a name.
    private static string FullName(string stored) =>
        IsFull(stored) || !ImageReference.TryParseForTag(stored, out var reference) ? stored : reference.ToString();

    // What we write is told by its look: a registry in front, a tag at the end. Thousands of names are read for every list.
    [MethodImpl(Compiled.Well)]
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
