using System;
using System.ComponentModel;
using System.Diagnostics;
using System.IO;
using System.Runtime.InteropServices;
using System.Threading;

namespace ContainerImages.Store;

/// <summary>Windows. Written by the documentation and never run there by this project's own tests.</summary>
internal sealed class WindowsSystem : IStoreSystem
{
    private const uint ReplaceExisting = 1;
    private const uint WriteThrough = 8;
    private const int AccessDenied = 5;
    private const int SharingViolation = 32;
    private const int LockViolation = 33;
    private static readonly TimeSpan SharingPatience = TimeSpan.FromSeconds(2);

    public FileStream? TryLock(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when ((e.HResult & 0xFFFF) is SharingViolation or LockViolation)
        {
            return null;
        }
    }

    public FileStream OpenLock(string path) => StoreSystem.OpenShared(path, FileMode.Open, FileAccess.Read);

    // A virus scanner or an indexer may hold either file for a moment.
    public void Replace(string from, string to)
    {
        var clock = Stopwatch.StartNew();
        while (!MoveFileExW(from, to, ReplaceExisting | WriteThrough))
        {
            var error = Marshal.GetLastWin32Error();
            if (error is not (SharingViolation or AccessDenied) || clock.Elapsed > SharingPatience)
            {
                throw new IOException($"'{from}' cannot be renamed to '{to}' ({new Win32Exception(error).Message}).");
            }

            Thread.Sleep(20);
        }
    }

    public FileStream OpenRead(string path) => StoreSystem.OpenShared(path, FileMode.Open, FileAccess.Read);

    public void Delete(string path) => File.Delete(path);

    public void Flush(FileStream file) => file.Flush(flushToDisk: true);

    public void FlushFolder(string path)
    {
        // NTFS journals its folders; MoveFileEx with write-through waits for it.
    }

    public void MakeReadOnly(string path)
    {
        // The read-only attribute would keep the file from being deleted or replaced.
    }

    public long? FreeBytes(string folder) => StoreSystem.FreeBytes(folder);

    [DllImport("kernel32.dll", SetLastError = true, CharSet = CharSet.Unicode)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static extern bool MoveFileExW(string from, string to, uint flags);
}
