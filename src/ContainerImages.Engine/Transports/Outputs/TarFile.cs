using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.Store;

namespace ContainerImages.Transports;

/// <summary>
/// A tar file under way. Entries whose sizes are known can be given their places first, in order, and then be written by
/// several threads at once: the file is the same as if it had been written from front to back.
/// </summary>
internal sealed class TarFile : IDisposable
{
    private static readonly byte[] Zeros = new byte[TarWriter.TrailerLength];

    private readonly OutputFile _file;
    private readonly Dictionary<string, (long Offset, long Size)> _places = new(StringComparer.Ordinal);
    private long _end;

    public TarFile(string path, bool force)
    {
        Path = path;
        _file = new OutputFile(path, force);
    }

    public string Path { get; }

    /// <summary>Where the next file goes, in bytes.</summary>
    public long End => _end;

    /// <summary>Gives a file its place behind all others.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="size">How many bytes it will have.</param>
    /// <param name="isBelieved">Whether it may have another number; <see cref="TryWriteReserved"/> tells then.</param>
    public void Reserve(string name, long size, bool isBelieved = false)
    {
        var length = TarWriter.GetEntryLength(name, size);
        _places.Add(name, (_end, size));
        _end += length;
        if (!isBelieved)
        {
            _file.Space.Add(length);
        }
    }

    /// <summary>Whether the disk is known to have room for so many bytes.</summary>
    public bool HasRoom(long bytes) => bytes <= _file.Space.Free;

    public bool IsReserved(string name) => _places.ContainsKey(name);

    /// <summary>Writes a file to its place; several threads may, each another.</summary>
    public void WriteReserved(string name, Action<Stream> write) => WriteInPlace(name, (output, size) =>
    {
        var entry = new TarEntryStream(output, name, size);
        write(entry);
        entry.Complete();
    });

    /// <summary>The same for a file whose size was only believed.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="write">Writes it, and tells how many bytes it was.</param>
    /// <returns>
    /// Whether it was as many. If not, its header is wrong, and it may have run into the next one's place: <see cref="Rewind"/>
    /// takes both back.
    /// </returns>
    public bool TryWriteReserved(string name, Func<Stream, long> write)
    {
        var fits = false;
        WriteInPlace(name, (output, size) => fits = write(output) == size);
        return fits;
    }

    /// <summary>Takes back what has its place there or behind.</summary>
    /// <param name="end">What <see cref="End"/> was before that.</param>
    public void Rewind(long end) => Guard(() =>
    {
        _file.Stream.SetLength(end);
        _end = end;
        foreach (var name in _places.Where(place => place.Value.Offset >= end).Select(place => place.Key).ToList())
        {
            _places.Remove(name);
        }
    });

    public void Append(string name, byte[] bytes) => Guard(() =>
    {
        var output = AtEnd();
        var header = FileHeader(name, bytes.Length);
        output.Write(header, 0, header.Length);
        output.Write(bytes, 0, bytes.Length);
        output.Write(Zeros, 0, TarField.PaddingOf(bytes.Length));
        _end = output.Position;
    });

    /// <summary>Writes an entry that has no content: a link or a folder.</summary>
    public void Append(byte[] header) => Guard(() =>
    {
        AtEnd().Write(header, 0, header.Length);
        _end += header.Length;
    });

    /// <summary>
    /// Writes a file whose name and size are only believed: its header is written by them, and put right afterwards. The
    /// content is written a second time only where the right header is longer.
    /// </summary>
    /// <param name="believedName">Its name, or one as long.</param>
    /// <param name="believedSize">Its size, as far as is known; it may be anything.</param>
    /// <param name="write">Writes the content, and tells its name, or null if it is not to stay, and how many bytes it was.</param>
    public void Append(string believedName, long believedSize, Func<Stream, (string? Name, long Size)> write) => Guard(() =>
    {
        var output = AtEnd();
        believedSize = HasRoom(believedSize) ? believedSize : 0;
        while (true)
        {
            var header = FileHeader(believedName, believedSize);
            output.Write(header, 0, header.Length);
            var (name, size) = write(output);
            var right = name is null ? [] : FileHeader(name, size);
            if (right.Length == header.Length)
            {
                output.Write(Zeros, 0, TarField.PaddingOf(size));
                var end = output.Position;
                output.Position = _end;
                output.Write(right, 0, right.Length);
                _end = end;
                return;
            }

            output.Position = _end;
            output.SetLength(_end);
            if (name is null)
            {
                return;
            }

            // Past 8 GiB a header is longer, and all that follows has another place.
            (believedName, believedSize) = (name, size);
        }
    });

    /// <summary>Ends the tar and puts the file where it belongs.</summary>
    public void Commit()
    {
        Guard(() => AtEnd().Write(Zeros, 0, TarWriter.TrailerLength));
        _file.Commit();
    }

    public void Dispose() => _file.Dispose();

    private void Guard(Action write) => OutputErrors.Guard(Path, write, _file.Space);

    private void WriteInPlace(string name, Action<Stream, long> write)
    {
        var (offset, size) = _places[name];
        _file.Space.Check();
        Guard(() =>
        {
            using var output = StoreSystem.OpenShared(_file.TemporaryPath, FileMode.Open, FileAccess.Write);
            output.Position = offset;
            var header = FileHeader(name, size);
            output.Write(header, 0, header.Length);
            write(output, size);
            output.Write(Zeros, 0, TarField.PaddingOf(size));
        });
    }

    private FileStream AtEnd()
    {
        _file.Stream.Position = _end;
        return _file.Stream;
    }

    private static byte[] FileHeader(string name, long size) =>
        TarWriter.CreateHeader(TarEntryKind.File, name, size, TarWriter.DefaultFileMode);
}
