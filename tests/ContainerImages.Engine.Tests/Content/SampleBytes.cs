using System;

namespace ContainerImages.Engine.Tests.Content;

/// <summary>Bytes of several kinds, the same on every machine and runtime.</summary>
internal static class SampleBytes
{
    /// <summary>What layers are made of, in turn: words, records with counters, noise, and zeros.</summary>
    public static byte[] Mixed(int length, uint seed = 1)
    {
        var bytes = new byte[length];
        var random = new Xorshift(seed);
        for (var at = 0; at < length;)
        {
            var part = bytes.AsSpan(at, Math.Min(length - at, 1000 + random.Next(30_000)));
            switch (random.Next(8))
            {
                case 0:
                    Noise(part, random);
                    break;
                case 1:
                    break;
                case 2 or 3:
                    Records(part, random);
                    break;
                default:
                    Words(part, random);
                    break;
            }

            at += part.Length;
        }

        return bytes;
    }

    /// <summary>What cannot be compressed.</summary>
    public static byte[] Noise(int length, uint seed = 1)
    {
        var bytes = new byte[length];
        Noise(bytes, new Xorshift(seed));
        return bytes;
    }

    private static void Noise(Span<byte> part, Xorshift random)
    {
        foreach (ref var b in part)
        {
            b = (byte)random.Next(256);
        }
    }

    private static void Words(Span<byte> part, Xorshift random)
    {
        for (var at = 0; at < part.Length;)
        {
            var word = (uint)(random.Next(60) * random.Next(60)) + 7;
            for (var letters = 2 + (word % 9); letters > 0 && at < part.Length; letters--)
            {
                part[at++] = (byte)('a' + (word % 26));
                word = (word * 31) + letters;
            }

            if (at < part.Length)
            {
                part[at++] = (byte)' ';
            }
        }
    }

    private static void Records(Span<byte> part, Xorshift random)
    {
        var counter = random.Next(1 << 20);
        for (var at = 0; at < part.Length; at++)
        {
            part[at] = (at % 24) switch
            {
                0 => (byte)++counter,
                1 => (byte)(counter >> 8),
                2 => (byte)random.Next(4),
                _ => (byte)(at % 24 * 3),
            };
        }
    }

    /// <summary>Marsaglia's generator of 32 bits; the runtime's own may change.</summary>
    private sealed class Xorshift(uint state)
    {
        private uint _state = state;

        public int Next(int below)
        {
            _state ^= _state << 13;
            _state ^= _state >> 17;
            _state ^= _state << 5;
            return (int)(_state % (uint)below);
        }
    }
}
