using System;
using System.Collections.Generic;
using System.IO;
using ContainerImages.Content;

namespace ContainerImages.Transports;

/// <summary>A tar file whose bytes depend on nothing but what is written: no times, no owners.</summary>
internal sealed class TarOutput : IOutput
{
    private const int FolderMode = 0x1ED; // 0755

    private readonly OutputFile _file;
    private readonly string _path;
    private readonly TarWriter _tar;
    private readonly HashSet<string> _folders = new(StringComparer.Ordinal);

    public TarOutput(string path, bool force)
    {
        _path = path;
        _file = new OutputFile(path, force);
        _tar = new TarWriter(_file.Stream, leaveOpen: true);
    }

    public int MaxParallel => 1;

    public void Write(string path, long size, Action<Stream> write) => OutputErrors.Guard(_path, () =>
    {
        for (var slash = path.IndexOf('/'); slash >= 0; slash = path.IndexOf('/', slash + 1))
        {
            if (_folders.Add(path.Substring(0, slash + 1)))
            {
                _tar.WriteDirectory(path.Substring(0, slash + 1), FolderMode);
            }
        }

        using var entry = _tar.BeginFile(path, size);
        write(entry);
    });

    public void Commit()
    {
        OutputErrors.Guard(_path, _tar.Finish);
        _file.Commit();
    }

    public void Dispose()
    {
        _tar.Dispose();
        _file.Dispose();
    }
}
