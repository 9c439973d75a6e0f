using System;
using System.Collections.Generic;
using System.Linq;

namespace ContainerImages.Transports;

/// <summary>The little of ASN.1's DER that it takes to put a key into a file that .NET reads.</summary>
internal static class Der
{
    public const byte Integer = 0x02;
    public const byte OctetString = 0x04;
    public const byte ObjectIdentifier = 0x06;
    public const byte Sequence = 0x30;
    public const byte Set = 0x31;

    /// <summary>The tag of a part in context, which has others in it.</summary>
    public static byte Context(int number) => (byte)(0xA0 | number);

    public static byte[] Write(byte tag, params byte[][] parts)
    {
        var length = parts.Sum(part => part.Length);
        return length < 0x80
            ? [tag, (byte)length, .. parts.SelectMany(part => part)]
            : length < 0x10000
                ? [tag, 0x82, (byte)(length >> 8), (byte)length, .. parts.SelectMany(part => part)]
                : [tag, 0x83, (byte)(length >> 16), (byte)(length >> 8), (byte)length, .. parts.SelectMany(part => part)];
    }

    public static byte[] Null() => [0x05, 0x00];

    /// <summary>A number from 0 to 127.</summary>
    public static byte[] Small(byte value) => [Integer, 1, value];

    /// <param name="dotted">Such as <c>1.2.840.113549</c>.</param>
    public static byte[] Oid(string dotted)
    {
        var numbers = dotted.Split('.').Select(int.Parse).ToArray();
        var body = new List<byte>();
        foreach (var number in numbers.Skip(2).Prepend((numbers[0] * 40) + numbers[1]))
        {
            var digits = new Stack<byte>();
            digits.Push((byte)(number & 0x7F));
            for (var rest = number >> 7; rest > 0; rest >>= 7)
            {
                digits.Push((byte)(0x80 | (rest & 0x7F)));
            }

            body.AddRange(digits);
        }

        return Write(ObjectIdentifier, [.. body]);
    }

    /// <summary>The parts of a sequence, each with its tag and all of its bytes.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static IReadOnlyList<(byte Tag, byte[] Whole, byte[] Body)> Parts(byte[] sequence)
    {
        var (tag, start, end) = Measure(sequence, 0);
        if (tag != Sequence || end != sequence.Length)
        {
            throw new FormatException("It is no sequence.");
        }

        var parts = new List<(byte, byte[], byte[])>();
        for (var position = start; position < end;)
        {
            var (partTag, body, partEnd) = Measure(sequence, position);
            parts.Add((partTag, [.. sequence.Skip(position).Take(partEnd - position)], [.. sequence.Skip(body).Take(partEnd - body)]));
            position = partEnd;
        }

        return parts;
    }

    private static (byte Tag, int Body, int End) Measure(byte[] bytes, int position)
    {
        if (position + 2 > bytes.Length)
        {
            throw new FormatException("It ends too soon.");
        }

        long length = bytes[position + 1];
        var body = position + 2;
        if (length > 0x80)
        {
            var count = (int)length & 0x7F;
            if (count > 3 || body + count > bytes.Length)
            {
                throw new FormatException("It ends too soon.");
            }

            length = 0;
            for (var i = 0; i < count; i++)
            {
                length = (length << 8) | bytes[body++];
            }
        }
        else if (length == 0x80)
        {
            throw new FormatException("It has no length.");
        }

        return body + length <= bytes.Length ? (bytes[position], body, (int)(body + length)) : throw new FormatException("It ends too soon.");
    }
}
