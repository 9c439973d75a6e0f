using System;
using System.IO;
using System.Threading;
using ContainerImages.Content;
using ContainerImages.Engine.Tests.Transports;
using ContainerImages.Testing;
using Xunit;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace ContainerImages.Engine.Tests.Content;

/// <summary>Layers written in another compression, and zstd as it is written here.</summary>
public class LayerRecoderTests
{
    private static readonly Compression[] _all = [Compression.None, Compression.Gzip, Compression.Zstd];

    public static TheoryData<Compression> Compressors => [Compression.Gzip, Compression.Zstd];

    [Theory]
    [InlineData(Compression.None, Compression.None)]
    [InlineData(Compression.None, Compression.Gzip)]
    [InlineData(Compression.None, Compression.Zstd)]
    [InlineData(Compression.Gzip, Compression.None)]
    [InlineData(Compression.Gzip, Compression.Gzip)]
    [InlineData(Compression.Gzip, Compression.Zstd)]
    [InlineData(Compression.Zstd, Compression.None)]
    [InlineData(Compression.Zstd, Compression.Gzip)]
    [InlineData(Compression.Zstd, Compression.Zstd)]
    public void A_layer_of_each_compression_is_written_in_each(Compression from, Compression to)
    {
        var layer = TestLayer.OfBytes(SampleBytes.Mixed(1_400_000), from);
        var reported = new Counter();

        var (result, written) = Recode(layer.Bytes, LayerEncoding.Of(to), progress: reported);

        Assert.Equal(layer.Plain, Plain(written));
        Assert.Equal(to, CompressionFormat.Detect(written));
        Assert.Equal((Digest.Compute(written), written.Length), (result.Digest, result.Size));
        Assert.Equal((layer.Digest, layer.Bytes.Length, from), (result.Source.Digest, result.Source.Size, result.Source.Compression));
        Assert.Equal((layer.DiffId, layer.Plain.Length), (result.Source.DiffId, result.Source.DiffSize));
        Assert.Equal(layer.Bytes.Length, reported.Total);
    }

    [Theory]
    [MemberData(nameof(Compressors))]
    public void What_comes_out_depends_on_the_plain_bytes_and_the_level_alone(Compression to)
    {
        var plain = SampleBytes.Mixed(9_500_000);
        foreach (var level in new[] { 1, 4, 9 })
        {
            var encoding = LayerEncoding.Of(to, level);
            var (_, expected) = Recode(plain, encoding, slots: 1);

            Assert.Equal(expected, Recode(plain, encoding, slots: 2).Written);
            Assert.Equal(expected, Recode(plain, encoding, slots: 5).Written);
            Assert.Equal(expected, Recode(TestLayer.Compress(plain, Compression.Gzip), encoding).Written);
            Assert.Equal(expected, Recode(TestLayer.Compress(plain, Compression.Zstd), encoding).Written);
        }
    }

    [Theory]
    [InlineData("sha512", "sha256")]
    [InlineData("sha256", "sha512")]
    [InlineData("sha512", "sha384")]
    public void Digests_are_of_the_algorithms_asked_for(string algorithm, string diffAlgorithm)
    {
        var layer = TestLayer.Of("content");
        foreach (var to in _all)
        {
            using var target = new MemoryStream();
            var result = new LayerRecoder(LayerEncoding.Of(to), new EncoderSlots(1))
                .Copy(new MemoryStream(layer.Bytes), target, "The layer", algorithm, diffAlgorithm);

            Assert.Equal(Digest.Compute(layer.Bytes, algorithm), result.Source.Digest);
            Assert.Equal(Digest.Compute(layer.Bytes, diffAlgorithm), result.Source.DiffId);
            Assert.Equal(Digest.Compute(target.ToArray(), algorithm), result.Digest);
        }
    }

    [Theory]
    [MemberData(nameof(Compressors))]
    public void A_damaged_layer_is_an_error(Compression to)
    {
        var bytes = TestLayer.Compress(SampleBytes.Mixed(3_000_000), Compression.Gzip);
        bytes[bytes.Length / 2] ^= 0x55;
        var slots = new EncoderSlots(2);

        var error = Assert.Throws<ContainerImageException>(
            () => new LayerRecoder(LayerEncoding.Of(to), slots).Copy(new MemoryStream(bytes), Stream.Null, "Layer 1"));

        Assert.Equal(ImageError.InvalidArchive, error.Error);
        Assert.StartsWith("Layer 1 ", error.Message, StringComparison.Ordinal);
        Assert.True(slots.TryTake() && slots.TryTake());
    }

