using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using ContainerImages.Content;
using ContainerImages.Copying;
using ContainerImages.Manifests;
using ContainerImages.Store;

namespace ContainerImages.Verification;

/// <summary>
/// Blobs out of an archive or folder of any format: by their digests; layers that are stored plain by their diff IDs too, since
/// an archive may have them compressed; and the manifest that was made for an image of a docker-archive, by making it again.
/// </summary>
internal sealed class SourceSupply(IImageSource source) : IBlobSupply
{
    private readonly object _gate = new();
    private Dictionary<Digest, SourceBlob>? _byDiffId;
    private Dictionary<Digest, byte[]>? _documents;
    private List<SourceBlob>? _compressed;

    public string? Find(WantedBlob blob) => Candidates(blob).Any() ? source.Name.Trim('\'') : null;

    public bool TryFetch(WantedBlob blob, Ingest ingest, IProgress<long>? progress, CancellationToken cancellation) =>
        Candidates(blob).Any(candidate => candidate(ingest, progress, cancellation));

    public void Dispose() => source.Dispose();

    // Several may be tried: what a layout calls by a digest need not have it.
    private IEnumerable<Func<Ingest, IProgress<long>?, CancellationToken, bool>> Candidates(WantedBlob blob)
    {
        Learn();
        if (_documents!.TryGetValue(blob.Digest, out var document))
        {
            yield return (ingest, _, _) => Put(ingest, blob, document);
        }

        if (blob.IsManifest)
        {
            if (ReadManifest(blob) is { } manifest)
            {
                yield return (ingest, _, _) => Put(ingest, blob, manifest.Bytes);
            }

            yield break;
        }

        if (source.FindBlob(new Descriptor("", blob.Digest, blob.Size)) is { } direct && direct.Size == blob.Size)
        {
            yield return (ingest, progress, cancellation) => Copy(direct, isDecoded: false, blob, ingest, progress, cancellation);
        }

        if (blob.IsPlainLayer && _byDiffId!.TryGetValue(blob.Digest, out var layer))
        {
            yield return (ingest, progress, cancellation) => Copy(layer, isDecoded: true, blob, ingest, progress, cancellation);
        }

        // A docker-archive does not say by which digests its compressed layers are known.
        foreach (var same in _compressed!.Where(other => other.Size == blob.Size))
        {
            yield return (ingest, progress, cancellation) => Copy(same, isDecoded: false, blob, ingest, progress, cancellation);
        }
    }

    private ManifestDocument? ReadManifest(WantedBlob blob)
    {
        try
        {
            return source.ReadManifest(new Descriptor("", blob.Digest, blob.Size));
        }
        catch (ContainerImageException)
        {
            // Damaged there too.
            return null;
        }
    }

    private static bool Put(Ingest ingest, WantedBlob blob, byte[] bytes)
    {
        ingest.Put(blob.Digest, bytes);
        return true;
    }

    private static bool Copy(
        SourceBlob from, bool isDecoded, WantedBlob blob, Ingest ingest, IProgress<long>? progress, CancellationToken cancellation)
    {
        if (from.Ingested?.Digest == blob.Digest)
        {
            return true;
        }

        var name = $"{blob.Kind} {blob.Digest}";
        using var bytes = new SourceStream(from.Open, name);
        using var file = ingest.CreateFile(out var path);
        var algorithm = blob.Digest.Algorithm;
        try
        {
            var copied = isDecoded
                ? BlobCopy.Copy(bytes, null, name, inflate: true, Digest.Sha256, algorithm, file, progress, cancellation: cancellation)
                : BlobCopy.Copy(bytes, file, name, inflate: false, algorithm, algorithm, progress: progress, cancellation: cancellation);
            var (digest, size) = isDecoded ? (copied.DiffId, copied.DiffSize) : (copied.Digest, copied.Size);
            if (digest == blob.Digest)
            {
                ingest.Flush(file);
                ingest.Keep(path, new CopiedBlob(digest, size, Compression.None, digest, size));
                return true;
            }
        }
        catch (ContainerImageException e) when (e.Error is ImageError.InvalidArchive or ImageError.ContentTooLarge)
        {
            // Damaged there too.
        }

        file.SetLength(0);
        return false;
    }

    /// <summary>Looks once at all that the source has.</summary>
    private void Learn()
    {
        lock (_gate)
        {
            if (_byDiffId is not null)
            {
                return;
            }

            _documents = [];
            _compressed = [];
            _byDiffId = [];
            foreach (var root in source.Roots)
            {
                if (root.Assembled is { } image)
                {
                    LearnAssembled(image);
                }
                else
                {
                    LearnRoot(root.Descriptor!);
                }
            }
        }
    }

    private void LearnAssembled(SourceImage image)
    {
        _documents![image.Config.Digest] = image.ParsedConfig!.Bytes;
        foreach (var layer in image.Layers.Where(layer => layer.Blob is not null))
        {
            _byDiffId![layer.DiffId!.Value] = layer.Blob!;
            if (layer.Descriptor is null)
            {
                _compressed!.Add(layer.Blob!);
            }
        }

        var placed = image.Layers.Select(Place).ToList();
        if (placed.All(descriptor => descriptor is not null))
        {
            var manifest = ImageManifest.Create(MediaTypes.OciManifest, image.Config, placed!);
            _documents[manifest.Digest] = manifest.Bytes;
        }
    }

    // As the import of the archive would call it; unknown for a compressed layer that nobody has hashed.
    private static Descriptor? Place(SourceLayer layer) => layer.Descriptor ?? (layer.Blob?.Ingested is { Copied.Compression: Compression.Gzip or Compression.Zstd } blob
        ? new Descriptor(MediaTypes.OciLayerOf(blob.Copied.Compression), blob.Digest, blob.Size)
        : null);

    private void LearnRoot(Descriptor root)
    {
        try
        {
            foreach (var (_, manifest) in RootWalk.Manifests(root, source.ReadManifest, null))
            {
                if (manifest is { IsImage: true } && source.FindBlob(manifest.Config) is { } blob)
                {
                    var name = $"Config {manifest.Config.Digest} of {source.Name}";
                    LearnLayers(manifest, ImageConfig.Parse(SmallBlob.Read(blob, name, Limits.Config), name));
                }
            }
        }
        catch (ContainerImageException)
        {
            // What is damaged in the source is not to be had out of it; the rest is.
        }
    }

    private void LearnLayers(ImageManifest manifest, ImageConfig config)
    {
        for (var i = 0; i < manifest.Layers.Count && i < config.DiffIds.Count; i++)
        {
            if (source.FindBlob(manifest.Layers[i]) is { } layer)
            {
                _byDiffId![config.DiffIds[i]] = layer;
            }
        }
    }
}
