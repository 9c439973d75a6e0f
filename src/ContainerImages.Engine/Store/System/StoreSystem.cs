using System.IO;

namespace ContainerImages.Store;

/// <summary>The operating system this runs on.</summary>
internal static class StoreSystem
{
    public static IStoreSystem Current { get; } = Path.DirectorySeparatorChar == '\\' ? new WindowsSystem() : new UnixSystem();

    /// <summary>Opens a file that others may read, write and delete meanwhile, without a second buffer of .NET's own.</summary>
    public static FileStream OpenShared(string path, FileMode mode, FileAccess access) =>
        new(path, mode, access, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1);

    public static long? FreeBytes(string folder)
    {
        try
        {
            return new DriveInfo(folder).AvailableFreeSpace;
        }
        catch (System.Exception e) when (e is IOException or System.UnauthorizedAccessException or System.ArgumentException)
        {
            return null;
        }
    }
}
