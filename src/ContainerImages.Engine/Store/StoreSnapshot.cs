using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Text;
using ContainerImages.Content;

namespace ContainerImages.Store;

/// <summary>
/// The store's images at one moment, as one read of the index tells them. What an image is stands here: all manifests with
/// one config, with all names of the roots they belong to.
/// </summary>
internal sealed class StoreSnapshot
{
    // Beyond so many it is cheaper to take all summaries apart once.
    private const int FewLookups = 8;

    private readonly Dictionary<Digest, StoreRoot> _roots;
    private readonly Dictionary<string, StoreRoot> _byName;
    private ILookup<Digest, (StoreRoot Root, ManifestSummary Manifest)>? _byId;
    private ILookup<Digest, StoredLease>? _leases;
    private ILookup<string, ManifestSummary>? _byHistory;
    private ILookup<string, ManifestSummary>? _byParentHistory;
    private ILookup<string, ManifestSummary>? _byTopChain;
    private ILookup<Digest, StoreRoot>? _referrers;
    private HashSet<Digest>? _documents;
    private int _lookups;

    /// <param name="index">What was read.</param>
    /// <param name="blobs">Where roots are looked for of which it tells nothing.</param>
    /// <param name="before">The store at an earlier moment: what has not changed since is known from it; null for none.</param>
    [MethodImpl(Compiled.Well)]
    public StoreSnapshot(StoreIndex index, IBlobReader blobs, StoreSnapshot? before = null)
    {
        Index = index;
        _roots = new(index.Entries.Count);
        _byName = new(index.Entries.Count, System.StringComparer.Ordinal);
        IsFromIndexAlone = true;

        // What was removed is forgotten now and then.
        Manifests = before is null || before.Manifests.Count > 2 * (before.Index.Entries.Count + 1) ? new ManifestMemory() : before.Manifests;
        foreach (var entry in index.Entries)
        {
            if (!_roots.TryGetValue(entry.Root.Digest, out var root))
            {
                root = new StoreRoot(entry, blobs, before?.FindRoot(entry.Root.Digest));
                _roots.Add(entry.Root.Digest, root);
                IsFromIndexAlone &= root.SummaryForm is SummaryForm.WithSubject or SummaryForm.WithoutSubject;
            }

            if (entry.Name is { } name && !_byName.ContainsKey(name))
            {
                _byName.Add(name, root);
                root.AddName(name);
            }
        }
    }

    public StoreIndex Index { get; }

    /// <summary>What was read of its manifests, at this moment or an earlier one.</summary>
    public ManifestMemory Manifests { get; }

    public IReadOnlyCollection<StoreRoot> Roots => _roots.Values;

    public IEnumerable<string> Names => _byName.Keys;

    /// <summary>Whether blobs need not be read for anything that is asked here.</summary>
    public bool IsFromIndexAlone { get; }

    /// <summary>Every image and artifact that is here, with the roots it belongs to.</summary>
    public ILookup<Digest, (StoreRoot Root, ManifestSummary Manifest)> ById => _byId ??= Pairs(_roots.Values)
        .ToLookup(pair => pair.Manifest.Id);

    public StoreRoot? FindByName(string name) => _byName.TryGetValue(name, out var root) ? root : null;

    public StoreRoot? FindRoot(Digest digest) => _roots.TryGetValue(digest, out var root) ? root : null;

    /// <summary>The manifests of one image with the roots they belong to; empty if it is not here.</summary>
    public IReadOnlyList<(StoreRoot Root, ManifestSummary Manifest)> ManifestsOf(Digest id) => _byId is null && ++_lookups <= FewLookups
        ? Find(id)
        : ById[id].ToList();

    /// <summary>All names of an image, over all its roots.</summary>
    public IReadOnlyList<string> NamesOf(Digest id) =>
        ManifestsOf(id).Select(pair => pair.Root).Distinct().SelectMany(root => root.Names).ToList();

    /// <summary>The leases by the IDs of the images that they hold, each once, those that have ended included.</summary>
    public ILookup<Digest, StoredLease> Leases => _leases ??= StoredLease
        .Union(Index.Entries.Select(entry => entry.LeaseText).Distinct().SelectMany(StoredLease.Decode))
        .Where(lease => ManifestsOf(lease.Id).Count > 0)
        .ToLookup(lease => lease.Id);

