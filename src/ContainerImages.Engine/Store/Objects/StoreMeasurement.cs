using System;
using System.Collections;
using ContainerImages.Content;

namespace ContainerImages;

/// <summary>What is in a store, in numbers. Bytes are those of the files as they are stored, compressed where they are so.</summary>
public sealed class StoreMeasurement
{
    internal StoreMeasurement()
    {
    }

    /// <summary>Makes one by hand, for tests of scripts.</summary>
    /// <param name="properties">Values by property name; what is absent is 0.</param>
    public StoreMeasurement(IDictionary properties)
    {
        var given = new GivenProperties(nameof(StoreMeasurement), properties ?? throw new ArgumentNullException(nameof(properties)));
        StorePath = given.Text(nameof(StorePath));
        ImageCount = given.Count(nameof(ImageCount));
        TagCount = given.Count(nameof(TagCount));
        DanglingCount = given.Count(nameof(DanglingCount));
        BlobCount = given.Count(nameof(BlobCount));
        TotalBytes = given.Number(nameof(TotalBytes)) ?? 0;
        SharedBytes = given.Number(nameof(SharedBytes)) ?? 0;
        UniqueBytes = given.Number(nameof(UniqueBytes)) ?? 0;
        ReclaimableBytes = given.Number(nameof(ReclaimableBytes)) ?? 0;
        LeaseCount = given.Count(nameof(LeaseCount));
        IngestCount = given.Count(nameof(IngestCount));
        given.RefuseOthers();
    }

    /// <summary>The store's folder.</summary>
    public string? StorePath { get; internal init; }

    /// <summary>Images with and without names; each platform of a multi-platform one that is here counts. Artifacts do not.</summary>
    public int ImageCount { get; internal init; }

    /// <summary>Names, of images and of artifacts.</summary>
    public int TagCount { get; internal init; }

    /// <summary>Images without a name that no other image is built on: those that <c>Get-ContainerImage -Dangling -AllPlatforms</c> finds.</summary>
    public int DanglingCount { get; internal init; }

    /// <summary>Files of manifests, indexes, configs and layers, whether anything leads to them or not.</summary>
    public int BlobCount { get; internal init; }

    /// <summary>
    /// Bytes of all that lies in the folders of blobs and of copies: what any image leads to (<see cref="SharedBytes"/> and
    /// <see cref="UniqueBytes"/>), what nothing leads to, and what copies under way have gathered. index.json is not in it.
    /// </summary>
    public long TotalBytes { get; internal init; }

    /// <summary>Bytes of the blobs that more than one image or artifact has, each counted once.</summary>
    public long SharedBytes { get; internal init; }

    /// <summary>Bytes of the blobs that one image or artifact alone has, and of the indexes of multi-platform images.</summary>
    public long UniqueBytes { get; internal init; }

    /// <summary>
    /// Bytes that <c>Optimize-ImageStore</c> without parameters would give back: those that dangling images alone keep, blobs that
    /// nothing leads to, unless they are younger than an hour, and what copies that died have left. What a copy under way
    /// relies on, or a lease holds, is not in it.
    /// </summary>
    public long ReclaimableBytes { get; internal init; }

    /// <summary>Leases that have not ended.</summary>
    public int LeaseCount { get; internal init; }

    /// <summary>Copies into or out of the store that are under way.</summary>
    public int IngestCount { get; internal init; }

    /// <summary>The store's folder.</summary>
    public override string ToString() => StorePath ?? "";
}
