namespace ContainerImages.Content;

/// <summary>Where a field stands in a 512-byte header.</summary>
internal readonly record struct TarField(int Offset, int Length)
{
    public const int BlockSize = 512;

    public static readonly TarField Name = new(0, 100);
    public static readonly TarField Mode = new(100, 8);
    public static readonly TarField Uid = new(108, 8);
    public static readonly TarField Gid = new(116, 8);
    public static readonly TarField Size = new(124, 12);
    public static readonly TarField ModifiedTime = new(136, 12);
    public static readonly TarField Checksum = new(148, 8);
    public static readonly TarField TypeFlag = new(156, 1);
    public static readonly TarField LinkName = new(157, 100);
    public static readonly TarField Magic = new(257, 8);
    public static readonly TarField UserName = new(265, 32);
    public static readonly TarField GroupName = new(297, 32);
    public static readonly TarField DeviceMajor = new(329, 8);
    public static readonly TarField DeviceMinor = new(337, 8);

    public static readonly TarField Prefix = new(345, 155);

    public static readonly TarField StarPrefix = new(345, 131);
    public static readonly TarField StarTrailer = new(508, 4);

    public static readonly TarField GnuAccessTime = new(345, 12);
    public static readonly TarField GnuChangeTime = new(357, 12);
    public static readonly TarField GnuSparseMap = new(386, 4 * 24);
    public static readonly TarField GnuSparseContinues = new(482, 1);
    public static readonly TarField GnuRealSize = new(483, 12);

    /// <summary>In a block of the sparse map that continues an old GNU header.</summary>
    public static readonly TarField GnuContinuationMap = new(0, 21 * 24);
    public static readonly TarField GnuContinuationContinues = new(504, 1);

    /// <summary>How many bytes fill up the last block of some data.</summary>
    public static int PaddingOf(long size) => (int)(-size & (BlockSize - 1));
}