    /// <summary>The leases in force, of some images, that would hold nothing any more if these of their manifests went.</summary>
    /// <param name="images">IDs.</param>
    /// <param name="goes">Which manifests go, by the roots they belong to.</param>
    /// <param name="now">The moment.</param>
    public IReadOnlyList<StoredLease> LeasesLost(
        IEnumerable<Digest> images, System.Func<(StoreRoot Root, ManifestSummary Manifest), bool> goes, System.DateTimeOffset now) => images
        .Distinct()
        .Where(id => Leases.Contains(id) && ManifestsOf(id).All(goes))
        .SelectMany(id => Leases[id])
        .Where(lease => lease.IsLive(now))
        .ToList();

    /// <summary>Roots without names that say something about a manifest or index (OCI's referrers): they live and die with it.</summary>
    public IEnumerable<StoreRoot> ReferrersOf(Digest subject) => (_referrers ??= _roots.Values
        .Where(root => root.Names.Count == 0 && root.Subject is not null)
        .ToLookup(root => root.Subject!.Value))[subject];

    /// <summary>Whether an image has no name and says something about what is here: it lives and dies with that.</summary>
    public bool IsAttached(Digest id)
    {
        var roots = ManifestsOf(id).Select(pair => pair.Root).ToList();
        return roots.All(root => root.Names.Count == 0) && roots.Any(root => root.Subject is { } subject && Documents.Contains(subject));
    }

    /// <summary>The image that another was built on, by the summaries; a named one first, then the newest.</summary>
    public ManifestSummary? ParentOf(ManifestSummary child) => child.ParentHistory.Length == 0 ? null : (_byHistory ??= Images.ToLookup(image => image.History))[child.ParentHistory]
        .Where(parent => parent.IsParentOf(child))
        .OrderByDescending(parent => NamesOf(parent.Id).Count > 0)
        .ThenByDescending(parent => parent.Created)
        .FirstOrDefault();

    public IEnumerable<ManifestSummary> ChildrenOf(ManifestSummary parent) => parent.History.Length == 0 ? [] :
        (_byParentHistory ??= Images.ToLookup(image => image.ParentHistory))[parent.History].Where(parent.IsParentOf);

    /// <summary>The images whose layers end with that chain ID, in hex.</summary>
    public IEnumerable<ManifestSummary> EndingAt(string chain) => (_byTopChain ??= Images.ToLookup(image => image.TopChain))[chain];

    /// <summary>
    /// Whether an image has no name, not even that of an index it is in, is not attached to another, and none is built on it, or
    /// on what would go with it.
    /// Podman says of the platforms of an index without a name that they are not dangling, and of the index that it is: in the
    /// end both go.
    /// </summary>
    /// <param name="image">The image.</param>
    /// <param name="isGone">Which other images do not count any more, by their IDs; null for none.</param>
    public bool IsDangling(ManifestSummary image, System.Func<Digest, bool>? isGone = null)
    {
        var roots = ManifestsOf(image.Id).Select(pair => pair.Root).Distinct().ToList();
        return roots.All(root => root.Names.Count == 0) && !IsAttached(image.Id) && roots
            .SelectMany(root => root.Images)
            .Where(other => other.Id == image.Id || NamesOf(other.Id).Count == 0)
            .SelectMany(ChildrenOf)
            .All(child => isGone?.Invoke(child.Id) == true || ManifestsOf(child.Id).All(pair => roots.Contains(pair.Root)));
    }

    /// <summary>Whether an image has no name, and others are built on it.</summary>
    public bool IsIntermediate(ManifestSummary image) => NamesOf(image.Id).Count == 0 && ChildrenOf(image).Any();

    /// <summary>Every image once, whatever the number of its manifests.</summary>
    public IEnumerable<ManifestSummary> Images => ById
        .Select(group => group.First().Manifest)
        .Where(manifest => manifest.Kind == ManifestSummary.Image);

    private HashSet<Digest> Documents => _documents ??=
        [.. _roots.Keys, .. _roots.Values.SelectMany(root => root.Present).Select(manifest => manifest.Manifest.Digest)];

    private List<(StoreRoot Root, ManifestSummary Manifest)> Find(Digest id)
    {
        var hex = Encoding.ASCII.GetBytes(id.Hex);
        return Pairs(_roots.Values.Where(root => root.MayHave(id, hex))).Where(pair => pair.Manifest.Id == id).ToList();
    }

    private static IEnumerable<(StoreRoot Root, ManifestSummary Manifest)> Pairs(IEnumerable<StoreRoot> roots) =>
        roots.SelectMany(root => root.Present, (root, manifest) => (root, manifest));
}
