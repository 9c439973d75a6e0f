using System;
using System.Collections.Generic;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Threading;
using ContainerImages.Content;
using ContainerImages.Testing;
using Xunit;

namespace ContainerImages.Engine.Tests.Content;

/// <summary>Gzip as it is written here: right, always the same, and small.</summary>
public class GzipEncoderTests
{
    /// <summary>The length in which bytes are cut to be compressed on several threads.</summary>
    private const int Stretch = 512 * 1024;

    public static TheoryData<int> Levels => [.. Enumerable.Range(1, 9)];

    public static TheoryData<int> Lengths =>
    [
        0, 1, 2, 3, 4, 5, 8, 9, 10, 17, 255, 258, 259, 32768, 32769, 65535, 65536,
        Stretch - 1, Stretch, Stretch + 1, Stretch + 9, (2 * Stretch) - 1, 2 * Stretch, (3 * Stretch) + 12345,
    ];

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Any_length_comes_out_as_it_went_in(int length)
    {
        var bytes = SampleBytes.Mixed(length);
        foreach (var level in new[] { 1, 5, 6, 9 })
        {
            Assert.Equal(bytes, Decode(Encode(bytes, level)));
        }
    }

    [Theory]
    [MemberData(nameof(Levels))]
    public void Any_kind_of_bytes_comes_out_as_it_went_in(int level)
    {
        int[] periods = [32767, 32768, 32769];
        byte[][] kinds =
        [
            new byte[1_500_000],
            [.. Enumerable.Repeat((byte)'x', 700_000)],
            SampleBytes.Noise(1_300_000),
            [.. Enumerable.Range(0, 900_000).Select(i => (byte)i)],
            [.. Enumerable.Range(0, 900_000).Select(i => (byte)(i * i >> 9))],
            .. Enumerable.Range(2, 12).Select(seed => SampleBytes.Mixed(Stretch + (seed * 5003), (uint)seed)),

            // What occurs once in a window's length is the farthest that a match may be.
            .. periods.Select(period => Repeat(SampleBytes.Noise(period), 700_000)),
        ];

        Assert.All(kinds, bytes => Assert.Equal(bytes, Decode(Encode(bytes, level))));
    }

    [Theory]
    [MemberData(nameof(Levels))]
    public void The_pieces_and_the_threads_do_not_show(int level)
    {
        var bytes = SampleBytes.Mixed((4 * Stretch) + 777);
        var expected = Encode(bytes, level);

        Assert.Equal(expected, Encode(bytes, level, piece: 1_000_003));
        Assert.Equal(expected, Encode(bytes, level, piece: 4095, slots: 1));
        Assert.Equal(expected, Encode(bytes, level, piece: Stretch, slots: 16));
        Assert.Equal(expected, Encode(bytes, level, piece: 37, slots: 3));
    }

    /// <summary>Who changes these changes the digest of every layer that is compressed from then on.</summary>
    [Theory]
    [InlineData(1, "4d9a5f918956")]
    [InlineData(5, "a76c7594ba50")]
    [InlineData(6, "c28aa6e6eb3c")]
    [InlineData(9, "00f9f8595163")]
    public void The_bytes_are_these_everywhere(int level, string digest) =>
        Assert.Equal(digest, Digest.Compute(Encode(SampleBytes.Mixed(3_000_000), level)).ShortId);

    [Fact]
    public void It_is_one_member_without_a_time_or_a_name()
    {
        var bytes = SampleBytes.Mixed((3 * Stretch) + 1);
        var gzip = Encode(bytes, 5);

        Assert.Equal([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255], gzip[..10]);
        Assert.Equal(ChecksumByOthers(bytes), BitConverter.ToUInt32(gzip, gzip.Length - 8));
        Assert.Equal((uint)bytes.Length, BitConverter.ToUInt32(gzip, gzip.Length - 4));

        // A reader of one deflate stream finds all of it, and nothing behind.
        using var body = new MemoryStream(gzip, 10, gzip.Length - 18);
        using var deflate = new DeflateStream(body, CompressionMode.Decompress);
        Assert.Equal(bytes, ReadAll(deflate));
        Assert.Equal(body.Length, body.Position);
    }

