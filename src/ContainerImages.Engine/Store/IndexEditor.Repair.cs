using System.Collections.Generic;
using System.Linq;
using ContainerImages.Content;

namespace ContainerImages.Store;

/// <content>What a repair changes.</content>
internal sealed partial class IndexEditor
{
    private readonly HashSet<Digest> _mended = [];
    private readonly HashSet<Digest> _candidates = [];

    /// <summary>Blobs that were gathered in place of damaged ones, or of some that were gone.</summary>
    public IReadOnlyCollection<Digest> Mended => _mended;

    /// <summary>Blobs that go if nothing leads to them.</summary>
    public IReadOnlyCollection<Digest> Candidates => _candidates;

    /// <summary>Brings gathered blobs in; one that nothing leads to any more does not stay.</summary>
    public void Mend(IEnumerable<Digest> blobs)
    {
        foreach (var blob in blobs)
        {
            _mended.Add(blob);
            _candidates.Add(blob);
        }
    }

    /// <summary>Lets blobs go that nothing leads to.</summary>
    public void Offer(IEnumerable<Digest> blobs) => _candidates.UnionWith(blobs);

    /// <summary>Lets platforms of a root go that may be damaged; the root and its names stay.</summary>
    /// <param name="without">What is left of the root, without them.</param>
    /// <param name="manifests">The manifests that go.</param>
    public void DropManifests(RootSummary without, IReadOnlyCollection<Digest> manifests)
    {
        if (!_dropped.TryGetValue(without.Root, out var dropped))
        {
            _dropped.Add(without.Root, dropped = []);
        }

        IsChanged = true;
        dropped.UnionWith(manifests);
        _candidates.UnionWith(manifests);
        SetSummary(without);
    }

    /// <summary>Has the index written, though no entry of it changes.</summary>
    public void Rewrite() => IsChanged = true;

    /// <summary>Puts size and type right in all entries of a root.</summary>
    public void Describe(Descriptor root)
    {
        foreach (var at in _byRoot.Of(root.Digest))
        {
            var entry = _entries[at]!;
            if (entry.Root.Size != root.Size || entry.Root.MediaType != root.MediaType)
            {
                IsChanged = true;
                Replace(at, entry.WithRoot(root));
            }
        }
    }

    /// <summary>Takes away a summary that is none.</summary>
    public void ForgetSummary(Digest root)
    {
        foreach (var at in _byRoot.Of(root).Where(at => _entries[at]!.SummaryText is not null))
        {
            IsChanged = true;
            Replace(at, _entries[at]!.With(_entries[at]!.StoredName, null));
        }
    }

    /// <summary>Leaves each name to the root that it means here, the first. A root that loses its last name stays without one.</summary>
    public void DropDuplicateNames()
    {
        var names = new HashSet<string>(System.StringComparer.Ordinal);
        for (var at = 0; at < _entries.Count; at++)
        {
            if (_entries[at] is { Name: { } name } entry && !names.Add(name))
            {
                IsChanged = true;
                var isLast = _byRoot.Count(entry.Root.Digest) == 1;
                Replace(at, isLast ? entry.With(null, entry.SummaryText) : null);
                AddLeases([entry.Root.Digest], StoredLease.Decode(entry.LeaseText));
            }
        }
    }
}
