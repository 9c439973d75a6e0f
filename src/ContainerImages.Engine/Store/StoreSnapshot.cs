using System.Collections.Generic;
using System.Linq;
using ContainerImages.Content;

namespace ContainerImages.Store;

/// <summary>A root of the store with its names: a manifest, or an index of several platforms.</summary>
internal sealed class StoreRoot(Descriptor descriptor, RootSummary summary, bool isStored)
{
    private readonly List<string> _names = [];

    public Descriptor Descriptor { get; } = descriptor;

    public Digest Digest => Descriptor.Digest;

    public RootSummary Summary { get; } = summary;

    /// <summary>Whether the index holds this very summary, complete.</summary>
    public bool IsSummaryStored { get; } = isStored;

    /// <summary>Full names, in the index's order.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>
    /// The images and artifacts of it that are here. Of an index without any, the index itself stands for one: it can be seen
    /// then, and removed.
    /// </summary>
    public IEnumerable<ManifestSummary> Present => Summary.Manifests.Any(m => m.Kind != ManifestSummary.Absent)
        ? Summary.Manifests.Where(m => m.Kind != ManifestSummary.Absent)
        : [new ManifestSummary(ManifestSummary.Image, Descriptor) { Id = Digest }];

    public IEnumerable<ManifestSummary> Images => Present.Where(m => m.Kind == ManifestSummary.Image);

    public void AddName(string name) => _names.Add(name);
}

/// <summary>
/// The store's images at one moment, as one read of the index tells them. What an image is stands here: all manifests with
/// one config, with all names of the roots they belong to.
/// </summary>
internal sealed class StoreSnapshot
{
    private readonly Dictionary<Digest, StoreRoot> _roots = [];
    private readonly Dictionary<string, StoreRoot> _byName = new(System.StringComparer.Ordinal);
    private ILookup<Digest, (StoreRoot Root, ManifestSummary Manifest)>? _byId;
    private ILookup<string, ManifestSummary>? _byHistory;
    private ILookup<string, ManifestSummary>? _byParentHistory;

    public StoreSnapshot(StoreIndex index, IBlobReader blobs)
    {
        Index = index;
        foreach (var entry in index.Entries)
        {
            if (!_roots.TryGetValue(entry.Root.Digest, out var root))
            {
                root = MakeRoot(entry, blobs);
                _roots.Add(entry.Root.Digest, root);
            }

            if (entry.Name is { } name && !_byName.ContainsKey(name))
            {
                _byName.Add(name, root);
                root.AddName(name);
            }
        }
    }

    public StoreIndex Index { get; }

    public IReadOnlyCollection<StoreRoot> Roots => _roots.Values;

    public IEnumerable<string> Names => _byName.Keys;

    /// <summary>Every image and artifact that is here, with the roots it belongs to.</summary>
    public ILookup<Digest, (StoreRoot Root, ManifestSummary Manifest)> ById => _byId ??= _roots.Values
        .SelectMany(root => root.Present, (root, manifest) => (root, manifest))
        .ToLookup(pair => pair.manifest.Id);

    public StoreRoot? FindByName(string name) => _byName.TryGetValue(name, out var root) ? root : null;

    public StoreRoot? FindRoot(Digest digest) => _roots.TryGetValue(digest, out var root) ? root : null;

    /// <summary>All names of an image, over all its roots.</summary>
    public IReadOnlyList<string> NamesOf(Digest id) =>
        ById[id].Select(pair => pair.Root).Distinct().SelectMany(root => root.Names).ToList();

    /// <summary>The image that another was built on, by the summaries; a named one first, then the newest.</summary>
    public ManifestSummary? ParentOf(ManifestSummary child) => (_byHistory ??= Images.ToLookup(image => image.History))[child.ParentHistory]
        .Where(parent => parent.IsParentOf(child))
        .OrderByDescending(parent => NamesOf(parent.Id).Count > 0)
        .ThenByDescending(parent => parent.Created)
        .FirstOrDefault();

    public IEnumerable<ManifestSummary> ChildrenOf(ManifestSummary parent) =>
        (_byParentHistory ??= Images.ToLookup(image => image.ParentHistory))[parent.History].Where(parent.IsParentOf);

    /// <summary>Every image once, whatever the number of its manifests.</summary>
    public IEnumerable<ManifestSummary> Images => ById
        .Select(group => group.First().Manifest)
        .Where(manifest => manifest.Kind == ManifestSummary.Image);

    private static StoreRoot MakeRoot(IndexEntry entry, IBlobReader blobs)
    {
        if (RootSummary.Decode(entry.SummaryText, entry.Root.Digest) is { } stored)
        {
            return new StoreRoot(entry.Root, stored, stored.IsComplete);
        }

        try
        {
            return new StoreRoot(entry.Root, SummaryBuilder.Build(entry.Root, blobs), false);
        }
        catch (ContainerImageException)
        {
            // Its document is gone or damaged: it is shown under its own digest, so that it can be removed.
            var manifest = new ManifestSummary(ManifestSummary.Image, entry.Root) { Id = entry.Root.Digest };
            return new StoreRoot(entry.Root, new RootSummary(entry.Root.Digest, [manifest]), false);
        }
    }
}
