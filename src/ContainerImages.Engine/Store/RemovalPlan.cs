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

    /// <summary>Parents without names that go too.</summary>
    public IReadOnlyList<PlannedRemoval> Parents { get; set; } = [];
}

/// <summary>
/// Decides what a removal takes away, by the rules of podman's rmi: by name with other names left, the name; by the last
/// name, or by ID, the image; with it parents that have no name and no other child. All that one call names counts together.
/// </summary>
internal sealed class RemovalPlan(StoreSnapshot snapshot, IBlobReader blobs, bool force, bool prune)
{
    private readonly HashSet<Digest> _going = [];

    /// <exception cref="ContainerImageException">MultipleTags, for an image meant as a whole that has several names.</exception>
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

        if (all.Except(named).Any())
        {
            // A manifest that no name leads to any more goes with its name; the image stays by its others.
            var emptied = snapshot.ManifestsOf(id)
                .Select(pair => pair.Root)
                .Distinct()
                .Where(root => root.Names.Count > 0 && !root.Names.Except(named).Any())
                .ToList();
            return new PlannedRemoval { Image = image, Names = named, RemovesImage = false, Roots = emptied };
        }

        return Whole(image, named);
    }

    /// <summary>One platform of an image: its bytes go, the root with its names stays.</summary>
    public static PlannedRemoval PlanPlatform(ImageMatch match) => new()
    {
        Image = match,
        Names = [],
        RemovesImage = false,
        Roots = [],
        DroppedManifest = match.Manifest.Manifest.Digest,
    };

    /// <summary>Counts an image that another plan removes among those that go.</summary>
    public void Include(PlannedRemoval removal) => Whole(removal.Image, removal.Names);

    /// <summary>Finds the parents, once every image that goes is known.</summary>
    public void AddParents(IReadOnlyList<PlannedRemoval> removals)
    {
        if (!prune)
        {
            return;
        }

        foreach (var removal in removals.Where(removal => removal.RemovesImage))
        {
            var parents = new List<PlannedRemoval>();
            var child = removal.Image.Manifest;
            while (snapshot.ParentOf(child) is { } parent && IsFree(parent) && ParentCheck.IsParent(parent, child, blobs))
            {
                var root = snapshot.ManifestsOf(parent.Id).First().Root;
                parents.Add(Whole(new ImageMatch(root, parent, null), []));
                child = parent;
            }

            removal.Parents = parents;
        }
    }

    private bool IsFree(ManifestSummary parent) =>
        !_going.Contains(parent.Id) &&
        snapshot.NamesOf(parent.Id).Count == 0 &&
        !snapshot.ManifestsOf(parent.Id).Any(pair => MediaTypes.IsIndex(pair.Root.Descriptor.MediaType)) &&
        snapshot.ChildrenOf(parent).All(child => _going.Contains(child.Id));

    private PlannedRemoval Whole(ImageMatch image, IReadOnlyList<string> names)
    {
        _going.Add(image.Manifest.Id);
        var roots = snapshot.ManifestsOf(image.Manifest.Id).Select(pair => pair.Root).Distinct().ToList();

        // All platforms of a root go with it, and what says something about them.
        foreach (var other in roots.SelectMany(root => root.Present))
        {
            _going.Add(other.Id);
        }

        var digests = new HashSet<Digest>(roots.Select(root => root.Digest).Concat(roots.SelectMany(r => r.Present).Select(m => m.Manifest.Digest)));
        var referrers = snapshot.Roots.Where(root =>
            root.Names.Count == 0 && root.Present.Any(m => m.Subject is { } subject && digests.Contains(subject)));
        return new PlannedRemoval { Image = image, Names = names, RemovesImage = true, Roots = roots.Union(referrers).ToList() };
    }
}
