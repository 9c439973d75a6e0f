using System;
using System.ComponentModel;
using System.IO;
using System.Runtime.InteropServices;
using System.Text;
using System.Threading;
using ContainerImages.Content;
using ContainerImages.Store;
using Microsoft.Win32.SafeHandles;

namespace ContainerImages.Transports;

/// <summary>
/// Writes a small file that only its owner may read, whole or not at all. Of several of our own processes one writes at a
/// time; what another program wrote meanwhile is read again, as far as that can be seen.
/// </summary>
internal static class PrivateFile
{
    private const int OwnerOnly = 0x1C0; // 0700
    private const int MaxLinks = 40;
    private const int MaxAttempts = 20;
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);

    private static bool IsWindows => Path.DirectorySeparatorChar == '\\';

    /// <summary>Changes a file. A link stays, and the file it leads to is changed.</summary>
    /// <param name="path">The file, which may be absent, as may folders above it.</param>
    /// <param name="edit">Given what stands in the file, null for nothing; gives what is to stand there, null for no change.</param>
    /// <param name="cancellation">Ends the wait for another process.</param>
    /// <exception cref="ContainerImageException">DestinationNotWritable; DiskFull; what <paramref name="edit"/> throws.</exception>
    public static void Change(string path, Func<byte[]?, byte[]?> edit, CancellationToken cancellation)
    {
        var target = OutputErrors.Guard(path, () => FollowLinks(Path.GetFullPath(path)));
        if (SpecialFile.IsAt(target))
        {
            throw new ContainerImageException(
                ImageError.DestinationNotWritable, $"'{path}' cannot be written: it is a device, a pipe or a socket.");
        }

        var folder = Path.GetDirectoryName(target)!;
        OutputErrors.Guard(path, () => MakeFolder(folder));
        using var held = Lock(path, target + ".lock", cancellation);
        for (var attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            var old = ConfigurationErrors.ReadFile(target);
            if (edit(old) is not { } bytes || OutputErrors.Guard(path, () => TryReplace(target, folder, old, bytes)))
            {
                return;
            }
        }

        throw new ContainerImageException(
            ImageError.DestinationNotWritable, $"'{path}' cannot be written: another program changes it all the time.");
    }

    private static FileStream Lock(string path, string lockFile, CancellationToken cancellation)
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        while (true)
        {
            if (OutputErrors.Guard(path, () => StoreSystem.Current.TryLock(lockFile)) is { } held)
            {
                return held;
            }

            if (clock.Elapsed > _patience)
            {
                throw new ContainerImageException(
                    ImageError.DestinationNotWritable, $"'{path}' cannot be written: another process holds '{lockFile}'.");
            }

            cancellation.WaitHandle.WaitOne(10);
            cancellation.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Puts a new file in the place of the old one, unless that is another than the one that was edited.</summary>
    private static bool TryReplace(string target, string folder, byte[]? old, byte[] bytes)
    {
        using var file = MakeTemporary(target, out var temporary);
        try
        {
            file.Write(bytes, 0, bytes.Length);
            StoreSystem.Current.Flush(file);
            file.Dispose();
            if (!IsSame(old, ConfigurationErrors.ReadFile(target)))
            {
                File.Delete(temporary);
                return false;
            }

            StoreSystem.Current.Replace(temporary, target);
            StoreSystem.Current.FlushFolder(folder);
            return true;
        }
        catch
        {
            file.Dispose();
            File.Delete(temporary);
            throw;
        }
    }

    private static bool IsSame(byte[]? one, byte[]? other) =>
        one is null ? other is null : other is not null && one.AsSpan().SequenceEqual(other);

    // Made with rights for its owner alone: a file made by .NET is open to others until its rights are taken.
    private static FileStream MakeTemporary(string target, out string temporary)
    {
        if (IsWindows)
        {
            temporary = $"{target}.{Guid.NewGuid():N}";
            return new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None);
        }

        var name = Encoding.UTF8.GetBytes(target + ".XXXXXX\0");
        var descriptor = mkstemp(name);
        if (descriptor < 0)
        {
            throw Failed(target + ".XXXXXX", "made");
        }

        temporary = Encoding.UTF8.GetString(name, 0, name.Length - 1);
        return new FileStream(new SafeFileHandle((IntPtr)descriptor, ownsHandle: true), FileAccess.Write, bufferSize: 1);
    }

    private static void MakeFolder(string path)
    {
        if (System.IO.Directory.Exists(path))
        {
            return;
        }

        if (Path.GetDirectoryName(path) is { Length: > 0 } parent)
        {
            MakeFolder(parent);
        }

        if (IsWindows)
        {
            System.IO.Directory.CreateDirectory(path);
        }
        else if (mkdir(path, OwnerOnly) != 0 && !System.IO.Directory.Exists(path))
        {
            throw Failed(path, "made");
        }
    }

    private static string FollowLinks(string path)
    {
        if (IsWindows)
        {
            return File.Exists(path) && (File.GetAttributes(path) & FileAttributes.ReparsePoint) != 0 ? FinalPath(path) : path;
        }

        var buffer = new byte[4096];
        for (var i = 0; i < MaxLinks; i++)
        {
            var length = (int)readlink(path, buffer, (IntPtr)buffer.Length);
            if (length < 0)
            {
                return path;
            }

            // Where two dots lead only the system knows: a folder on the way may be a link itself.
            path = Path.Combine(Path.GetDirectoryName(path)!, Encoding.UTF8.GetString(buffer, 0, length));
            path = RealPath(Path.GetDirectoryName(path) ?? "/") is { } folder
                ? Path.Combine(folder, Path.GetFileName(path))
                : Path.GetFullPath(path);
        }

        throw new IOException("it is a link in a circle.");
    }

    private static string? RealPath(string folder)
    {
        var buffer = new byte[4096];
        return realpath(folder, buffer) == IntPtr.Zero ? null : Encoding.UTF8.GetString(buffer, 0, Array.IndexOf(buffer, (byte)0));
    }

    private static string FinalPath(string path)
    {
        using var file = StoreSystem.OpenShared(path, FileMode.Open, FileAccess.Read);
        var name = new char[32 * 1024];
        var length = GetFinalPathNameByHandleW(file.SafeFileHandle, name, (uint)name.Length, 0);
        return length > 0 && length < name.Length ? new string(name, 0, (int)length) : path;
    }

    private static IOException Failed(string path, string what)
    {
        var error = Marshal.GetLastWin32Error();
        return new IOException($"'{path}' cannot be {what} ({new Win32Exception(error).Message}).", error);
    }

#pragma warning disable IDE1006, SA1300 // The names are the C library's.
#pragma warning disable CA2101 // Paths go as UTF-8, which is what Ansi means on Unix.
    [DllImport("libc", SetLastError = true)]
    private static extern int mkstemp(byte[] template);

    [DllImport("libc", SetLastError = true, CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    private static extern int mkdir(string path, uint mode);

    [DllImport("libc", SetLastError = true, CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    private static extern IntPtr readlink(string path, byte[] buffer, IntPtr size);

    [DllImport("libc", SetLastError = true, CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    private static extern IntPtr realpath(string path, [Out] byte[] buffer);
#pragma warning restore CA2101, IDE1006, SA1300

    [DllImport("kernel32.dll", SetLastError = true, CharSet = CharSet.Unicode)]
    private static extern uint GetFinalPathNameByHandleW(SafeFileHandle file, [Out] char[] path, uint size, uint flags);
}
