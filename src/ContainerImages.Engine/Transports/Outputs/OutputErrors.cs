using System;
using System.IO;
using System.Text;
using ContainerImages.Content;
using ContainerImages.Store;

namespace ContainerImages.Transports;

/// <summary>What the operating system refuses a file or folder that is to be written.</summary>
internal static class OutputErrors
{
    private const string TemporaryEnd = ".partial";

    // Names of files have up to 255 bytes; of the target's so much is left that dots, a GUID and the end fit beside it.
    private const int MostOfName = 200;

    /// <summary>Writes something; what the system refuses is a typed error.</summary>
    /// <param name="path">What is to be there in the end.</param>
    /// <param name="write">Writes it, or a part of it.</param>
    /// <param name="space">The room there was; null for what is small.</param>
    public static T Guard<T>(string path, Func<T> write, OutputSpace? space = null)
    {
        try
        {
            return write();
        }
        catch (IOException e) when (StoreErrors.IsDiskFull(e))
        {
            throw (space ?? new OutputSpace(path)).ToError(e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new ContainerImageException(
                ImageError.DestinationNotWritable, $"'{path}' cannot be written: {WithoutTemporary(e.Message, path).TrimEnd('.')}.", e);
        }
    }

    public static void Guard(string path, Action write, OutputSpace? space = null) => Guard(
        path,
        () =>
        {
            write();
            return true;
        },
        space);

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

        return Path.Combine(folder, $"{TemporaryStart(path)}{Guid.NewGuid():N}{TemporaryEnd}");
    }

    /// <summary>Clears up. What another program holds open (Windows), or what is gone, must not hide how the save itself ended.</summary>
    public static void DeleteIfPossible(Action delete)
    {
        try
        {
            delete();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }

    private static string TemporaryStart(string path)
    {
        var name = Path.GetFileName(path);
        while (Encoding.UTF8.GetByteCount(name) > MostOfName)
        {
            name = name.Substring(0, name.Length - (char.IsLowSurrogate(name[name.Length - 1]) ? 2 : 1));
        }

        return $".{name}.";
    }

    // The system speaks of the file that it was asked for, which nobody knows.
    private static string WithoutTemporary(string message, string path)
    {
        var start = message.IndexOf(TemporaryStart(path), StringComparison.Ordinal);
        var end = start < 0 ? -1 : message.IndexOf(TemporaryEnd, start, StringComparison.Ordinal);
        return end < 0 ? message : message.Substring(0, start) + Path.GetFileName(path) + message.Substring(end + TemporaryEnd.Length);
    }
}
