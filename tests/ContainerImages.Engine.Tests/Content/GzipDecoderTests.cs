using System;
using System.IO;
using System.IO.Compression;
using ContainerImages.Content;
using Xunit;

namespace ContainerImages.Engine.Tests.Content;

/// <summary>Both decoders of gzip: that of .NET, and the one that stands in for it on .NET Framework.</summary>
public class GzipDecoderTests
{
    private static readonly byte[] _one = SampleBytes.Mixed(200_000);
    private static readonly byte[] _two = SampleBytes.Noise(70_000);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void All_members_are_read(bool isDotNetFramework)
    {
        // Lazily pulled layers, and what is put together by cat, have several.
        byte[] members = [.. Gzip(_one), .. Gzip([]), .. Gzip(_two)];

        Assert.Equal([.. _one, .. _two], Read(members, isDotNetFramework));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_follows_the_last_member_is_nothing(bool isDotNetFramework)
    {
        Assert.Equal(_one, Read([.. Gzip(_one), .. new byte[1000]], isDotNetFramework));
        Assert.Equal(_one, Read([.. Gzip(_one), .. "garbage"u8], isDotNetFramework));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_stream_that_is_cut_off_is_an_error(bool isDotNetFramework)
    {
        var whole = Gzip(_two);

        foreach (var length in new[] { 5, 12, 1000, whole.Length / 2, whole.Length - 8, whole.Length - 1 })
        {
            Assert.ThrowsAny<Exception>(() => Read(whole[..length], isDotNetFramework));
            Assert.ThrowsAny<Exception>(() => Read([.. Gzip(_one), .. whole[..Math.Max(length, 12)]], isDotNetFramework));
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_wrong_checksum_is_an_error(bool isDotNetFramework)
    {
        var damaged = Gzip(_one);
        damaged[^8] ^= 1;

        Assert.ThrowsAny<Exception>(() => Read(damaged, isDotNetFramework));
    }

    private static byte[] Read(byte[] gzip, bool isDotNetFramework)
    {
        using var source = new MemoryStream(gzip);
        using var decoder = DecodedStream.OpenGzip(source, isDotNetFramework);
        using var plain = new MemoryStream();
        decoder.CopyTo(plain);
        Assert.True(source.CanRead);
        return plain.ToArray();
    }

    private static byte[] Gzip(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(bytes);
        }

        // .NET writes nothing at all for nothing.
        return bytes.Length > 0 ? packed.ToArray() : [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    }
}
