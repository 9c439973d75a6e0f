using System;
using System.IO;
using System.Threading;
using ContainerImages.Content;
using ContainerImages.Engine.Tests.Transports;
using Xunit;

namespace ContainerImages.Engine.Tests.Content;

/// <summary>One pass over a blob: what is hashed and written on other threads is what was read, and what goes wrong there shows.</summary>
public sealed class BlobCopyTests
{
    [Theory]
    [InlineData(Compression.None, 9_000_001)]
    [InlineData(Compression.Gzip, 0)]
    [InlineData(Compression.Gzip, 1)]
    [InlineData(Compression.Gzip, 300_000)]
    [InlineData(Compression.Gzip, 1_048_576)]
    [InlineData(Compression.Gzip, 9_000_001)]
    [InlineData(Compression.Zstd, 9_000_001)]
    public void Both_digests_and_both_copies_are_those_of_the_bytes(Compression compression, int length)
    {
        var blob = TestLayer.OfBytes(SampleBytes.Mixed(length, 1), compression);
        using var target = new MemoryStream();
        using var plain = new MemoryStream();

        var copied = BlobCopy.Copy(new Pieces(blob.Bytes), target, "the blob", inflate: true, diffAlgorithm: "sha512", plain: plain);

        Assert.Equal((blob.Digest, (long)blob.Bytes.Length), (copied.Digest, copied.Size));
        Assert.Equal((Digest.Compute(blob.Plain, "sha512"), (long)length), (copied.DiffId, copied.DiffSize));
        Assert.Equal(blob.Bytes, target.ToArray());
        Assert.Equal(blob.Plain, plain.ToArray());
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(true, 3_000_000)]
    [InlineData(false, 0)]
    [InlineData(false, 3_000_000)]
    [InlineData(false, 8_999_000)]
    public void A_target_that_takes_no_more_ends_the_copy_with_its_error(bool isPlain, int room)
    {
        var blob = TestLayer.OfBytes(SampleBytes.Noise(9_000_000), Compression.Gzip);
        var full = new Full(room);

        var error = Assert.Throws<IOException>(() => BlobCopy.Copy(
            new Pieces(blob.Bytes), isPlain ? null : full, "the blob", inflate: true, plain: isPlain ? full : null));

        Assert.Equal("No more room.", error.Message);
        Assert.False(full.WasAskedAgain);
    }

    [Fact]
    public void A_copy_that_is_stopped_ends()
    {
        var blob = TestLayer.OfBytes(SampleBytes.Noise(9_000_000), Compression.Gzip);
        using var stop = new CancellationTokenSource();
        using var plain = new MemoryStream();

        Assert.ThrowsAny<OperationCanceledException>(() => BlobCopy.Copy(
            new Pieces(blob.Bytes, at: 4_000_000, stop.Cancel), null, "the blob", inflate: true, plain: plain, cancellation: stop.Token));

        Assert.InRange(plain.Length, 1, 5_000_000);
    }

    /// <summary>Gives what it has in pieces of many lengths, as a network does.</summary>
    private sealed class Pieces(byte[] bytes, int at = int.MaxValue, Action? then = null) : ReadOnlyStream
    {
        private readonly MemoryStream _bytes = new(bytes);
        private int _number;

        public override int Read(byte[] buffer, int offset, int count)
        {
            if (_bytes.Position >= at)
            {
                then!();
            }

            return _bytes.Read(buffer, offset, Math.Min(count, 1 + (_number++ * 77_777 % 400_000)));
        }
    }

    /// <summary>Takes so many bytes.</summary>
    private sealed class Full(int room) : WriteOnlyStream
    {
        private int _room = room;
        private bool _isFull;

        public bool WasAskedAgain { get; private set; }

        public override void Write(byte[] buffer, int offset, int count)
        {
            WasAskedAgain |= _isFull;
            _room -= count;
            _isFull = _room < 0;
            if (_isFull)
            {
                throw new IOException("No more room.");
            }
        }
    }
}
