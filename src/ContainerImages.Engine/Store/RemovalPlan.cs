using System;
using System.Collections.Generic;
using System.Linq;
using ContainerImages.Content;

namespace ContainerImages.Store;

/// <summary>What is to become of one image that a removal names.</summary>
internal sealed class PlannedRemoval
{
    /// <summary>The image.</summary>
    public required ImageMatch Image { get; init; }

    /// <summary>The names that go.</summary>
    public required IReadOnlyList<string> Names { get; init; }

    /// <summary>Whether the image goes, with every manifest it has.</summary>
    public required bool RemovesImage { get; init; }

    /// <summary>The roots that go.</summary>
    public required IReadOnlyList<StoreRoot> Roots { get; init; }

    /// <summary>The manifest of one platform that goes out of a root that stays; null for a removal as a whole.</summary>
    public Digest? DroppedManifest { get; init; }

    /// <summary>Whether leases do not count.</summary>
    public bool IsForced { get; init; }

    /// <summary>Parents without names that go too, each the one before it was built on.</summary>
    public IReadOnlyList<PlannedRemoval> Parents { get; set; } = [];
}

/// <summary>
/// Decides what a removal takes away, by the rules of podman's rmi: by name with other names left, the name; by the last
/// name, or by ID, the image; with it parents that have no name and no other child. All that one call names counts together.
/// What a lease holds stays, as an image does that a container uses: its names may go, all but the last.
/// </summary>
internal sealed class RemovalPlan(ImageStore store, StoreSnapshot snapshot, bool force, bool prune)
{
    private readonly HashSet<Digest> _going = [];
    private readonly DateTimeOffset _now = store.Now;

    /// <exception cref="ContainerImageException">
    /// MultipleTags, for an image meant as a whole that has several names; ImageInUse, for one that a lease holds.
    /// </exception>
    public PlannedRemoval Plan(IReadOnlyList<ImageMatch> matches)
    {
        var image = matches[0];
        var id = image.Manifest.Id;
        var all = snapshot.NamesOf(id);
        var named = matches.SelectMany(match => match.MatchedNames ?? []).Distinct().ToList();
        if (matches.Any(match => match.MatchedNames is null))
        {
            if (all.Count > 1 && !force && all.Except(named).Any())
            {
                throw new ContainerImageException(
                    ImageError.MultipleTags, $"Image {id.ShortId} has {all.Count} names and is not removed as a whole: {string.Join(", ", all)}.")
                { Candidates = all };
            }

            named = [.. all];
        }

        var plan = Make(image, named);
        if (LeasesOn(plan) is { Count: > 0 } held)
        {
            throw InUse(id, held);
        }

        Include(plan);
        return plan;
    }

    /// <summary>
    /// The removal of these names of an image, and with its last one of the image; null if a lease holds it. It is not counted
    /// among those that go before it is included.
    /// </summary>
    public PlannedRemoval? TryPlan(ImageMatch image, IReadOnlyList<string> names)
    {
        var plan = Make(image, names);
        return LeasesOn(plan).Count == 0 ? plan : null;
    }

    /// <summary>One platform of an image: its bytes go, the root with its names stays.</summary>
    /// <exception cref="ContainerImageException">ImageInUse.</exception>
    public PlannedRemoval PlanPlatform(ImageMatch match)
    {
        var (id, manifest) = (match.Manifest.Id, match.Manifest.Manifest.Digest);
        var held = force ? [] : snapshot.LeasesLost(
            [id], pair => pair.Root.Digest == match.Root.Digest && pair.Manifest.Manifest.Digest == manifest, _now);
        return held.Count > 0 ? throw InUse(id, held) : new PlannedRemoval
        {
            Image = match,
            Names = [],
            RemovesImage = false,
            Roots = [],
            DroppedManifest = manifest,
            IsForced = force,
        };
    }

    /// <summary>Whether an image is counted among those that go.</summary>
    public bool IsGoing(Digest id) => _going.Contains(id);

    /// <summary>Counts what a plan removes among what goes: all platforms of its roots, but for those that another root has too.</summary>
    public void Include(PlannedRemoval removal)
    {
        var going = new HashSet<StoreRoot>(removal.Roots);
        foreach (var manifest in removal.Roots.SelectMany(root => root.Present))
        {
            if (snapshot.ManifestsOf(manifest.Id).All(pair => going.Contains(pair.Root)))
            {
                _going.Add(manifest.Id);
            }
        }
    }

