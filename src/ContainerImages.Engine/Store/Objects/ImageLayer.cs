namespace ContainerImages;

/// <summary>A layer of an image.</summary>
public sealed class ImageLayer
{
    /// <summary>The digest of the layer's blob, <c>sha256:…</c>.</summary>
    public string Digest { get; init; } = "";

    /// <summary>The digest of the plain tar; null where the config names none.</summary>
    public string? DiffId { get; init; }

    /// <summary>The media type.</summary>
    public string MediaType { get; init; } = "";

    /// <summary>Bytes of the plain tar; null while unknown.</summary>
    public long? Size { get; init; }

    /// <summary>Bytes of the blob as it is stored.</summary>
    public long CompressedSize { get; init; }

    /// <summary>Whether the blob is in the store.</summary>
    public bool Present { get; init; }

    /// <summary>The digest.</summary>
    public override string ToString() => Digest;
}
