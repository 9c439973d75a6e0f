using System;

namespace ContainerImages.Content;

/// <summary>
/// A prefix code of least total length for given frequencies, no code word being longer than a limit (RFC 1951, 3.2.2).
/// </summary>
internal sealed class PrefixCode(int symbols, int longest)
{
    private readonly ulong[] _sorted = new ulong[symbols];
    private readonly uint[] _weights = new uint[2 * symbols];
    private readonly ushort[] _parents = new ushort[2 * symbols];
    private readonly int[] _counts = new int[MostBits + 1];

    private const int MostBits = 15;

    /// <summary>How many bits each symbol has; 0 for one that does not occur.</summary>
    public byte[] Lengths { get; } = new byte[symbols];

    /// <summary>The code words, their bits in the order in which they are written.</summary>
    public ushort[] Words { get; } = new ushort[symbols];

    /// <summary>Makes the code for these frequencies.</summary>
    public void Build(uint[] frequencies)
    {
        Array.Clear(Lengths, 0, symbols);
        var used = 0;
        for (var symbol = 0; symbol < symbols; symbol++)
        {
            if (frequencies[symbol] > 0)
            {
                _sorted[used++] = ((ulong)frequencies[symbol] << 16) | (uint)symbol;
            }
        }

        // A code of one word is not complete, and some readers take offence.
        for (var symbol = 0; used < 2; symbol++)
        {
            if (frequencies[symbol] == 0)
            {
                _sorted[used++] = (1UL << 16) | (uint)symbol;
            }
        }

        Array.Sort(_sorted, 0, used);
        CountLengths(used);
        Shorten();
        AssignLengths();
        AssignWords();
    }

    /// <summary>Takes lengths that are given, as the fixed code's are.</summary>
    public void Build(Func<int, byte> length)
    {
        for (var symbol = 0; symbol < symbols; symbol++)
        {
            Lengths[symbol] = length(symbol);
        }

        AssignWords();
    }

    // Two queues, of symbols and of pairs, both in order of weight: the two lightest of all make the next pair.
    private void CountLengths(int used)
    {
        int leaf = 0, pair = used, next = used;
        for (var i = 0; i < used; i++)
        {
            _weights[i] = (uint)(_sorted[i] >> 16);
        }

        for (var last = (2 * used) - 1; next < last; next++)
        {
            var first = leaf < used && (pair == next || _weights[leaf] <= _weights[pair]) ? leaf++ : pair++;
            var second = leaf < used && (pair == next || _weights[leaf] <= _weights[pair]) ? leaf++ : pair++;
            _weights[next] = _weights[first] + _weights[second];
            _parents[first] = _parents[second] = (ushort)next;
        }

        // From the root down, the weight's place is used for the depth.
        Array.Clear(_counts, 0, _counts.Length);
        _weights[next - 1] = 0;
        for (var node = next - 2; node >= 0; node--)
        {
            _weights[node] = _weights[_parents[node]] + 1;
            if (node < used)
            {
                _counts[Math.Min(_weights[node], (uint)longest)]++;
            }
        }
    }

    // Words cut to the limit take more room than there is: each step gives a unit of it back, at the least cost.
    private void Shorten()
    {
        long taken = 0;
        for (var bits = 1; bits <= longest; bits++)
        {
            taken += (long)_counts[bits] << (longest - bits);
        }

        for (; taken > 1L << longest; taken--)
        {
            _counts[longest]--;
            var bits = longest - 1;
            while (_counts[bits] == 0)
            {
                bits--;
            }

            _counts[bits]--;
            _counts[bits + 1] += 2;
        }
    }

    private void AssignLengths()
    {
        var at = 0;
        for (var bits = longest; bits > 0; bits--)
        {
            for (var count = _counts[bits]; count > 0; count--)
            {
                Lengths[(int)(_sorted[at++] & 0xFFFF)] = (byte)bits;
            }
        }
    }

    private void AssignWords()
    {
        Array.Clear(_counts, 0, _counts.Length);
        foreach (var length in Lengths)
        {
            _counts[length]++;
        }

        Span<uint> next = stackalloc uint[MostBits + 1];
        uint word = 0;
        _counts[0] = 0;
        for (var bits = 1; bits <= MostBits; bits++)
        {
            word = (word + (uint)_counts[bits - 1]) << 1;
            next[bits] = word;
        }

        for (var symbol = 0; symbol < symbols; symbol++)
        {
            if (Lengths[symbol] is var length and > 0)
            {
                Words[symbol] = Reverse(next[length]++, length);
            }
        }
    }

    private static ushort Reverse(uint word, int bits)
    {
        uint reversed = 0;
        for (; bits > 0; bits--)
        {
            reversed = (reversed << 1) | (word & 1);
            word >>= 1;
        }

        return (ushort)reversed;
    }
}
