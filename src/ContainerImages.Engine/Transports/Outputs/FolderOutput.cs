using System;
using System.IO;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.Store;

namespace ContainerImages.Transports;

/// <summary>A folder filled beside its target and renamed at the end; an old one stays until the new one is whole.</summary>
internal sealed class FolderOutput : IOutput
{
    private readonly string _path;
    private readonly string _temporary;
    private readonly OutputSpace _space;
    private readonly bool _force;
    private readonly Func<string, bool> _isSameFormat;
    private bool _isDone;

    /// <param name="path">The folder, which must not be there, or be empty, or be of the same format and replaced by force.</param>
    /// <param name="force">Whether to replace an old one.</param>
    /// <param name="isSameFormat">Whether an old folder is what would be written.</param>
    /// <exception cref="ContainerImageException">DestinationExists; DestinationNotWritable.</exception>
    public FolderOutput(string path, bool force, Func<string, bool> isSameFormat)
    {
        _path = path.TrimEnd(Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar);
        _force = force;
        _isSameFormat = isSameFormat;
        CheckFree();
        _temporary = OutputErrors.TemporaryBeside(_path);
        _space = new OutputSpace(_path);
        OutputErrors.Guard(_path, () => System.IO.Directory.CreateDirectory(_temporary));
    }

    public int MaxParallel => 64;

    public bool WritesUnknownInOrder => false;

    public void Reserve(string path, long size) => _space.Add(size);

    public void Write(string path, long size, Action<Stream> write) => Guard(() =>
    {
        _space.Check();
        using var stream = StoreSystem.OpenShared(PathOf(path), FileMode.CreateNew, FileAccess.Write);
        write(stream);
    });

    public void Write(string like, long believed, Func<Stream, (string? Path, long Size)> write) => Guard(() =>
    {
        var file = Path.Combine(_temporary, $".{Guid.NewGuid():N}");
        string? path;
        using (var stream = StoreSystem.OpenShared(file, FileMode.CreateNew, FileAccess.Write))
        {
            (path, _) = write(stream);
        }

        if (path is null)
        {
            File.Delete(file);
        }
        else
        {
            File.Move(file, PathOf(path));
        }
    });

    public void Commit() => Guard(() =>
    {
        CheckFree();
        if (!System.IO.Directory.Exists(_path))
        {
            System.IO.Directory.Move(_temporary, _path);
            _isDone = true;
            return;
        }

        // What it replaces must not be lost by a power cut.
        foreach (var path in System.IO.Directory.EnumerateFiles(_temporary, "*", SearchOption.AllDirectories))
        {
            using var file = StoreSystem.OpenShared(path, FileMode.Open, FileAccess.ReadWrite);
            StoreSystem.Current.Flush(file);
        }

        var old = OutputErrors.TemporaryBeside(_path);
        System.IO.Directory.Move(_path, old);
        try
        {
            System.IO.Directory.Move(_temporary, _path);
        }
        catch
        {
            System.IO.Directory.Move(old, _path);
            throw;
        }

        _isDone = true;
        DeleteIfPossible(old);
    });

    public void Dispose()
    {
        if (!_isDone && System.IO.Directory.Exists(_temporary))
        {
            DeleteIfPossible(_temporary);
        }
    }

    private void Guard(Action write) => OutputErrors.Guard(_path, write, _space);

    /// <summary>Where a file goes, its folder made.</summary>
    private string PathOf(string path)
    {
        var file = Path.Combine(_temporary, path.Replace('/', Path.DirectorySeparatorChar));
        System.IO.Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        return file;
    }

    private static void DeleteIfPossible(string folder) =>
        OutputErrors.DeleteIfPossible(() => System.IO.Directory.Delete(folder, recursive: true));

    private void CheckFree()
    {
        if (File.Exists(_path))
        {
            throw OutputErrors.Exists(_path, ", as a file");
        }

        if (!System.IO.Directory.Exists(_path) || !System.IO.Directory.EnumerateFileSystemEntries(_path).Any())
        {
            return;
        }

        if (!_force)
        {
            throw OutputErrors.Exists(_path, " and is not empty");
        }

        if (!_isSameFormat(_path))
        {
            throw OutputErrors.Exists(_path, ", and is no folder of the format that would replace it");
        }
    }
}
