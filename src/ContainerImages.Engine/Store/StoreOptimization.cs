using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using ContainerImages.Content;
using ContainerImages.References;

namespace ContainerImages.Store;

/// <summary>
/// Decides what goes from a store that is to be made smaller: blobs that nothing leads to and what copies that died have left;
/// images without names that nothing stands on, and what these stood on, until there are none, as podman's image prune has it;
/// and what of the others was asked for.
/// </summary>
internal sealed class StoreOptimization
{
    private readonly ImageStore _store;
    private readonly OptimizationOptions _options;
    private readonly BlobUsage _usage;
    private readonly DateTimeOffset _now;
    private readonly RemovalPlan _planner;
    private readonly ImageFilter _filter;
    private readonly List<Digest> _unreferenced;
    private readonly HashSet<Digest> _seen = [];
    private readonly CancellationToken _cancellation;
    private long _size;

    private StoreOptimization(ImageStore store, BlobUsage usage, OptimizationOptions options, CancellationToken cancellation)
    {
        _store = store;
        _options = options;
        _usage = usage;
        _now = store.Now;
        _cancellation = cancellation;
        _planner = new RemovalPlan(store, Snapshot, options.Force, prune: true);
        _filter = new ImageFilter(store, Snapshot) { Until = options.Until, Labels = options.Labels };
        _unreferenced = usage.Unreferenced(IsOld).ToList();
        _size = usage.TotalBytes;
        UnreferencedBytes = _unreferenced.Sum(usage.SizeOf) + usage.DeadCopies.Sum(Ingest.SizeOf) + usage.OverdueBytes;
        EndedLeases = store.Leases(Snapshot).Where(lease => lease.Expired).ToList();
    }

    /// <summary>The store as it was looked at.</summary>
    public StoreSnapshot Snapshot => _usage.Snapshot;

    /// <summary>Roots of which cannot be told what they need: while one is there, no blob is deleted.</summary>
    public IReadOnlyList<StoreRoot> Unreadable => _usage.Unreadable;

    /// <summary>Whether there is content that no image leads to, be it empty.</summary>
    public bool HasUnreferenced => _unreferenced.Count > 0 || UnreferencedBytes > 0;

    /// <summary>Bytes of content that no image leads to.</summary>
    public long UnreferencedBytes { get; }

    /// <summary>Leases that hold nothing any more.</summary>
    public IReadOnlyList<ImageLease> EndedLeases { get; }

    /// <summary>Bytes that the store will have too many; 0 where it fits, or no size was asked for.</summary>
    public long ExcessBytes => Math.Max(0, _size - (_options.MaximumSize ?? long.MaxValue));

    /// <summary>Looks at a store.</summary>
    public static StoreOptimization Read(ImageStore store, OptimizationOptions options, CancellationToken cancellation) =>
        new(store, BlobUsage.Read(store, cancellation), options, cancellation);

    /// <summary>The same for a store that was looked at already.</summary>
    public static StoreOptimization Of(ImageStore store, BlobUsage usage) => new(store, usage, OptimizationOptions.None, default);

    /// <summary>Whether a blob that nobody lists is old enough to go.</summary>
    public bool IsOld(ScannedBlob blob) => _options.Force || blob.Changed < (_now - BlobScan.OthersCopy).UtcDateTime;

    /// <summary>Counts the content that no image leads to as gone, before anything is chosen.</summary>
    public void DropUnreferenced() => _size -= UnreferencedBytes;

    /// <summary>Chooses what is removed, one after the other.</summary>
    /// <param name="ask">
    /// Told each removal and the bytes that are given back by it once all before it are gone; says whether it is wanted. Parents
    /// come after what was built on them, and have no names.
    /// </param>
    public IReadOnlyList<PlannedRemoval> Choose(Func<PlannedRemoval, long, bool> ask)
    {
        var chosen = new List<PlannedRemoval>();
        Consider(Unneeded());
        foreach (var image in _options.MaximumSize is null ? [] : OldestFirst(Units()))
        {
            // Taking away only some of an image's names gives nothing back.
            var names = Snapshot.NamesOf(image.Manifest.Id);
            if (ExcessBytes > 0 && names.Count > 0 && names.All(IsMeant) && _filter.Matches(image))
            {
                Consider([(image, names)]);
            }
        }

        // Parents whose children could not be read are found here: they dangle now.
        while (Nameless(withChildren: false).ToList() is { Count: > 0 } more)
        {
            Consider(more.Select(image => (image, (IReadOnlyList<string>)[])));
        }

        return chosen;

        void Consider(IEnumerable<(ImageMatch Image, IReadOnlyList<string> Names)> images)
        {
            foreach (var (image, names) in images.Where(item => !_planner.IsGoing(item.Image.Manifest.Id)))
            {
                _cancellation.ThrowIfCancellationRequested();
                _seen.Add(image.Manifest.Id);
                if (_planner.TryPlan(image, names) is not { } plan)
                {
                    _store.Verbose($"Image {image.Manifest.Id.ShortId} stays: a lease holds it.");
                }
                else if (Take(plan, ask))
                {
                    chosen.Add(plan);
                    plan.Parents = TakeParents(plan, ask);
                }
            }
        }
    }

