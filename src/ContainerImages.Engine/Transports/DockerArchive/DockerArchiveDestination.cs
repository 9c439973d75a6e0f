using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using ContainerImages.Content;
using ContainerImages.Copying;
using ContainerImages.Manifests;
using ContainerImages.References;

namespace ContainerImages.Transports;

/// <summary>
/// A docker-archive, byte for byte as podman and skopeo write it for the same images and names: plain layers under their
/// diff IDs, configs, the metadata of old loaders, and at the end <c>manifest.json</c> and <c>repositories</c>.
/// </summary>
internal sealed class DockerArchiveDestination : IImageDestination
{
    private static readonly byte[] Zeros = new byte[TarWriter.TrailerLength];

    private readonly string _path;
    private readonly OutputFile _file;
    private readonly HashSet<string> _written = new(StringComparer.Ordinal);
    private readonly List<Item> _items = [];
    private readonly SortedDictionary<string, SortedDictionary<string, string>> _repositories = new(GoJson.KeyOrder);

    public DockerArchiveDestination(string path, string name, bool force)
    {
        _path = path;
        _file = new OutputFile(path, force);
        Traits = new DestinationTraits(name, MaxParallel: 1, DockerOnly: true, HoldsManifests: false);
    }

    public DestinationTraits Traits { get; }

    public void Prepare(IReadOnlyList<SourceImage> images, CancellationToken cancellation)
    {
    }

    public ImageManifest? FindWhole(SourceImage image) => null;

    public Descriptor PutLayer(SourceImage image, SourceLayer layer, IProgress<long>? progress, CancellationToken cancellation)
    {
        var diffId = layer.DiffId!.Value;
        var name = LayerPath(diffId);
        if (_written.Add(name))
        {
            OutputErrors.Guard(_path, () => WriteLayer(name, layer, diffId, progress, cancellation));
        }

        return layer.Descriptor ?? new Descriptor(MediaTypes.DockerLayer, diffId, 0);
    }

    public void PutImage(SourceImage image, ImageManifest manifest, CancellationToken cancellation)
    {
        var config = image.ParsedConfig!;
        var id = image.Config.Digest;
        if (_items.Find(item => item.Id == id) is { } known)
        {
            // The same image by another manifest: the archive knows the config alone.
            known.Manifests.Add(manifest.Digest);
            return;
        }

        WriteOnce(id.Hex + ".json", config.Bytes);
        string? top = null;
        var layers = LegacyLayers.Of(config).Zip(config.DiffIds, (legacy, diffId) => (legacy.Id, legacy.Json, diffId));
        foreach (var (legacyId, json, diffId) in layers)
        {
            top = legacyId;
            if (_written.Add(legacyId + "/"))
            {
                Write(TarWriter.CreateHeader(TarEntryKind.SymbolicLink, legacyId + "/layer.tar", 0, 0, "../" + LayerPath(diffId)), null);
                WriteOnce(legacyId + "/VERSION", "1.0"u8.ToArray());
                WriteOnce(legacyId + "/json", json);
            }
        }

        _items.Add(new Item(id, config.DiffIds, top) { Manifests = { manifest.Digest } });
    }

    public void PutIndex(ImageIndex index) => throw new ContainerImageException(
        ImageError.UnsupportedConversion, $"{Traits.Name} holds one platform of an image, and {index.Digest} is an index.");

    public void PutRoot(Descriptor root, IReadOnlyList<string> names)
    {
        var item = _items.First(item => item.Manifests.Contains(root.Digest));
        foreach (var name in names)
        {
            // The format knows names with tags alone.
            if (!ImageReference.TryParse(name, out var reference) || reference.Tag is not { } tag || item.Tags.Contains(name))
            {
                continue;
            }

            item.Tags.Add(name);
            if (item.TopLayer is { } top)
            {
                if (!_repositories.TryGetValue(reference.Name, out var tags))
                {
                    _repositories.Add(reference.Name, tags = new SortedDictionary<string, string>(GoJson.KeyOrder));
                }

                tags[tag] = top;
            }
        }
    }

    public void Commit(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        WriteOnce(DockerArchiveSource.ManifestFile, ManifestJson());
        WriteOnce("repositories", RepositoriesJson());
        OutputErrors.Guard(_path, () => _file.Stream.Write(Zeros, 0, TarWriter.TrailerLength));
        _file.Commit();
    }

