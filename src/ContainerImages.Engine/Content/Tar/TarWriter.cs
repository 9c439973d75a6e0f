using System;
using System.IO;
using System.Runtime.InteropServices;

namespace ContainerImages.Content;

/// <summary>
/// Writes a tar as Go's archive/tar does (see <see cref="GoTarHeader"/>). Without <see cref="Finish"/> the archive has no
/// end, and readers may take it for truncated: an error on the way must not leave something that looks whole.
/// </summary>
internal sealed class TarWriter : IDisposable
{
    /// <summary>The mode of the entries of image archives.</summary>
    public const int DefaultFileMode = 0x124; // 0444

    /// <summary>What ends an archive: two blocks of zeros.</summary>
    public const int TrailerLength = 2 * TarField.BlockSize;

    private static readonly byte[] Zeros = new byte[TrailerLength];

    private readonly Stream output;
    private readonly bool leaveOpen;
    private TarEntryStream? current;
    private bool finished;

    public TarWriter(Stream output, bool leaveOpen = false)
    {
        this.output = output;
        this.leaveOpen = leaveOpen;
    }

    /// <summary>All headers of an entry, for a caller who lays out an archive without writing it from front to back.</summary>
    public static byte[] CreateHeader(
        TarEntryKind kind, string name, long size, int mode, string linkName = "", DateTimeOffset? modified = null) =>
        GoTarHeader.Create(kind, name, linkName, size, mode, modified);

    /// <summary>How many bytes a file takes in the archive: headers, data, and what fills up the last block.</summary>
    public static long GetEntryLength(string name, long size, DateTimeOffset? modified = null) =>
        CreateHeader(TarEntryKind.File, name, size, DefaultFileMode, modified: modified).Length + size + TarField.PaddingOf(size);

    public void WriteFile(string name, ReadOnlyMemory<byte> content, int mode = DefaultFileMode, DateTimeOffset? modified = null)
    {
        using var stream = BeginFile(name, content.Length, mode, modified);
        if (MemoryMarshal.TryGetArray(content, out var array))
        {
            stream.Write(array.Array!, array.Offset, array.Count);
            return;
        }

        var copy = content.ToArray();
        stream.Write(copy, 0, copy.Length);
    }

    /// <summary>
    /// Begins a file. Exactly <paramref name="size"/> bytes must be written to the stream before the next entry is begun or
    /// the archive finished; that is when too few are found out.
    /// </summary>
    public Stream BeginFile(string name, long size, int mode = DefaultFileMode, DateTimeOffset? modified = null)
    {
        WriteHeader(CreateHeader(TarEntryKind.File, name, size, mode, modified: modified));
        return current = new TarEntryStream(output, name, size);
    }

    public void WriteSymbolicLink(string name, string target, int mode = 0, DateTimeOffset? modified = null) =>
        WriteHeader(CreateHeader(TarEntryKind.SymbolicLink, name, 0, mode, target, modified));

    /// <summary>Writes a directory, whose name should end in a slash; it is written as given.</summary>
    public void WriteDirectory(string name, int mode, DateTimeOffset? modified = null) =>
        WriteHeader(CreateHeader(TarEntryKind.Directory, name, 0, mode, modified: modified));

    /// <summary>Ends the archive. Nothing can be written after it.</summary>
    public void Finish()
    {
        EndEntry();
        output.Write(Zeros, 0, TrailerLength);
        finished = true;
    }

    public void Dispose()
    {
        if (!leaveOpen)
        {
            output.Dispose();
        }
    }

    private void WriteHeader(byte[] header)
    {
        EndEntry();
        output.Write(header, 0, header.Length);
    }

    private void EndEntry()
    {
        if (finished)
        {
            throw new InvalidOperationException("The archive is finished.");
        }

        if (current is not null)
        {
            output.Write(Zeros, 0, TarField.PaddingOf(current.Complete()));
            current = null;
        }
    }
}
