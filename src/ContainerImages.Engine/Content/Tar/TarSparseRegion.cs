namespace ContainerImages.Content;

/// <summary>A piece of a sparse file that has data in the archive; all else in the file is zeros.</summary>
/// <param name="Offset">Where the piece begins in the file.</param>
/// <param name="Length">Its bytes.</param>
internal readonly record struct TarSparseRegion(long Offset, long Length)
{
    public long End => Offset + Length;
}
