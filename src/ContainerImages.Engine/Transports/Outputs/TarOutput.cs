using System;
using System.Collections.Generic;
using System.IO;
using ContainerImages.Content;

namespace ContainerImages.Transports;

/// <summary>A tar file whose bytes depend on nothing but what is written: no times, no owners.</summary>
internal sealed class TarOutput(string path, bool force) : IOutput
{
    private const int FolderMode = 0x1ED; // 0755

    private readonly TarFile _tar = new(path, force);
    private readonly HashSet<string> _folders = new(StringComparer.Ordinal);

    public int MaxParallel => 64;

    public bool WritesUnknownInOrder => true;

    public void Reserve(string path, long size)
    {
        if (!_tar.IsReserved(path))
        {
            MakeFolders(path);
            _tar.Reserve(path, size);
        }
    }

    public void Write(string path, long size, Action<Stream> write)
    {
        if (_tar.IsReserved(path))
        {
            _tar.WriteReserved(path, write);
            return;
        }

        // What nobody announced is small, and comes from one thread.
        using var bytes = new MemoryStream();
        write(bytes);
        MakeFolders(path);
        _tar.Append(path, bytes.ToArray());
    }

    public void Write(string like, long believed, Func<Stream, (string? Path, long Size)> write)
    {
        MakeFolders(like);
        _tar.Append(like, believed, write);
    }

    public void Commit() => _tar.Commit();

    public void Dispose() => _tar.Dispose();

    private void MakeFolders(string path)
    {
        for (var slash = path.IndexOf('/'); slash >= 0; slash = path.IndexOf('/', slash + 1))
        {
            var folder = path.Substring(0, slash + 1);
            if (_folders.Add(folder))
            {
                _tar.Append(TarWriter.CreateHeader(TarEntryKind.Directory, folder, 0, FolderMode));
            }
        }
    }
}
