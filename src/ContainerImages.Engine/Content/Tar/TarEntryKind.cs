namespace ContainerImages.Content;

/// <summary>What a tar entry makes when it is unpacked.</summary>
internal enum TarEntryKind
{
    /// <summary>A regular file, sparse or not.</summary>
    File,

    /// <summary>Another name of a file that the archive has under <see cref="TarEntry.LinkName"/>.</summary>
    HardLink,

    /// <summary>A symbolic link to <see cref="TarEntry.LinkName"/>.</summary>
    SymbolicLink,

    /// <summary>A character device.</summary>
    CharacterDevice,

    /// <summary>A block device.</summary>
    BlockDevice,

    /// <summary>A directory.</summary>
    Directory,

    /// <summary>A named pipe.</summary>
    Fifo,

    /// <summary>A vendor's own kind: volume labels, parts of a multi-volume archive, dumps of directories.</summary>
    Other,
}
