using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;

namespace ContainerImages.Fuzz.Mutation;

/// <summary>Changes of tars whose headers keep a right checksum, or nothing behind it would ever be read.</summary>
internal static class TarMutation
{
    private const int BlockSize = 512;
    private const int Checksum = 148;

    /// <summary>The fields of a header: place, length, and what may stand there.</summary>
    private static readonly (int At, int Length, FieldKind Kind)[] _fields =
    [
        (0, 100, FieldKind.Name), (100, 8, FieldKind.Number), (108, 8, FieldKind.Number), (116, 8, FieldKind.Number), (124, 12, FieldKind.Number),
        (124, 12, FieldKind.Number), (136, 12, FieldKind.Number), (156, 1, FieldKind.Type), (156, 1, FieldKind.Type), (157, 100, FieldKind.Name),
        (257, 8, FieldKind.Magic), (265, 32, FieldKind.Name), (329, 8, FieldKind.Number), (345, 155, FieldKind.Name), (386, 12, FieldKind.Number),
        (398, 12, FieldKind.Number), (482, 1, FieldKind.Flag), (483, 12, FieldKind.Number),
    ];

    private static readonly string[] _names =
    [
        "../x", "/etc/passwd", "a/../../b", "..", ".", "", "a\\b", "a\0b", "\u001b[2J", "manifest.json", "index.json", "oci-layout", "é", "a//b/./c/",
    ];

    private static readonly string[] _magics = ["ustar\000", "ustar  \0", "\0\0\0\0\0\0\0\0", "ustar\0zz"];

    private enum FieldKind
    {
        Name,
        Number,
        Type,
        Magic,
        Flag,
    }

    public static byte[] MutateTar(this Mutator mutator, byte[] tar, IReadOnlyList<byte[]> tokens)
    {
        var headers = Headers(tar).ToList();
        byte[] changed;
        if (headers.Count > 0 && !mutator.OneIn(3))
        {
            changed = (byte[])tar.Clone();
            for (var changes = mutator.OneIn(3) ? 3 : 1; changes > 0; changes--)
            {
                ChangeField(mutator, changed.AsSpan(mutator.Pick(headers), BlockSize));
            }
        }
        else
        {
            changed = mutator.OneIn(3) ? MoveBlocks(mutator, tar) : mutator.MutateBytes(tar, tokens);
        }

        if (!mutator.OneIn(20))
        {
            SealAll(changed);
        }

        return changed;
    }

    /// <summary>Puts the checksum of every header right.</summary>
    public static void SealAll(byte[] tar)
    {
        foreach (var at in Headers(tar))
        {
            Seal(tar.AsSpan(at, BlockSize));
        }
    }

    /// <summary>Puts the checksum of one header right.</summary>
    public static void Seal(Span<byte> block)
    {
        block.Slice(Checksum, 8).Fill((byte)' ');
        var sum = 0;
        foreach (var b in block)
        {
            sum += b;
        }

        Encoding.ASCII.GetBytes(Convert.ToString(sum, 8).PadLeft(6, '0') + "\0 ").CopyTo(block[Checksum..]);
    }

    // What looks like a header stands at the beginning of a block, as long as nothing was put in before it.
    private static IEnumerable<int> Headers(byte[] tar) =>
        Enumerable.Range(0, tar.Length / BlockSize).Select(block => block * BlockSize).Where(at => tar.AsSpan(at + 257, 5).SequenceEqual("ustar"u8));

    private static void ChangeField(Mutator mutator, Span<byte> block)
    {
        var (at, length, kind) = mutator.Pick(_fields);
        var field = block.Slice(at, length);
        switch (kind)
        {
            case FieldKind.Name:
                Put(field, Encoding.UTF8.GetBytes(mutator.OneIn(6) ? new string('n', length) : mutator.Pick(_names)));
                break;
            case FieldKind.Type:
                field[0] = (byte)mutator.Pick("0000012345678LKxgXSDVMN\0a".ToCharArray());
                break;
            case FieldKind.Magic:
                Put(field, Encoding.ASCII.GetBytes(mutator.Pick(_magics)));
                break;
            case FieldKind.Flag:
                field[0] ^= 1;
                break;
            default:
                PutNumber(mutator, field);
                break;
        }
    }

    private static void PutNumber(Mutator mutator, Span<byte> field)
    {
        switch (mutator.Random.Next(4))
        {
            case 0:
                Put(field, Encoding.ASCII.GetBytes(Convert.ToString(mutator.Random.NextInt64(1 << mutator.Random.Next(1, 31)), 8).PadLeft(field.Length - 1, '0')));
                break;
            case 1:
                Put(field, Encoding.ASCII.GetBytes(mutator.Number()));
                break;
            case 2:
                mutator.Random.NextBytes(field);
                break;
            default:
                field.Fill(mutator.OneIn(2) ? (byte)0xFF : (byte)0);
                field[0] = mutator.OneIn(2) ? (byte)0x80 : (byte)0xFF;
                field[^1] = (byte)mutator.Random.Next(256);
                break;
        }
    }

    private static void Put(Span<byte> field, ReadOnlySpan<byte> bytes)
    {
        field.Clear();
        bytes[..Math.Min(bytes.Length, field.Length)].CopyTo(field);
    }

    private static byte[] MoveBlocks(Mutator mutator, byte[] tar)
    {
        var blocks = tar.Chunk(BlockSize).ToList();
        if (blocks.Count == 0)
        {
            return tar;
        }

        var at = mutator.Random.Next(blocks.Count);
        var moved = blocks.GetRange(at, Math.Min(blocks.Count - at, 1 + mutator.Random.Next(4)));
        switch (mutator.Random.Next(3))
        {
            case 0:
                blocks.RemoveRange(at, moved.Count);
                break;
            case 1:
                blocks.InsertRange(mutator.Random.Next(blocks.Count + 1), moved);
                break;
            default:
                blocks.RemoveRange(at, blocks.Count - at);
                break;
        }

        return [.. blocks.SelectMany(block => block)];
    }
}
