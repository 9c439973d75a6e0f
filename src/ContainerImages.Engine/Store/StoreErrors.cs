using System;
using System.IO;
using System.Runtime.InteropServices;
using ContainerImages.Content;

namespace ContainerImages.Store;

/// <summary>What the operating system refuses a store, as errors that say so.</summary>
internal static class StoreErrors
{
    private const int DiskFullOnUnix = 28;
    private const int QuotaOnLinux = 122;
    private const int ReadOnlyOnUnix = 30;
    private const int DiskFullOnWindows = 0x70;
    private const int HandleDiskFullOnWindows = 0x27;

    /// <summary>Turns an error of the file system into a typed one; null for one that is none of the known kinds.</summary>
    /// <param name="e">The error.</param>
    /// <param name="root">The store's folder.</param>
    /// <param name="needed">How many bytes were to be written; null where nobody knows.</param>
    /// <param name="orMore">Whether that is only what is known so far, as of a stream.</param>
    public static ContainerImageException? Translate(Exception e, string root, long? needed = null, bool orMore = false)
    {
        switch (e)
        {
            case IOException io when IsDiskFull(io):
                var free = StoreSystem.FreeBytes(root);
                return new ContainerImageException(
                    ImageError.DiskFull,
                    $"There is not enough space on the file system of '{root}'" +
                    (needed is { } bytes ? $": {(orMore ? "more than " : "")}{bytes} bytes are needed" : "") +
                    (free is { } left ? $"{(needed is null ? ": " : ", ")}{left} are free" : "") + "; nothing was changed.",
                    e);
            case UnauthorizedAccessException:
            case IOException readOnly when Code(readOnly) == ReadOnlyOnUnix && !IsWindows:
                return new ContainerImageException(
                    ImageError.StoreAccessDenied,
                    $"The store '{root}' may not be changed or read by {Environment.UserName}: {e.Message.TrimEnd('.')}.",
                    e);
            case IOException:
                return new ContainerImageException(
                    ImageError.StoreAccessDenied, $"The store '{root}' cannot be used: {e.Message.TrimEnd('.')}.", e);
            default:
                return null;
        }
    }

    public static bool IsDiskFull(IOException e) => IsWindows
        ? Code(e) is DiskFullOnWindows or HandleDiskFullOnWindows
        : Code(e) is DiskFullOnUnix or QuotaOnLinux;

    private static bool IsWindows => RuntimeInformation.IsOSPlatform(OSPlatform.Windows);

    // .NET puts the system's own number there, on Windows with a facility in front of it.
    private static int Code(IOException e) => e.HResult & 0xFFFF;
}
