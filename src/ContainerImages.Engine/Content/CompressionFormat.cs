using System;

namespace ContainerImages.Content;

/// <summary>Tells how bytes are compressed by how they begin.</summary>
internal static class CompressionFormat
{
    /// <summary>How many first bytes <see cref="Detect"/> wants.</summary>
    public const int PeekLength = 6;

    /// <summary>The name of a compression, for messages.</summary>
    public static string NameOf(Compression compression) => compression.ToString().ToLowerInvariant();

    public static Compression Detect(ReadOnlySpan<byte> start)
    {
        if (start.StartsWith<byte>([0x1F, 0x8B, 0x08]))
        {
            return Compression.Gzip;
        }

        // A zstd stream may begin with a skippable frame (0x184D2A5?), as zstd:chunked and pzstd write them.
        if (start.StartsWith<byte>([0x28, 0xB5, 0x2F, 0xFD]) ||
            (start.Length >= 4 && (start[0] & 0xF0) == 0x50 && start[1] == 0x2A && start[2] == 0x4D && start[3] == 0x18))
        {
            return Compression.Zstd;
        }

        if (start.StartsWith<byte>([(byte)'B', (byte)'Z', (byte)'h']))
        {
            return Compression.Bzip2;
        }

        return start.StartsWith<byte>([0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0x00]) ? Compression.Xz : Compression.None;
    }
}