    private List<PlannedRemoval> TakeParents(PlannedRemoval plan, Func<PlannedRemoval, long, bool> ask)
    {
        var parents = new List<PlannedRemoval>();
        foreach (var parent in _planner.FindParents(plan))
        {
            _seen.Add(parent.Image.Manifest.Id);
            if (!Take(parent, ask))
            {
                break;
            }

            parents.Add(parent);
        }

        return parents;
    }

    private bool Take(PlannedRemoval plan, Func<PlannedRemoval, long, bool> ask)
    {
        var bytes = _usage.BytesOf(plan.Roots);
        if (!ask(plan, bytes))
        {
            return false;
        }

        _planner.Include(plan);
        _usage.Release(plan.Roots);
        _size -= bytes;
        return true;
    }

    // Where all images are meant, podman takes those too that others are built on, if only they fit.
    private IEnumerable<ImageMatch> Nameless(bool withChildren) => _options.References.Count > 0 ? [] : Snapshot.Images
        .Where(image => !_seen.Contains(image.Id) && !_planner.IsGoing(image.Id) && (withChildren
            ? Snapshot.NamesOf(image.Id).Count == 0 && !Snapshot.IsAttached(image.Id)
            : Snapshot.IsDangling(image, _planner.IsGoing)))
        .Select(image => new ImageMatch(Snapshot.ManifestsOf(image.Id)[0].Root, image, null))
        .Where(_filter.Matches);

    // By image: the names of one that has several roots count together.
    private List<(ImageMatch Image, IReadOnlyList<string> Names)> Unneeded()
    {
        var units = Units();
        var nameless = Nameless(_options.All).Select(image => (Image: image, Name: (string?)null));
        var named = (_options.All ? units.SelectMany(unit => unit.Root.Names.Where(IsMeant), (unit, name) => (unit, name)) : Superseded(units))
            .GroupBy(item => item.unit)
            .Where(group => _filter.Matches(group.Key))
            .SelectMany(group => group, (group, item) => (Image: group.Key, Name: (string?)item.name));
        var images = nameless.Concat(named).GroupBy(item => item.Image.Manifest.Id).Select(group => (
            group.First().Image,
            (IReadOnlyList<string>)group.Select(item => item.Name).OfType<string>().ToList()));
        return images.OrderBy(item => item.Image.Manifest.Created ?? DateTimeOffset.MinValue).ToList();
    }

    /// <summary>Of each repository the tags beyond the newest that are kept.</summary>
    private IEnumerable<(ImageMatch unit, string name)> Superseded(IReadOnlyList<ImageMatch> units)
    {
        if (_options.Keep is not { } kept)
        {
            return [];
        }

        // Of tags of one age the one is the newest that was given last: the index has it further down.
        var places = Snapshot.Names.Select((name, i) => (name, i)).ToDictionary(pair => pair.name, pair => pair.i, StringComparer.Ordinal);
        return units
            .SelectMany(unit => unit.Root.Names.Where(IsMeant), (unit, name) => (unit, name))
            .Select(item => (item.unit, item.name, Repository: RepositoryOf(item.name)))
            .Where(item => item.Repository is not null)
            .GroupBy(item => item.Repository)
            .SelectMany(repository => repository
                .OrderByDescending(item => item.unit.Manifest.Created ?? DateTimeOffset.MinValue)
                .ThenByDescending(item => places[item.name])
                .Skip(kept))
            .Select(item => (item.unit, item.name));
    }

    private IReadOnlyList<ImageMatch> Units() => new ImageResolver(Snapshot, null, null).All();

    private static IEnumerable<ImageMatch> OldestFirst(IEnumerable<ImageMatch> images) =>
        images.OrderBy(image => image.Manifest.Created ?? DateTimeOffset.MinValue);

    private bool IsMeant(string name) => _options.References.Count == 0 || _options.References.Any(pattern => pattern.IsMatch(name));

    private static string? RepositoryOf(string name) =>
        ImageReference.TryParse(name, out var reference) && reference is { Tag: not null, Digest: null } ? reference.Name : null;
}
