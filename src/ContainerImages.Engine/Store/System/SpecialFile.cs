using System;
using System.Runtime.InteropServices;

namespace ContainerImages.Store;

/// <summary>
/// Devices, pipes and sockets: they look like files, and who renames a file over one takes it from everybody.
/// </summary>
internal static class SpecialFile
{
    private const int CurrentFolder = -100;
    private const uint TypeMask = 1;
    private const int ModeOffset = 28;
    private const int TypeBits = 0xF000;
    private const int Device = 0x2000;
    private const int BlockDevice = 0x6000;
    private const int Pipe = 0x1000;
    private const int Socket = 0xC000;

    /// <summary>Whether one is there, or a link leads to one. Only Linux says so: elsewhere false.</summary>
    public static bool IsAt(string path)
    {
        if (!RuntimeInformation.IsOSPlatform(OSPlatform.Linux))
        {
            return false;
        }

        try
        {
            // Of the calls that tell it this one alone fills the same structure on every processor.
            var status = new byte[256];
            return statx(CurrentFolder, path, 0, TypeMask, status) == 0 &&
                (BitConverter.ToUInt16(status, ModeOffset) & TypeBits) is Device or BlockDevice or Pipe or Socket;
        }
        catch (EntryPointNotFoundException)
        {
            // An old C library.
            return false;
        }
    }

#pragma warning disable IDE1006, SA1300 // The name is the C library's.
#pragma warning disable CA2101 // Paths go as UTF-8, which is what Ansi means on Unix.
    [DllImport("libc", SetLastError = true, CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    private static extern int statx(int folder, string path, int flags, uint mask, byte[] status);
#pragma warning restore CA2101, IDE1006, SA1300
}
