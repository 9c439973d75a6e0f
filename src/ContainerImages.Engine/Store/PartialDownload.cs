using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using ContainerImages.Content;

namespace ContainerImages.Store;

/// <summary>
/// A blob on its way from a registry, in a file that outlives the copy where that is cut off: a later one, of another process
/// too, goes on with it. Only one at a time has it. What is there was verified by nobody.
/// </summary>
internal sealed class PartialDownload : IDisposable
{
    /// <summary>How long what was cut off is kept.</summary>
    public static readonly TimeSpan LongestLife = TimeSpan.FromHours(24);

    /// <summary>How much of it is kept, in bytes: the oldest goes first.</summary>
    public const long MaxBytes = 10L * 1000 * 1000 * 1000;

    // What has just begun is had again sooner than it is read.
    private const long Worthwhile = 256 * 1024;

    private const string LockExtension = ".lock";

    private readonly ImageStore _store;
    private readonly FileStream _lock;
    private FileStream? _file;

    private PartialDownload(ImageStore store, string path, FileStream held, long size)
    {
        _store = store;
        Path = path;
        _lock = held;
        _file = StoreSystem.OpenShared(path, FileMode.OpenOrCreate, FileAccess.ReadWrite);
        if (_file.Length > size)
        {
            _file.SetLength(0);
        }

        Length = _file.Length;
        _file.Seek(0, SeekOrigin.End);
    }

    public string Path { get; }

    /// <summary>Bytes that were there when it was opened, or begun anew.</summary>
    public long Length { get; private set; }

    /// <summary>The file, where the next byte goes.</summary>
    public FileStream File => _file!;

    /// <summary>Opens the file for a blob, and makes it if need be; null if another copy has it.</summary>
    public static PartialDownload? TryOpen(ImageStore store, Descriptor blob, CancellationToken cancellation)
    {
        // Under the store's lock, as whoever sweeps deletes lock files: else two might each hold "the" lock.
        using (store.Lock("starting a download", cancellation))
        {
            var folder = Directory.CreateDirectory(store.Paths.Partials).FullName;
            var path = System.IO.Path.Combine(folder, $"{blob.Digest.Algorithm}-{blob.Digest.Hex}");
            if (store.OperatingSystem.TryLock(path + LockExtension) is not { } held)
            {
                return null;
            }

            try
            {
                return new PartialDownload(store, path, held, blob.Size);
            }
            catch
            {
                held.Dispose();
                throw;
            }
        }
    }

    /// <summary>Forgets all bytes.</summary>
    public void Restart()
    {
        File.SetLength(0);
        Length = 0;
    }

    /// <summary>Hands the file over: it is whole, and moves to where the caller says.</summary>
    public void Finish(Action<string> move)
    {
        _store.OperatingSystem.Flush(File);
        Close();
        move(Path);
    }

    /// <summary>Deletes the file: what is in it is of no use.</summary>
    public void Discard()
    {
        Close();
        System.IO.File.Delete(Path);
    }

    public void Dispose()
    {
        if (_file is { Length: < Worthwhile })
        {
            Discard();
        }

        Close();
        _lock.Dispose();
    }

    /// <summary>Clears up after downloads, unless somebody is at the store just now: who commits next does the same.</summary>
    public static void TrySweep(ImageStore store)
    {
        try
        {
            using var held = store.OperatingSystem.TryLock(store.Paths.Lock);
            if (held is not null)
            {
                Sweep(store);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The same.
        }
    }

    /// <summary>
    /// Deletes what is too old, of the rest what is too much, and the locks of what is gone. Under the store's lock only.
    /// </summary>
    /// <returns>Bytes deleted.</returns>
    public static long Sweep(ImageStore store)
    {
        var folder = new DirectoryInfo(store.Paths.Partials);
        if (!folder.Exists)
        {
            return 0;
        }

        var files = folder.GetFiles();
        var swept = Superfluous(store, files).Sum(file => TryDelete(store, file.FullName) ? file.Length : 0);
        var names = new HashSet<string>(files.Where(file => file.Extension != LockExtension).Select(file => file.FullName + LockExtension), StringComparer.Ordinal);
        foreach (var file in files.Where(file => file.Extension == LockExtension && !names.Contains(file.FullName)))
        {
            TryDelete(store, file.FullName.Substring(0, file.FullName.Length - LockExtension.Length));
        }

        if (!folder.EnumerateFileSystemInfos().Any())
        {
            folder.Delete();
        }

        return swept;
    }

    /// <summary>Bytes that <see cref="Sweep"/> would delete. Under the store's lock only.</summary>
    public static long BytesToSweep(ImageStore store)
    {
        var folder = new DirectoryInfo(store.Paths.Partials);
        return !folder.Exists ? 0 : Superfluous(store, folder.GetFiles()).Where(file => !IsHeld(store, file.FullName)).Sum(file => file.Length);
    }

    // The newest are kept.
    private static IEnumerable<FileInfo> Superfluous(ImageStore store, IEnumerable<FileInfo> files)
    {
        var kept = 0L;
        foreach (var file in files.Where(file => file.Extension != LockExtension).OrderByDescending(file => file.LastWriteTimeUtc).ToList())
        {
            kept += file.Length;
            if (store.Now.UtcDateTime - file.LastWriteTimeUtc > LongestLife || kept > MaxBytes)
            {
                yield return file;
            }
        }
    }

    private static bool IsHeld(ImageStore store, string path)
    {
        if (!System.IO.File.Exists(path + LockExtension))
        {
            return false;
        }

        using var held = store.OperatingSystem.TryLock(path + LockExtension);
        return held is null;
    }

    private static bool TryDelete(ImageStore store, string path)
    {
        try
        {
            var held = store.OperatingSystem.TryLock(path + LockExtension);
            if (held is null)
            {
                return false;
            }

            // Nobody else can take the lock meanwhile: that needs the store's.
            held.Dispose();
            System.IO.File.Delete(path);
            System.IO.File.Delete(path + LockExtension);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The next sweep will do.
            return false;
        }
    }

    private void Close()
    {
        _file?.Dispose();
        _file = null;
    }
}
