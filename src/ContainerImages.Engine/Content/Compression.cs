namespace ContainerImages.Content;

/// <summary>How a layer or a whole archive is compressed.</summary>
public enum Compression
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>RFC 1952.</summary>
    Gzip,

    /// <summary>RFC 8878.</summary>
    Zstd,

    /// <summary>bzip2; read only, and never a layer's.</summary>
    Bzip2,

    /// <summary>The .xz format; read only, and never a layer's.</summary>
    Xz,
}
