using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.Store;

namespace ContainerImages.Transports;

/// <summary>What the images of a store, whichever they are, remember of how their layers are compressed.</summary>
internal sealed class StorePackings : IPackedLayers
{
    private readonly Dictionary<(Digest, LayerEncoding), PackedLayer> _known = [];
    private readonly ConcurrentQueue<PackedLayer> _learned = [];

    public StorePackings(StoreSnapshot snapshot)
    {
        foreach (var layer in snapshot.Roots.SelectMany(root => PushMemory.Decode(root.PushText, root.Digest).Layers))
        {
            _known[(layer.DiffId, layer.Encoding)] = layer;
        }
    }

    /// <summary>What was found out since.</summary>
    public IReadOnlyCollection<PackedLayer> Learned => _learned;

    public Descriptor? Find(Digest diffId, LayerEncoding encoding) => _known.TryGetValue((diffId, encoding), out var layer)
        ? new Descriptor(MediaTypes.OciLayerOf(encoding.Compression), layer.Digest, layer.Size)
        : null;

    public void Note(Digest diffId, LayerEncoding encoding, Descriptor packed)
    {
        // Plain layers are their own diff IDs.
        if (encoding.Compression != Compression.None)
        {
            _learned.Enqueue(new PackedLayer(diffId, encoding, packed.Digest, packed.Size));
        }
    }
}
