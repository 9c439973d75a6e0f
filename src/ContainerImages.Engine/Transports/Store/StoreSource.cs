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
    private readonly StoreSnapshot _snapshot;
    private readonly KnownLayers _known;
    private ILookup<Digest, Descriptor>? _referrers;

    /// <param name="store">The store.</param>
    /// <param name="roots">What is to be copied of it.</param>
    /// <param name="includesReferrers">Whether what refers to that is copied too.</param>
    /// <param name="cancellation">Stops the wait for the store's lock.</param>
    public StoreSource(ImageStore store, IReadOnlyList<Descriptor> roots, bool includesReferrers, CancellationToken cancellation)
    {
        _store = store;
        Name = $"store '{store.Path}'";
        Roots = roots.Select(root => new SourceRoot { Descriptor = root }).ToList();
        _snapshot = store.ReadSnapshot();
        _known = new KnownLayers(_snapshot, store.Blobs);
        var reachable = Reach(roots, includesReferrers);
        try
        {
            _ingest = store.BeginIngest(cancellation);
        }
        catch (ContainerImageException e) when (e.Error == ImageError.StoreAccessDenied)
        {
            store.Verbose($"The store '{store.Path}' cannot be written, so its images are read without being held.");
            return;
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

    /// <summary>How much refers to the roots, to what they lead to, and to each other.</summary>
    public int ReferrerCount { get; private set; }

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
            () => _store.OperatingSystem.OpenRead(path),
            PlainSize: isPlain ? descriptor.Size : _known.PlainSize(descriptor.Digest));
    }

    public IReadOnlyList<Descriptor> FindReferrers(Digest subject) => (_referrers ??= _snapshot.Roots
        .Where(root => root.Subject is not null)
        .ToLookup(root => root.Subject!.Value, root => root.Descriptor))[subject].ToList();

    public void Dispose() => _ingest?.Dispose();

    private HashSet<Digest> Reach(IReadOnlyList<Descriptor> roots, bool includesReferrers)
    {
        HashSet<Digest> held = [];
        HashSet<Digest> referrers = [];
        var open = new Queue<(Descriptor Root, bool IsHeld)>(roots.Select(root => (root, true)));
        while (open.Count > 0)
        {
            var (root, isHeld) = open.Dequeue();
            HashSet<Digest> reachable = [];
            RootWalk.CollectReachable(root, _store.Blobs, reachable);
            foreach (var referrer in reachable.SelectMany(FindReferrers).Where(referrer => referrers.Add(referrer.Digest)))
            {
                open.Enqueue((referrer, includesReferrers));
            }

            if (isHeld)
            {
                held.UnionWith(reachable);
            }
        }

        ReferrerCount = referrers.Count;
        return held;
    }
}
