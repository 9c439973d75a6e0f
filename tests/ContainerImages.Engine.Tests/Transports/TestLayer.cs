using System;
using System.IO;
using System.IO.Compression;
using System.Text;
using ContainerImages.Content;
using ZstdSharp;

namespace ContainerImages.Engine.Tests.Transports;

/// <summary>A layer made by hand: its plain bytes, and those as they are stored.</summary>
internal sealed class TestLayer
{
    private TestLayer(byte[] plain, Compression compression)
    {
        Plain = plain;
        Bytes = Compress(plain, compression);
        MediaType = MediaTypes.OciLayerOf(compression);
        DiffId = Digest.Compute(plain);
        Digest = Digest.Compute(Bytes);
    }

    public byte[] Plain { get; }

    public byte[] Bytes { get; }

    public string MediaType { get; }

    public Digest DiffId { get; }

    public Digest Digest { get; }

    /// <summary>A tar with one file; the same content gives the same layer.</summary>
    public static TestLayer Of(string content, Compression compression = Compression.None)
    {
        using var tar = new MemoryStream();
        var writer = new TarWriter(tar, leaveOpen: true);
        writer.WriteFile("etc/content", Encoding.UTF8.GetBytes(content));
        writer.Finish();
        return new TestLayer(tar.ToArray(), compression);
    }

    /// <summary>Whatever the bytes are.</summary>
    public static TestLayer OfBytes(byte[] plain, Compression compression = Compression.None) => new(plain, compression);

    public static byte[] Compress(byte[] plain, Compression compression)
    {
        if (compression == Compression.None)
        {
            return plain;
        }

        using var target = new MemoryStream();
        using (Stream encoder = compression switch
        {
            Compression.Gzip => new GZipStream(target, CompressionLevel.Optimal, leaveOpen: true),
            Compression.Zstd => new CompressionStream(target, leaveOpen: true),
            _ => throw new ArgumentOutOfRangeException(nameof(compression)),
        })
        {
            encoder.Write(plain, 0, plain.Length);
        }

        return target.ToArray();
    }
}
