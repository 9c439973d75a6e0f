using System;
using System.IO;
using ContainerImages.Content;
using ContainerImages.Store;

namespace ContainerImages.Transports;

/// <summary>A part of a file, read through a handle of its own so that several can be read at once.</summary>
internal sealed class FileSlice : ReadOnlyStream
{
    private readonly FileStream _file;
    private long _left;

    private FileSlice(FileStream file, long length)
    {
        _file = file;
        _left = length;
    }

    public static Stream Open(string path, long offset, long length)
    {
        var file = StoreSystem.OpenShared(path, FileMode.Open, FileAccess.Read);
        file.Position = offset;
        return new FileSlice(file, length);
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        count = _file.Read(buffer, offset, (int)Math.Min(count, _left));
        _left -= count;
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _file.Dispose();
        }

        base.Dispose(disposing);
    }
}
