namespace ContainerImages.Content;

/// <summary>The symbols by which deflate says lengths and distances (RFC 1951, 3.2.5).</summary>
internal static class DeflateSymbols
{
    public const int LongestMatch = 258;
    public const int WindowSize = 32 * 1024;

    public const int EndOfBlock = 256;
    public const int FirstLength = 257;

    /// <summary>Literals, the end of the block, and lengths.</summary>
    public const int LiteralCount = 286;

    public const int DistanceCount = 30;

    /// <summary>The symbol of each length, counted from <see cref="FirstLength"/>.</summary>
    public static readonly byte[] OfLength = new byte[LongestMatch + 1];

    /// <summary>The least length of each of these symbols, and the number of bits that say how much more it is.</summary>
    public static readonly ushort[] LengthBase = new ushort[LiteralCount - FirstLength];
    public static readonly byte[] LengthBits = new byte[LiteralCount - FirstLength];

    public static readonly ushort[] DistanceBase = new ushort[DistanceCount];
    public static readonly byte[] DistanceBits = new byte[DistanceCount];

    /// <summary>The symbol of each distance up to 256, and behind them of each 128th of the longer ones.</summary>
    private static readonly byte[] _ofDistance = new byte[512];

    static DeflateSymbols()
    {
        // The longest length has a symbol of its own, though the one before it could say it.
        var symbol = 0;
        for (var length = 3; length < LongestMatch; symbol++)
        {
            LengthBase[symbol] = (ushort)length;
            LengthBits[symbol] = (byte)(symbol < 8 ? 0 : (symbol - 4) / 4);
            for (var i = 1 << LengthBits[symbol]; i > 0 && length < LongestMatch; i--)
            {
                OfLength[length++] = (byte)symbol;
            }
        }

        LengthBase[symbol] = LongestMatch;
        OfLength[LongestMatch] = (byte)symbol;

        var distance = 1;
        for (symbol = 0; symbol < DistanceCount; symbol++)
        {
            DistanceBase[symbol] = (ushort)distance;
            DistanceBits[symbol] = (byte)(symbol < 4 ? 0 : (symbol - 2) / 2);
            for (var i = 1 << DistanceBits[symbol]; i > 0; i--)
            {
                _ofDistance[IndexOfDistance(distance++)] = (byte)symbol;
            }
        }
    }

    public static int OfDistance(int distance) => _ofDistance[IndexOfDistance(distance)];

    private static int IndexOfDistance(int distance) => distance <= 256 ? distance - 1 : 256 + ((distance - 1) >> 7);
}
