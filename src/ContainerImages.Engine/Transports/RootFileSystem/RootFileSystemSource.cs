using System.Collections.Generic;
using System.IO;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.Copying;
using ContainerImages.Manifests;
using ContainerImages.Store;

namespace ContainerImages.Transports;

/// <summary>
/// One image made of root tars, each of them a layer. What its config says (the diff IDs) is known only when the tars were
/// read, so that happens at once: each goes into the ingest in one pass, hashed, decompressed and looked through on its way.
/// </summary>
internal sealed class RootFileSystemSource : IImageSource
{
    private const int NamesShown = 3;

    private readonly Dictionary<Digest, SourceBlob> _blobs = [];
    private readonly ImageManifest _manifest;

    /// <param name="tars">The tars, the lowest first.</param>
    /// <param name="config">The config, but for the layers.</param>
    /// <param name="annotations">Annotations of the manifest, in their order.</param>
    /// <param name="ingest">Where the layers go.</param>
    /// <param name="options">How to read.</param>
    /// <exception cref="ContainerImageException">
    /// ArchiveNotFound; UnknownArchiveFormat: no tar, or an archive of images; InvalidArchive; ContentTooLarge; DiskFull.
    /// </exception>
    public RootFileSystemSource(
        IReadOnlyList<RootTar> tars,
        NewImageConfig config,
        IReadOnlyList<KeyValuePair<string, string>> annotations,
        Ingest ingest,
        CopyOptions options)
    {
        Name = string.Join(", ", tars.Take(NamesShown).Select(tar => tar.Name)) +
            (tars.Count > NamesShown ? $" and {tars.Count - NamesShown} more" : "");
        if (tars.Count > Limits.Layers)
        {
            throw new ContainerImageException(
                ImageError.ContentTooLarge, $"{tars.Count} tars were given for one image, and {Limits.Layers} layers are the limit.");
        }

        var meter = new ProgressMeter(options.Progress, null);
        var layers = tars.Select(tar => new RootLayerReader(tar, ingest, meter, options.Cancellation).Read()).ToList();
        foreach (var (blob, _, _) in layers)
        {
            _blobs[blob.Digest] = new SourceBlob(blob.Size, blob.Open, blob, blob.Copied.DiffSize);
        }

        var bytes = config.Write(layers.Select(layer => (layer.DiffId, layer.Created)).ToList());
        var digest = Digest.Compute(bytes);
        _blobs[digest] = new SourceBlob(bytes.Length, () => new MemoryStream(bytes, writable: false));
        _manifest = ImageManifest.CreateNew(
            new Descriptor(MediaTypes.OciConfig, digest, bytes.Length),
            layers.Select(layer => new Descriptor(MediaTypes.OciLayerOf(layer.Blob.Copied.Compression), layer.Blob.Digest, layer.Blob.Size)),
            annotations);
        Roots = [new SourceRoot { Descriptor = _manifest.ToDescriptor() }];
        LeftBehind = config.Container.OnBuild
            .Select(line => $"ONBUILD has no place in an OCI image, and is left out: {QuotedText.Quote(line)}.")
            .ToList();
    }

    public string Name { get; }

    public IReadOnlyList<SourceRoot> Roots { get; }

    public IReadOnlyList<string> LeftBehind { get; }

    public ManifestDocument? ReadManifest(Descriptor descriptor) => descriptor.Digest == _manifest.Digest ? _manifest : null;

    public SourceBlob? FindBlob(Descriptor descriptor) => _blobs.TryGetValue(descriptor.Digest, out var blob) ? blob : null;

    public IReadOnlyList<Descriptor> FindReferrers(Digest subject) => [];

    public void Dispose()
    {
    }
}
