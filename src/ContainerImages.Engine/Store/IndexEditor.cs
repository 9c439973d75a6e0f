using System;
using System.Collections.Generic;
using System.Linq;
using ContainerImages.Content;

namespace ContainerImages.Store;

/// <summary>
/// The changes that one commit makes to the index as it is under the lock. Who moves or takes a name decides what becomes
/// of the root that had it; nothing is dropped unless <see cref="RemoveRoot"/> says so.
/// </summary>
internal sealed partial class IndexEditor
{
    // In the index's order, with a hole where one went: thousands of changes in one commit look none of them up one by one.
    private readonly List<IndexEntry?> _entries;
    private readonly EntryPlaces<string> _byName = new();
    private readonly EntryPlaces<Digest> _byRoot = new();
    private readonly EntryPlaces<Digest> _unnamed = new();
    private readonly EntryPlaces<Digest> _leased = new();
    private readonly Dictionary<Digest, string> _pushes = [];
    private readonly Dictionary<Digest, string> _refreshed = [];
    private readonly Dictionary<Digest, Descriptor> _added = [];
    private readonly HashSet<Digest> _removed = [];
    private readonly Dictionary<Digest, HashSet<Digest>> _dropped = [];

    public IndexEditor(StoreSnapshot snapshot)
    {
        Snapshot = snapshot;
        _entries = new(snapshot.Index.Entries.Count + 1);
        foreach (var entry in snapshot.Index.Entries)
        {
            Append(entry);
        }
    }

    /// <summary>The store as it was when the lock was taken.</summary>
    public StoreSnapshot Snapshot { get; }

    public bool IsChanged { get; private set; }

    public IReadOnlyList<IndexEntry> Entries => [.. _entries.OfType<IndexEntry>()];

    /// <summary>Roots that the store may not have had before; their blobs are checked before the commit.</summary>
    public IEnumerable<Descriptor> Added => _added.Values;

    /// <summary>Roots that are gone; their blobs are candidates for collection.</summary>
    public IReadOnlyCollection<Digest> Removed => _removed;

    /// <summary>Names a root, whatever the name was for before; the root that loses it stays, without a name if need be.</summary>
    /// <returns>The root that lost the name; null if it was free, or the root's own already.</returns>
    public Digest? SetName(string name, Descriptor root, string? summary)
    {
        Note(root);
        RefreshSummaries(root.Digest, summary);
        Digest? loser = _byName.Of(name) is [var first, ..] ? _entries[first]!.Root.Digest : null;
        if (loser == root.Digest)
        {
            return null;
        }

        IsChanged = true;
        TakeName(name);
        if (_unnamed.Of(root.Digest) is [var unnamed, ..])
        {
            var entry = _entries[unnamed]!;
            Replace(unnamed, entry.With(name, summary ?? entry.SummaryText));
        }
        else
        {
            Append(IndexEntry.Create(
                root,
                name,
                summary,
                _leased.Of(root.Digest) is [var leased, ..] ? _entries[leased]!.LeaseText : null,
                _pushes.TryGetValue(root.Digest, out var pushes) ? pushes : null));
        }

        return loser;
    }

    /// <summary>Makes sure that a root is in the index, without a name if it has none.</summary>
    public void AddRoot(Descriptor root, string? summary)
    {
        Note(root);
        RefreshSummaries(root.Digest, summary);
        if (_byRoot.Count(root.Digest) > 0)
        {
            return;
        }

        IsChanged = true;
        Append(IndexEntry.Create(root, null, summary));
    }

    /// <summary>Takes a name away; its root stays, without a name if that was its last.</summary>
    /// <returns>Whether the name was there.</returns>
    public bool RemoveName(string name)
    {
        if (!TakeName(name))
        {
            return false;
        }

        IsChanged = true;
        return true;
    }

