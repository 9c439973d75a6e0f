using System.Collections.Generic;
using System.IO;
using ContainerImages.Content;

namespace ContainerImages.Fuzz.Targets;

/// <summary>Streams of the four compressions, read in large and in small pieces: both must tell the same.</summary>
internal sealed class CompressionTarget : FuzzTarget
{
    private const int MostPlain = 4 * 1024 * 1024;

    public override string Name => "compression";

    public override string Purpose => "streams of gzip, zstd, bzip2 and xz";

    // The dictionary that an xz stream may ask for.
    public override long Allocations => (2 * Limits.XzDictionary) + base.Allocations;

    public override IReadOnlyList<byte[]> Tokens { get; } =
    [
        [0x1F, 0x8B, 0x08], [0x28, 0xB5, 0x2F, 0xFD], [0x50, 0x2A, 0x4D, 0x18, 4, 0, 0, 0], "BZh9"u8.ToArray(), [0x31, 0x41, 0x59, 0x26, 0x53, 0x59],
        [0x17, 0x72, 0x45, 0x38, 0x50, 0x90], [0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0x00], [0, 0, 0, 0], [0x21, 0x01, 0x28], [0x21, 0x01, 0x16],
        [0xFF, 0xFF, 0xFF, 0xFF], "YZ"u8.ToArray(),
    ];

    public override void Run(byte[] input)
    {
        var compression = CompressionFormat.Detect(input);
        if (compression == Compression.None)
        {
            return;
        }

        var large = Read(input, compression, 64 * 1024, out var isWhole);
        var small = Read(input, compression, 7, out var isSmallWhole);
        Documented.Require(!isWhole || !isSmallWhole || large == small, "The same stream has different contents.");
    }

    private static Digest Read(byte[] input, Compression compression, int pieces, out bool isWhole)
    {
        using var plain = new MemoryStream();
        isWhole = Documented.Try(
            () =>
            {
                using var decoded = new DecodedStream(new MemoryStream(input), compression, "The stream");
                var buffer = new byte[pieces];
                int read;
                while (plain.Length < MostPlain / (pieces < 100 ? 64 : 1) && (read = decoded.Read(buffer, 0, buffer.Length)) > 0)
                {
                    plain.Write(buffer, 0, read);
                }
            },
            ImageError.InvalidArchive, ImageError.ContentTooLarge, ImageError.UnsupportedContent);
        isWhole &= plain.Length < MostPlain / 64;
        return Digest.Compute(plain.ToArray());
    }
}
