using System;
using System.IO;
using System.Linq;
using System.Text;
using ContainerImages.Content;
using ContainerImages.Copying;
using ContainerImages.Store;

namespace ContainerImages.Transports;

/// <summary>Opens files, folders and streams of images, whatever their format: it is told by the content.</summary>
internal static class ImageSources
{
    private const int TarBlock = 512;

    /// <summary>Opens a file or folder.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="name">What to call it in messages.</param>
    /// <param name="spool">The ingest that a compressed archive is read into.</param>
    /// <param name="options">How to read.</param>
    /// <exception cref="ContainerImageException">ArchiveNotFound; UnknownArchiveFormat; InvalidArchive; EmptyArchive.</exception>
    public static IImageSource Open(string path, string name, Ingest spool, CopyOptions options) => Open(path, name, () => spool, options);

    /// <summary>Opens a file or folder where an ingest is not at hand.</summary>
    /// <inheritdoc cref="Open(string, string, Ingest, CopyOptions)"/>
    public static IImageSource Open(string path, string name, Func<Ingest> spool, CopyOptions options)
    {
        if (System.IO.Directory.Exists(path))
        {
            return OpenFolder(new FolderArchive(path, name));
        }

        if (!File.Exists(path))
        {
            throw new ContainerImageException(ImageError.ArchiveNotFound, $"{name} is not there.");
        }

        using var opened = Read(name, () => StoreSystem.OpenShared(path, FileMode.Open, FileAccess.Read));
        var file = new PeekedStream(new SourceStream(() => opened, name), TarBlock, leaveOpen: true);
        using (file)
        {
            // A plain tar is read where it is; the handle was for its first bytes only. A named pipe has no other.
            return opened.CanSeek && IsTar(file.Start) && Compressed(file.Start) == Compression.None
                ? Choose(Read(name, () => new TarArchive(path, name, options.Cancellation)), a => a.Entries)
                : OpenStream(file, name, spool(), options);
        }
    }

    /// <summary>Opens a stream, which is read once from here to its end, and not closed.</summary>
    public static IImageSource Open(Stream stream, string name, Ingest spool, CopyOptions options)
    {
        using var peeked = new PeekedStream(new SourceStream(() => stream, name), TarBlock, leaveOpen: true);
        return OpenStream(peeked, name, spool, options);
    }

    /// <summary>Sees that bytes begin as a tar does.</summary>
    /// <exception cref="ContainerImageException">UnknownArchiveFormat, with how they begin instead.</exception>
    public static void RequireTar(ReadOnlySpan<byte> start, string name)
    {
        if (!IsTar(start))
        {
            throw Unknown(name, start.Length == 0 ? "it is empty" : $"it is no tar, as it begins with {Describe(start)}");
        }
    }

    private static IImageSource OpenStream(PeekedStream stream, string name, Ingest spool, CopyOptions options)
    {
        var compression = Compressed(stream.Start);
        if (compression == Compression.None && !IsTar(stream.Start))
        {
            throw Unknown(name, stream.Start.Length == 0 ? "it is empty" : $"it begins with {Describe(stream.Start)}");
        }

        using Stream decoded = new DecodedStream(stream, compression, name, spool.Expansion);
        using var tar = new PeekedStream(decoded, TarBlock, leaveOpen: true);
        if (!IsTar(tar.Start))
        {
            throw Unknown(name, $"it is compressed, and what is in it begins with {Describe(tar.Start)}");
        }

        // What fails but the reading of the stream is the writing of the ingest.
        return Choose(new SpooledArchive(tar, name, spool, options.Progress, options.Cancellation), a => a.Entries);
    }

    private static IImageSource Choose<T>(T archive, Func<T, EntryTable> entries)
        where T : IArchive
    {
        // Docker 25 and later write both formats into one tar; OCI's side keeps manifests and platforms.
        if (archive.Find(OciLayoutSource.IndexFile) is not null)
        {
            return new OciLayoutSource(archive);
        }

        if (archive.Find(DockerArchiveSource.ManifestFile) is not null)
        {
            return new DockerArchiveSource(archive);
        }

        var names = entries(archive).Names.Take(3).Select(QuotedText.Quote).ToList();
        throw Unknown(
            archive.Name,
            names.Count == 0
                ? "it is a tar without files"
                : $"it is a tar with neither 'manifest.json' nor 'index.json' ({string.Join(", ", names)} …)");
    }

    private static IImageSource OpenFolder(FolderArchive folder)
    {
        if (folder.Find(OciLayoutSource.IndexFile) is not null)
        {
            return new OciLayoutSource(folder);
        }

        if (folder.Find(DirectorySource.ManifestFile) is not null)
        {
            return new DirectorySource(folder);
        }

        var names = folder.List().Take(3).Select(QuotedText.Quote).ToList();
        throw Unknown(
            folder.Name,
            names.Count == 0 ? "it is an empty folder" : $"it is a folder with neither 'index.json' nor 'manifest.json' ({string.Join(", ", names)} …)");
    }

    private static Compression Compressed(ReadOnlySpan<byte> start) => CompressionFormat.Detect(start);

    private static bool IsTar(ReadOnlySpan<byte> start)
    {
        if (start.Length < TarBlock)
        {
            return false;
        }

        var header = new TarHeader();
        start.CopyTo(header.Block);
        return header.IsZero || header.HasValidChecksum();
    }

    private static string Describe(ReadOnlySpan<byte> start)
    {
        var text = new StringBuilder();
        foreach (var b in start.Slice(0, Math.Min(start.Length, 8)))
        {
            text.Append(b.ToString("x2", System.Globalization.CultureInfo.InvariantCulture)).Append(' ');
        }

        return text.Length == 0 ? "nothing" : "the bytes " + text.ToString().TrimEnd();
    }

    private static ContainerImageException Unknown(string name, string why) =>
        new(ImageError.UnknownArchiveFormat, $"{name} is of no format known here: {why}.");

    private static T Read<T>(string name, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is UnauthorizedAccessException || (e is IOException io && !StoreErrors.IsDiskFull(io)))
        {
            throw new ContainerImageException(ImageError.InvalidArchive, $"{name} cannot be read: {e.Message.TrimEnd('.')}.", e);
        }
    }
}