    /// <summary>Finds the parents, once every image that goes is known.</summary>
    public void AddParents(IReadOnlyList<PlannedRemoval> removals)
    {
        foreach (var removal in prune ? removals : [])
        {
            var parents = new List<PlannedRemoval>();
            foreach (var parent in FindParents(removal))
            {
                Include(parent);
                parents.Add(parent);
            }

            removal.Parents = parents;
        }
    }

    /// <summary>
    /// The parents that can go with an image, each the one before it was built on. One is found only if the one before it was
    /// included.
    /// </summary>
    public IEnumerable<PlannedRemoval> FindParents(PlannedRemoval removal)
    {
        var child = removal.RemovesImage ? removal.Image.Manifest : null;
        while (child is not null && snapshot.ParentOf(child) is { } parent && IsFree(parent) && ParentCheck.IsParent(parent, child, store.Blobs))
        {
            yield return Make(new ImageMatch(snapshot.ManifestsOf(parent.Id)[0].Root, parent, null), []);
            child = parent;
        }
    }

    public static ContainerImageException InUse(Digest id, IReadOnlyList<StoredLease> held)
    {
        var names = held.Select(lease => lease.Name).Distinct().ToList();
        return new ContainerImageException(
            ImageError.ImageInUse,
            $"Image {id.ShortId} is in use and is not removed: {(names.Count == 1 ? "the lease" : "the leases")} {string.Join(", ", names)} " +
            $"{(names.Count == 1 ? "holds" : "hold")} {(held.All(lease => lease.Id == id) ? "it" : "one of its platforms")}.")
        { Candidates = names };
    }

    private bool IsFree(ManifestSummary parent) =>
        !_going.Contains(parent.Id) &&
        !snapshot.Leases[parent.Id].Any(lease => lease.IsLive(_now)) &&
        snapshot.NamesOf(parent.Id).Count == 0 &&
        !snapshot.IsAttached(parent.Id) &&
        !snapshot.ManifestsOf(parent.Id).Any(pair => MediaTypes.IsIndex(pair.Root.Descriptor.MediaType)) &&
        snapshot.ChildrenOf(parent).All(child => _going.Contains(child.Id));

    private PlannedRemoval Make(ImageMatch image, IReadOnlyList<string> names)
    {
        var roots = snapshot.ManifestsOf(image.Manifest.Id).Select(pair => pair.Root).Distinct().ToList();
        var isWhole = !roots.SelectMany(root => root.Names).Except(names).Any();
        if (!isWhole)
        {
            // A manifest that no name leads to any more goes with its name; the image stays by its others.
            roots = roots.Where(root => root.Names.Count > 0 && !root.Names.Except(names).Any()).ToList();
        }

        return new PlannedRemoval
        {
            Image = image,
            Names = names,
            RemovesImage = isWhole,
            Roots = WithReferrers(roots),
            IsForced = force,
        };
    }

    private IReadOnlyList<StoredLease> LeasesOn(PlannedRemoval plan)
    {
        var roots = new HashSet<StoreRoot>(plan.Roots);
        return force ? [] : snapshot.LeasesLost(
            plan.Roots.SelectMany(root => root.Present).Select(manifest => manifest.Id), pair => roots.Contains(pair.Root), _now);
    }

    // What says something about that which goes, goes too, and what says something about that.
    private List<StoreRoot> WithReferrers(List<StoreRoot> roots)
    {
        var all = new List<StoreRoot>(roots);
        var going = new HashSet<StoreRoot>(roots);
        for (var i = 0; i < all.Count; i++)
        {
            var digests = all[i].Present
                .Where(manifest => snapshot.ManifestsOf(manifest.Id).All(
                    pair => pair.Manifest.Manifest.Digest != manifest.Manifest.Digest || going.Contains(pair.Root)))
                .Select(manifest => manifest.Manifest.Digest)
                .Append(all[i].Digest);
            all.AddRange(digests.SelectMany(snapshot.ReferrersOf).Where(going.Add));
        }

        return all;
    }
}
