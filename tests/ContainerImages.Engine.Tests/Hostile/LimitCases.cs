using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using ContainerImages.Content;
using ContainerImages.Copying;
using ContainerImages.Engine.Tests.Content;
using ContainerImages.Engine.Tests.Store;
using ContainerImages.Engine.Tests.Transports;
using ContainerImages.Fuzz.Mutation;
using ContainerImages.Manifests;
using ContainerImages.Store;
using ContainerImages.Testing;
using ContainerImages.Transports;

namespace ContainerImages.Engine.Tests.Hostile;

/// <summary>What just reaches a limit, and what passes it by one.</summary>
/// <param name="Limit">The constant.</param>
/// <param name="Value">What the message must say of it.</param>
/// <param name="Try">Tries so many of what is limited.</param>
/// <param name="Most">How many are within the limit.</param>
/// <param name="Error">The error beyond.</param>
internal sealed record LimitCase(string Limit, object Value, Action<long> Try, long Most, ImageError Error = ImageError.ContentTooLarge)
{
    private const string Name = "The input";

    public static IEnumerable<LimitCase> All() =>
    [
        Of(nameof(Limits.Manifest), Limits.Manifest, size => ManifestDocument.Parse(Padded("{\"schemaVersion\":2,\"manifests\":[]}", size), null, Name)),
        Of(nameof(Limits.Manifest), Limits.Manifest, size => ImportDir(size)),
        new(nameof(Limits.Manifests), Limits.Manifests, count => ReadManifests((int)count, Limits.Manifest), Limits.Manifests / Limits.Manifest),
        new(nameof(Limits.ArchiveImages), Limits.ArchiveImages, count => ReadManifests((int)count, 100), Limits.ArchiveImages),
        Of(nameof(Limits.ArchiveImages), Limits.ArchiveImages, count => Import(("manifest.json", List(count, "0")))),
        Of(nameof(Limits.ArchiveImages), Limits.ArchiveImages, count => Import(("index.json", Object("manifests", List(count, "0"))))),
        Of(nameof(Limits.Config), Limits.Config, size => ImageConfig.Parse(Padded("{}", size), Name)),
        new(nameof(Limits.Configs), Limits.Configs, count => ReadConfigs((int)count), Limits.Configs / Limits.Config),
        Of(nameof(Limits.ArchiveIndex), Limits.ArchiveIndex, size => Import(("manifest.json", Padded("[]", size)))),
        Of(nameof(Limits.ArchiveIndex), Limits.ArchiveIndex, size => Import(("index.json", Padded("{}", size)))),
        Of(nameof(Limits.StoreIndex), Limits.StoreIndex, ReadStoreIndex),
        Of(nameof(Limits.JsonDepth), Limits.JsonDepth, depth => JsonFields.Parse(Ascii(string.Concat(Enumerable.Repeat("{\"x\":", (int)depth)) + "1" + new string('}', (int)depth)), Name), ImageError.InvalidArchive),
        new(nameof(Limits.JsonValues), Limits.JsonValues, count => JsonFields.Parse(Object("x", List(count - 5, "0")), Name), Limits.JsonValues),
        Of(nameof(Limits.JsonItems), Limits.JsonItems, count => JsonFields.Parse(Object("x", List(count, "\"\"")), Name).Texts("x")),
        Of(nameof(Limits.JsonItems), Limits.JsonItems, count => JsonFields.Parse(Object("x", Map(count)), Name).Map("x")),
        Of(nameof(Limits.JsonItems), Limits.JsonItems, count => JsonFields.Parse(Object("x", Map(count)), Name).Keys("x")),
        Of(nameof(Limits.IndexDepth), Limits.IndexDepth, depth => ImportImages(Enumerable.Range(0, (int)depth).Aggregate((TestRoot)SoundInputs.Arm, (child, _) => new TestIndex(child)))),
        Of(nameof(Limits.IndexManifests), Limits.IndexManifests, count => ManifestDocument.Parse(Object("manifests", List(count, Descriptor), "\"schemaVersion\":2,"), null, Name)),
        Of(nameof(Limits.Layers), Limits.Layers, count => ManifestDocument.Parse(Object("layers", List(count, Descriptor), $"\"schemaVersion\":2,\"config\":{Descriptor},"), null, Name)),
        Of(nameof(Limits.Layers), Limits.Layers, count => ImageConfig.Parse(Object("rootfs", Object("diff_ids", List(count, $"\"{SoundInputs.Upper.DiffId}\""))), Name)),
        Of(nameof(Limits.History), Limits.History, count => ImageConfig.Parse(Object("history", List(count, "{}")), Name)),
        Of(nameof(Limits.ArchiveEntries), Limits.ArchiveEntries, count => ReadLinks(count, 10)),
        new(nameof(Limits.ArchiveNames), Limits.ArchiveNames, count => ReadLinks(count, TarLimits.NameLength / 2), Limits.ArchiveNames / (TarLimits.NameLength / 2 + 1)),
        Of(nameof(Limits.ArchiveLinks), Limits.ArchiveLinks, count => FollowLinks((int)count), ImageError.InvalidArchive),
        Of(nameof(Limits.ExpansionFree), Limits.ExpansionFree, count => Expand(0, count)),
        new(nameof(Limits.ExpansionRatio), Limits.ExpansionRatio, count => Expand(1_000_000, count), (1_000_001L * Limits.ExpansionRatio) - 1),
        new(nameof(Limits.ZstdWindowLog), 1L << Limits.ZstdWindowLog, log => Decode(BombCases.Window((int)log), Compression.Zstd), Limits.ZstdWindowLog),
        new(nameof(Limits.XzDictionary), Limits.XzDictionary, bits => Decode(OtherCompressions.Xz([1], (byte)bits), Compression.Xz), 28),

        OfTar(nameof(TarLimits.ExtensionSize), TarLimits.ExtensionSize, size => [TarBytes.PaxRaw(Record("V.x", size)), TarBytes.Header("x")]),
        OfTar(nameof(TarLimits.PaxRecords), TarLimits.PaxRecords, count => [TarBytes.PaxRaw(Records(count)), TarBytes.Header("x")]),
        OfTar(nameof(TarLimits.GlobalRecords), TarLimits.GlobalRecords, count => [TarBytes.PaxRaw(Records(count), 'g'), TarBytes.Header("x")]),
        OfTar(nameof(TarLimits.GlobalExtensionSize), TarLimits.GlobalExtensionSize, size => [TarBytes.PaxRaw(Record("V.x", size - 1000), 'g'), TarBytes.PaxRaw(Record("V.y", 1000), 'g'), TarBytes.Header("x")]),
        OfTar(nameof(TarLimits.EntrySize), "impossible", size => [TarBytes.PaxRaw(TarBytes.WithLength($"size={size}")), TarBytes.Header("x")], TarLimits.EntrySize),
        OfTar(nameof(TarLimits.NameLength), TarLimits.NameLength, length => [TarBytes.Entry("L", Ascii(new string('n', (int)length)), 'L'), TarBytes.Header("x")]),
        OfTar(nameof(TarLimits.SparseRegions), TarLimits.SparseRegions, Sparse),
    ];

