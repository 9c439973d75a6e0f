using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using ContainerImages.Content;
using Xunit;

namespace ContainerImages.Engine.Tests.Content;

/// <summary>Whatever the bytes: an error that names the place, or a sound reading; bounded in memory and time.</summary>
public class TarReaderHostileTests
{
    private static readonly byte[] Hello = "hello\n"u8.ToArray();

    private static readonly Dictionary<string, (byte[] Tar, string Message)> Cases = new()
    {
        ["empty file"] = ([], "header is cut short"),
        ["no tar"] = (Encoding.ASCII.GetBytes(new string('x', 2000)), "checksum"),
        ["checksum"] = (Flip(TarBytes.Header("a"), 3), "checksum"),
        ["one zero block before data"] = (TarBytes.Join(new byte[512], TarBytes.Header("a")), "zeros"),
        ["negative size"] = (Size(0xFF, 0xFF), "'a' (at offset 0) of the tar: its size of -1 bytes"),
        ["size beyond 64 bits"] = (Size(0x80, 1), "its size is not a number"),
        ["size that overflows with its offset"] = (Sizes(0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF), "impossible"),
        ["size of letters"] = (TarBytes.Header("a", edit: b => TarBytes.Put(b, 124, "9")), "its size is not a number"),
        ["mode"] = (TarBytes.Header("a", edit: b => new byte[] { 0xFF, 255, 255, 255, 255, 255, 255, 255 }.CopyTo(b, 100)), "mode"),
        ["PAX size"] = (Pax("size=-1"), "'a' (at offset 1024)"),
        ["PAX size no number"] = (Pax("size=0x10"), "'size' is not a number"),
        ["PAX size too large"] = (Pax("size=9223372036854775808"), "'size' is not a number"),
        ["PAX time"] = (Pax("mtime=1.x"), "modification time"),
        ["PAX NUL in path"] = (Pax("path=a\0b"), "NUL"),
        ["PAX without key"] = (Pax("=value"), "key=value"),
        ["PAX without equals"] = (Pax("path"), "key=value"),
        ["PAX length 0"] = (PaxRaw("0 path=x\n"), "valid length"),
        ["PAX length negative"] = (PaxRaw("-9 path=x\n"), "valid length"),
        ["PAX length too small"] = (PaxRaw("2 path=x\n"), "valid length"),
        ["PAX length too large"] = (PaxRaw("99 path=x\n"), "valid length"),
        ["PAX length huge"] = (PaxRaw("99999999999999999999 path=x\n"), "valid length"),
        ["PAX length within the record"] = (PaxRaw("7 path=x\n"), "line feed"),
        ["PAX no length"] = (PaxRaw("path=x\n"), "valid length"),
        ["PAX huge"] = (TarBytes.Header("p", 1024 * 1024 + 1, 'x'), "at most 1048576"),
        ["PAX negative"] = (Size(0xFF, 0xFF, 'x'), "at most 1048576"),
        ["PAX records"] = (Pax([.. Enumerable.Range(0, 5000).Select(i => $"k{i}=v")]), "more than 4096"),
        ["global path"] = (Global("path=x"), "for all entries"),
        ["global sparse"] = (Global("GNU.sparse.map=0,1"), "for all entries"),
        ["global huge"] = (TarBytes.Join(Global("c=" + new string('x', 600_000)), Global("c=" + new string('x', 600_000))), "more than 1048576"),
        ["long name"] = (TarBytes.Join(TarBytes.Entry("L", [.. Enumerable.Repeat((byte)'n', 40_000)], 'L'), TarBytes.Header("a")), "32768 characters"),
        ["long name huge"] = (TarBytes.Header("L", 2_000_000, 'L'), "at most 1048576"),
        ["extension without entry"] = (TarBytes.Join(TarBytes.Pax("path=x"), TarBytes.End), "is due"),
        ["extension at the end"] = (TarBytes.Pax("path=x"), "is due"),
        ["old sparse without GNU"] = (TarBytes.Header("a", type: 'S'), "without a GNU header"),
        ["old sparse overlap"] = (OldSparse(600, (0, 512), (256, 88)), "overlaps"),
        ["old sparse outside"] = (OldSparse(511, (0, 512)), "outside"),
        ["old sparse wrong sum"] = (OldSparse(9999, (0, 512), (1024, 512)), "promises 1024 bytes of data, its header 600"),
        ["old sparse endless"] = (TarBytes.Join([Gnu(600, more: true), .. Enumerable.Repeat(Continuation(), 100)]), "malformed"),
        ["old sparse too many"] = (TarBytes.Join([Gnu(600, more: true), .. Enumerable.Repeat(Continuation(21), 4000)]), "more than 65536"),
        ["sparse 1.0 no count"] = (Sparse10("x\n"), "malformed"),
        ["sparse 1.0 count"] = (Sparse10("99999999\n"), "at most 65536"),
        ["sparse 1.0 negative"] = (Sparse10("-1\n"), "at most 65536"),
        ["sparse 1.0 long number"] = (Sparse10(new string('1', 100)), "malformed"),
        ["sparse 1.0 short"] = (Pax("GNU.sparse.major=1", "GNU.sparse.minor=0"), "cut short"),
        ["sparse 1.0 cut"] = (Sparse10("100\n1\n1\n" + new string('\0', 500)), "malformed"),
        ["sparse 0.1 odd"] = (Pax("GNU.sparse.map=0,1,2", "GNU.sparse.size=9"), "malformed"),
        ["sparse 0.1 count"] = (Pax("GNU.sparse.map=0,1", "GNU.sparse.numblocks=2"), "malformed"),
        ["sparse 0.1 overflow"] = (Pax($"GNU.sparse.map={long.MaxValue},{long.MaxValue}", $"GNU.sparse.size={long.MaxValue}"), "outside"),
        ["sparse 0.0 order"] = (Pax("GNU.sparse.numbytes=1"), "malformed"),
        ["sparse negative size"] = (Pax("GNU.sparse.map=0,0", "GNU.sparse.size=-1"), "negative"),
    };

