using System;

namespace ContainerImages.Content;

/// <summary>
/// One block of a deflate stream: the matches found in some bytes, and how they are written in the form that is shortest
/// (RFC 1951, 3.2.3 to 3.2.7).
/// </summary>
internal sealed unsafe class DeflateBlock
{
    /// <summary>How many matches a block has at the most.</summary>
    public const int MostMatches = 8 * 1024;

    /// <summary>How many bytes a block stands for before another begins: what it is made of changes.</summary>
    public const int EnoughBytes = 32 * 1024;

    private const int StoredLimit = 65535;
    private const int LongestWord = 15;
    private const int LongestMetaWord = 7;
    private const int RepeatLast = 16;
    private const int FewZeros = 17;
    private const int ManyZeros = 18;
    private const int MetaSymbols = 19;

    private static readonly byte[] _metaOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

    private static readonly PrefixCode _fixedLiterals = Fixed(288, symbol => (byte)(symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8));
    private static readonly PrefixCode _fixedDistances = Fixed(DeflateSymbols.DistanceCount, _ => 5);

    private readonly ulong[] _matches = new ulong[MostMatches];
    private readonly uint[] _literalCounts = new uint[DeflateSymbols.LiteralCount];
    private readonly uint[] _distanceCounts = new uint[DeflateSymbols.DistanceCount];
    private readonly uint[] _metaCounts = new uint[MetaSymbols];
    private readonly PrefixCode _literals = new(DeflateSymbols.LiteralCount, LongestWord);
    private readonly PrefixCode _distances = new(DeflateSymbols.DistanceCount, LongestWord);
    private readonly PrefixCode _meta = new(MetaSymbols, LongestMetaWord);
    private readonly byte[] _codeLengths = new byte[DeflateSymbols.LiteralCount + DeflateSymbols.DistanceCount];
    private readonly ushort[] _metaStream = new ushort[DeflateSymbols.LiteralCount + DeflateSymbols.DistanceCount];
    private readonly uint[] _literalWords = new uint[DeflateSymbols.LiteralCount];
    private readonly uint[] _lengthWords = new uint[DeflateSymbols.LongestMatch + 1];
    private int _count;
    private int _metaLength;

    public bool IsFull => _count == MostMatches;

    /// <summary>Begins an empty block.</summary>
    public void Clear()
    {
        _count = 0;
        Array.Clear(_literalCounts, 0, _literalCounts.Length);
        Array.Clear(_distanceCounts, 0, _distanceCounts.Length);
    }

    /// <summary>Notes literals and the match behind them.</summary>
    public void Add(byte* literals, int literalCount, int length, int distance)
    {
        Count(literals, literalCount);
        _literalCounts[DeflateSymbols.FirstLength + DeflateSymbols.OfLength[length]]++;
        _distanceCounts[DeflateSymbols.OfDistance(distance)]++;
        _matches[_count++] = ((ulong)(uint)literalCount << 32) | ((uint)length << 16) | (uint)distance;
    }

    /// <summary>Writes the block.</summary>
    /// <param name="writer">Where it goes.</param>
    /// <param name="start">The bytes that it stands for.</param>
    /// <param name="length">How many they are.</param>
    /// <param name="lastLiterals">How many of them are behind the last match.</param>
    /// <param name="isLast">Whether the stream ends with it.</param>
    public void Write(ref BitWriter writer, byte* start, int length, int lastLiterals, bool isLast)
    {
        Count(start + length - lastLiterals, lastLiterals);
        _literalCounts[DeflateSymbols.EndOfBlock]++;
        _literals.Build(_literalCounts);
        _distances.Build(_distanceCounts);
        var (literalLengths, distanceLengths) = DescribeCodes();
        var metaCount = MetaSymbols;
        while (metaCount > 4 && _meta.Lengths[_metaOrder[metaCount - 1]] == 0)
        {
            metaCount--;
        }

        var extra = ExtraBits();
        var dynamicBits = 14 + (3 * metaCount) + MetaBits() + Bits(_literals, _literalCounts) + Bits(_distances, _distanceCounts) + extra;
        var fixedBits = Bits(_fixedLiterals, _literalCounts) + Bits(_fixedDistances, _distanceCounts) + extra;
        if (8L * (length + (5 * (1 + (length / StoredLimit)))) <= Math.Min(dynamicBits, fixedBits))
        {
            WriteStored(ref writer, start, length, isLast);
            return;
        }

        var isFixed = fixedBits <= dynamicBits;
        writer.Add((isLast ? 1u : 0) | (isFixed ? 2u : 4u), 3);
        if (!isFixed)
        {
            WriteCodes(ref writer, literalLengths, distanceLengths, metaCount);
        }

        WriteMatches(ref writer, start, lastLiterals, isFixed ? _fixedLiterals : _literals, isFixed ? _fixedDistances : _distances);
    }

