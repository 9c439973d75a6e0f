using System.IO;

namespace ContainerImages.Store;

/// <summary>
/// What a store asks of the operating system beyond reading and writing files; behind an interface so that tests can make
/// each of it fail.
/// </summary>
internal interface IStoreSystem
{
    /// <summary>Opens the file, making it if need be, and locks it for this handle alone; null if another handle holds it.</summary>
    /// <exception cref="IOException">The file system has no locks, or the file cannot be opened.</exception>
    FileStream? TryLock(string path);

    /// <summary>Opens a lock file to read it, which another may hold meanwhile.</summary>
    /// <exception cref="IOException">It is not there, or the system lets nobody but its holder read it.</exception>
    FileStream OpenLock(string path);

    /// <summary>Opens the index or a blob to read it, which others may read, write and delete meanwhile.</summary>
    /// <exception cref="IOException">It is not there, or cannot be opened.</exception>
    FileStream OpenRead(string path);

    /// <summary>Renames a file over another, which is replaced at once or not at all.</summary>
    void Replace(string from, string to);

    /// <summary>Deletes a file.</summary>
    /// <exception cref="IOException">Another process has it open, where the system minds that.</exception>
    void Delete(string path);

    /// <summary>Brings a file's bytes to the disk.</summary>
    void Flush(FileStream file);

    /// <summary>Brings a folder's entries to the disk; does nothing where folders cannot be flushed.</summary>
    void FlushFolder(string path);

    /// <summary>Takes the right to write a file from everybody; does nothing where there are no such rights.</summary>
    void MakeReadOnly(string path);

    /// <summary>Bytes free to this user on the file system of a folder; null where it cannot be told.</summary>
    long? FreeBytes(string folder);
}
