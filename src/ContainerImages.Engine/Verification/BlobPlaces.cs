using System.Collections.Generic;
using System.IO;
using ContainerImages.Content;
using ContainerImages.Store;

namespace ContainerImages.Verification;

/// <summary>Where blobs are read: in the store, or first among those that a repair has gathered for it.</summary>
/// <param name="store">The store.</param>
/// <param name="ingest">Where a repair gathers; null for a verification alone.</param>
/// <param name="fetched">What of it counts: an archive may have been read into it with all that it holds.</param>
internal sealed class BlobPlaces(ImageStore store, Ingest? ingest = null, ICollection<Digest>? fetched = null) : IBlobReader
{
    public IStoreSystem System => store.OperatingSystem;

    /// <summary>The path at which a blob is, or would be.</summary>
    public string PathOf(Digest digest) => Gathered(digest)?.Path ?? store.Paths.Blob(digest);

    public bool Contains(Digest digest) => File.Exists(PathOf(digest));

    public string? Find(Digest digest, long size)
    {
        var path = PathOf(digest);
        return BlobStore.LengthOf(path) == size ? path : null;
    }

    private IngestedBlob? Gathered(Digest digest) => fetched?.Contains(digest) == true ? ingest?.FindIngested(digest) : null;
}
