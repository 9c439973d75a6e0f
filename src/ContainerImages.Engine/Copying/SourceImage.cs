using System;
using System.Collections.Generic;
using System.IO;
using ContainerImages.Content;
using ContainerImages.Manifests;
using ContainerImages.Store;

namespace ContainerImages.Copying;

/// <summary>What one name, or no name, of a source points to.</summary>
internal sealed class SourceRoot
{
    /// <summary>Full names; empty for an image without one.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>
    /// Whether an index may come with manifests of platforms whose content does not: Docker saves what it pulled of an image,
    /// with every manifest that it knows.
    /// </summary>
    public bool MayLackPlatforms { get; init; }

    /// <summary>The manifest or index; null where the source holds none, and <see cref="Assembled"/> stands for it.</summary>
    public Descriptor? Descriptor { get; init; }

    /// <summary>Config and layers of a source that holds no manifests.</summary>
    public SourceImage? Assembled { get; init; }
}

/// <summary>One image (or artifact) of a source: its manifest, if there is one, its config and its layers.</summary>
internal sealed class SourceImage
{
    /// <summary>The manifest; null if the destination is to make one.</summary>
    public ImageManifest? Manifest { get; init; }

    public required Descriptor Config { get; init; }

    /// <summary>The config's bytes; null for an artifact, whose config is a blob like any other.</summary>
    public ImageConfig? ParsedConfig { get; init; }

    public required IReadOnlyList<SourceLayer> Layers { get; init; }

    public bool IsImage => ParsedConfig is not null;
}

/// <summary>A layer (or another blob) of a source.</summary>
internal sealed record SourceLayer
{
    /// <summary>What it is, for messages.</summary>
    public required string Name { get; init; }

    /// <summary>Type, digest and size; null where only its diff ID is known before it was read.</summary>
    public Descriptor? Descriptor { get; init; }

    /// <summary>How its bytes are compressed, as their start shows; null where there is a descriptor to tell, or nothing to be seen.</summary>
    public Compression? Compression { get; init; }

    /// <summary>The digest of the plain tar; null for blobs that are no layers.</summary>
    public Digest? DiffId { get; init; }

    /// <summary>Where its bytes are; null if they are not there.</summary>
    public SourceBlob? Blob { get; init; }

    /// <summary>Whether the destination is to name it and go without its bytes.</summary>
    public bool IsLeftOut { get; init; }

    /// <summary>Writes it in another compression; null if it is to stay as it is.</summary>
    public LayerRecoder? Recoder { get; init; }

    /// <summary>Whether its bytes are kept elsewhere by their nature, and are not here.</summary>
    public bool IsForeign => Blob is null && Descriptor is { IsForeign: true };

    /// <summary>What tells it from every other layer of the source.</summary>
    /// <remarks>One blob may be claimed to have two diff IDs, and each claim is to be checked.</remarks>
    public string Key => $"{Descriptor?.Digest} {DiffId} {Recoder is not null}";
}

/// <summary>The bytes of a blob in a source.</summary>
/// <param name="Size">How many they are.</param>
/// <param name="Open">Opens them; may be called by several threads at once, once for each.</param>
/// <param name="Ingested">The file that a sequential source has put into the destination's ingest already.</param>
/// <param name="PlainSize">Bytes of the plain layer, where the source knows; not to be trusted.</param>
/// <param name="OpenAt">Opens what comes after so many bytes, where getting them is dear: what was had before is kept then.</param>
internal sealed record SourceBlob(
    long Size, Func<Stream> Open, IngestedBlob? Ingested = null, long? PlainSize = null, Func<long, ResumableStream>? OpenAt = null);

/// <summary>Bytes that may have come in several pieces, of which nobody knows whether they fit together.</summary>
internal abstract class ResumableStream : ReadOnlyStream
{
    public abstract bool IsResumed { get; }
}
