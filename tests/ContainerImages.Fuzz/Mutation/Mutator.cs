using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;

namespace ContainerImages.Fuzz.Mutation;

/// <summary>Random changes of bytes: the same seed makes the same changes to the same corpus.</summary>
/// <param name="seed">What the changes follow from.</param>
/// <param name="others">Other inputs, of which pieces are taken.</param>
internal sealed class Mutator(int seed, IReadOnlyList<byte[]> others)
{
    private const int Longest = 1024 * 1024;

    private static readonly string[] _numbers =
    [
        "0", "-1", "1", "7", "8", "127", "128", "255", "256", "511", "512", "1024", "65535", "65536", "2147483647", "2147483648", "4294967295",
        "4294967296", "9223372036854775807", "9223372036854775808", "18446744073709551616", "1e400", "00000000000", "77777777777", "99999999999",
    ];

    private static readonly byte[] _bytes = [0, 1, 0x7F, 0x80, 0xFF, (byte)' ', (byte)'\n', (byte)'"', (byte)'/', (byte)'.', (byte)'\\', (byte)'`', (byte)'*', (byte)'9', 0xC0, 0xED];

    /// <summary>Where chance comes from, for those who change more than bytes.</summary>
    public Random Random { get; } = new(seed);

    public T Pick<T>(IReadOnlyList<T> list) => list[Random.Next(list.Count)];

    /// <summary>Says yes once in so many times.</summary>
    public bool OneIn(int count) => Random.Next(count) == 0;

    /// <summary>A few small changes, one after the other.</summary>
    /// <param name="input">The bytes, which stay as they are.</param>
    /// <param name="tokens">Words to put in.</param>
    public byte[] MutateBytes(byte[] input, IReadOnlyList<byte[]> tokens)
    {
        var bytes = input.ToList();
        for (var changes = 1 + Random.Next(1 + Random.Next(8)); changes > 0; changes--)
        {
            Change(bytes, tokens);
        }

        return bytes.Count <= Longest ? [.. bytes] : [.. bytes.Take(Longest)];
    }

    /// <summary>A number that tends to be out of somebody's bounds, in decimal digits.</summary>
    public string Number() => OneIn(4) ? Random.NextInt64().ToString(null, null) : Pick(_numbers);

    private void Change(List<byte> bytes, IReadOnlyList<byte[]> tokens)
    {
        var at = Random.Next(bytes.Count + 1);
        var length = Math.Min(bytes.Count - at, 1 + Random.Next(1 << Random.Next(1, 10)));
        switch (Random.Next(12))
        {
            case 0 when at < bytes.Count:
                bytes[at] ^= (byte)(1 << Random.Next(8));
                break;
            case 1 when at < bytes.Count:
                bytes[at] = OneIn(2) ? Pick(_bytes) : (byte)Random.Next(256);
                break;
            case 2:
                bytes.RemoveRange(at, length);
                break;
            case 3:
                bytes.InsertRange(Random.Next(bytes.Count + 1), bytes.GetRange(at, length));
                break;
            case 4 when length > 1:
                bytes.Reverse(at, length);
                break;
            case 5 or 6 when tokens.Count > 0:
                Replace(bytes, at, OneIn(2) ? 0 : length, Pick(tokens));
                break;
            case 7:
                ReplaceNumber(bytes, at);
                break;
            case 8 when others.Count > 0:
                var other = Pick(others);
                var from = Random.Next(other.Length + 1);
                Replace(bytes, at, length, other.AsSpan(from, Random.Next(other.Length - from + 1)).ToArray());
                break;
            case 9:
                bytes.InsertRange(at, Enumerable.Repeat(Pick(_bytes), 1 + Random.Next(1 << Random.Next(12))));
                break;
            case 10:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            default:
                var junk = new byte[1 + Random.Next(8)];
                Random.NextBytes(junk);
                Replace(bytes, at, OneIn(2) ? 0 : junk.Length, junk);
                break;
        }
    }

    private static void Replace(List<byte> bytes, int at, int length, byte[] by)
    {
        bytes.RemoveRange(at, Math.Min(length, bytes.Count - at));
        bytes.InsertRange(at, by);
    }

    // Digits at or behind a place become other digits.
    private void ReplaceNumber(List<byte> bytes, int at)
    {
        var start = bytes.FindIndex(at, IsDigit);
        if (start >= 0)
        {
            var end = bytes.FindIndex(start, b => !IsDigit(b));
            Replace(bytes, start, (end < 0 ? bytes.Count : end) - start, Encoding.ASCII.GetBytes(Number()));
        }
    }

    private static bool IsDigit(byte b) => b is >= (byte)'0' and <= (byte)'9';
}
