using System;
using System.Collections.Generic;
using System.IO;
using System.IO.Compression;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.Engine.Tests.Content;
using ContainerImages.Engine.Tests.Transports;
using ContainerImages.Fuzz.Mutation;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace ContainerImages.Engine.Tests.Hostile;

/// <summary>
/// Little that becomes much: layers and archives that expand without end, alone, together and within each other; and streams
/// that ask for more memory, or more work, than what is in them is worth.
/// </summary>
internal static class BombCases
{
    private const int Megabyte = 1024 * 1024;

    /// <summary>Past what may come out whatever went in.</summary>
    private const int Megabytes = (int)(Limits.ExpansionFree / Megabyte) + 44;

    public static IEnumerable<HostileCase> All() =>
    [
        .. Layers(),
        HostileCase.OfArchive("an archive of zstd without end", () => Zeros(Compression.Zstd, 2 * Megabytes, Endless("manifest.json")), ImageError.ContentTooLarge),
        HostileCase.OfArchive("an archive of gzip without end", () => Zeros(Compression.Gzip, Megabytes, Endless("manifest.json")), ImageError.ContentTooLarge),
        HostileCase.OfArchive("a layer of gzip in an archive of gzip", () => TestLayer.Compress(WithLayer(Zeros(Compression.Gzip, Megabytes)), Compression.Gzip), ImageError.ContentTooLarge),
        HostileCase.OfArchive("a layer of zstd in an archive of gzip", () => TestLayer.Compress(WithLayer(Zeros(Compression.Zstd, Megabytes)), Compression.Gzip), ImageError.ContentTooLarge),
        HostileCase.OfArchive("four entries that are each within the limit", () => TestLayer.Compress(Many(4, Zeros(Compression.Zstd, Megabytes / 4)), Compression.Gzip), ImageError.ContentTooLarge),
        HostileCase.OfArchive("gzip in gzip in gzip", () => TestLayer.Compress(TestLayer.Compress(SoundInputs.Tar(SoundInputs.Docker()), Compression.Gzip), Compression.Gzip), ImageError.UnknownArchiveFormat),
        Archive("zstd of a window of 128 MiB", () => Window(Limits.ZstdWindowLog)),
        Archive("zstd of a window of 256 MiB", () => Window(Limits.ZstdWindowLog + 1), ImageError.ContentTooLarge),
        Archive("zstd of a window of 2 GiB", () => [0x28, 0xB5, 0x2F, 0xFD, 0, 0xA8, .. new byte[600]], ImageError.ContentTooLarge),
        Archive("zstd of 16 EiB, as it says", () => [0x28, 0xB5, 0x2F, 0xFD, 0xE0, .. Enumerable.Repeat((byte)0xFF, 8), .. new byte[600]], ImageError.ContentTooLarge, ImageError.InvalidArchive),
        Archive("zstd of 100,000 frames without content", () => [.. Repeat(100_000, [0x28, 0xB5, 0x2F, 0xFD, 0x20, 0, 1, 0, 0]), .. Sound(Compression.Zstd)]),
        Archive("zstd of 100,000 skipped frames", () => [.. Repeat(100_000, [0x50, 0x2A, 0x4D, 0x18, 0, 0, 0, 0]), .. Sound(Compression.Zstd)]),
        Archive("zstd of a skipped frame of 4 GiB", () => [0x50, 0x2A, 0x4D, 0x18, 0xFF, 0xFF, 0xFF, 0xFF, .. Sound(Compression.Zstd)], ImageError.InvalidArchive, ImageError.UnknownArchiveFormat),
        Archive("gzip of 100,000 members without content", () => [.. Repeat(100_000, TestLayer.Compress([], Compression.Gzip)), .. Sound(Compression.Gzip)]),
        Archive("gzip with a name of 8 MB", () => [0x1F, 0x8B, 8, 8, 0, 0, 0, 0, 0, 0, .. Enumerable.Repeat((byte)'x', 8 * Megabyte), 0, .. Sound(Compression.Gzip)[10..]]),
        Archive("bzip2 of 10,000 streams without content", () => [.. Repeat(10_000, OtherCompressions.Compress([], Compression.Bzip2)), .. Sound(Compression.Bzip2)]),
        Archive("xz of a dictionary of 64 MiB", () => OtherCompressions.Xz(SoundInputs.Tar(SoundInputs.Docker()), 28)),
        Archive("xz of a dictionary of 96 MiB", () => OtherCompressions.Xz(SoundInputs.Tar(SoundInputs.Docker()), 29), ImageError.ContentTooLarge),
        Archive("xz of a dictionary of 4 GiB", () => OtherCompressions.Xz(SoundInputs.Tar(SoundInputs.Docker()), 40), ImageError.ContentTooLarge),
        Archive("xz whose second stream has a dictionary of 4 GiB", () => [.. OtherCompressions.Xz(SoundInputs.Tar(SoundInputs.Docker())), .. OtherCompressions.Xz(new byte[512], 40)]),
        Archive("xz of 3,000 streams with a dictionary of 64 MiB each", () => [.. Repeat(3000, OtherCompressions.Xz([], 28)), .. OtherCompressions.Xz(SoundInputs.Tar(SoundInputs.Docker()))]),
    ];

