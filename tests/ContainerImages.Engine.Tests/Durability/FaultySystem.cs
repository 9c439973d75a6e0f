using System;
using System.IO;
using System.Threading;
using ContainerImages.Store;

namespace ContainerImages.Engine.Tests.Durability;

/// <summary>What goes wrong with a call to the operating system.</summary>
internal enum Fault
{
    /// <summary>The disk does not answer: nothing was done.</summary>
    Before,

    /// <summary>It was done, and the answer was lost, as a network file system may lose it.</summary>
    After,

    /// <summary>Windows: another process has the file open.</summary>
    SharingViolation,

    /// <summary>Another process has renamed or deleted the file just before.</summary>
    NotThere,

    /// <summary>The right to do it was taken away.</summary>
    Denied,
}

/// <summary>The operating system, of which one call fails, or one and all after it.</summary>
/// <param name="fault">How it fails.</param>
/// <param name="number">Which call, counted from 1.</param>
/// <param name="isLasting">Whether all calls after it fail too.</param>
internal sealed class FaultySystem(Fault fault, int number, bool isLasting) : IStoreSystem
{
    private static readonly IStoreSystem _real = StoreSystem.Current;

    private int _calls;

    /// <summary>Whether there was such a call.</summary>
    public bool HasFailed => _calls >= number;

    public FileStream? TryLock(string path)
    {
        FileStream? file = null;
        try
        {
            Do(() => file = _real.TryLock(path));
            return file;
        }
        catch
        {
            file?.Dispose();
            throw;
        }
    }

    public FileStream OpenLock(string path) => _real.OpenLock(path);

    public FileStream OpenRead(string path) => _real.OpenRead(path);

    public void Replace(string from, string to) => Do(() => _real.Replace(from, to));

    public void Delete(string path) => Do(() => _real.Delete(path));

    public void Flush(FileStream file) => Do(() => _real.Flush(file));

    public void FlushFolder(string path) => Do(() => _real.FlushFolder(path));

    public void MakeReadOnly(string path) => _real.MakeReadOnly(path);

    public long? FreeBytes(string folder) => null;

    private void Do(Action action)
    {
        var call = Interlocked.Increment(ref _calls);
        if (call != number && !(isLasting && call > number))
        {
            action();
            return;
        }

        if (fault == Fault.After)
        {
            action();
        }

        throw fault switch
        {
            Fault.SharingViolation => new IOException("The file is in use by another process.", unchecked((int)0x80070020)),
            Fault.NotThere => new FileNotFoundException("The file is not there."),
            Fault.Denied => new UnauthorizedAccessException("The file may not be changed."),
            _ => new IOException("The disk does not answer.", 5),
        };
    }
}
