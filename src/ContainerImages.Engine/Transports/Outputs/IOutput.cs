using System;
using System.IO;

namespace ContainerImages.Transports;

/// <summary>Files by their paths, in a folder or a tar: what a layout is written into.</summary>
internal interface IOutput : IDisposable
{
    /// <summary>How many files can be written at once.</summary>
    int MaxParallel { get; }

    /// <summary>Announces a file that will be written; the order of these, and not of the writes, is that of a tar.</summary>
    void Reserve(string path, long size);

    /// <summary>Writes a file of a known size. Those that were announced may be written at once.</summary>
    void Write(string path, long size, Action<Stream> write);

    /// <summary>Puts all of it where it belongs.</summary>
    void Commit();
}
