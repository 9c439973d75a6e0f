using System.Collections.Generic;
using System.Linq;
using System.Threading;
using ContainerImages.Content;
using ContainerImages.Copying;
using ContainerImages.Manifests;
using ContainerImages.Store;

namespace ContainerImages.Transports;

/// <summary>
/// Images of a store as the thing to copy from. Their blobs are put on the list of a copy under way, so that nobody removes
/// them meanwhile; a store that may only be read needs no such list, and gets none.
/// </summary>
internal sealed class StoreSource : IImageSource
{
    private readonly ImageStore _store;
    private readonly Ingest? _ingest;
    private readonly KnownLayers _known;

    /// <param name="store">The store.</param>
    /// <param name="roots">What is to be copied of it.</param>
    /// <param name="cancellation">Stops the wait for the store's lock.</param>
    public StoreSource(ImageStore store, IReadOnlyList<Descriptor> roots, CancellationToken cancellation)
    {
        _store = store;
        Name = $"store '{store.Path}'";
        Roots = roots.Select(root => new SourceRoot { Descriptor = root }).ToList();
        _known = new KnownLayers(store.ReadSnapshot(), store.Blobs);
        try
        {
            _ingest = store.BeginIngest(cancellation);
        }
        catch (ContainerImageException e) when (e.Error == ImageError.StoreAccessDenied)
        {
            store.Verbose($"The store '{store.Path}' cannot be written, so its images are read without being held.");
            return;
        }

        HashSet<Digest> reachable = [];
        foreach (var root in roots)
        {
            RootWalk.CollectReachable(root, store.Blobs, reachable);
        }

        try
        {
            _ingest.Rely(reachable, cancellation);
        }
        catch
        {
            _ingest.Dispose();
            throw;
        }
    }

    public string Name { get; }

    public IReadOnlyList<SourceRoot> Roots { get; }

    public IReadOnlyList<string> LeftBehind => [];

    public ManifestDocument? ReadManifest(Descriptor descriptor) =>
        _store.Blobs.Find(descriptor.Digest, descriptor.Size) is null ? null : _store.Blobs.ReadManifest(descriptor);

    public SourceBlob? FindBlob(Descriptor descriptor)
    {
        if (_store.Blobs.Find(descriptor.Digest, descriptor.Size) is not { } path)
        {
            return null;
        }

        var isPlain = MediaTypes.TryGetLayerCompression(descriptor.MediaType, out var compression) && compression == Compression.None;
        return new SourceBlob(
            descriptor.Size,
            () => StoreSystem.OpenShared(path, System.IO.FileMode.Open, System.IO.FileAccess.Read),
            PlainSize: isPlain ? descriptor.Size : _known.PlainSize(descriptor.Digest));
    }

    public void Dispose() => _ingest?.Dispose();
}
