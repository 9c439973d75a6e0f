using ContainerImages.Content;

namespace ContainerImages.Transports;

/// <summary>
/// What layers become when they are compressed, as earlier pushes found out: the same bytes at the same level give the same
/// stream, so that a registry can be asked for it before anything is compressed. Safe for several threads.
/// </summary>
internal interface IPackedLayers
{
    /// <summary>What a layer becomes; null if that is not known.</summary>
    /// <param name="diffId">The digest of the plain layer.</param>
    /// <param name="encoding">How it is compressed.</param>
    Descriptor? Find(Digest diffId, LayerEncoding encoding);

    /// <summary>Notes what a layer became.</summary>
    void Note(Digest diffId, LayerEncoding encoding, Descriptor packed);
}
