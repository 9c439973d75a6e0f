using System;
using System.Collections.Generic;
using System.Threading;
using ContainerImages.Content;
using ContainerImages.Store;

namespace ContainerImages.Verification;

/// <summary>A blob of the store that is gone or damaged.</summary>
/// <param name="Digest">Its digest.</param>
/// <param name="Kind">What it is: layer, config, manifest, index or blob.</param>
/// <param name="Size">Bytes, as those say who name it.</param>
internal sealed record WantedBlob(Digest Digest, string Kind, long Size)
{
    /// <summary>Whether it is a manifest or an index, which registries and folders keep apart from other blobs.</summary>
    public bool IsManifest => Kind is "Manifest" or "Index";

    /// <summary>Whether it is a layer stored plain, so that any copy of the layer makes it, compressed or not.</summary>
    public bool IsPlainLayer { get; init; }

    /// <summary>Full names of the images that it belongs to.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];
}

/// <summary>Where a repair can get blobs.</summary>
internal interface IBlobSupply : IDisposable
{
    /// <summary>Where a blob would come from, as users are asked about it; null if it is not to be had here.</summary>
    string? Find(WantedBlob blob);

    /// <summary>Gathers a blob, if its bytes are what its digest says.</summary>
    /// <returns>Whether it was gathered.</returns>
    /// <exception cref="ContainerImageException">The source cannot be read, or the ingest cannot be written.</exception>
    bool TryFetch(WantedBlob blob, Ingest ingest, IProgress<long>? progress, CancellationToken cancellation);
}
