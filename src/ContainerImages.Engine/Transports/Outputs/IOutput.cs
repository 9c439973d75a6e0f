using System;
using System.IO;

namespace ContainerImages.Transports;

/// <summary>Files by their paths, in a folder or a tar: what a layout is written into.</summary>
internal interface IOutput : IDisposable
{
    /// <summary>How many files can be written at once.</summary>
    int MaxParallel { get; }

    /// <summary>Whether files whose sizes show at their ends only are written one after the other.</summary>
    bool WritesUnknownInOrder { get; }

    /// <summary>Announces a file that will be written; the order of these, and not of the writes, is that of a tar.</summary>
    void Reserve(string path, long size);

    /// <summary>Writes a file of a known size. Those that were announced may be written at once.</summary>
    void Write(string path, long size, Action<Stream> write);

    /// <summary>Writes a file whose path and size show only once it is written.</summary>
    /// <param name="like">A path in the same folder, and as long.</param>
    /// <param name="believed">About how many bytes it will have.</param>
    /// <param name="write">Writes it, and tells its path, or null if it is not to stay, and how many bytes it was.</param>
    void Write(string like, long believed, Func<Stream, (string? Path, long Size)> write);

    /// <summary>Puts all of it where it belongs.</summary>
    void Commit();
}
