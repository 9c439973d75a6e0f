using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using ContainerImages.Content;
using ContainerImages.Manifests;
using ContainerImages.Store;

namespace ContainerImages.Completion;

/// <summary>
/// A store as it is seen from the middle of a line that is being typed: what cmdlets see, but that nobody waits for an index
/// which another program is just writing, and that few blobs are read.
/// </summary>
internal sealed class StoreGlance
{
    // What another tool stored has no summary yet, and takes reading blobs.
    private const int MostRootsRead = 16;

    private readonly StoreSnapshot _snapshot;
    private readonly BlobStore _blobs;
    private readonly HashSet<Digest> _rootsRead = [];

    private StoreGlance(StoreSnapshot snapshot, BlobStore blobs)
    {
        _snapshot = snapshot;
        _blobs = blobs;
    }

    public static StoreGlance Empty { get; } = Nothing();

    /// <summary>In the index's order, the oldest first.</summary>
    public IReadOnlyList<IndexEntry> Entries => _snapshot.Index.Entries;

    /// <summary>The leases, each once.</summary>
    public IEnumerable<StoredLease> Leases => _snapshot.Leases.SelectMany(leases => leases);

    /// <summary>Looks at the store in a folder.</summary>
    /// <exception cref="ContainerImageException">It cannot be read, or not now.</exception>
    public static StoreGlance Read(string path)
    {
        using var store = ImageStore.Open(path, new StoreOptions { TornIndexPatience = TimeSpan.Zero });
        return new StoreGlance(store.ReadSnapshot(), store.Blobs);
    }

    /// <summary>All that is known of an entry's root; empty where that cannot be told quickly.</summary>
    public IReadOnlyList<ManifestSummary> ManifestsOf(IndexEntry entry)
    {
        var root = RootOf(entry);
        if (root.SummaryForm == SummaryForm.None && _rootsRead.Add(root.Digest) && _rootsRead.Count > MostRootsRead)
        {
            _rootsRead.Remove(root.Digest);
            return [];
        }

        return root.Summary.Manifests;
    }

    /// <summary>The names of an entry's root.</summary>
    public IReadOnlyList<string> NamesOf(IndexEntry entry) => RootOf(entry).Names;

    /// <summary>The images whose IDs begin with these digits, each once, those that came last first.</summary>
    public IEnumerable<(Digest Id, IndexEntry Entry)> FindIds(string hex)
    {
        // An ID stands after a space in a summary, or after a colon; looking for that first saves taking most of them apart.
        var texts = new List<string> { " " + hex.ToLowerInvariant(), ":" + hex.ToLowerInvariant() };
        var marks = texts.ConvertAll(text => (Text: text, Bytes: Encoding.ASCII.GetBytes(text)));
        var seen = new HashSet<Digest>();
        return Entries.Reverse()
            .Where(entry => hex.Length == 0 || entry.SummaryForm == SummaryForm.None ||
                marks.Exists(mark => entry.SummaryContains(mark.Text, mark.Bytes)))
            .SelectMany(entry => ManifestsOf(entry), (entry, manifest) => (manifest.Kind, manifest.Id, Entry: entry))
            .Where(found => found.Kind == ManifestSummary.Image && found.Id.Hex.StartsWith(hex, StringComparison.OrdinalIgnoreCase))
            .Where(found => seen.Add(found.Id))
            .Select(found => (found.Id, found.Entry));
    }

    /// <summary>The configuration of an image; null where it cannot be read.</summary>
    public ImageConfig? ReadConfig(ManifestSummary image)
    {
        try
        {
            return _blobs.ReadConfig(new Descriptor(MediaTypes.OciConfig, image.Id, image.ConfigSize));
        }
        catch (Exception e) when (e is ContainerImageException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static StoreGlance Nothing()
    {
        var blobs = new BlobStore(new StorePaths(""), StoreSystem.Current);
        return new StoreGlance(new StoreSnapshot(StoreIndex.Empty, blobs), blobs);
    }

    private StoreRoot RootOf(IndexEntry entry) => _snapshot.FindRoot(entry.Root.Digest)!;
}
