using System;
using System.IO;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.Engine.Tests.Hostile;
using Xunit;

namespace ContainerImages.Engine.Tests.Content;

/// <summary>
/// Compressed streams that end too early: an error wherever they are cut, also within what stands behind the data, and
/// however many bytes the source gives at once. Streams put together by <c>cat</c> are read to the last.
/// </summary>
public class CutStreamTests
{
    private static readonly byte[] _one = SampleBytes.Mixed(1_500);
    private static readonly byte[] _two = SampleBytes.Noise(100);

    public static TheoryData<Compression, int> Sources
    {
        get
        {
            var data = new TheoryData<Compression, int>();
            foreach (var compression in new[] { Compression.Gzip, Compression.Zstd, Compression.Bzip2, Compression.Xz })
            {
                data.Add(compression, 1);
                data.Add(compression, int.MaxValue);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public void A_stream_cut_short_anywhere_is_an_error(Compression compression, int pieces)
    {
        var whole = OtherCompressions.Compress(_one, compression);
        Assert.Equal(_one, Read(whole, compression, pieces));
        for (var length = CompressionFormat.PeekLength; length < whole.Length; length++)
        {
            AssertCut(whole[..length], compression, pieces);
        }
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public void So_is_a_second_one(Compression compression, int pieces)
    {
        var first = OtherCompressions.Compress(_one, compression);
        var second = OtherCompressions.Compress(_two, compression);
        Assert.Equal([.. _one, .. _two], Read([.. first, .. second], compression, pieces));
        for (var length = 1; length < second.Length; length++)
        {
            AssertCut([.. first, .. second[..length]], compression, pieces);
        }
    }

    [Theory]
    [MemberData(nameof(Sources))]
    public void An_empty_one_between_two_is_nothing(Compression compression, int pieces)
    {
        // .NET writes no gzip for nothing.
        var empty = compression == Compression.Gzip
            ? [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0]
            : OtherCompressions.Compress([], compression);

        byte[] streams = [.. OtherCompressions.Compress(_one, compression), .. empty, .. OtherCompressions.Compress(_two, compression)];

        Assert.Equal([.. _one, .. _two], Read(streams, compression, pieces));
    }

    [Theory]
    [InlineData(Compression.Gzip, 1)]
    [InlineData(Compression.Gzip, int.MaxValue)]
    [InlineData(Compression.Bzip2, 1)]
    [InlineData(Compression.Bzip2, int.MaxValue)]
    public void What_follows_and_is_no_stream_is_nothing(Compression compression, int pieces)
    {
        var whole = OtherCompressions.Compress(_one, compression);

        Assert.All(
            new byte[][] { [0], [(byte)'\n'], new byte[1000], [.. "garbage"u8], [0, .. whole] },
            rest => Assert.Equal(_one, Read([.. whole, .. rest], compression, pieces)));
    }

    [Fact]
    public void Thousands_of_bzip2_streams_of_one_byte_are_a_bomb_since_each_costs_a_block()
    {
        byte[] streams = [.. Enumerable.Repeat(OtherCompressions.Compress([1], Compression.Bzip2), 5000).SelectMany(bytes => bytes)];

        Assert.Equal(ImageError.ContentTooLarge, Assert.Throws<ContainerImageException>(() => Read(streams, Compression.Bzip2, int.MaxValue)).Error);
    }

    private static void AssertCut(byte[] bytes, Compression compression, int pieces)
    {
        var error = Record.Exception(() => Read(bytes, compression, pieces));
        Assert.True(error is ContainerImageException { Error: ImageError.InvalidArchive }, $"{bytes.Length} bytes: {error}");
    }

    private static byte[] Read(byte[] bytes, Compression compression, int pieces)
    {
        using var decoded = new DecodedStream(new Pieces(bytes, pieces), compression, "The stream");
        using var plain = new MemoryStream();
        decoded.CopyTo(plain);
        return plain.ToArray();
    }

    /// <summary>A source that gives so many bytes at once, as a pipe does.</summary>
    private sealed class Pieces(byte[] bytes, int most) : MemoryStream(bytes)
    {
        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, most));

        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(buffer.Length, most)]);
    }
}