    [Theory]
    [MemberData(nameof(Compressors))]
    public void A_target_that_fails_is_not_written_any_more(Compression to)
    {
        var target = new FailingStream(200_000);

        Assert.Throws<IOException>(() =>
            new LayerRecoder(LayerEncoding.Of(to), new EncoderSlots(2)).Copy(new MemoryStream(SampleBytes.Noise(9_000_000)), target, "Layer 1"));

        Assert.False(target.WasWrittenAfterFailure);
    }

    [Theory]
    [MemberData(nameof(Compressors))]
    public void It_can_be_stopped(Compression to)
    {
        using var stop = new CancellationTokenSource();
        var stopping = new Counter { AfterFirst = stop.Cancel };

        Assert.ThrowsAny<OperationCanceledException>(() => new LayerRecoder(LayerEncoding.Of(to), new EncoderSlots(2)).Copy(
            new MemoryStream(SampleBytes.Mixed(5_000_000)), Stream.Null, "Layer 1", progress: stopping, cancellation: stop.Token));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(19)]
    [InlineData(22)]
    public void Zstd_of_any_level_is_read_with_a_window_of_8_MiB(int level)
    {
        var plain = SampleBytes.Mixed(700_000);
        var (_, written) = Recode([.. plain, .. new byte[20_000_000]], LayerEncoding.Of(Compression.Zstd, level));

        using var decoder = new DecompressionStream(new MemoryStream(written));
        decoder.SetParameter(ZSTD_dParameter.ZSTD_d_windowLogMax, 23);
        var start = new byte[plain.Length];
        decoder.ReadExactly(start);
        Assert.Equal(plain, start);
    }

    [Theory]
    [InlineData(3, "5c93d78bdb19")]
    [InlineData(9, "d0e312779684")]
    public void The_bytes_of_zstd_are_these_everywhere(int level, string digest) =>
        Assert.Equal(digest, Recode(SampleBytes.Mixed(6_000_000), LayerEncoding.Of(Compression.Zstd, level)).Result.Digest.ShortId);

    [SkippableFact]
    public void The_zstd_tool_reads_it()
    {
        Peers.Require("zstd");
        var plain = SampleBytes.Mixed(5_000_000);

        var (_, written) = Recode(plain, LayerEncoding.Of(Compression.Zstd));

        Assert.Equal(plain, Tool.Run(Peers.Path("zstd"), ["-dc"], new ToolOptions { Input = written }).Bytes);
    }

    private static (RecodedLayer Result, byte[] Written) Recode(
        byte[] bytes, LayerEncoding encoding, int slots = 2, IProgress<long>? progress = null)
    {
        using var target = new MemoryStream();
        var result = new LayerRecoder(encoding, new EncoderSlots(slots)).Copy(new MemoryStream(bytes), target, "The layer", progress: progress);
        return (result, target.ToArray());
    }

    private static byte[] Plain(byte[] bytes)
    {
        using var decoded = new DecodedStream(new MemoryStream(bytes), CompressionFormat.Detect(bytes), "The result");
        using var plain = new MemoryStream();
        decoded.CopyTo(plain);
        return plain.ToArray();
    }

    private sealed class Counter : IProgress<long>
    {
        public long Total { get; private set; }

        public Action? AfterFirst { get; init; }

        public void Report(long value)
        {
            Total += value;
            AfterFirst?.Invoke();
        }
    }

    /// <summary>A disk that is full after some bytes.</summary>
    private sealed class FailingStream(int room) : MemoryStream
    {
        private bool _hasFailed;

        public bool WasWrittenAfterFailure { get; private set; }

        public override void Write(byte[] buffer, int offset, int count)
        {
            WasWrittenAfterFailure |= _hasFailed;
            if (Length + count > room)
            {
                _hasFailed = true;
                throw new IOException("No space left.");
            }

            base.Write(buffer, offset, count);
        }
    }
}
