using System;

namespace ContainerImages.Content;

/// <summary>How a layer is to be compressed.</summary>
/// <param name="Compression">None, gzip or zstd.</param>
/// <param name="Level">How hard: 1 to 9 for gzip, 1 to 22 for zstd; 0 for none.</param>
internal sealed record LayerEncoding(Compression Compression, int Level)
{
    private const int UsualGzip = 5;
    private const int UsualZstd = 3;

    /// <summary>The highest level of a compression; 0 for one that has none.</summary>
    public static int HighestLevel(Compression compression) => compression switch
    {
        Compression.Gzip => 9,
        Compression.Zstd => 22,
        _ => 0,
    };

    /// <summary>The encoding at a level.</summary>
    /// <param name="compression">None, gzip or zstd.</param>
    /// <param name="level">The level; null for the usual one.</param>
    public static LayerEncoding Of(Compression compression, int? level = null) => compression switch
    {
        Compression.None => new(compression, 0),
        Compression.Gzip => new(compression, level ?? UsualGzip),
        Compression.Zstd => new(compression, level ?? UsualZstd),
        _ => throw new ArgumentOutOfRangeException(nameof(compression)),
    };
}
