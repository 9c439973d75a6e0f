using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using ContainerImages.Content;
using ContainerImages.Engine.Tests.Content;
using ContainerImages.Fuzz.Mutation;

namespace ContainerImages.Engine.Tests.Hostile;

/// <summary>
/// Tars that end too soon, at every point of their structure, plain and compressed; and headers of which every field says
/// something that it should not.
/// </summary>
internal static class TarCases
{
    private const int BlockSize = 512;

    private static readonly int[] _places = [0, 1, 100, 257, 345, 511];

    private static readonly string[] _numbers =
    [
        "00000000000", "7777777777777777", "99999999999", "-0000000001", "-1", " ", "0x10", "1e9", "1", "17", "00000001000", "\0\0\0\0\0\0\0\0\0\0\0\0",
    ];

    private static readonly (string Kind, byte First, byte Others)[] _base256 =
    [
        ("0", 0x80, 0), ("-1", 0xFF, 0xFF), ("huge", 0x80, 0xFF), ("the least", 0xC0, 0), ("beyond 64 bits", 0x81, 0),
    ];

    private static readonly string[] _names =
    [
        "", ".", "..", "../x", "/x", "a/../b", "a//b", "./manifest.json", "manifest.json", "MANIFEST.JSON", "manifest.json/", "a\\b", "C:\\x", "a\u0001b", "\u001b[2J", "é",
    ];

    private static readonly (string Field, int At, int Length)[] _fields =
    [
        ("mode", 100, 8), ("uid", 108, 8), ("gid", 116, 8), ("size", 124, 12), ("time", 136, 12), ("major", 329, 8), ("minor", 337, 8),
    ];

    public static IEnumerable<HostileCase> All() => [.. Cuts(), .. CompressedCuts(), .. Headers(), .. Blocks()];

    // Each block's beginning, end and some place between; behind the last entry an archive is whole.
    private static IEnumerable<HostileCase> Cuts() =>
        from format in Formats()
        from block in Enumerable.Range(0, (format.Tar.Length - TarWriter.TrailerLength) / BlockSize)
        from at in _places
        let length = (block * BlockSize) + at
        select HostileCase.OfArchive(
            $"{format.Name} cut at {length}",
            () => format.Tar[..length],
            ImageError.InvalidArchive, ImageError.ContentMissing, ImageError.UnknownArchiveFormat);

    private static IEnumerable<HostileCase> CompressedCuts() =>
        from format in Formats()
        from compression in new[] { Compression.Gzip, Compression.Zstd, Compression.Bzip2, Compression.Xz }
        let bytes = OtherCompressions.Compress(format.Tar, compression)
        from part in Enumerable.Range(0, 24)
        let length = bytes.Length * part / 25
        select HostileCase.OfArchive(
            $"{format.Name} in {compression} cut at {length}",
            () => bytes[..length],
            ImageError.InvalidArchive, ImageError.ContentMissing, ImageError.UnknownArchiveFormat);