    /// <summary>Takes a root away with all its names.</summary>
    public void RemoveRoot(Digest root)
    {
        var places = _byRoot.Of(root);
        if (places.Count == 0)
        {
            return;
        }

        IsChanged = true;
        _removed.Add(root);
        var leases = places.SelectMany(at => StoredLease.Decode(_entries[at]!.LeaseText)).ToList();
        places.ForEach(at => Replace(at, null));

        // An image that stays by another root keeps its leases.
        leases.ForEach(lease => AddLeases(RootsOf(lease.Id), [lease]));
    }

    /// <summary>Whether an image that the store had is still in it.</summary>
    public bool HasImage(Digest id) => Snapshot.ManifestsOf(id).Any(Has);

    /// <summary>The leases in force that would hold nothing any more if these roots went, and one manifest of another.</summary>
    public IReadOnlyList<StoredLease> LeasesLost(IReadOnlyList<StoreRoot> roots, (Digest Root, Digest Manifest)? dropped, DateTimeOffset now)
    {
        var going = new HashSet<Digest>(roots.Select(root => root.Digest));
        return Snapshot.LeasesLost(
            roots.SelectMany(root => root.Present)
                .Concat(dropped is { } d && Snapshot.FindRoot(d.Root) is { } other ? other.Present.Where(m => m.Manifest.Digest == d.Manifest) : [])
                .Select(manifest => manifest.Id),
            pair => !Has(pair) || going.Contains(pair.Root.Digest) || (pair.Root.Digest, pair.Manifest.Manifest.Digest) == dropped,
            now);
    }

    /// <summary>
    /// Notes leases at every root of their images, in place of those that these have by the same names; for an image that is
    /// not here, nowhere.
    /// </summary>
    public void SetLeases(IReadOnlyCollection<StoredLease> leases)
    {
        var keys = new HashSet<(string, Digest)>(leases.Select(lease => lease.Key));
        RemoveLeases(old => keys.Contains(old.Key));
        foreach (var lease in leases)
        {
            AddLeases(RootsOf(lease.Id), [lease]);
        }
    }

    /// <summary>Takes leases away, wherever they stand.</summary>
    public void RemoveLeases(Func<StoredLease, bool> isMeant)
    {
        for (var at = 0; at < _entries.Count; at++)
        {
            if (_entries[at]?.LeaseText is { } text)
            {
                var leases = StoredLease.Decode(text);
                var left = leases.Where(lease => !isMeant(lease)).ToList();
                if (left.Count < leases.Count)
                {
                    ReplaceLeases(at, left);
                }
            }
        }
    }

    /// <summary>Notes where a root was pushed to and what its layers became.</summary>
    public void AddPushes(Digest root, IEnumerable<PushedManifest> manifests, IEnumerable<PackedLayer> layers)
    {
        var memory = PushMemory.Decode(_pushes.TryGetValue(root, out var known) ? known : null, root).With(manifests, layers).Encode();
        if (memory == known)
        {
            return;
        }

        foreach (var at in _byRoot.Of(root))
        {
            IsChanged = true;
            Replace(at, _entries[at]!.WithPushes(memory));
        }
    }

    /// <summary>Whether this commit tells anew what a root is.</summary>
    public bool IsRefreshed(Digest root) => _refreshed.ContainsKey(root);

    /// <summary>Keeps what was found out about a root that is in the index.</summary>
    public void SetSummary(RootSummary summary) => RefreshSummaries(summary.Root, summary.Encode());

    /// <summary>Lets one platform of a root go; the root and its names stay.</summary>
    public void DropManifest(Digest root, Digest manifest)
    {
        if (Snapshot.FindRoot(root) is not { } found || found.Summary.Manifests.All(m => m.Manifest.Digest != manifest))
        {
            return;
        }

        IsChanged = true;
        if (!_dropped.TryGetValue(root, out var dropped))
        {
            _dropped.Add(root, dropped = []);
        }

        dropped.Add(manifest);
        SetSummary(new RootSummary(root, found.Subject, found.Summary.Manifests
            .Select(m => dropped.Contains(m.Manifest.Digest)
                ? new ManifestSummary(ManifestSummary.Absent, new Descriptor("", m.Manifest.Digest, 0)) { Platform = m.Platform }
                : m)
            .ToList()));
    }