    private static string Descriptor { get; } = TestRoot.Describe("x", SoundInputs.Upper.Digest, 1).ToJsonString();

    private static LimitCase Of(string limit, long value, Action<long> attempt, ImageError error = ImageError.ContentTooLarge) => new(limit, value, attempt, value, error);

    private static LimitCase OfTar(string limit, object value, Func<long, byte[][]> make, long? most = null) =>
        new(limit, value, count => TarBytes.SkipAll(new MemoryStream(TarBytes.Join(make(count)))), most ?? Convert.ToInt64(value, null), ImageError.InvalidArchive);

    private static byte[] Ascii(string text) => Encoding.ASCII.GetBytes(text);

    private static byte[] Padded(string json, long size) => Ascii(json.PadRight((int)size));

    private static byte[] List(long count, string item)
    {
        var text = new StringBuilder((int)(count * (item.Length + 1)) + 2).Append('[').Append(item).Insert(1, item + ",", (int)count - 1);
        return Ascii(text.Append(']').ToString());
    }

    private static byte[] Map(long count) => Ascii($"{{{string.Join(',', Enumerable.Range(0, (int)count).Select(i => $"\"{i}\":\"\""))}}}");

    private static byte[] Object(string key, byte[] value, string before = "") => [.. Ascii($"{{{before}\"{key}\":"), .. value, (byte)'}'];

    private static string Record(string key, long size) => $"{size} {key}=".PadRight((int)size - 1, 'x') + "\n";

    private static string Records(long count) => string.Concat(Enumerable.Range(0, (int)count).Select(i => TarBytes.WithLength($"V.{i}=x")));

    private static void Import(params (string Name, byte[] Data)[] files) => ImportBytes(ArchiveMutation.Write(files));

    private static void ImportImages(params TestRoot[] roots) => ImportBytes(TestArchive.OciLayout(roots).ToTar());

    private static void ImportBytes(byte[] archive)
    {
        using var test = new TestStore();
        test.Store.ImportStream(new MemoryStream(archive), Name);
    }

    private static void ImportDir(long size)
    {
        using var test = new TestStore();
        using var folder = new TempFolder();
        folder.NewFile("manifest.json", Padded("{}", size));
        test.Store.ImportFile(folder.Path);
    }

    private static void ReadStoreIndex(long size)
    {
        using var folder = new TempFolder();
        using (var file = File.Create(folder.NewFile("index.json", "{\"manifests\":[]}"u8)))
        {
            file.SetLength(size);
        }

        // A hole is no JSON: within the limit that is what is found.
        folder.NewFile("oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}"u8);
        using var store = ImageStore.Open(folder.Path);
        store.ReadSnapshot();
    }

    private static void ReadLinks(long count, int length)
    {
        using var test = new TestStore();
        test.Store.ImportStream(new ManyLinks(count, length), Name);
    }

    private static void FollowLinks(int count)
    {
        var table = new EntryTable(Name);
        var links = Enumerable.Range(0, count).Select(i => TarBytes.Header($"{i}", type: '2', edit: block => TarBytes.Put(block, 157, $"{i + 1}")));
        var reader = new TarReader(new MemoryStream(TarBytes.Join([.. links, TarBytes.Header($"{count}")])));
        while (reader.Next() is { } entry)
        {
            table.Add(entry, _ => new SourceBlob(0, () => Stream.Null));
        }

        table.Find("0");
    }

    private static void Expand(int compressed, long plain)
    {
        var budget = new ExpansionBudget();
        budget.Take(compressed);
        for (; plain > 0; plain -= Math.Min(plain, int.MaxValue))
        {
            budget.Give((int)Math.Min(plain, int.MaxValue), Name);
        }
    }

    private static void Decode(byte[] bytes, Compression compression)
    {
        using var decoded = new DecodedStream(new MemoryStream(bytes), compression, Name);
        decoded.CopyTo(Stream.Null);
    }

    private static void ReadManifests(int count, int size)
    {
        using var source = new OneDocument(size);
        var documents = new SourceDocuments();
        for (var i = 0; i < count; i++)
        {
            var descriptor = new Descriptor("", Digest.Compute(BitConverter.GetBytes(i)), size);
            documents.ReadManifest(source, descriptor, descriptor);
        }
    }

    private static void ReadConfigs(int count)
    {
        using var source = new OneDocument(Limits.Config);
        var documents = new SourceDocuments();
        for (var i = 0; i < count; i++)
        {
            documents.ReadConfig(source, source.ManifestOf(i));
        }
    }

    private static byte[][] Sparse(long count)
    {
        var map = Ascii($"{count}\n{string.Concat(Enumerable.Repeat("0\n0\n", (int)count))}");
        Array.Resize(ref map, (map.Length + 511) / 512 * 512);
        return [TarBytes.Pax("GNU.sparse.major=1", "GNU.sparse.minor=0", "GNU.sparse.name=s", "GNU.sparse.realsize=9"), TarBytes.Entry("x", map)];
    }
}
