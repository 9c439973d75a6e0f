using System;
using System.IO;
using ContainerImages.Content;
using ContainerImages.Engine.Tests.Content;
using ContainerImages.Engine.Tests.Transports;
using ICSharpCode.SharpZipLib.BZip2;

namespace ContainerImages.Engine.Tests.Hostile;

/// <summary>Streams of every compression, of those that nothing here writes too.</summary>
internal static class OtherCompressions
{
    private const int ChunkSize = 64 * 1024;
    private const int Crc32Check = 1;

    public static byte[] Compress(byte[] plain, Compression compression)
    {
        switch (compression)
        {
            case Compression.Bzip2:
                using (var target = new MemoryStream())
                {
                    BZip2.Compress(new MemoryStream(plain), target, isStreamOwner: false, level: 1);
                    return target.ToArray();
                }

            case Compression.Xz:
                return Xz(plain);
            default:
                return TestLayer.Compress(plain, compression);
        }
    }

    /// <summary>An xz file of one block, whose chunks are not compressed.</summary>
    /// <param name="plain">What is in it.</param>
    /// <param name="dictionary">The size of the dictionary that the block names, in LZMA2's form.</param>
    public static byte[] Xz(byte[] plain, byte dictionary = 0)
    {
        byte[] flags = [0, Crc32Check];
        byte[] head = [0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0, .. flags, .. Crc(flags)];
        byte[] blockHeader = [2, 0, 0x21, 1, dictionary, 0, 0, 0];
        using var chunks = new MemoryStream();
        for (var at = 0; at < plain.Length; at += ChunkSize)
        {
            var length = Math.Min(ChunkSize, plain.Length - at);
            chunks.Write([(byte)(at == 0 ? 1 : 2), (byte)((length - 1) >> 8), (byte)(length - 1)]);
            chunks.Write(plain, at, length);
        }

        chunks.WriteByte(0);
        var stored = blockHeader.Length + 4 + chunks.Length + 4;
        byte[] block = [.. blockHeader, .. Crc(blockHeader), .. chunks.ToArray(), .. new byte[-chunks.Length & 3], .. Crc(plain)];
        byte[] index = [0, 1, .. Number(stored), .. Number(plain.Length)];
        index = [.. index, .. new byte[-index.Length & 3]];
        byte[] size = [.. BitConverter.GetBytes((index.Length / 4) + 1 - 1), .. flags];
        return TarBytes.Join(head, block, index, Crc(index), Crc(size), size, "YZ"u8.ToArray());
    }

    private static byte[] Crc(byte[] bytes) => BitConverter.GetBytes(XzCheck.Crc32(bytes, 0, bytes.Length));

    private static byte[] Number(long number)
    {
        using var bytes = new MemoryStream();
        for (; number >= 0x80; number >>= 7)
        {
            bytes.WriteByte((byte)(number | 0x80));
        }

        bytes.WriteByte((byte)number);
        return bytes.ToArray();
    }
}
