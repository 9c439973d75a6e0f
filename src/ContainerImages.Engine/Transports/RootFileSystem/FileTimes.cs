using System;
using System.IO;
using System.Runtime.InteropServices;
using ContainerImages.Content;

namespace ContainerImages.Transports;

/// <summary>
/// Times of files to the nanosecond. They are in the config of the image that is made of a file, hence in its ID: cut to
/// .NET's ticks they would make another one than podman's.
/// </summary>
internal static class FileTimes
{
    private const int CurrentFolder = -100; // AT_FDCWD
    private const uint ModifiedTimeMask = 0x40; // STATX_MTIME
    private const int ResultSize = 256;
    private const int SecondsOffset = 112; // of stx_mtime, the same on all architectures
    private const int NanosecondsOffset = 120;

    /// <summary>When a file was last changed; of a link, when that was which it leads to.</summary>
    /// <exception cref="IOException">The file is not there.</exception>
    public static NanoTime ModifiedTime(string path) => FromLinux(path) ?? NanoTime.From(FromRuntime(path));

    // .NET gives no time at all where a file has one beyond year 9999.
    private static DateTimeOffset FromRuntime(string path)
    {
        try
        {
            return File.GetLastWriteTimeUtc(path);
        }
        catch (ArgumentOutOfRangeException)
        {
            return DateTimeOffset.MaxValue;
        }
    }

    private static NanoTime? FromLinux(string path)
    {
        if (!RuntimeInformation.IsOSPlatform(OSPlatform.Linux))
        {
            return null;
        }

        try
        {
            var result = new byte[ResultSize];
            if (statx(CurrentFolder, path, 0, ModifiedTimeMask, result) == 0)
            {
                var time = new NanoTime(BitConverter.ToInt64(result, SecondsOffset), BitConverter.ToInt32(result, NanosecondsOffset));
                return time.IsDate ? time : null;
            }
        }
        catch (EntryPointNotFoundException)
        {
            // A C library from before 2018.
        }

        return null;
    }

#pragma warning disable IDE1006, SA1300 // The name is the C library's.
#pragma warning disable CA2101 // Paths go as UTF-8, which is what Ansi means on Unix.
    [DllImport("libc", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    private static extern int statx(int folder, string path, int flags, uint mask, [Out] byte[] result);
#pragma warning restore CA2101, IDE1006, SA1300
}
