using System;
using System.Collections;
using System.Collections.Generic;
using ContainerImages.Content;

namespace ContainerImages;

/// <summary>An image that was copied from one place to another.</summary>
public sealed class ImageCopy
{
    internal ImageCopy()
    {
    }

    /// <summary>Makes one by hand, for tests of scripts.</summary>
    /// <param name="properties">Values by property name; what is not given is null, empty or 0.</param>
    public ImageCopy(IDictionary properties)
    {
        var given = new GivenProperties(nameof(ImageCopy), properties ?? throw new ArgumentNullException(nameof(properties)));
        Source = given.Text(nameof(Source)) ?? "";
        Destination = given.Text(nameof(Destination)) ?? "";
        Digest = given.Text(nameof(Digest));
        Platforms = given.Texts(nameof(Platforms));
        CopiedBytes = given.Number(nameof(CopiedBytes)) ?? 0;
        SkippedBytes = given.Number(nameof(SkippedBytes)) ?? 0;
        Duration = given.Span(nameof(Duration)) ?? TimeSpan.Zero;
        given.RefuseOthers();
    }

    /// <summary>Where it came from, with its transport: <c>docker://registry.example.com/app:1</c>.</summary>
    public string Source { get; internal init; } = "";

    /// <summary>Where it is now, with its transport, by the first of its names there: <c>oci:/srv/layout:app:1</c>.</summary>
    public string Destination { get; internal init; } = "";

    /// <summary>The digest of its manifest or index there, <c>sha256:…</c>; a docker-archive holds neither, and says this of it to nobody.</summary>
    public string? Digest { get; internal init; }

    /// <summary>The platforms that were copied; empty for what is no image.</summary>
    public IReadOnlyList<string> Platforms { get; internal init => field = value.Sealed(); } = [];

    /// <summary>Bytes of layers and other blobs that were moved.</summary>
    public long CopiedBytes { get; internal init; }

    /// <summary>Bytes of layers and other blobs that were there already.</summary>
    public long SkippedBytes { get; internal init; }

    /// <summary>How long it took.</summary>
    public TimeSpan Duration { get; internal init; }

    /// <summary>The destination.</summary>
    public override string ToString() => Destination;
}
