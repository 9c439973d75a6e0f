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
    private readonly TarFile _tar;
    private readonly string _name;
    private readonly HashSet<string> _written = new(StringComparer.Ordinal);
    private readonly List<Item> _items = [];
    private readonly SortedDictionary<string, SortedDictionary<string, string>> _repositories = new(GoJson.KeyOrder);
    private IReadOnlyList<SourceImage> _images = [];
    private (long End, HashSet<string> Written, int Items) _before;
    private bool _isLaidOut;
    private volatile bool _isMislaid;

    public DockerArchiveDestination(string path, string name, bool force)
    {
        _name = name;
        _tar = new TarFile(path, force);
    }

    // Layers that are laid out can be written at once; others have their place behind the one before.
    public DestinationTraits Traits => new(_name, MaxParallel: _isLaidOut ? 64 : 1, DockerOnly: true, HoldsManifests: false);

    /// <summary>
    /// Where the sizes of all plain layers are known, or believed, the whole archive can be laid out now, and its layers are
    /// written several at once.
    /// </summary>
    public void Prepare(IReadOnlyList<SourceImage> images, CancellationToken cancellation)
    {
        _images = images;
        _before = (_tar.End, new HashSet<string>(_written, StringComparer.Ordinal), _items.Count);
        var layers = images.SelectMany(image => image.Layers).Where(layer => !layer.IsLeftOut).ToList();
        _isLaidOut = layers.All(layer => PlainSizeOf(layer) is not null) &&
            (layers.All(IsPlain) || _tar.HasRoom(layers.Select(layer => PlainSizeOf(layer)!.Value).Total()));
        if (!_isLaidOut)
        {
            return;
        }

        foreach (var image in images)
        {
            foreach (var layer in image.Layers.Where(layer => !layer.IsLeftOut && IsNew(LayerPath(layer.DiffId!.Value))))
            {
                _tar.Reserve(LayerPath(layer.DiffId!.Value), PlainSizeOf(layer)!.Value, isBelieved: !IsPlain(layer));
            }

            PutMetadata(image);
        }
    }

    public ImageManifest? FindWhole(SourceImage image) => null;

    public Descriptor PutLayer(SourceImage image, SourceLayer layer, IProgress<long>? progress, CancellationToken cancellation)
    {
        var name = LayerPath(layer.DiffId!.Value);
        if (Claim(name))
        {
            if (!_tar.IsReserved(name))
            {
                var blob = VerifiedCopy.Require(layer);
                _tar.Append(name, blob.PlainSize ?? blob.Size, output => (name, WritePlain(layer, output, progress, cancellation)));
            }
            else if (!_tar.TryWriteReserved(name, output => WritePlain(layer, output, progress, cancellation)))
            {
                _isMislaid = true;
            }
        }

        return layer.Descriptor ?? new Descriptor(MediaTypes.DockerLayer, layer.DiffId!.Value, 0);
    }

    public void PutImage(SourceImage image, ImageManifest manifest, CancellationToken cancellation)
    {
        if (_isMislaid)
        {
            WriteInOrder(cancellation);
        }

        PutMetadata(image).Manifests.Add(manifest.Digest);
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
        _tar.Append(DockerArchiveSource.ManifestFile, ManifestJson());
        _tar.Append("repositories", RepositoriesJson());
        _tar.Commit();
    }

    public void Dispose() => _tar.Dispose();

    private static string LayerPath(Digest diffId) => diffId.Hex + ".tar";

    private bool IsNew(string name) => !_tar.IsReserved(name) && !_written.Contains(name);

    private static bool IsPlain(SourceLayer layer) => layer.Descriptor?.Digest == layer.DiffId;

    /// <summary>Bytes of the plain layer; of one that is compressed, they are believed. Null where nothing is.</summary>
    private static long? PlainSizeOf(SourceLayer layer) =>
        layer.Blob is not { } blob ? null : IsPlain(layer) ? layer.Descriptor!.Size : blob.PlainSize;

    /// <summary>Writes the images once more, one layer behind the other: a size that was believed has turned out wrong.</summary>
    private void WriteInOrder(CancellationToken cancellation)
    {
        (_isLaidOut, _isMislaid) = (false, false);
        _tar.Rewind(_before.End);
        _written.IntersectWith(_before.Written);
        _items.RemoveRange(_before.Items, _items.Count - _before.Items);
        foreach (var image in _images)
        {
            foreach (var layer in image.Layers.Where(layer => !layer.IsLeftOut))
            {
                PutLayer(image, layer, null, cancellation);
            }

            PutMetadata(image);
        }
    }

    private static long WritePlain(SourceLayer layer, Stream output, IProgress<long>? progress, CancellationToken cancellation)
    {
        using var source = new SourceStream(VerifiedCopy.Require(layer).Open, layer.Name);
        var (digest, diffId, isPlain) = (layer.Descriptor?.Digest, layer.DiffId!.Value, IsPlain(layer));
        var copied = BlobCopy.Copy(
            source,
            isPlain ? output : null,
            layer.Name,
            inflate: !isPlain,
            digest?.Algorithm ?? Digest.Sha256,
            diffId.Algorithm,
            plain: isPlain ? null : output,
            progress,
            cancellation: cancellation);
        if (digest is not null)
        {
            VerifiedCopy.Check(layer, copied);
        }

        return copied.DiffId == diffId ? copied.DiffSize : throw SmallBlob.Mismatch(layer.Name, "diff ID", diffId, copied.DiffId);
    }

    /// <summary>The config of an image and the metadata of its layers; once for each image, whatever its manifests.</summary>
    private Item PutMetadata(SourceImage image)
    {
        var config = image.ParsedConfig!;
        var id = image.Config.Digest;
        if (_items.Find(item => item.Id == id) is { } known)
        {
            return known;
        }

        AppendOnce(id.Hex + ".json", config.Bytes);
        string? top = null;
        var layers = LegacyLayers.Of(config).Zip(config.DiffIds, (legacy, diffId) => (legacy.Id, legacy.Json, diffId));
        foreach (var (legacyId, json, diffId) in layers)
        {
            top = legacyId;
            if (Claim(legacyId))
            {
                _tar.Append(TarWriter.CreateHeader(TarEntryKind.SymbolicLink, legacyId + "/layer.tar", 0, 0, "../" + LayerPath(diffId)));
                _tar.Append(legacyId + "/VERSION", "1.0"u8.ToArray());
                _tar.Append(legacyId + "/json", json);
            }
        }

        var item = new Item(id, config.DiffIds, top);
        _items.Add(item);
        return item;
    }

    private void AppendOnce(string name, byte[] bytes)
    {
        if (Claim(name))
        {
            _tar.Append(name, bytes);
        }
    }

    private bool Claim(string name)
    {
        lock (_written)
        {
            return _written.Add(name);
        }
    }

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