    public void Dispose() => _file.Dispose();

    private static string LayerPath(Digest diffId) => diffId.Hex + ".tar";

    /// <summary>
    /// The plain size of a compressed layer stands in no place that is to be trusted: its header is written by what is
    /// believed, and put right afterwards.
    /// </summary>
    private void WriteLayer(string name, SourceLayer layer, Digest diffId, IProgress<long>? progress, CancellationToken cancellation)
    {
        var blob = VerifiedCopy.Require(layer);
        var output = _file.Stream;
        var start = output.Position;
        var believed = blob.PlainSize ?? blob.Size;
        while (true)
        {
            var header = TarWriter.CreateHeader(TarEntryKind.File, name, believed, TarWriter.DefaultFileMode);
            output.Write(header, 0, header.Length);
            var size = WritePlain(layer, blob, diffId, output, progress, cancellation);
            output.Write(Zeros, 0, TarField.PaddingOf(size));
            if (size == believed)
            {
                return;
            }

            var right = TarWriter.CreateHeader(TarEntryKind.File, name, size, TarWriter.DefaultFileMode);
            if (right.Length == header.Length)
            {
                var end = output.Position;
                output.Position = start;
                output.Write(right, 0, right.Length);
                output.Position = end;
                return;
            }

            // Past 8 GiB a header is longer, and all that follows has another place.
            believed = size;
            output.Position = start;
            output.SetLength(start);
        }
    }

    private static long WritePlain(
        SourceLayer layer, SourceBlob blob, Digest diffId, Stream output, IProgress<long>? progress, CancellationToken cancellation)
    {
        using var source = blob.Open();
        var digest = layer.Descriptor?.Digest;
        var isPlain = digest == diffId;
        var copied = BlobCopy.Copy(
            source,
            isPlain ? output : null,
            layer.Name,
            inflate: !isPlain,
            digest?.Algorithm ?? Digest.Sha256,
            diffId.Algorithm,
            plain: isPlain ? null : output,
            progress,
            cancellation);
        if (digest is not null)
        {
            VerifiedCopy.Check(layer, copied);
        }

        return copied.DiffId == diffId ? copied.DiffSize : throw SmallBlob.Mismatch(layer.Name, "diff ID", diffId, copied.DiffId);
    }

    private void WriteOnce(string name, byte[] bytes)
    {
        if (_written.Add(name))
        {
            Write(TarWriter.CreateHeader(TarEntryKind.File, name, bytes.Length, TarWriter.DefaultFileMode), bytes);
        }
    }

    private void Write(byte[] header, byte[]? bytes) => OutputErrors.Guard(_path, () =>
    {
        _file.Stream.Write(header, 0, header.Length);
        if (bytes is not null)
        {
            _file.Stream.Write(bytes, 0, bytes.Length);
            _file.Stream.Write(Zeros, 0, TarField.PaddingOf(bytes.Length));
        }
    });

    private byte[] ManifestJson()
    {
        var json = new GoJsonWriter();
        json.BeginArray();
        foreach (var item in _items)
        {
            json.BeginObject();
            json.Name("Config");
            json.String(item.Id.Hex + ".json");
            json.Name("RepoTags");
            WriteTexts(json, item.Tags);
            json.Name("Layers");
            WriteTexts(json, item.DiffIds.Select(LayerPath));
            json.EndObject();
        }

        json.EndArray();
        return json.ToArray();
    }

    private byte[] RepositoriesJson()
    {
        var json = new GoJsonWriter();
        json.BeginObject();
        foreach (var repository in _repositories)
        {
            json.Name(repository.Key);
            json.BeginObject();
            foreach (var tag in repository.Value)
            {
                json.Name(tag.Key);
                json.String(tag.Value);
            }

            json.EndObject();
        }

        json.EndObject();
        return json.ToArray();
    }

    private static void WriteTexts(GoJsonWriter json, IEnumerable<string> texts)
    {
        json.BeginArray();
        foreach (var text in texts)
        {
            json.String(text);
        }

        json.EndArray();
    }

    private sealed record Item(Digest Id, IReadOnlyList<Digest> DiffIds, string? TopLayer)
    {
        public HashSet<Digest> Manifests { get; } = [];

        public List<string> Tags { get; } = [];
    }
}
