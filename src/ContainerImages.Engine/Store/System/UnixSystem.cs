using System;
using System.ComponentModel;
using System.IO;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ContainerImages.Store;

/// <summary>
/// Linux and macOS. Locks are flock's, by hand: .NET's own FileShare can be switched off by an environment variable and
/// knows no exclusive lock that lets others open the file.
/// </summary>
internal sealed class UnixSystem : IStoreSystem
{
    private const int LockExclusiveNonBlocking = 2 | 4;
    private const int GiveBack = 8;
    private const int ReadWrite = 2;
    private const int NoSuchFile = 2;
    private const int Interrupted = 4;
    private const int PermissionDenied = 13;
    private const int WouldBlockOnLinux = 11;
    private const int WouldBlockOnMac = 35;
    private const int InvalidArgument = 22;
    private const int ReadOnlyForAll = 0x124; // 0444

    private static readonly int CloseOnExec = RuntimeInformation.IsOSPlatform(OSPlatform.OSX) ? 0x1000000 : 0x80000;

    public FileStream? TryLock(string path)
    {
        MakeFile(path);
        var file = new LockedFile(Open(path, ReadWrite | CloseOnExec));
        while (flock(file.SafeFileHandle, LockExclusiveNonBlocking) != 0)
        {
            var error = Marshal.GetLastWin32Error();
            if (error == Interrupted)
            {
                continue;
            }

            file.Dispose();
            return error is WouldBlockOnLinux or WouldBlockOnMac
                ? null
                : throw new IOException($"The file system cannot lock '{path}' ({Message(error)}).");
        }

        return file;
    }

    public FileStream OpenLock(string path) => new(Open(path, CloseOnExec), FileAccess.Read, bufferSize: 1);

    public void Replace(string from, string to)
    {
        if (rename(from, to) != 0)
        {
            var error = Marshal.GetLastWin32Error();
            throw new IOException($"'{from}' cannot be renamed to '{to}' ({Message(error)}).", error);
        }
    }

    public FileStream OpenRead(string path) => StoreSystem.OpenShared(path, FileMode.Open, FileAccess.Read);

    public void Delete(string path) => File.Delete(path);

    public void Flush(FileStream file) => file.Flush(flushToDisk: true);

    public void FlushFolder(string path)
    {
        using var handle = Open(path, CloseOnExec);

        // Some file systems flush no folders and say so by EINVAL.
        if (fsync(handle) != 0 && Marshal.GetLastWin32Error() is var error and not InvalidArgument)
        {
            throw new IOException($"'{path}' cannot be flushed to disk ({Message(error)}).");
        }
    }

    // A file system without such rights (FAT, some mounts) keeps its own: the content is protected by its digest anyway.
    public void MakeReadOnly(string path) => _ = chmod(path, ReadOnlyForAll);

    public long? FreeBytes(string folder) => StoreSystem.FreeBytes(folder);

    private static void MakeFile(string path)
    {
        if (File.Exists(path))
        {
            return;
        }

        try
        {
            new FileStream(path, FileMode.CreateNew, FileAccess.Write).Dispose();
        }
        catch (IOException) when (File.Exists(path))
        {
            // Another process was first.
        }
    }

    // A FileStream that opens a file itself takes a shared lock on it, and fails where another holds an exclusive one.
    private static SafeFileHandle Open(string path, int flags)
    {
        var descriptor = open(path, flags);
        var error = Marshal.GetLastWin32Error();
        return descriptor >= 0
            ? new SafeFileHandle((IntPtr)descriptor, ownsHandle: true)
            : throw (error switch
            {
                NoSuchFile => new FileNotFoundException($"'{path}' is not there."),
                PermissionDenied => new UnauthorizedAccessException($"'{path}' may not be opened."),
                _ => new IOException($"'{path}' cannot be opened ({Message(error)})."),
            });
    }

    private static string Message(int error) => new Win32Exception(error).Message;

    /// <summary>
    /// Gives its lock back by itself: closing alone does not, while a process that is just being started has a copy of the handle.
    /// </summary>
    private sealed class LockedFile(SafeFileHandle handle) : FileStream(handle, FileAccess.ReadWrite, bufferSize: 1)
    {
        protected override void Dispose(bool disposing)
        {
            if (disposing && CanWrite)
            {
                Flush();
                _ = flock(SafeFileHandle, GiveBack);
            }

            base.Dispose(disposing);
        }
    }

#pragma warning disable IDE1006, SA1300 // The names are the C library's.
#pragma warning disable CA2101 // Paths go as UTF-8, which is what Ansi means on Unix.
    [DllImport("libc", SetLastError = true)]
    private static extern int flock(SafeFileHandle file, int operation);

    [DllImport("libc", SetLastError = true)]
    private static extern int fsync(SafeFileHandle file);

    [DllImport("libc", SetLastError = true, CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    private static extern int open(string path, int flags);

    [DllImport("libc", SetLastError = true, CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    private static extern int rename(string from, string to);

    [DllImport("libc", SetLastError = true, CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    private static extern int chmod(string path, int mode);
#pragma warning restore CA2101, IDE1006, SA1300
}
