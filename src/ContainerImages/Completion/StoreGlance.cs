using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json;
using ContainerImages.Content;
using ContainerImages.Manifests;
using ContainerImages.Store;

namespace ContainerImages.Completion;

/// <summary>
/// A quick look at a store's index: names and digests of all entries at once, the rest only of those that are asked about.
/// So that Tab is quick, it is not what cmdlets use: <see cref="StoreSnapshot"/> reads everything, and may wait for an index
/// that another program is just writing.
/// </summary>
internal sealed class StoreGlance
{
    // What another tool stored has no summary yet, and takes reading blobs.
    private const int MostRootsRead = 16;

    private readonly BlobStore? _blobs;
    private readonly Dictionary<string, IReadOnlyList<ManifestSummary>> _manifests = new(StringComparer.Ordinal);
    private ILookup<string, string>? _namesByRoot;
    private int _rootsRead;

    private StoreGlance(IReadOnlyList<GlanceEntry> entries, BlobStore? blobs)
    {
        Entries = entries;
        _blobs = blobs;
    }

    public static StoreGlance Empty { get; } = new([], null);

    /// <summary>In the index's order, the oldest first.</summary>
    public IReadOnlyList<GlanceEntry> Entries { get; }

    /// <summary>Reads the index once.</summary>
    public static StoreGlance Read(string path)
    {
        using var store = ImageStore.Open(path);
        if (!File.Exists(store.Paths.Index))
        {
            return Empty;
        }

        using var file = StoreSystem.OpenShared(store.Paths.Index, FileMode.Open, FileAccess.Read);
        if (file.Length > Limits.StoreIndex)
        {
            return Empty;
        }

        using var bytes = new MemoryStream((int)file.Length);
        file.CopyTo(bytes);
        return new StoreGlance(ReadEntries(bytes.GetBuffer().AsMemory(0, (int)bytes.Length)), store.Blobs);
    }

    /// <summary>All that is known of an entry's root; empty where that cannot be told quickly.</summary>
    public IReadOnlyList<ManifestSummary> ManifestsOf(GlanceEntry entry)
    {
        if (!_manifests.TryGetValue(entry.Root, out var manifests))
        {
            _manifests.Add(entry.Root, manifests = Summarize(entry)?.Manifests ?? []);
        }

        return manifests;
    }

    /// <summary>The names of an entry's root.</summary>
    public IEnumerable<string> NamesOf(GlanceEntry entry) =>
        (_namesByRoot ??= Entries.Where(e => e.Name is not null).ToLookup(e => e.Root, e => e.Name!))[entry.Root];

    /// <summary>The images whose IDs begin with these digits, each once, those that came last first.</summary>
    public IEnumerable<(Digest Id, GlanceEntry Entry)> FindIds(string hex)
    {
        // An ID stands after a space in a summary, or after a colon; looking for that first saves taking most of them apart.
        byte[][] marks = [Encoding.ASCII.GetBytes(" " + hex.ToLowerInvariant()), Encoding.ASCII.GetBytes(":" + hex.ToLowerInvariant())];
        var seen = new HashSet<Digest>();
        return Entries.Reverse()
            .Where(entry => hex.Length == 0 || !entry.HasSummary || marks.Any(mark => entry.Raw.Span.IndexOf(mark) >= 0))
            .SelectMany(entry => ManifestsOf(entry), (entry, manifest) => (manifest.Kind, manifest.Id, Entry: entry))
            .Where(found => found.Kind == ManifestSummary.Image && found.Id.Hex.StartsWith(hex, StringComparison.OrdinalIgnoreCase))
            .Where(found => seen.Add(found.Id))
            .Select(found => (found.Id, found.Entry));
    }

    /// <summary>The leases, each once.</summary>
    public IReadOnlyList<StoredLease> Leases
    {
        get
        {
            var mark = Encoding.ASCII.GetBytes(StoredLease.Annotation);
            return StoredLease.Union(Entries
                .Where(entry => entry.Raw.Span.IndexOf(mark) >= 0)
                .Select(entry => ReadEntry(entry).LeaseText)
                .Distinct()
                .SelectMany(StoredLease.Decode));
        }
    }

    /// <summary>The configuration of an image; null where it cannot be read.</summary>
    public ImageConfig? ReadConfig(ManifestSummary image)
    {
        try
        {
            return _blobs!.ReadConfig(new Descriptor(MediaTypes.OciConfig, image.Id, image.ConfigSize));
        }
        catch (Exception e) when (e is ContainerImageException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static IndexEntry ReadEntry(GlanceEntry entry)
    {
        var reader = new Utf8JsonReader(entry.Raw.Span);
        reader.Read();
        return IndexEntry.Read(ref reader, entry.Raw);
    }

    private RootSummary? Summarize(GlanceEntry entry)
    {
        var stored = ReadEntry(entry);
        if (RootSummary.Decode(stored.SummaryText, stored.Root.Digest) is { } summary)
        {
            return summary;
        }

        try
        {
            return _rootsRead++ < MostRootsRead ? SummaryBuilder.Build(stored.Root, _blobs!) : null;
        }
        catch (ContainerImageException)
        {
            return null;
        }
    }

    private static List<GlanceEntry> ReadEntries(ReadOnlyMemory<byte> index)
    {
        var document = index.Slice(JsonFields.BomLength(index.Span));
        var reader = new Utf8JsonReader(document.Span, new JsonReaderOptions { MaxDepth = Limits.JsonDepth });
        var entries = new List<GlanceEntry>();
        reader.Read();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var isList = reader.ValueTextEquals("manifests"u8);
            reader.Read();
            if (!isList || reader.TokenType != JsonTokenType.StartArray)
            {
                reader.Skip();
                continue;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
            {
                entries.Add(GlanceEntry.Read(ref reader, document));
            }
        }

        return entries;
    }
}
