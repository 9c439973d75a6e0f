using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Text;
using System.Threading;
using ContainerImages.Content;

namespace ContainerImages.Store;

/// <summary>
/// The one lock between processes that change a store, held for a commit or a collection only. The file is never deleted:
/// two processes could else each hold "the" lock.
/// </summary>
internal static class StoreLock
{
    private const int HolderLength = 256;

    /// <exception cref="ContainerImageException">StoreBusy, naming the holder, when the time is up.</exception>
    public static IDisposable Acquire(
        IStoreSystem system, StorePaths paths, TimeSpan timeout, string operation, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        var wait = 1;
        FileStream? file;
        while ((file = system.TryLock(paths.Lock)) is null)
        {
            if (clock.Elapsed >= timeout)
            {
                throw new ContainerImageException(
                    ImageError.StoreBusy,
                    $"The store '{paths.Root}' is busy: {ReadHolder(system, paths.Lock)}; waited " +
                    $"{timeout.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture)} s.");
            }

            cancellation.WaitHandle.WaitOne(wait);
            cancellation.ThrowIfCancellationRequested();
            wait = Math.Min(wait * 2, 50);
        }

        WriteHolder(file, operation);
        return file;
    }

    // For the message of those who wait, no more: whether the lock is held is the operating system's to say.
    private static void WriteHolder(FileStream file, string operation)
    {
        try
        {
            using var process = Process.GetCurrentProcess();
            var text = $"{operation}, process {process.Id.ToString(CultureInfo.InvariantCulture)} on {Environment.MachineName}\n";
            var bytes = Encoding.UTF8.GetBytes(text.PadRight(HolderLength));
            file.Position = 0;
            file.Write(bytes, 0, bytes.Length);
            file.Flush();
        }
        catch (IOException)
        {
            // A full disk must not keep anybody from removing images.
        }
    }

    private static string ReadHolder(IStoreSystem system, string path)
    {
        try
        {
            using var file = system.OpenLock(path);
            var bytes = new byte[HolderLength];
            var text = Encoding.UTF8.GetString(bytes, 0, file.Read(bytes, 0, bytes.Length));
            text = text.Split('\n')[0].Trim();
            return text.Length == 0 ? "its lock is held" : "its lock is held by " + text;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "its lock is held";
        }
    }
}
