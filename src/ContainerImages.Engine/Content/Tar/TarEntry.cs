using System;
using System.Collections.Generic;

namespace ContainerImages.Content;

/// <summary>
/// One entry of a tar, with all of its extension headers applied. Offsets count from where the reader began. Text is decoded
/// by <see cref="TarText"/>: UTF-8, in which each byte that is not valid UTF-8 becomes a lone surrogate, so that no two names
/// become one and the bytes can be had back.
/// </summary>
internal sealed class TarEntry
{
    public required TarEntryKind Kind { get; init; }

    /// <summary>The name as it stands in the archive: it may be absolute, climb with <c>..</c>, or be empty.</summary>
    public required string Name { get; init; }

    /// <summary>The target of a hard or symbolic link as it stands in the archive; else mostly empty.</summary>
    public required string LinkName { get; init; }

    /// <summary>The bytes of the file, holes of a sparse one included; 0 for what has no data.</summary>
    public required long Size { get; init; }

    /// <summary>The bytes of data in the archive from <see cref="DataOffset"/> on; fewer than <see cref="Size"/> if sparse.</summary>
    public required long StoredSize { get; init; }

    /// <summary>The mode as written: some tools put the file type's bits above the twelve of the permissions.</summary>
    public required int Mode { get; init; }

    public required long Uid { get; init; }

    public required long Gid { get; init; }

    public required string UserName { get; init; }

    public required string GroupName { get; init; }

    /// <summary>When the file was modified, in UTC; null where the archive's number is no date of this calendar.</summary>
    public required DateTimeOffset? ModifiedTime { get; init; }

    /// <summary>Where the entry's first header begins, its extension headers included: a reader can start there.</summary>
    public required long HeaderOffset { get; init; }

    /// <summary>Where the stored data begins, behind all headers and sparse maps.</summary>
    public required long DataOffset { get; init; }

    /// <summary>The pieces of a sparse file, stored one after the other, in ascending order; null for any other.</summary>
    public required IReadOnlyList<TarSparseRegion>? SparseRegions { get; init; }

    public bool IsSparse => SparseRegions is not null;

    /// <summary>
    /// PAX records that have no property here, by key, their values as bytes: <c>SCHILY.xattr.*</c> are binary.
    /// </summary>
    public required IReadOnlyDictionary<string, ReadOnlyMemory<byte>> ExtendedAttributes { get; init; }

    /// <summary>The major number of a device; 0 for any other.</summary>
    public required long DeviceMajor { get; init; }

    /// <summary>The minor number of a device; 0 for any other.</summary>
    public required long DeviceMinor { get; init; }
}
