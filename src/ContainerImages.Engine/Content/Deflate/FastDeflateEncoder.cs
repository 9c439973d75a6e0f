using System;
using System.Runtime.CompilerServices;
using static ContainerImages.Content.MatchSearch;

namespace ContainerImages.Content;

/// <summary>
/// Looks at two earlier places: the last that begins with the same seven bytes, where a long match is likely, and the last
/// that begins with the same four.
/// </summary>
/// <param name="literalsToSkip">After how many literals, as a power of two, places are left out: such bytes cannot be compressed.</param>
/// <param name="every">Which places inside a match are put into the tables.</param>
/// <param name="isLazy">Whether a match waits for a longer one that begins a byte later.</param>
internal sealed unsafe class FastDeflateEncoder(int literalsToSkip, int every, bool isLazy) : DeflateEncoder
{
    private const int Enough = 64;

    private readonly int[] _long = new int[1 << HashBits];
    private readonly int[] _short = new int[1 << HashBits];

    protected override void Begin(byte* input, int before)
    {
        new Span<int>(_long).Fill(Nowhere);
        new Span<int>(_short).Fill(Nowhere);
        fixed (int* longs = _long)
        fixed (int* shorts = _short)
        {
            for (var at = 0; at < before; at += every)
            {
                Insert(input, at, longs, shorts);
            }
        }
    }

    protected override (int End, int Literals) FindMatches(byte* input, int start, int end)
    {
        var (literals, at) = (start, start);
        var searchEnd = end - ReadAhead;
        var blockEnd = Math.Min(end, start + DeflateBlock.EnoughBytes);
        fixed (int* longs = _long)
        fixed (int* shorts = _short)
        {
            while (at < blockEnd && !Block.IsFull)
            {
                if (at > searchEnd)
                {
                    return (end, literals);
                }

                var length = Find(input, at, end, 0, longs, shorts, out var earlier);
                if (length == 0)
                {
                    at += 1 + ((at - literals) >> literalsToSkip);
                    continue;
                }

                if (isLazy && length < Enough && at < searchEnd &&
                    Find(input, at + 1, end, length, longs, shorts, out var next) is var longer && longer > length)
                {
                    (length, earlier) = (longer, next);
                    at++;
                }

                while (at > literals && earlier > 0 && length < DeflateSymbols.LongestMatch && input[at - 1] == input[earlier - 1])
                {
                    at--;
                    earlier--;
                    length++;
                }

                Block.Add(input + literals, at - literals, length, at - earlier);
                literals = at + length;
                InsertMatch(input, at + 1, Math.Min(literals, searchEnd), longs, shorts);
                at = literals;
            }
        }

        return (Math.Min(at, end), literals);
    }

    /// <summary>The longest match that is longer than what is had, 0 if there is none; puts the place into the tables.</summary>
    private static int Find(byte* input, int at, int end, int had, int* longs, int* shorts, out int earlier)
    {
        var bytes = Read64(input + at);
        var longPlace = longs + HashOf7(bytes);
        var shortPlace = shorts + HashOf4((uint)bytes);
        var (longCandidate, shortCandidate) = (*longPlace, *shortPlace);
        *longPlace = *shortPlace = at;

        var (length, most) = (0, Math.Min(end - at, DeflateSymbols.LongestMatch));
        earlier = 0;
        if (at - longCandidate <= DeflateSymbols.WindowSize && Read32(input + longCandidate) == (uint)bytes)
        {
            length = Extend(input + longCandidate, input + at, most);
            earlier = longCandidate;
        }

        if (length < Enough && shortCandidate != longCandidate &&
            at - shortCandidate <= DeflateSymbols.WindowSize && Read32(input + shortCandidate) == (uint)bytes)
        {
            var other = Extend(input + shortCandidate, input + at, most);
            if (other > length)
            {
                (length, earlier) = (other, shortCandidate);
            }
        }

        return length > had ? length : 0;
    }

    // Some of the places inside a match, and the last two, from where matches often go on.
    private void InsertMatch(byte* input, int at, int end, int* longs, int* shorts)
    {
        for (; at < end - 2; at += every)
        {
            Insert(input, at, longs, shorts);
        }

        for (at = Math.Max(at - every + 1, end - 2); at < end; at++)
        {
            Insert(input, at, longs, shorts);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Insert(byte* input, int at, int* longs, int* shorts)
    {
        var bytes = Read64(input + at);
        longs[HashOf7(bytes)] = at;
        shorts[HashOf4((uint)bytes)] = at;
    }
}
