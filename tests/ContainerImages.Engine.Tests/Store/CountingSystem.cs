using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Threading;
using ContainerImages.Store;

namespace ContainerImages.Engine.Tests.Store;

/// <summary>The operating system, with what was asked of it.</summary>
internal sealed class CountingSystem : IStoreSystem
{
    private readonly ConcurrentQueue<string> _read = new();
    private int _commits;

    /// <summary>How often an index was put in its place.</summary>
    public int Commits => _commits;

    /// <summary>The blobs that were opened, by their file names, as often as they were.</summary>
    public IReadOnlyCollection<string> BlobsRead => _read;

    /// <summary>Told of each file before it is deleted; null for nobody.</summary>
    public Action<string>? Deleting { get; init; }

    public void Clear()
    {
        _read.Clear();
        _commits = 0;
    }

    public FileStream? TryLock(string path) => StoreSystem.Current.TryLock(path);

    public FileStream OpenLock(string path) => StoreSystem.Current.OpenLock(path);

    public FileStream OpenRead(string path)
    {
        if (Path.GetFileName(path) is var name and not StorePaths.IndexFileName)
        {
            _read.Enqueue(name);
        }

        return StoreSystem.Current.OpenRead(path);
    }

    public void Replace(string from, string to)
    {
        if (Path.GetFileName(to) == StorePaths.IndexFileName)
        {
            Interlocked.Increment(ref _commits);
        }

        StoreSystem.Current.Replace(from, to);
    }

    public void Delete(string path)
    {
        Deleting?.Invoke(path);
        StoreSystem.Current.Delete(path);
    }

    public void Flush(FileStream file) => StoreSystem.Current.Flush(file);

    public void FlushFolder(string path) => StoreSystem.Current.FlushFolder(path);

    public void MakeReadOnly(string path) => StoreSystem.Current.MakeReadOnly(path);

    public long? FreeBytes(string folder) => StoreSystem.Current.FreeBytes(folder);
}
