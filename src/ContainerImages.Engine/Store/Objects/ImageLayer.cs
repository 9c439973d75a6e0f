using System;
using System.Collections;
using ContainerImages.Content;

namespace ContainerImages;

/// <summary>A layer of an image.</summary>
public sealed class ImageLayer
{
    internal ImageLayer()
    {
    }

    /// <summary>Makes one by hand, for tests of scripts.</summary>
    /// <param name="properties">Values by property name.</param>
    public ImageLayer(IDictionary properties)
    {
        var given = new GivenProperties(nameof(ImageLayer), properties ?? throw new ArgumentNullException(nameof(properties)));
        Digest = given.Text(nameof(Digest)) ?? "";
        DiffId = given.Text(nameof(DiffId));
        MediaType = given.Text(nameof(MediaType)) ?? "";
        Size = given.Number(nameof(Size));
        CompressedSize = given.Number(nameof(CompressedSize)) ?? 0;
        Present = given.Flag(nameof(Present)) ?? false;
        given.RefuseOthers();
    }

    /// <summary>The digest of the layer's blob, <c>sha256:…</c>.</summary>
    public string Digest { get; internal init; } = "";

    /// <summary>The digest of the plain tar; null where the config names none.</summary>
    public string? DiffId { get; internal init; }

    /// <summary>The media type.</summary>
    public string MediaType { get; internal init; } = "";

    /// <summary>Bytes of the plain tar; null while unknown.</summary>
    public long? Size { get; internal init; }

    /// <summary>Bytes of the blob as it is stored.</summary>
    public long CompressedSize { get; internal init; }

    /// <summary>Whether the blob is in the store.</summary>
    public bool Present { get; internal init; }

    /// <summary>The digest.</summary>
    public override string ToString() => Digest;
}
