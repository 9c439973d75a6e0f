using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using ContainerImages.Content;

namespace ContainerImages.Engine.Tests.Content;

/// <summary>Tars made by hand, sound and unsound, and a reader to the end of them.</summary>
internal static class TarBytes
{
    public static readonly byte[] End = new byte[1024];

    /// <summary>A ustar header; <paramref name="edit"/> changes it before the checksum is put in.</summary>
    public static byte[] Header(string name, long size = 0, char type = '0', Action<byte[]>? edit = null)
    {
        var block = new byte[512];
        Put(block, 0, name);
        Put(block, 100, "0000644\0" + "0000000\0" + "0000000\0");
        Put(block, 124, Convert.ToString(size, 8).PadLeft(11, '0') + "\0" + "00000000000\0");
        block[156] = (byte)type;
        Put(block, 257, "ustar\0" + "00");
        edit?.Invoke(block);
        Seal(block);
        return block;
    }

    /// <summary>A header and data, filled up to a whole block.</summary>
    public static byte[] Entry(string name, byte[] data, char type = '0', Action<byte[]>? edit = null) =>
        Join(Header(name, data.Length, type, edit), data, new byte[-data.Length & 511]);

    /// <summary>A PAX extension header of records given as they shall stand, without their lengths.</summary>
    public static byte[] Pax(params string[] records) => PaxRaw(string.Concat(records.Select(WithLength)));

    public static byte[] PaxRaw(string data, char type = 'x') => Entry("PaxHeaders/x", Encoding.UTF8.GetBytes(data), type);

    public static string WithLength(string record)
    {
        var length = Encoding.UTF8.GetByteCount(record) + 2;
        length += length.ToString().Length;
        while ($"{length} {record}\n" is var text && Encoding.UTF8.GetByteCount(text) != length)
        {
            length = Encoding.UTF8.GetByteCount(text);
        }

        return $"{length} {record}\n";
    }

    public static void Put(byte[] block, int offset, string latin1) => Encoding.Latin1.GetBytes(latin1).CopyTo(block, offset);

    /// <summary>GNU's mark instead of ustar's.</summary>
    public static void MakeGnu(byte[] block) => Put(block, 257, "ustar  \0");

    public static void Seal(byte[] block, bool signed = false)
    {
        block.AsSpan(148, 8).Fill((byte)' ');
        var sum = block.Sum(b => signed ? (sbyte)b : b);
        Put(block, 148, Convert.ToString(sum, 8).PadLeft(6, '0') + "\0 ");
    }

    public static byte[] Join(params byte[][] parts) => [.. parts.SelectMany(part => part)];

    public static List<(TarEntry Entry, byte[] Data)> ReadAll(byte[] tar, bool seekable = true) =>
        ReadAll(seekable ? new MemoryStream(tar) : new ForwardStream(tar));

    /// <summary>Reads all entries, and of each one's data at most 1 MiB: hostile sparse files claim any size.</summary>
    public static List<(TarEntry Entry, byte[] Data)> ReadAll(Stream stream)
    {
        var entries = new List<(TarEntry, byte[])>();
        var reader = new TarReader(stream);
        while (reader.Next() is { } entry)
        {
            var data = new byte[(int)Math.Min(entry.Size, 1024 * 1024)];
            using var content = reader.OpenData();
            content.ReadExactly(data);
            entries.Add((entry, data));
        }

        return entries;
    }

    public static void SkipAll(Stream stream)
    {
        var reader = new TarReader(stream);
        while (reader.Next() is not null)
        {
        }
    }

    /// <summary>A stream that cannot seek and gives a few bytes at a time, as pipes do.</summary>
    internal sealed class ForwardStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;

        public override long Length => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin loc) => throw new NotSupportedException();

        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, 333));
    }
}
