using System;

namespace ContainerImages.Content;

/// <summary>
/// Compresses stretches of bytes into whole blocks of a deflate stream (RFC 1951). What comes out depends on nothing but the
/// bytes, those before them, and the level: not on the runtime, the processor or the system.
/// </summary>
internal abstract unsafe class DeflateEncoder
{
    /// <summary>Bytes that are read at once: so near to the end nothing is looked for.</summary>
    protected const int ReadAhead = 9;

    /// <summary>What an empty place of a table says: too far back for any match.</summary>
    protected const int Nowhere = -DeflateSymbols.WindowSize - 1;

    /// <summary>The block under way.</summary>
    protected DeflateBlock Block { get; } = new();

    /// <summary>An encoder of a level from 1, the fastest, to 9.</summary>
    public static DeflateEncoder Create(int level) => level switch
    {
        1 => new FastDeflateEncoder(literalsToSkip: 5, every: 4, isLazy: false),
        2 => new FastDeflateEncoder(literalsToSkip: 5, every: 2, isLazy: false),
        3 => new FastDeflateEncoder(literalsToSkip: 5, every: 8, isLazy: true),
        4 => new FastDeflateEncoder(literalsToSkip: 6, every: 4, isLazy: true),
        5 => new FastDeflateEncoder(literalsToSkip: 7, every: 2, isLazy: true),
        6 => new ThoroughDeflateEncoder(depth: 8, enough: 64, literalsToSkip: 7),
        7 => new ThoroughDeflateEncoder(depth: 24, enough: 128, literalsToSkip: 8),
        8 => new ThoroughDeflateEncoder(depth: 96, enough: DeflateSymbols.LongestMatch, literalsToSkip: 9),
        9 => new ThoroughDeflateEncoder(depth: 256, enough: DeflateSymbols.LongestMatch, literalsToSkip: 12),
        _ => throw new ArgumentOutOfRangeException(nameof(level)),
    };

    /// <summary>How many bytes come out of this many at the most.</summary>
    public static int MostBytes(int length) => length + (length / 1024) + 1024;

    /// <summary>Compresses.</summary>
    /// <param name="input">The bytes, with those before them in front: matches may lie there.</param>
    /// <param name="before">How many are those before; no more than a window.</param>
    /// <param name="end">Where the bytes end.</param>
    /// <param name="isLast">Whether the stream ends here; else it goes on at a whole byte.</param>
    /// <param name="output">Where they go; at least <see cref="MostBytes"/> long.</param>
    /// <returns>How many came out.</returns>
    public int Encode(byte[] input, int before, int end, bool isLast, byte[] output)
    {
        fixed (byte* start = input)
        fixed (byte* target = output)
        {
            var writer = new BitWriter(target);
            Begin(start, Math.Min(before, end - ReadAhead));
            var at = before;
            do
            {
                Block.Clear();
                var (next, literals) = FindMatches(start, at, end);
                Block.Write(ref writer, start + at, next - at, next - literals, isLast && next == end);
                at = next;
            }
            while (at < end);

            if (!isLast)
            {
                DeflateBlock.WriteStored(ref writer, target, 0, isLast: false);
            }

            writer.Align();
            return writer.Length;
        }
    }

    /// <summary>Clears the tables and puts the bytes that are before into them.</summary>
    protected abstract void Begin(byte* input, int before);

    /// <summary>Finds the matches of one block.</summary>
    /// <param name="input">The bytes and those before.</param>
    /// <param name="start">Where the block begins.</param>
    /// <param name="end">Where the bytes end.</param>
    /// <returns>Where the block ends, and where its last literals begin.</returns>
    protected abstract (int End, int Literals) FindMatches(byte* input, int start, int end);
}
