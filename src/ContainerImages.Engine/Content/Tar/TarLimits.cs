namespace ContainerImages.Content;

/// <summary>The limits of the tar reader and writer, each with its reason.</summary>
internal static class TarLimits
{
    /// <summary>
    /// Bytes of one extension header (PAX records, a long name): the limit of Go's archive/tar and of libarchive, so
    /// nothing that podman, docker or bsdtar reads is refused.
    /// </summary>
    public const int ExtensionSize = 1024 * 1024;

    /// <summary>
    /// Records of one extension header. A file has a handful of attributes; each record costs far more memory than its bytes.
    /// </summary>
    public const int PaxRecords = 4096;

    /// <summary>Records of all global extension headers, which are in effect for every entry: each entry would pay for them.</summary>
    public const int GlobalRecords = 256;

    /// <summary>Bytes of all global extension headers of an archive, which stay in memory to its end; git writes one of 52.</summary>
    public const int GlobalExtensionSize = ExtensionSize;

    /// <summary>
    /// Bytes of one entry: half of what the numbers here can say, so that no sum of an offset and a size overflows.
    /// </summary>
    public const long EntrySize = long.MaxValue / 2;

    /// <summary>Characters of a name or link target: eight times Linux's PATH_MAX, and the longest path of Windows.</summary>
    public const int NameLength = 32 * 1024;

    /// <summary>Pieces of data of one sparse file; 1 MiB as this reader holds them.</summary>
    public const int SparseRegions = 64 * 1024;
}
