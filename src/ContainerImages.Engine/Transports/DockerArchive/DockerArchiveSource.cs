using System;
using System.Collections.Generic;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.Copying;
using ContainerImages.Manifests;
using ContainerImages.References;

namespace ContainerImages.Transports;

/// <summary>
/// A docker-archive: <c>manifest.json</c> names for each image its config, its tags and the files of its layers. It holds
/// no manifest, so one is made over the config's own bytes and the layers as they are.
/// </summary>
internal sealed class DockerArchiveSource : IImageSource
{
    public const string ManifestFile = "manifest.json";

    private readonly IArchive _archive;
    private readonly Dictionary<string, ImageConfig> _configs = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Path, Digest DiffId), SourceLayer> _layers = [];
    private long _configBytes;

    public DockerArchiveSource(IArchive archive)
    {
        _archive = archive;
        Roots = ReadRoots();
    }

    public string Name => _archive.Name;

    public IReadOnlyList<SourceRoot> Roots { get; }

    public IReadOnlyList<string> LeftBehind => [];

    public ManifestDocument? ReadManifest(Descriptor descriptor) => null;

    public SourceBlob? FindBlob(Descriptor descriptor) => null;

    public IReadOnlyList<Descriptor> FindReferrers(Digest subject) => [];

    public void Dispose() => _archive.Dispose();

    private List<SourceRoot> ReadRoots()
    {
        var origin = $"'{ManifestFile}' in {Name}";
        var json = SmallBlob.Read(Require(ManifestFile, $"{Name} is no docker-archive"), origin, Limits.ArchiveIndex);

        // Docker's loader writes null for "no images"; a list without items says the same.
        var roots = IsNull(json)
            ? []
            : JsonFields.ParseArray(json, origin, Limits.ArchiveImages).Select(ReadRoot).ToList();
        return roots.Count > 0
            ? roots
            : throw new ContainerImageException(ImageError.EmptyArchive, $"{Name} holds no image: its '{ManifestFile}' is empty.");
    }

    private SourceRoot ReadRoot(JsonFields item)
    {
        var config = ReadConfig(item.RequiredText("Config"));
        var digest = Digest.Compute(config.Bytes);
        var layers = item.Texts("Layers", Limits.Layers) ?? [];
        if (layers.Count != config.DiffIds.Count)
        {
            throw item.Invalid($"image {digest.ShortId} has {layers.Count} layer files, and its config names {config.DiffIds.Count}");
        }

        var image = new SourceImage
        {
            Config = new Descriptor(MediaTypes.OciConfig, digest, config.Bytes.Length),
            ParsedConfig = config,
            Layers = layers.Select((path, i) => Layer(path, config.DiffIds[i])).ToList(),
        };
        return new SourceRoot { Names = Names(item), Assembled = image };
    }

    private ImageConfig ReadConfig(string path)
    {
        if (_configs.TryGetValue(path, out var known))
        {
            return known;
        }

        var name = $"Config {QuotedText.Quote(path)} in {Name}";
        var bytes = SmallBlob.Read(Require(path, $"'{ManifestFile}' of {Name} names a config"), name, Limits.Config);
        _configBytes += bytes.Length;
        if (_configBytes > Limits.Configs)
        {
            throw new ContainerImageException(
                ImageError.ContentTooLarge, $"The configs of {Name} have more than {Limits.Configs} bytes, past the limit.");
        }

        var digest = Digest.Compute(bytes);
        if (DigestInName(path) is { } promised && promised != digest)
        {
            throw SmallBlob.Mismatch(name, "digest", promised, digest);
        }

        return _configs[path] = ImageConfig.Parse(bytes, name);
    }

    // Docker writes names short when they are its own hub's.
    private static List<string> Names(JsonFields item)
    {
        var names = new List<string>();
        foreach (var tag in item.Texts("RepoTags") ?? [])
        {
            names.Add(ImageReference.TryParseNormalized(tag, out var name) && name.Digest is null
                ? name.WithTagOrLatest().ToString()
                : throw item.Invalid($"'{item.Path("RepoTags")}' has {QuotedText.Quote(tag)}, which is no name with a tag"));
        }

        return names.Distinct().ToList();
    }

    // Images share layers: each is looked at once.
    private SourceLayer Layer(string path, Digest diffId)
    {
        if (_layers.TryGetValue((path, diffId), out var known))
        {
            return known;
        }

        var name = $"Layer {QuotedText.Quote(path)} in {Name}";

        // An archive made for a store that has the layer goes without it; whether that is so is for the store to say. A plain
        // layer is known before it is read: its digest is its diff ID.
        var blob = _archive.Find(path);
        Compression? compression = blob is null ? null : CompressionOf(blob);
        return _layers[(path, diffId)] = new SourceLayer
        {
            Name = name,
            DiffId = diffId,
            Blob = blob,
            Descriptor = compression == Compression.None ? new Descriptor(MediaTypes.OciLayer, diffId, blob!.Size) : null,
            Compression = compression,
        };
    }

    private static Compression CompressionOf(SourceBlob blob)
    {
        if (blob.Ingested is { } ingested)
        {
            return ingested.Copied.Compression;
        }

        using var stream = blob.Open();
        var start = new byte[CompressionFormat.PeekLength];
        var count = stream.Read(start, 0, start.Length);
        return CompressionFormat.Detect(start.AsSpan(0, count));
    }

    // "<hex>.json" (Docker), "blobs/sha256/<hex>" (Docker 25), "sha256:<hex>" (kaniko); others name it freely.
    private static Digest? DigestInName(string path)
    {
        var file = path.Substring(path.LastIndexOf('/') + 1);
        file = file.EndsWith(".json", StringComparison.Ordinal) ? file.Substring(0, file.Length - ".json".Length) : file;
        file = file.StartsWith("sha256:", StringComparison.Ordinal) ? file : "sha256:" + file;
        return Digest.TryParse(file, out var digest) ? digest : null;
    }

    private SourceBlob Require(string path, string who) => _archive.Find(path) ?? throw new ContainerImageException(
        ImageError.ContentMissing, $"{who}: {QuotedText.Quote(path)} is not in the archive.")
    { Candidates = [path] };

    private static bool IsNull(byte[] json) => System.Text.Encoding.UTF8.GetString(json, 0, Math.Min(json.Length, 64)).Trim() == "null";
}
