using System;
using System.Runtime.CompilerServices;
using static ContainerImages.Content.MatchSearch;

namespace ContainerImages.Content;

/// <summary>
/// Looks at the last place that begins with the same seven bytes, and then at several that begin with the same four, the
/// nearest first.
/// </summary>
/// <param name="depth">How many places are looked at.</param>
/// <param name="enough">A match of this length is taken at once; a shorter one waits for a longer that begins a byte later.</param>
/// <param name="literalsToSkip">After how many literals, as a power of two, places are left out: such bytes cannot be compressed.</param>
internal sealed unsafe class ThoroughDeflateEncoder(int depth, int enough, int literalsToSkip) : DeflateEncoder
{
    private const int ShortestMatch = 4;
    private const int WindowMask = DeflateSymbols.WindowSize - 1;

    private readonly int[] _long = new int[1 << HashBits];
    private readonly int[] _last = new int[1 << HashBits];

    // For each place of the window, how far back the one before of the same hash is.
    private readonly ushort[] _steps = new ushort[DeflateSymbols.WindowSize];

    protected override void Begin(byte* input, int before)
    {
        new Span<int>(_long).Fill(Nowhere);
        new Span<int>(_last).Fill(Nowhere);
        fixed (int* longs = _long)
        fixed (int* last = _last)
        fixed (ushort* steps = _steps)
        {
            for (var at = 0; at < before; at++)
            {
                Insert(input, at, longs, last, steps);
            }
        }
    }

    protected override (int End, int Literals) FindMatches(byte* input, int start, int end)
    {
        var (literals, at) = (start, start);
        var searchEnd = end - ReadAhead;
        var blockEnd = Math.Min(end, start + DeflateBlock.EnoughBytes);
        fixed (int* longs = _long)
        fixed (int* last = _last)
        fixed (ushort* steps = _steps)
        {
            while (at < blockEnd && !Block.IsFull)
            {
                if (at > searchEnd)
                {
                    return (end, literals);
                }

                var length = Find(input, at, end, ShortestMatch - 1, depth, longs, last, steps, out var distance);
                if (length < ShortestMatch)
                {
                    at += 1 + ((at - literals) >> literalsToSkip);
                    continue;
                }

                var inserted = at + 1;
                while (length < enough && at < searchEnd)
                {
                    inserted = at + 2;
                    var longer = Find(input, at + 1, end, length, depth / 2, longs, last, steps, out var next);
                    if (longer <= length)
                    {
                        break;
                    }

                    (length, distance) = (longer, next);
                    at++;
                }

                Block.Add(input + literals, at - literals, length, distance);
                at = literals = at + length;
                for (var matchEnd = Math.Min(at, searchEnd); inserted < matchEnd; inserted++)
                {
                    Insert(input, inserted, longs, last, steps);
                }
            }
        }

        return (Math.Min(at, end), literals);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Insert(byte* input, int at, int* longs, int* last, ushort* steps)
    {
        var bytes = Read64(input + at);
        longs[HashOf7(bytes)] = at;
        InsertShort(at, (uint)bytes, last, steps);
    }

    /// <summary>How far back the last place of the same four bytes is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int InsertShort(int at, uint bytes, int* last, ushort* steps)
    {
        var place = last + HashOf4(bytes);
        var step = Math.Min(at - *place, ushort.MaxValue);
        steps[at & WindowMask] = (ushort)step;
        *place = at;
        return step;
    }

    /// <summary>The longest match that is longer than what is had; puts the place into the tables.</summary>
    private int Find(byte* input, int at, int end, int had, int places, int* longs, int* last, ushort* steps, out int distance)
    {
        var longBytes = Read64(input + at);
        var bytes = (uint)longBytes;
        var longPlace = longs + HashOf7(longBytes);
        var longBack = at - *longPlace;
        *longPlace = at;
        var back = InsertShort(at, bytes, last, steps);
        var (length, most) = (had, Math.Min(end - at, DeflateSymbols.LongestMatch));
        distance = 0;
        if (most <= had)
        {
            return had;
        }

        if (longBack <= DeflateSymbols.WindowSize && Read32(input + at - longBack) == bytes)
        {
            var found = Extend(input + at - longBack, input + at, most);
            if (found > length)
            {
                (length, distance) = (found, longBack);
                if (found >= enough || found == most)
                {
                    return found;
                }
            }
        }

        // What is longer must have the byte behind what is had, too.
        var tail = Read32(input + at + length - 3);
        for (; back <= DeflateSymbols.WindowSize && places > 0; places--)
        {
            var candidate = input + at - back;
            if (Read32(candidate + length - 3) == tail && Read32(candidate) == bytes)
            {
                var found = Extend(candidate, input + at, most);
                if (found > length)
                {
                    (length, distance) = (found, back);
                    if (found >= enough || found == most)
                    {
                        break;
                    }

                    tail = Read32(input + at + length - 3);
                }
            }

            back += steps[(at - back) & WindowMask];
        }

        return length;
    }
}