    private static IEnumerable<HostileCase> Layers() =>
    [
        Layer("gzip", () => Zeros(Compression.Gzip, Megabytes)),
        Layer("zstd", () => Zeros(Compression.Zstd, Megabytes)),
        Layer("bzip2", () => BombsOfOthers.Decode(BombsOfOthers.Bzip2)),
        Layer("xz", () => BombsOfOthers.Decode(BombsOfOthers.XzInZlib)),
    ];

    private static HostileCase Layer(string kind, Func<byte[]> make) =>
        HostileCase.OfArchive($"a layer of {kind} without end", () => WithLayer(make()), ImageError.ContentTooLarge);

    private static HostileCase Archive(string name, Func<byte[]> make, params ImageError[] errors) => HostileCase.OfArchive(name, make, errors);

    private static byte[] Sound(Compression compression) => OtherCompressions.Compress(SoundInputs.Tar(SoundInputs.Docker()), compression);

    private static byte[] WithLayer(byte[] layer)
    {
        var files = SoundInputs.Docker();
        files[0] = (files[0].Name, layer);
        return ArchiveMutation.Write(files);
    }

    private static byte[] Many(int count, byte[] entry) =>
        ArchiveMutation.Write([.. Enumerable.Range(0, count).Select(i => ($"entry{i}", entry)), .. SoundInputs.Docker()]);

    private static byte[] Endless(string name) => TarWriter.CreateHeader(TarEntryKind.File, name, 1L << 40, TarWriter.DefaultFileMode);

    private static byte[] Repeat(int count, byte[] bytes) => TarBytes.Join([.. Enumerable.Repeat(bytes, count)]);

    /// <summary>A sound archive in zstd of a window of this power of two.</summary>
    public static byte[] Window(int log)
    {
        using var target = new MemoryStream();
        using (var encoder = new CompressionStream(target, leaveOpen: true))
        {
            encoder.SetParameter(ZSTD_cParameter.ZSTD_c_windowLog, log);
            var tar = SoundInputs.Tar(SoundInputs.Docker());
            encoder.Write(tar.AsSpan(0, 1000));

            // What is flushed before its end is known has the window that was asked for.
            encoder.Flush();
            encoder.Write(tar.AsSpan(1000));
        }

        return target.ToArray();
    }

    private static byte[] Zeros(Compression compression, int megabytes, params byte[] start)
    {
        using var target = new MemoryStream();
        using (Stream encoder = compression == Compression.Gzip
            ? new GZipStream(target, CompressionLevel.Optimal, leaveOpen: true)
            : new CompressionStream(target, leaveOpen: true))
        {
            encoder.Write(start);
            var zeros = new byte[Megabyte];
            for (var i = 0; i < megabytes; i++)
            {
                encoder.Write(zeros);
            }
        }

        return target.ToArray();
    }
}
