using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using ContainerImages.Content;
using ContainerImages.Manifests;

namespace ContainerImages.Store;

/// <summary>What an image object reads of its own files, each once.</summary>
internal sealed class ImageDetails
{
    private readonly string _storePath;
    private readonly Descriptor _root;
    private readonly BlobStore _blobs;
    private readonly Lazy<ImageManifest> _manifest;
    private readonly Lazy<ImageConfig> _config;
    private readonly Lazy<ImageRelations> _relations;
    private readonly Lazy<(long? Shared, long? Unique)> _sizes;

    public ImageDetails(string storePath, BlobStore blobs, Descriptor root, Descriptor manifest)
    {
        _storePath = storePath;
        _root = root;
        _blobs = blobs;

        // What failed is tried again: a damaged image may have been mended meanwhile.
        _manifest = new(
            () => _blobs.ReadManifest(manifest) as ImageManifest ?? throw BlobReading.Missing(manifest.Digest),
            LazyThreadSafetyMode.PublicationOnly);
        _config = new(() => _blobs.ReadConfig(_manifest.Value.Config), LazyThreadSafetyMode.PublicationOnly);
        _relations = new(() => Ask(ImageRelations.Read), LazyThreadSafetyMode.PublicationOnly);
        _sizes = new(
            () => Ask((store, id, manifest) => ImageRelations.ReadSizes(store, id, manifest, Relations.Summary)), LazyThreadSafetyMode.PublicationOnly);
    }

    public ImageManifest Manifest => _manifest.Value;

    public ImageConfig Config => _config.Value;

    public ImageRelations Relations => _relations.Value;

    public long? SharedSize => _sizes.Value.Shared;

    public long? UniqueSize => _sizes.Value.Unique;

    /// <summary>The index that the image's names point to; null where they point to its manifest.</summary>
    public ImageIndex? Index => MediaTypes.IsIndex(_root.MediaType) ? _blobs.ReadManifest(_root) as ImageIndex : null;

    public IReadOnlyList<ImageLayer> Layers()
    {
        var diffIds = Config.DiffIds;
        var sizes = Relations.Summary?.Layers;
        return Manifest.Layers.Select((layer, i) => new ImageLayer
        {
            Digest = layer.Digest.ToString(),
            DiffId = i < diffIds.Count ? diffIds[i].ToString() : null,
            MediaType = layer.MediaType,
            Size = sizes is not null && i < sizes.Count ? sizes[i].Size : null,
            CompressedSize = layer.Size,
            Present = _blobs.Find(layer.Digest, layer.Size) is not null,
        }).ToList();
    }

    private T Ask<T>(Func<ImageStore, Digest, ImageManifest, T> read)
    {
        using var store = ImageStore.Open(_storePath);
        return read(store, _manifest.Value.Config.Digest, _manifest.Value);
    }
}
