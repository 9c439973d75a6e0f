using System;
using ContainerImages.Copying;

namespace ContainerImages.Transports;

/// <summary>
/// Files by their paths, wherever they are: in a folder, in a tar file, or in the ingest that a stream was read into. What
/// the formats mean is told once, over this.
/// </summary>
internal interface IArchive : IDisposable
{
    /// <summary>What it is, for messages: <c>'./debian.tar'</c>.</summary>
    string Name { get; }

    /// <summary>A file by its path from the archive's root, with <c>/</c>; links within are followed. Null if there is none.</summary>
    /// <exception cref="Content.ContainerImageException">InvalidArchive, for links that lead outside or in circles.</exception>
    SourceBlob? Find(string path);
}
