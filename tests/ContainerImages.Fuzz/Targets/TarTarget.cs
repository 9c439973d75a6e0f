using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.Fuzz.Mutation;

namespace ContainerImages.Fuzz.Targets;

/// <summary>Tars, entry by entry and byte by byte, from a file and from a pipe: both must tell the same.</summary>
internal sealed class TarTarget : FuzzTarget
{
    // A sparse file may claim any size.
    private const int MostData = 64 * 1024;

    public override string Name => "tar";

    public override string Purpose => "tars of all dialects, from a file and from a pipe";

    public override IReadOnlyList<byte[]> Tokens { get; } = Words(
        "ustar\0" + "00", "ustar  \0", "12 path=abc\n", "30 GNU.sparse.offset=1\n", "GNU.sparse.major=1", "GNU.sparse.minor=0", "GNU.sparse.map=0,1,2,3",
        "GNU.sparse.numblocks", "GNU.sparse.realsize=", "SCHILY.xattr.", "linkpath=", "size=", "mtime=1.5", "../", "/", "\0\0\0\0\0\0\0\0");

    public override byte[] Mutate(byte[] input, Mutator mutator) => mutator.MutateTar(input, Tokens);

    public override void Run(byte[] input)
    {
        var fromFile = Read(new MemoryStream(input), out var fileError);
        var fromPipe = Read(new Pipe(input), out var pipeError);
        Documented.Require(fileError == pipeError, $"A file gives '{fileError}', and a pipe '{pipeError}'.");
        Documented.Require(fromFile.SequenceEqual(fromPipe), "A file gives other entries than a pipe.");
    }

    private static List<string> Read(Stream stream, out string? error)
    {
        var entries = new List<string>();
        string? message = null;
        Documented.Try(
            () =>
            {
                try
                {
                    ReadAll(new TarReader(stream), entries);
                }
                catch (ContainerImageException e)
                {
                    message = e.Message;
                    throw;
                }
            },
            ImageError.InvalidArchive);
        error = message;
        return entries;
    }

    private static void ReadAll(TarReader reader, List<string> entries)
    {
        long end = 0;
        while (reader.Next() is { } entry)
        {
            Documented.Require(entry.Size >= 0 && entry.StoredSize >= 0 && entry.StoredSize <= TarLimits.EntrySize, "An entry has an impossible size.");
            Documented.Require(entry.HeaderOffset >= end && entry.DataOffset > entry.HeaderOffset, "An entry begins before the end of the last.");
            end = entry.DataOffset + entry.StoredSize;
            Documented.Require(TarText.Decode(TarText.Encode(entry.Name)) == entry.Name, "A name does not survive.");
            var data = new byte[Math.Min(entry.Size, MostData)];
            using var content = reader.OpenData();
            content.ReadExactly(data);
            entries.Add($"{entry.Kind} {entry.Name} {entry.LinkName} {entry.Size} {entry.HeaderOffset} {entry.DataOffset} {Digest.Compute(data)}");
        }
    }

    private sealed class Pipe(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;

        public override long Length => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin loc) => throw new NotSupportedException();

        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, 333));
    }
}