    [Fact]
    public void It_is_about_as_small_as_zlib_makes_it_and_smaller_at_each_level()
    {
        var bytes = SampleBytes.Mixed(8_000_000);
        var sizes = Enumerable.Range(1, 9).Select(level => Encode(bytes, level).Length).ToList();

        Assert.True(sizes[5] < 1.05 * Zlib(bytes, CompressionLevel.Optimal), $"It has {sizes[5]} bytes.");
        Assert.True(sizes[0] < Zlib(bytes, CompressionLevel.Fastest), $"It has {sizes[0]} bytes.");
        Assert.Equal(sizes.OrderDescending(), sizes);
    }

    [Theory]
    [MemberData(nameof(Levels))]
    public void What_cannot_be_compressed_hardly_grows(int level)
    {
        var bytes = SampleBytes.Noise(2_000_000);

        Assert.InRange(Encode(bytes, level).Length, bytes.Length, bytes.Length + (bytes.Length / 1000));
    }

    [Fact]
    public void Slots_are_shared_and_all_come_back_also_when_it_ends_early()
    {
        var slots = new EncoderSlots(2);
        using (var first = new GzipEncoder(Stream.Null, 5, slots, default))
        using (var second = new GzipEncoder(Stream.Null, 5, slots, default))
        {
            for (var i = 0; i < 5; i++)
            {
                first.Write(new byte[Stretch], 0, Stretch);
                second.Write(new byte[Stretch], 0, Stretch);
            }
        }

        Assert.True(slots.TryTake());
        Assert.True(slots.TryTake());
        Assert.False(slots.TryTake());
    }

    [Fact]
    public void It_stops_between_two_stretches()
    {
        using var stop = new CancellationTokenSource();
        using var encoder = new GzipEncoder(Stream.Null, 5, new EncoderSlots(2), stop.Token);
        encoder.Write(new byte[Stretch], 0, Stretch);
        stop.Cancel();

        Assert.Throws<OperationCanceledException>(() => encoder.Write(new byte[Stretch], 0, Stretch));
        Assert.Throws<OperationCanceledException>(encoder.Complete);
    }

    [SkippableFact]
    public void Other_tools_read_it()
    {
        Peers.Require("gzip", "pigz");
        var bytes = SampleBytes.Mixed((2 * Stretch) + 99);
        foreach (var level in Enumerable.Range(1, 9))
        {
            var options = new ToolOptions { Input = Encode(bytes, level) };

            Assert.Equal(bytes, Tool.Run(Peers.Path("gzip"), ["-dc"], options).Bytes);
            Assert.Equal(bytes, Tool.Run(Peers.Path("pigz"), ["-dc"], options).Bytes);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(100_001)]
    public void Checksums_of_two_stretches_are_put_together(int second)
    {
        var bytes = SampleBytes.Mixed(70_000 + second);
        var expected = ChecksumByOthers(bytes);

        Assert.Equal(expected, Crc32.Compute(bytes));
        Assert.Equal(expected, Crc32.Combine(Crc32.Compute(bytes[..70_000]), Crc32.Compute(bytes[70_000..]), second));
    }

    private static byte[] Encode(byte[] bytes, int level, int? piece = null, int slots = 2)
    {
        using var target = new MemoryStream();
        using var encoder = new GzipEncoder(target, level, new EncoderSlots(slots), default);
        foreach (var part in Pieces(bytes, piece ?? bytes.Length))
        {
            encoder.Write(bytes, part.Start, part.Length);
        }

        encoder.Complete();
        return target.ToArray();
    }

    private static IEnumerable<(int Start, int Length)> Pieces(byte[] bytes, int piece)
    {
        for (var at = 0; at < bytes.Length; at += piece)
        {
            yield return (at, Math.Min(piece, bytes.Length - at));
        }
    }

    private static byte[] Decode(byte[] gzip)
    {
        using var decoder = new GZipStream(new MemoryStream(gzip), CompressionMode.Decompress);
        return ReadAll(decoder);
    }

    private static byte[] ReadAll(Stream stream)
    {
        using var all = new MemoryStream();
        stream.CopyTo(all);
        return all.ToArray();
    }

    private static byte[] Repeat(byte[] bytes, int length) => [.. Enumerable.Range(0, length).Select(i => bytes[i % bytes.Length])];

    private static int Zlib(byte[] bytes, CompressionLevel level)
    {
        using var target = new MemoryStream();
        using (var gzip = new GZipStream(target, level, leaveOpen: true))
        {
            gzip.Write(bytes);
        }

        return (int)target.Length;
    }

    private static uint ChecksumByOthers(byte[] bytes)
    {
        var crc = new ICSharpCode.SharpZipLib.Checksum.Crc32();
        crc.Update(bytes);
        return (uint)crc.Value;
    }
}