    /// <summary>Writes bytes as they are; also none, which brings the stream to a whole byte.</summary>
    public static void WriteStored(ref BitWriter writer, byte* start, int length, bool isLast)
    {
        do
        {
            var count = Math.Min(length, StoredLimit);
            writer.Add(isLast && count == length ? 1u : 0, 3);
            writer.Flush();
            writer.Align();
            writer.Add((uint)count | ((uint)~count << 16), 32);
            writer.Flush();
            writer.Copy(start, count);
            start += count;
            length -= count;
        }
        while (length > 0);
    }

    private static PrefixCode Fixed(int symbols, Func<int, byte> length)
    {
        var code = new PrefixCode(symbols, LongestWord);
        code.Build(length);
        return code;
    }

    private void Count(byte* literals, int count)
    {
        fixed (uint* counts = _literalCounts)
        {
            for (var i = 0; i < count; i++)
            {
                counts[literals[i]]++;
            }
        }
    }

    private static long Bits(PrefixCode code, uint[] counts)
    {
        long bits = 0;
        for (var symbol = 0; symbol < counts.Length; symbol++)
        {
            bits += (long)counts[symbol] * code.Lengths[symbol];
        }

        return bits;
    }

    private long ExtraBits()
    {
        long bits = 0;
        for (var i = 0; i < DeflateSymbols.LengthBits.Length; i++)
        {
            bits += (long)_literalCounts[DeflateSymbols.FirstLength + i] * DeflateSymbols.LengthBits[i];
        }

        for (var i = 0; i < DeflateSymbols.DistanceCount; i++)
        {
            bits += (long)_distanceCounts[i] * DeflateSymbols.DistanceBits[i];
        }

        return bits;
    }

    // The lengths of both codes in one row, repetitions counted (RFC 1951, 3.2.7).
    private (int Literals, int Distances) DescribeCodes()
    {
        var literals = DeflateSymbols.LiteralCount;
        while (_literals.Lengths[literals - 1] == 0)
        {
            literals--;
        }

        var distances = DeflateSymbols.DistanceCount;
        while (_distances.Lengths[distances - 1] == 0)
        {
            distances--;
        }

        Array.Copy(_literals.Lengths, _codeLengths, literals);
        Array.Copy(_distances.Lengths, 0, _codeLengths, literals, distances);
        Array.Clear(_metaCounts, 0, MetaSymbols);
        _metaLength = 0;
        for (int at = 0, end = literals + distances; at < end;)
        {
            var length = _codeLengths[at];
            var run = 1;
            while (at + run < end && _codeLengths[at + run] == length)
            {
                run++;
            }

            at += run;
            AddRun(length, run);
        }

        _meta.Build(_metaCounts);
        return (literals, distances);
    }

    private void AddRun(byte length, int run)
    {
        if (length > 0)
        {
            AddMeta(length, 0);
            run--;
        }

        while (run >= 3)
        {
            var (symbol, most) = length > 0 ? (RepeatLast, 6) : run <= 10 ? (FewZeros, 10) : (ManyZeros, 138);
            var taken = Math.Min(run, most);
            AddMeta(symbol, taken - (symbol == ManyZeros ? 11 : 3));
            run -= taken;
        }

        for (; run > 0; run--)
        {
            AddMeta(length, 0);
        }
    }

    private void AddMeta(int symbol, int extra)
    {
        _metaCounts[symbol]++;
        _metaStream[_metaLength++] = (ushort)(symbol | (extra << 8));
    }

    private static int MetaExtraBits(int symbol) => symbol switch
    {
        RepeatLast => 2,
        FewZeros => 3,
        ManyZeros => 7,
        _ => 0,
    };

