using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using ContainerImages.Content;
using ContainerImages.Copying;
using ContainerImages.Manifests;

namespace ContainerImages.Transports;

/// <summary>What folders and tars of blobs have in common: each blob once, under a name made of its digest.</summary>
internal abstract class LayoutDestination(IOutput output) : IImageDestination
{
    private readonly HashSet<Digest> _written = [];
    private readonly ConcurrentDictionary<string, Descriptor> _unforeseen = new(StringComparer.Ordinal);

    public abstract DestinationTraits Traits { get; }

    protected IOutput Output { get; } = output;

    public void Prepare(IReadOnlyList<SourceImage> images, CancellationToken cancellation)
    {
        foreach (var layer in images.SelectMany(image => image.Layers))
        {
            if (layer is { Descriptor: { } descriptor, Blob: not null, Recoder: null } && !_written.Contains(descriptor.Digest))
            {
                Output.Reserve(BlobPath(descriptor.Digest), descriptor.Size);
            }
        }
    }

    public ImageManifest? FindWhole(SourceImage image) => null;

    public Descriptor PutLayer(SourceImage image, SourceLayer layer, IProgress<long>? progress, CancellationToken cancellation)
    {
        if (layer.Recoder is not null || layer.Descriptor is not { } descriptor)
        {
            return _unforeseen.TryGetValue(layer.Key, out var known)
                ? known
                : _unforeseen[layer.Key] = PutUnforeseen(layer, progress, cancellation);
        }

        if (layer.IsForeign)
        {
            return descriptor;
        }

        if (Claim(descriptor.Digest))
        {
            Output.Write(
                BlobPath(descriptor.Digest), descriptor.Size, stream => VerifiedCopy.Write(layer, stream, progress, cancellation));
        }

        return descriptor;
    }

    public void PutImage(SourceImage image, ImageManifest manifest, CancellationToken cancellation)
    {
        if (image.ParsedConfig is { } config)
        {
            PutBytes(image.Config.Digest, BlobPath(image.Config.Digest), config.Bytes);
        }

        PutDocument(manifest);
    }

    public void PutIndex(ImageIndex index) => PutDocument(index);

    public abstract void PutRoot(Descriptor root, IReadOnlyList<string> names);

    public void Commit(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        Finish();
        Output.Commit();
    }

    public void Dispose()
    {
        Output.Dispose();
        GC.SuppressFinalize(this);
    }

    protected abstract string BlobPath(Digest digest);

    protected abstract void PutDocument(ManifestDocument document);

    /// <summary>Writes what stands for the whole.</summary>
    protected abstract void Finish();

    protected void PutBytes(Digest digest, string path, byte[] bytes)
    {
        if (Claim(digest))
        {
            PutFile(path, bytes);
        }
    }

    protected void PutFile(string path, byte[] bytes) =>
        Output.Write(path, bytes.Length, stream => stream.Write(bytes, 0, bytes.Length));

    // Which digest it will have shows at its end, and then another layer may have had the same.
    private Descriptor PutUnforeseen(SourceLayer layer, IProgress<long>? progress, CancellationToken cancellation)
    {
        Descriptor? written = null;
        bool? isNew = null;
        var like = BlobPath(layer.Descriptor?.Digest ?? layer.DiffId!.Value);
        var blob = VerifiedCopy.Require(layer);
        Output.Write(like, blob.PlainSize ?? blob.Size, stream =>
        {
            written = layer.Recoder is not null
                ? VerifiedCopy.Recode(layer, stream, progress, cancellation).Written
                : VerifiedCopy.WriteUndescribed(layer, stream, progress, cancellation);
            isNew ??= Claim(written.Digest);
            return (isNew.Value ? BlobPath(written.Digest) : null, written.Size);
        });
        return written!;
    }

    private bool Claim(Digest digest)
    {
        lock (_written)
        {
            return _written.Add(digest);
        }
    }
}
