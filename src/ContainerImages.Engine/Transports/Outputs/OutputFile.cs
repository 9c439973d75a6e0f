using System;
using System.IO;
using ContainerImages.Content;
using ContainerImages.Store;

namespace ContainerImages.Transports;

/// <summary>A file written beside its target and renamed over it at the end: the target is the old one, or whole, or absent.</summary>
internal sealed class OutputFile : IDisposable
{
    private readonly string _path;
    private readonly bool _force;
    private bool _isDone;

    /// <exception cref="ContainerImageException">DestinationExists; DestinationNotWritable.</exception>
    public OutputFile(string path, bool force)
    {
        _path = path;
        _force = force;
        CheckFree();
        TemporaryPath = OutputErrors.TemporaryBeside(path);
        Space = new OutputSpace(path);
        Stream = OutputErrors.Guard(path, () => StoreSystem.OpenShared(TemporaryPath, FileMode.CreateNew, FileAccess.ReadWrite));
    }

    /// <summary>Where the bytes are until the end.</summary>
    public string TemporaryPath { get; }

    public FileStream Stream { get; }

    /// <summary>The room there was.</summary>
    public OutputSpace Space { get; }

    /// <summary>
    /// Puts the file where it belongs. It is brought to the disk where it replaces another, which must not be lost by a power
    /// cut; a new one is left to the system, as by other tools that copy: to wait for the disk takes longer than all the rest.
    /// </summary>
    public void Commit() => OutputErrors.Guard(_path, () =>
    {
        if (File.Exists(_path))
        {
            StoreSystem.Current.Flush(Stream);
        }

        Stream.Dispose();
        CheckFree();
        StoreSystem.Current.Replace(TemporaryPath, _path);
        _isDone = true;
    });

    public void Dispose()
    {
        Stream.Dispose();
        if (!_isDone)
        {
            OutputErrors.DeleteIfPossible(() => File.Delete(TemporaryPath));
        }
    }

    private void CheckFree()
    {
        if (System.IO.Directory.Exists(_path))
        {
            throw OutputErrors.Exists(_path, ", as a folder");
        }

        if (!_force && File.Exists(_path))
        {
            throw OutputErrors.Exists(_path, "");
        }

        if (SpecialFile.IsAt(_path))
        {
            throw OutputErrors.Exists(_path, ", and is a device, a pipe or a socket, which no file replaces");
        }
    }
}
