using System.Collections.Concurrent;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.Manifests;

namespace ContainerImages.Store;

/// <summary>
/// What manifests lead to, as they were read and verified in this process: what a digest names does not change. A store of
/// thousands of images so is read once for many removals. Whether a manifest is still there is asked each time.
/// </summary>
internal sealed class ManifestMemory
{
    private readonly ConcurrentDictionary<Digest, Digest[]> _blobs = new();

    // Images share layers, and each digest is a text.
    private readonly ConcurrentDictionary<Digest, Digest> _layers = new();

    public int Count => _blobs.Count;

    /// <summary>The blobs of a manifest; null if it is not known, or not there.</summary>
    public Digest[]? Find(Descriptor manifest, IBlobReader blobs) =>
        _blobs.TryGetValue(manifest.Digest, out var found) && blobs.Find(manifest.Digest, manifest.Size) is not null ? found : null;

    /// <summary>Remembers a manifest that was just read.</summary>
    public void Add(Descriptor descriptor, ImageManifest manifest) =>
        _blobs[descriptor.Digest] = manifest.Blobs.Select(blob => _layers.GetOrAdd(blob.Digest, blob.Digest)).ToArray();
}
