using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using ContainerImages.Content;
using ContainerImages.Copying;
using ContainerImages.Manifests;
using ContainerImages.Store;

namespace ContainerImages.Transports;

/// <summary>
/// A store as the place to copy to. Bytes are kept as they come, compressed or not; each layer is seen to have the digest,
/// the size and the diff ID that were promised before anything of it shows.
/// </summary>
internal sealed partial class StoreDestination : IImageDestination
{
    private readonly ImageStore _store;
    private readonly Ingest _ingest;
    private readonly Action<string>? _verbose;
    private readonly ConcurrentDictionary<Digest, long> _plainSizes = new();
    private readonly StoreSnapshot _snapshot;
    private readonly KnownLayers _known;
    private readonly List<(Descriptor Root, IReadOnlyList<string> Names)> _roots = [];
    private readonly HashSet<Digest> _documents = [];
    private readonly HashSet<Digest> _named = [];
    private volatile bool _hasDownloads;

    public StoreDestination(ImageStore store, Action<string>? verbose, CancellationToken cancellation)
    {
        _store = store;
        _verbose = verbose;
        _snapshot = store.ReadSnapshot();
        _known = new KnownLayers(_snapshot, store.Blobs);

        // Last, since who cannot be made is not disposed either.
        _ingest = store.BeginIngest(cancellation);
    }

    /// <summary>What is being done, for those who wait for the store's lock meanwhile.</summary>
    public string Operation { get; init; } = "import";

    /// <summary>Where a source that can be read once only puts its bytes.</summary>
    public Ingest Ingest => _ingest;

    /// <summary>The roots that were put, each with its names.</summary>
    public IReadOnlyList<(Descriptor Root, IReadOnlyList<string> Names)> Roots => _roots;

    /// <summary>Whether Docker's manifests become OCI's.</summary>
    public bool OciOnly { get; init; }

    public DestinationTraits Traits => new("The store", MaxParallel: 64, OciOnly: OciOnly);

    public void Prepare(IReadOnlyList<SourceImage> images, CancellationToken cancellation)
    {
        HashSet<Digest> relied = [];
        foreach (var image in images)
        {
            relied.Add(image.Config.Digest);
            relied.UnionWith(image.Layers.Where(layer => layer.Descriptor is not null).Select(layer => layer.Descriptor!.Digest));
            if (image.Manifest is { } manifest)
            {
                relied.Add(manifest.Digest);
                continue;
            }

            foreach (var (_, present) in _snapshot.ManifestsOf(image.Config.Digest))
            {
                RootWalk.CollectReachable(present.Manifest, _store.Blobs, relied);
            }
        }

        var absent = images.SelectMany(image => image.Layers).Where(layer => layer.Blob is null && !layer.IsForeign).ToList();
        relied.UnionWith(FindByDiffIds(absent));
        _ingest.Rely(relied, cancellation);
        CheckAbsent(absent);
        CheckSpace(images);
    }

    public ImageManifest? FindWhole(SourceImage image)
    {
        if (image.Manifest is not null)
        {
            return null;
        }

        // A name given to another copy of the image would hide the digest under which it is known.
        return _snapshot.ManifestsOf(image.Config.Digest)
            .Where(pair => pair.Root.IsSummaryStored)
            .Select(pair => TryReadManifest(pair.Manifest.Manifest))
            .FirstOrDefault(manifest => manifest is not null && manifest.Layers.Count == image.Layers.Count && manifest.Blobs.All(IsHere));
    }

    public Descriptor PutLayer(SourceImage image, SourceLayer layer, IProgress<long>? progress, CancellationToken cancellation)
    {
        if (layer.Recoder is not null)
        {
            return Recode(layer, progress, cancellation);
        }

        if (Promised(layer) is { } descriptor && IsHere(descriptor))
        {
            CheckHere(layer, descriptor, cancellation);
            return descriptor;
        }

        if (IsToBeExpanded(layer))
        {
            return Expand(layer, cancellation);
        }

        if (layer.Blob is not { } blob)
        {
            return layer.IsForeign ? layer.Descriptor! : throw Missing([layer]);
        }

        if (blob.Ingested is not { } spooled)
        {
            return Check(layer, Take(layer, blob, progress, cancellation), cancellation);
        }

        var placed = Check(layer, spooled, cancellation);
        if (placed.Digest == spooled.Digest)
        {
            Guard(() => _ingest.Flush(spooled));
        }

        return placed;
    }