    private long MetaBits()
    {
        long bits = 0;
        for (var symbol = 0; symbol < MetaSymbols; symbol++)
        {
            bits += (long)_metaCounts[symbol] * (_meta.Lengths[symbol] + MetaExtraBits(symbol));
        }

        return bits;
    }

    private void WriteCodes(ref BitWriter writer, int literals, int distances, int metaCount)
    {
        writer.Add((uint)(literals - DeflateSymbols.FirstLength) | ((uint)(distances - 1) << 5) | ((uint)(metaCount - 4) << 10), 14);
        for (var i = 0; i < metaCount; i++)
        {
            writer.Flush();
            writer.Add(_meta.Lengths[_metaOrder[i]], 3);
        }

        for (var i = 0; i < _metaLength; i++)
        {
            var symbol = _metaStream[i] & 0xFF;
            writer.Flush();
            writer.Add(_meta.Words[symbol], _meta.Lengths[symbol]);
            writer.Add((uint)(_metaStream[i] >> 8), MetaExtraBits(symbol));
        }
    }

    private void WriteMatches(ref BitWriter target, byte* at, int lastLiterals, PrefixCode literals, PrefixCode distances)
    {
        CombineWords(literals);

        // A copy of its own lives in registers.
        var writer = target;
        writer.Flush();
        fixed (uint* literalWords = _literalWords)
        fixed (uint* lengthWords = _lengthWords)
        fixed (ulong* matches = _matches)
        fixed (ushort* distanceWords = distances.Words)
        fixed (byte* distanceLengths = distances.Lengths)
        {
            for (var i = 0; i < _count; i++)
            {
                var match = matches[i];
                var count = (int)(match >> 32);
                WriteLiterals(ref writer, at, count, literalWords);
                var length = (int)(match >> 16) & 0xFFFF;
                at += count + length;
                var word = lengthWords[length];
                writer.Add(word & 0xFFFFFF, (int)(word >> 24));
                var distance = (int)match & 0xFFFF;
                var symbol = DeflateSymbols.OfDistance(distance);
                writer.Add(distanceWords[symbol], distanceLengths[symbol]);
                writer.Add((uint)(distance - DeflateSymbols.DistanceBase[symbol]), DeflateSymbols.DistanceBits[symbol]);
                writer.Flush();
            }

            WriteLiterals(ref writer, at, lastLiterals, literalWords);
            writer.Add(literalWords[DeflateSymbols.EndOfBlock] & 0xFFFF, (int)(literalWords[DeflateSymbols.EndOfBlock] >> 24));
            writer.Flush();
        }

        target = writer;
    }

    private static void WriteLiterals(ref BitWriter target, byte* at, int count, uint* words)
    {
        var writer = target;
        for (; count >= 3; count -= 3, at += 3)
        {
            var (first, second, third) = (words[at[0]], words[at[1]], words[at[2]]);
            writer.Add(first & 0xFFFF, (int)(first >> 24));
            writer.Add(second & 0xFFFF, (int)(second >> 24));
            writer.Add(third & 0xFFFF, (int)(third >> 24));
            writer.Flush();
        }

        for (; count > 0; count--, at++)
        {
            writer.Add(words[*at] & 0xFFFF, (int)(words[*at] >> 24));
            writer.Flush();
        }

        target = writer;
    }

    // For a literal its word, for a length its word and its further bits; how many they are in the highest byte.
    private void CombineWords(PrefixCode literals)
    {
        for (var symbol = 0; symbol <= DeflateSymbols.EndOfBlock; symbol++)
        {
            _literalWords[symbol] = literals.Words[symbol] | ((uint)literals.Lengths[symbol] << 24);
        }

        for (var length = 3; length <= DeflateSymbols.LongestMatch; length++)
        {
            var symbol = DeflateSymbols.OfLength[length];
            var bits = literals.Lengths[DeflateSymbols.FirstLength + symbol];
            var word = literals.Words[DeflateSymbols.FirstLength + symbol] | ((uint)(length - DeflateSymbols.LengthBase[symbol]) << bits);
            _lengthWords[length] = word | ((uint)(bits + DeflateSymbols.LengthBits[symbol]) << 24);
        }
    }
}