    public static TheoryData<string> Flaws { get; } = [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Flaws))]
    public void A_flaw_is_named(string flaw)
    {
        var (tar, message) = Cases[flaw];
        var padded = tar.Length == 0 ? tar : TarBytes.Join(tar, TarBytes.End);
        foreach (var seekable in new[] { true, false })
        {
            var exception = Assert.Throws<ContainerImageException>(() => TarBytes.ReadAll(padded, seekable));
            Assert.Equal(ImageError.InvalidArchive, exception.Error);
            Assert.Contains(message, exception.Message, StringComparison.Ordinal);
            Assert.Contains("offset", exception.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void After_an_error_the_reader_gives_nothing_more()
    {
        var reader = new TarReader(new MemoryStream(TarBytes.Join(Flip(TarBytes.Header("a"), 3), TarBytes.Header("b"))));
        var first = Assert.Throws<ContainerImageException>(reader.Next);
        Assert.Same(first, Assert.Throws<ContainerImageException>(reader.Next));
    }

    [Fact]
    public void A_name_cannot_write_to_the_terminal()
    {
        var exception = Assert.Throws<ContainerImageException>(() => TarBytes.ReadAll(TarBytes.Entry("\u001b[2J", Hello)[..514]));
        Assert.DoesNotContain('\u001b', exception.Message);
    }

    [Fact]
    public void An_archive_cut_anywhere_is_truncated_or_ends_between_entries()
    {
        var tar = Sample();
        var boundaries = TarBytes.ReadAll(tar).Select(e => e.Entry.HeaderOffset).Append(tar.Length - 1024).Skip(1).ToHashSet();
        for (var length = 0; length < tar.Length; length++)
        {
            var cut = tar[..length];
            var isSound = boundaries.Contains(length) || length == tar.Length - 512;
            foreach (Action read in new Action[]
            {
                () => TarBytes.ReadAll(cut), () => TarBytes.ReadAll(cut, seekable: false),
                () => TarBytes.SkipAll(new MemoryStream(cut)), () => TarBytes.SkipAll(new TarBytes.ForwardStream(cut)),
            })
            {
                var exception = Record.Exception(read);
                Assert.Equal((length, isSound), (length, exception is null));
                Assert.True(exception is null or ContainerImageException { Error: ImageError.InvalidArchive }, exception?.ToString());
            }
        }
    }

    [Fact]
    public void Random_changes_never_give_another_error()
    {
        var random = new Random(20240917);
        var sample = Sample();
        for (var run = 0; run < 20_000; run++)
        {
            var tar = (byte[])sample.Clone();
            for (var changes = random.Next(1, 4); changes > 0; changes--)
            {
                var at = random.Next(tar.Length);
                tar[at] = (byte)(random.Next(3) == 0 ? random.Next(256) : "09=\n ,-\0Sx"[random.Next(10)]);
                // With its checksum put right, a changed header gets past the first check.
                if (at % 512 is < 148 or > 155 && tar.AsSpan(at / 512 * 512 + 257, 5).SequenceEqual("ustar"u8))
                {
                    var block = tar.AsSpan(at / 512 * 512, 512);
                    var copy = block.ToArray();
                    TarBytes.Seal(copy);
                    copy.CopyTo(block);
                }
            }

            var exception = Record.Exception(() => TarBytes.ReadAll(tar, run % 2 == 0));
            Assert.True(exception is null or ContainerImageException { Error: ImageError.InvalidArchive }, exception?.ToString());
        }
    }

    private static byte[] Sample() => TarBytes.Join(
        TarBytes.Entry("hello", Hello),
        TarBytes.Pax("path=grüße", "mtime=1.5", "SCHILY.xattr.user.a=b"),
        TarBytes.Entry("x", Hello),
        TarBytes.Entry("L", "long\0"u8.ToArray(), 'L'),
        TarBytes.Header("link", type: '2'),
        OldSparse(2048, (0, 512), (1024, 88)),
        Pax("GNU.sparse.major=1", "GNU.sparse.minor=0", "GNU.sparse.name=s", "GNU.sparse.realsize=9", "size=515"),
        Encoding.ASCII.GetBytes("2\n0\n1\n5\n2\n".PadRight(512, '\0') + "abc".PadRight(512, '\0')),
        Pax("GNU.sparse.size=9", "GNU.sparse.numblocks=1", "GNU.sparse.offset=9", "GNU.sparse.numbytes=0"),
        TarBytes.End);

    private static byte[] Pax(params string[] records) => TarBytes.Join(TarBytes.Pax(records), TarBytes.Header("a"));

    private static byte[] PaxRaw(string data) => TarBytes.Join(TarBytes.PaxRaw(data), TarBytes.Header("a"));

    private static byte[] Global(string record) =>
        TarBytes.Join(TarBytes.PaxRaw(TarBytes.WithLength(record), 'g'), TarBytes.Header("a"));

    private static byte[] Sparse10(string map) => TarBytes.Join(
        TarBytes.Pax("GNU.sparse.major=1", "GNU.sparse.minor=0", "GNU.sparse.realsize=9"),
        TarBytes.Entry("a", Encoding.ASCII.GetBytes(map.PadRight(1024, '\0'))));

    private static byte[] Gnu(long realSize, bool more, params (long Offset, long Length)[] map) => TarBytes.Header("a", 600, 'S', b =>
    {
        TarBytes.MakeGnu(b);
        PutMap(b, 386, map);
        b[482] = more ? (byte)1 : (byte)0;
        TarBytes.Put(b, 483, Octal(realSize));
    });

    private static byte[] OldSparse(long realSize, params (long Offset, long Length)[] map) =>
        TarBytes.Join(Gnu(realSize, more: false, map), new byte[1024]);

    private static byte[] Continuation(int regions = 0)
    {
        var block = new byte[512];
        PutMap(block, 0, [.. Enumerable.Repeat((0L, 0L), regions)]);
        block[504] = 1;
        return block;
    }

    private static void PutMap(byte[] block, int offset, (long Offset, long Length)[] map)
    {
        for (var i = 0; i < map.Length; i++)
        {
            TarBytes.Put(block, offset + (24 * i), Octal(map[i].Offset) + Octal(map[i].Length));
        }
    }

    private static string Octal(long number) => Convert.ToString(number, 8).PadLeft(11, '0') + "\0";

    private static byte[] Size(byte first, byte rest, char type = '0') =>
        TarBytes.Header("a", type: type, edit: b =>
        {
            b.AsSpan(124, 12).Fill(rest);
            b[124] = first;
        });

    private static byte[] Sizes(params byte[] last) => TarBytes.Header("a", edit: b =>
    {
        b.AsSpan(124, 12).Clear();
        b[124] = 0x80;
        last.CopyTo(b, 136 - last.Length);
    });

    private static byte[] Flip(byte[] block, int at)
    {
        block[at] ^= 1;
        return block;
    }
}