    /// <summary>The manifests that a root keeps alive no more; null for nearly all.</summary>
    public IReadOnlyCollection<Digest>? DroppedOf(Digest root) => _dropped.TryGetValue(root, out var dropped) ? dropped : null;

    /// <summary>All manifests dropped, with the descriptors by which they are read.</summary>
    public IEnumerable<Descriptor> Dropped => _dropped.SelectMany(
        pair => Snapshot.FindRoot(pair.Key)!.Present.Select(m => m.Manifest).Where(m => pair.Value.Contains(m.Digest)));

    private void Note(Descriptor root)
    {
        _removed.Remove(root.Digest);
        _added[root.Digest] = root;
    }

    // Another tool may have given one name to several: it is taken from all, or the next would have it from now on.
    private bool TakeName(string name)
    {
        var named = _byName.Of(name);
        foreach (var at in named)
        {
            var entry = _entries[at]!;
            if (_byRoot.Count(entry.Root.Digest) > 1)
            {
                // Another tool may have left the leases of a root at one of its names only.
                Replace(at, null);
                AddLeases([entry.Root.Digest], StoredLease.Decode(entry.LeaseText));
            }
            else
            {
                Replace(at, entry.With(null, entry.SummaryText));
            }
        }

        return named.Count > 0;
    }

    // Every name of a root tells the same of it.
    private void RefreshSummaries(Digest root, string? summary)
    {
        // An import may give one root thousands of names, one after the other.
        if (summary is null || (_refreshed.TryGetValue(root, out var before) && before == summary))
        {
            return;
        }

        _refreshed[root] = summary;
        foreach (var at in _byRoot.Of(root))
        {
            var entry = _entries[at]!;
            if (!string.Equals(entry.SummaryText, summary, StringComparison.Ordinal))
            {
                IsChanged = true;
                Replace(at, entry.With(entry.StoredName, summary));
            }
        }
    }

    private void AddLeases(IEnumerable<Digest> roots, IReadOnlyList<StoredLease> leases)
    {
        foreach (var at in leases.Count == 0 ? [] : roots.SelectMany(_byRoot.Of).ToList())
        {
            ReplaceLeases(at, StoredLease.Union(StoredLease.Decode(_entries[at]!.LeaseText).Concat(leases)));
        }
    }

    private void ReplaceLeases(int at, IReadOnlyList<StoredLease> leases)
    {
        var text = StoredLease.Encode(leases);
        if (text != _entries[at]!.LeaseText)
        {
            IsChanged = true;
            Replace(at, _entries[at]!.WithLeases(text));
        }
    }

    private IEnumerable<Digest> RootsOf(Digest id) => Snapshot.ManifestsOf(id).Where(Has).Select(pair => pair.Root.Digest).Distinct();

    private bool Has((StoreRoot Root, ManifestSummary Manifest) pair) =>
        _byRoot.Count(pair.Root.Digest) > 0 && DroppedOf(pair.Root.Digest)?.Contains(pair.Manifest.Manifest.Digest) != true;

    private void Append(IndexEntry entry)
    {
        _entries.Add(null);
        Replace(_entries.Count - 1, entry);
    }

    private void Replace(int at, IndexEntry? entry)
    {
        if (_entries[at] is { } old)
        {
            _byRoot.Remove(old.Root.Digest, at);
            _unnamed.Remove(old.Root.Digest, at);
            _leased.Remove(old.Root.Digest, at);
            if (old.Name is not null)
            {
                _byName.Remove(old.Name, at);
            }
        }

        _entries[at] = entry;
        if (entry is not null)
        {
            _byRoot.Add(entry.Root.Digest, at);
            if (entry.Name is not null)
            {
                _byName.Add(entry.Name, at);
            }
            else
            {
                _unnamed.Add(entry.Root.Digest, at);
            }

            if (entry.LeaseText is not null)
            {
                _leased.Add(entry.Root.Digest, at);
            }

            if (entry.PushText is not null)
            {
                _pushes[entry.Root.Digest] = entry.PushText;
            }
        }
    }
}
