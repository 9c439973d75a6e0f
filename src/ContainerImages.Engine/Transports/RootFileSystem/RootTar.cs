using System;
using System.IO;
using System.Threading;
using ContainerImages.Content;
using ContainerImages.Store;

namespace ContainerImages.Transports;

/// <summary>A tar of a root file system, or of a part of one: the bytes of one layer, compressed or not.</summary>
/// <param name="Name">What it is, for messages: <c>'./root.tar'</c>.</param>
/// <param name="Open">Opens it; called once.</param>
internal sealed record RootTar(string Name, Func<CancellationToken, OpenedRootTar> Open)
{
    /// <summary>A file; a named pipe or a device is read as a stream.</summary>
    public static RootTar OfFile(string path, string name) => new(name, _ => OpenFile(path, name));

    /// <summary>A stream, which is read from here to its end, and not closed.</summary>
    public static RootTar OfStream(Stream stream, string name) => new(name, _ => new OpenedRootTar(stream, null, NanoTime.Now, null));

    /// <summary>What a web server has.</summary>
    public static RootTar OfUrl(Uri url) => new($"'{RootDownload.Show(url)}'", cancellation => RootDownload.Open(url, cancellation));

    private static OpenedRootTar OpenFile(string path, string name)
    {
        if (System.IO.Directory.Exists(path))
        {
            throw new ContainerImageException(
                ImageError.UnknownArchiveFormat, $"{name} is a folder, and a root file system is made of tars.");
        }

        if (!File.Exists(path))
        {
            throw new ContainerImageException(ImageError.ArchiveNotFound, $"{name} is not there.");
        }

        try
        {
            var file = StoreSystem.OpenShared(path, FileMode.Open, FileAccess.Read);
            return new OpenedRootTar(file, file.CanSeek ? file.Length : null, FileTimes.ModifiedTime(path), file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ContainerImageException(ImageError.InvalidArchive, $"{name} cannot be read: {e.Message.TrimEnd('.')}.", e);
        }
    }
}