    private static IEnumerable<HostileCase> Headers()
    {
        var tar = SoundInputs.Tar(SoundInputs.Docker());
        foreach (var at in HeadersOf(tar))
        {
            var entry = Encoding.ASCII.GetString(TarText.UntilNul(tar.AsSpan(at, 100)));
            foreach (var (field, offset, length) in _fields)
            {
                foreach (var number in _numbers)
                {
                    yield return Edit(tar, at, $"{entry}: {field} is '{number.Replace('\0', '0')}'", block => Put(block.Slice(offset, length), Encoding.ASCII.GetBytes(number)));
                }

                foreach (var (kind, first, rest) in _base256)
                {
                    yield return Edit(tar, at, $"{entry}: {field} is {kind} in base 256", block =>
                    {
                        block.Slice(offset, length).Fill(rest);
                        block[offset] = first;
                    });
                }
            }

            foreach (var name in _names)
            {
                yield return Edit(tar, at, $"{entry}: is called '{name}'", block => Put(block[..100], Encoding.UTF8.GetBytes(name)));
                yield return Edit(tar, at, $"{entry}: is in '{name}'", block => Put(block.Slice(345, 155), Encoding.UTF8.GetBytes(name)));
            }

            foreach (var type in Enumerable.Range(0, 256).Where(type => type is 0 or (> 32 and < 127) or 255))
            {
                yield return Edit(tar, at, $"{entry}: is of type {type}", block => block[156] = (byte)type);
            }

            foreach (var magic in new[] { "\0\0\0\0\0\0\0\0", "ustar  \0", "ustar\0zz", "USTAR\0" + "00" })
            {
                yield return Edit(tar, at, $"{entry}: has the mark {Convert.ToHexString(Encoding.ASCII.GetBytes(magic))}", block => Put(block.Slice(257, 8), Encoding.ASCII.GetBytes(magic)));
            }

            yield return Edit(tar, at, $"{entry}: has a name that is no UTF-8", block => Put(block[..100], [0xFF, 0xFE, (byte)'/', 0xC0, 0xAF]));
            yield return Edit(tar, at, $"{entry}: fills all text fields", block =>
            {
                block[..100].Fill((byte)'a');
                block.Slice(157, 100).Fill((byte)'b');
                block.Slice(265, 64).Fill((byte)'c');
                block.Slice(345, 155).Fill((byte)'d');
            });
            yield return HostileCase.OfArchive(
                $"{entry}: has a wrong checksum", () => With(tar, at, block => block[0] ^= 1, seal: false),
                ImageError.InvalidArchive, ImageError.UnknownArchiveFormat, ImageError.ContentMismatch);
        }
    }

    // Whole blocks that go, come twice, or trade places.
    private static IEnumerable<HostileCase> Blocks()
    {
        var blocks = SoundInputs.Tar(SoundInputs.Oci()).Chunk(BlockSize).ToList();
        for (var i = 0; i < blocks.Count - 2; i++)
        {
            var at = i;
            yield return HostileCase.OfArchive($"block {at} is not there", () => Join([.. blocks[..at], .. blocks[(at + 1)..]]));
            yield return HostileCase.OfArchive($"block {at} is there twice", () => Join([.. blocks[..at], blocks[at], .. blocks[at..]]));
            yield return HostileCase.OfArchive($"block {at} is zeros", () => Join([.. blocks[..at], new byte[BlockSize], .. blocks[(at + 1)..]]));
            yield return HostileCase.OfArchive($"block {at} and the next have traded places", () => Join([.. blocks[..at], blocks[at + 1], blocks[at], .. blocks[(at + 2)..]]));
        }
    }

    private static (string Name, byte[] Tar)[] Formats() =>
        [("docker", SoundInputs.Tar(SoundInputs.Docker())), ("oci", SoundInputs.Tar(SoundInputs.Oci()))];

    private static IEnumerable<int> HeadersOf(byte[] tar) =>
        Enumerable.Range(0, tar.Length / BlockSize).Select(block => block * BlockSize).Where(at => tar.AsSpan(at + 257, 5).SequenceEqual("ustar"u8));

    private static HostileCase Edit(byte[] tar, int at, string name, BlockEdit edit) =>
        HostileCase.OfArchive(name, () => With(tar, at, edit, seal: true));

    private delegate void BlockEdit(Span<byte> block);

    private static byte[] With(byte[] tar, int at, BlockEdit edit, bool seal)
    {
        var changed = (byte[])tar.Clone();
        edit(changed.AsSpan(at, BlockSize));
        if (seal)
        {
            TarMutation.Seal(changed.AsSpan(at, BlockSize));
        }

        return changed;
    }

    private static void Put(Span<byte> field, ReadOnlySpan<byte> bytes)
    {
        field.Clear();
        bytes[..Math.Min(bytes.Length, field.Length)].CopyTo(field);
    }

    private static byte[] Join(IEnumerable<byte[]> blocks) => TarBytes.Join([.. blocks]);
}