    public void PutImage(SourceImage image, ImageManifest manifest, CancellationToken cancellation)
    {
        if (image.ParsedConfig is { } config)
        {
            Guard(() => _ingest.Put(image.Config.Digest, config.Bytes));
        }

        Guard(() => _ingest.Put(manifest.Digest, manifest.Bytes));
        _documents.Add(manifest.Digest);
    }

    public void PutIndex(ImageIndex index)
    {
        Guard(() => _ingest.Put(index.Digest, index.Bytes));
        _documents.Add(index.Digest);
        _named.UnionWith(index.Manifests.Select(manifest => manifest.Digest));
    }

    public void PutRoot(Descriptor root, IReadOnlyList<string> names) => _roots.Add((root, names));

    // A summary tells which platforms are here: another import may have brought more until the lock is had. Of a stream all was
    // gathered, platforms that are not wanted too.
    public void Commit(CancellationToken cancellation)
    {
        _ingest.Forget(_named.Except(_documents));
        var summaries = new SummaryBuilder(
            _ingest, digest => _plainSizes.TryGetValue(digest, out var size) ? size : _known.PlainSize(digest));
        _store.Commit(
            Operation,
            _ingest,
            editor => _roots.ForEach(root => Add(editor, root.Root, root.Names, summaries.Build(root.Root).Encode())),
            cancellation);
    }

    public void Dispose()
    {
        _ingest.Dispose();
        if (_hasDownloads)
        {
            PartialDownload.TrySweep(_store);
        }
    }

    private void Add(IndexEditor editor, Descriptor root, IReadOnlyList<string> names, string summary)
    {
        if (names.Count == 0)
        {
            // An image that is here under another root needs no root of its own.
            if (editor.Snapshot.FindRoot(root.Digest) is not null ||
                !editor.Snapshot.Roots.Any(other => other.Present.Any(manifest => manifest.Manifest.Digest == root.Digest)))
            {
                editor.AddRoot(root, summary);
            }

            return;
        }

        foreach (var name in names)
        {
            if (editor.SetName(name, root, summary) is { } loser)
            {
                _verbose?.Invoke($"{name} named {loser} before, which has lost it.");
            }
        }
    }

    private IngestedBlob Take(SourceLayer layer, SourceBlob blob, IProgress<long>? progress, CancellationToken cancellation) => Guard(() =>
    {
        if (blob.OpenAt is not null && layer.Descriptor is not null)
        {
            _hasDownloads = true;
            return new ResumableDownload(_store, _ingest, _verbose).Take(layer, blob, progress, cancellation);
        }

        using var source = new SourceStream(blob.Open, layer.Name);
        using var file = _ingest.CreateFile(out var path);
        var isLayer = layer.DiffId is not null;
        var copied = BlobCopy.Copy(
            source,
            file,
            layer.Name,
            inflate: isLayer,
            layer.Descriptor?.Digest.Algorithm ?? Digest.Sha256,
            layer.DiffId?.Algorithm ?? Digest.Sha256,
            progress: progress,
            budget: _ingest.Expansion,
            cancellation: cancellation);
        _ingest.Flush(file);
        return _ingest.Keep(path, copied);
    });

    private Descriptor Recode(SourceLayer layer, IProgress<long>? progress, CancellationToken cancellation) => Guard(() =>
    {
        using var file = _ingest.CreateFile(out var path);
        var (written, source) = VerifiedCopy.Recode(layer, file, progress, cancellation);
        _ingest.Flush(file);
        MediaTypes.TryGetLayerCompression(written.MediaType, out var compression);
        _ingest.Keep(path, new CopiedBlob(written.Digest, written.Size, compression, source.DiffId, source.DiffSize));
        _plainSizes[written.Digest] = source.DiffSize;
        return written;
    });

