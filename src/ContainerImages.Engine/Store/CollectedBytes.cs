using System.Collections.Generic;
using System.Linq;
using ContainerImages.Content;

namespace ContainerImages.Store;

/// <summary>What a commit gave back on disk.</summary>
internal sealed class CollectedBytes
{
    private readonly IReadOnlyDictionary<Digest, HashSet<Digest>> _removed;
    private readonly Dictionary<Digest, long> _freed;
    private long _others;

    /// <param name="removed">What each root or manifest that went led to.</param>
    /// <param name="freed">The blobs deleted, with their sizes in bytes.</param>
    /// <param name="others">Bytes of other files deleted: what copies that died had gathered.</param>
    public CollectedBytes(IReadOnlyDictionary<Digest, HashSet<Digest>> removed, IReadOnlyDictionary<Digest, long> freed, long others)
    {
        _removed = removed;
        _freed = freed.ToDictionary(pair => pair.Key, pair => pair.Value);
        _others = others;
    }

    /// <summary>Why not all could be deleted; null where all was.</summary>
    public string? Failure { get; init; }

    /// <summary>Bytes given back for these roots or manifests. Those that several shared are told once, to who asks first.</summary>
    public long Take(IEnumerable<Digest> roots) => roots.Sum(root =>
        _removed.TryGetValue(root, out var blobs) ? blobs.Sum(TakeBlob) : 0);

    /// <summary>All bytes that nobody asked for.</summary>
    public long TakeRest()
    {
        var rest = _others + _freed.Values.Sum();
        _others = 0;
        _freed.Clear();
        return rest;
    }

    private long TakeBlob(Digest blob) => _freed.TryGetValue(blob, out var size) && _freed.Remove(blob) ? size : 0;
}
