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
/// One repository of a registry as the place to copy to. Blobs go there at once; manifests, and tags after them, with the
/// commit. The names of roots are full references of that repository, by tag or by digest.
/// </summary>
internal sealed class RegistryDestination : IImageDestination
{
    private const int MaxParallel = 64;

    private readonly BlobPush _blobs;
    private readonly ManifestPush _manifests;
    private readonly IPackedLayers? _packed;
    private readonly Action<string>? _verbose;

    /// <param name="client">The repository, opened for pushing.</param>
    /// <param name="family">Which manifests it is to get.</param>
    /// <param name="findOrigins">Other repositories of the registry that may have a blob, in the order to try; null for none.</param>
    /// <param name="packed">What layers become when they are compressed, and where that is noted; null for nowhere.</param>
    /// <param name="verbose">Told what was skipped and done; null for nobody.</param>
    public RegistryDestination(
        RegistryClient client,
        ManifestFamily family = ManifestFamily.AsTheyAre,
        Func<Digest, IReadOnlyList<string>>? findOrigins = null,
        IPackedLayers? packed = null,
        Action<string>? verbose = null)
    {
        Traits = new DestinationTraits(
            $"The registry '{client.Endpoint.Host}'",
            MaxParallel,
            DockerOnly: family == ManifestFamily.Docker,
            OciOnly: family == ManifestFamily.Oci,
            IsRegistry: true);
        _blobs = new BlobPush(client, findOrigins, verbose);
        _manifests = new ManifestPush(client, verbose);
        _packed = packed;
        _verbose = verbose;
    }

    /// <summary>What is usual for images from a store or an archive: plain layers are compressed, and all others stay as they are.</summary>
    public static CopyChanges UsualChanges(bool includesReferrers = false) => new()
    {
        Encoding = LayerEncoding.Of(Compression.Gzip),
        OnlyPlain = true,
        IncludesReferrers = includesReferrers,
    };

    public DestinationTraits Traits { get; }

    public void Prepare(IReadOnlyList<SourceImage> images, CancellationToken cancellation)
    {
        // What is there is asked of the registry blob by blob, as they are sent.
    }

    public ImageManifest? FindWhole(SourceImage image) => null;

    public Descriptor PutLayer(SourceImage image, SourceLayer layer, IProgress<long>? progress, CancellationToken cancellation)
    {
        if (layer.Recoder is { } recoder)
        {
            return Recode(layer, recoder, progress, cancellation);
        }

        if (layer.Descriptor is not { } descriptor)
        {
            return PutUndescribed(layer, progress, cancellation);
        }

        // Some are not to be distributed, whether they are here or not: whoever pulls gets them where they come from.
        if (descriptor.IsForeign)
        {
            _verbose?.Invoke($"{layer.Name} is to be had from its own address, and is not pushed.");
            return descriptor;
        }

        _blobs.PutAsync(layer, progress, cancellation).GetAwaiter().GetResult();
        return descriptor;
    }

    public void PutImage(SourceImage image, ImageManifest manifest, CancellationToken cancellation)
    {
        if (image.ParsedConfig is { } config)
        {
            var blob = new SourceLayer
            {
                Name = $"Config {image.Config.Digest}",
                Descriptor = image.Config,
                Blob = new SourceBlob(config.Bytes.Length, () => new MemoryStream(config.Bytes, writable: false)),
            };
            _blobs.PutAsync(blob, null, cancellation).GetAwaiter().GetResult();
        }

        _manifests.Add(manifest);
    }

    public void PutIndex(ImageIndex index) => _manifests.Add(index);

    public void PutRoot(Descriptor root, IReadOnlyList<string> names) =>
        _manifests.AddRoot(root.Digest, names.Select(ImageReference.Parse).ToList());

    /// <summary>The manifest or index that a name leads to; after the commit, as the registry has it.</summary>
    public ManifestDocument? FindRoot(ImageReference name) => _manifests.FindRoot(name);

    /// <summary>The manifests of the images that were put; after the commit, as the registry has them.</summary>
    public IEnumerable<ImageManifest> Images => _manifests.Images;

    public void Commit(CancellationToken cancellation) => _manifests.WriteAsync(cancellation).GetAwaiter().GetResult();

    public void Dispose()
    {
        // What was sent without a manifest belongs to nothing, and the registry clears it up in time.
    }

    // Its digest shows when it was read; then the registry can be asked for it, as for any other. Compressions that OCI has no
    // type for, met in old archives, are undone.
    private Descriptor PutUndescribed(SourceLayer layer, IProgress<long>? progress, CancellationToken cancellation)
    {
        var found = VerifiedCopy.Identify(layer, cancellation);
        if (found.Compression is Compression.Bzip2 or Compression.Xz)
        {
            var undo = new LayerRecoder(LayerEncoding.Of(Compression.None), new EncoderSlots(1));
            return _blobs.PutRecodedAsync(
                layer with { Recoder = undo }, undo, undo.Describe(found.DiffId, found.DiffSize), progress, cancellation).GetAwaiter().GetResult();
        }

        var descriptor = new Descriptor(MediaTypes.OciLayerOf(found.Compression), found.Digest, found.Size);
        _blobs.PutAsync(layer with { Descriptor = descriptor }, progress, cancellation).GetAwaiter().GetResult();
        return descriptor;
    }

    private Descriptor Recode(SourceLayer layer, LayerRecoder recoder, IProgress<long>? progress, CancellationToken cancellation)
    {
        var (diffId, encoding) = (layer.DiffId!.Value, recoder.Encoding);
        var known = _packed?.Find(diffId, encoding);
        var packed = _blobs.PutRecodedAsync(layer, recoder, known, progress, cancellation).GetAwaiter().GetResult();
        if (packed.Digest != known?.Digest)
        {
            _packed?.Note(diffId, encoding, packed);
        }

        return packed;
    }
}
