using System;
using System.IO;
using ContainerImages.Content;
using ContainerImages.Store;

namespace ContainerImages.Transports;

/// <summary>What the operating system refuses a file or folder that is to be written.</summary>
internal static class OutputErrors
{
    public static T Guard<T>(string path, Func<T> write)
    {
        try
        {
            return write();
        }
        catch (IOException e) when (StoreErrors.IsDiskFull(e))
        {
            var free = StoreSystem.FreeBytes(Path.GetDirectoryName(path) ?? path);
            throw new ContainerImageException(
                ImageError.DiskFull, $"There is not enough space to write '{path}'; {free} bytes are free. Nothing was left there.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new ContainerImageException(
                ImageError.DestinationNotWritable, $"'{path}' cannot be written: {e.Message.TrimEnd('.')}.", e);
        }
    }

    public static void Guard(string path, Action write) => Guard(path, () =>
    {
        write();
        return true;
    });

    public static ContainerImageException Exists(string path, string what) =>
        new(ImageError.DestinationExists, $"'{path}' is there already{what}.");

    /// <summary>A name beside the target that nobody else uses, hidden where names with a dot are.</summary>
    public static string TemporaryBeside(string path)
    {
        var folder = Path.GetDirectoryName(path);
        if (string.IsNullOrEmpty(folder) || !System.IO.Directory.Exists(folder))
        {
            throw new ContainerImageException(
                ImageError.DestinationNotWritable, $"'{path}' cannot be written: the folder '{folder}' does not exist.");
        }

        return Path.Combine(folder, $".{Path.GetFileName(path)}.{Guid.NewGuid():N}.partial");
    }
}