    private Descriptor Check(SourceLayer layer, IngestedBlob blob, CancellationToken cancellation)
    {
        var copied = blob.Copied;
        if (layer.Descriptor is { } promised)
        {
            if (promised.Size != copied.Size)
            {
                throw SmallBlob.Mismatch(layer.Name, "size", promised.Size, copied.Size);
            }

            if (promised.Digest != copied.Digest)
            {
                throw SmallBlob.Mismatch(layer.Name, "digest", promised.Digest, copied.Digest);
            }
        }

        if (layer.DiffId is not { } diffId)
        {
            return layer.Descriptor!;
        }

        if (diffId != copied.DiffId)
        {
            if (copied.DiffId.IsEmpty)
            {
                throw new ContainerImageException(
                    ImageError.InvalidArchive, $"{layer.Name} begins like {copied.Compression} and is no valid stream of it.");
            }

            // A stream is hashed with SHA-256 before anybody knows which algorithm a config will want.
            var found = diffId.Algorithm == copied.DiffId.Algorithm ? copied.DiffId : Rehash(blob.Open, layer, cancellation).DiffId;
            if (found != diffId)
            {
                throw SmallBlob.Mismatch(layer.Name, "diff ID", diffId, found);
            }
        }

        _plainSizes[copied.Digest] = copied.DiffSize;
        return layer.Descriptor ?? Named(layer, blob, cancellation);
    }

    // OCI knows layers that are plain, gzip or zstd. Another compression, met in old archives, is undone.
    private Descriptor Named(SourceLayer layer, IngestedBlob blob, CancellationToken cancellation)
    {
        if (blob.Copied.Compression is not (Compression.Bzip2 or Compression.Xz))
        {
            return new Descriptor(MediaTypes.OciLayerOf(blob.Copied.Compression), blob.Digest, blob.Size);
        }

        return Guard(() =>
        {
            using var source = blob.Open();
            using var file = _ingest.CreateFile(out var path);
            var copied = BlobCopy.Copy(source, null, layer.Name, inflate: true, plain: file, cancellation: cancellation);
            _ingest.Flush(file);
            _ingest.Keep(path, new CopiedBlob(copied.DiffId, copied.DiffSize, Compression.None, copied.DiffId, copied.DiffSize));
            return new Descriptor(MediaTypes.OciLayer, copied.DiffId, copied.DiffSize);
        });
    }

    /// <summary>A blob that is here was verified when it came; whether it is the layer that this config means is another matter.</summary>
    private void CheckHere(SourceLayer layer, Descriptor descriptor, CancellationToken cancellation)
    {
        if (layer.DiffId is not { } diffId || diffId == descriptor.Digest)
        {
            return;
        }

        if (_known.Find(descriptor.Digest, diffId) is { } size)
        {
            _plainSizes[descriptor.Digest] = size;
            return;
        }

        var found = Rehash(() => _ingest.Open(descriptor.Digest, descriptor.Size), layer, cancellation);
        if (found.Digest != descriptor.Digest)
        {
            throw new ContainerImageException(
                ImageError.ContentMismatch, $"Blob {descriptor.Digest} of the store '{_store.Path}' is damaged: its bytes have the digest {found.Digest}.");
        }

        if (found.DiffId != diffId)
        {
            throw SmallBlob.Mismatch(layer.Name, "diff ID", diffId, found.DiffId);
        }

        _plainSizes[descriptor.Digest] = found.DiffSize;
    }

    private static CopiedBlob Rehash(Func<Stream> open, SourceLayer layer, CancellationToken cancellation)
    {
        using var source = open();
        return BlobCopy.Copy(
            source,
            null,
            layer.Name,
            inflate: true,
            layer.Descriptor?.Digest.Algorithm ?? Digest.Sha256,
            layer.DiffId!.Value.Algorithm,
            cancellation: cancellation);
    }

    private bool IsHere(Descriptor descriptor) => _store.Blobs.Find(descriptor.Digest, descriptor.Size) is not null;

    private ImageManifest? TryReadManifest(Descriptor descriptor)
    {
        try
        {
            return _store.Blobs.ReadManifest(descriptor) as ImageManifest;
        }
        catch (ContainerImageException)
        {
            return null;
        }
    }

    private void CheckSpace(IReadOnlyList<SourceImage> images)
    {
        var needed = images
            .SelectMany(image => image.Layers)
            .Where(layer => layer.Blob is { Ingested: null } && !(layer.Descriptor is { } descriptor && IsHere(descriptor)))
            .GroupBy(layer => layer.Key)
            .Select(group => group.First().Blob!.Size)
            .Total();
        _ingest.CheckSpace(needed);
    }

    private void Guard(Action write) => Guard(() =>
    {
        write();
        return true;
    });

    private T Guard<T>(Func<T> write)
    {
        try
        {
            return write();
        }
        catch (Exception e) when (StoreErrors.Translate(e, _store.Path) is { } error)
        {
            throw error;
        }
    }
}
