using System;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using ContainerImages.Content;
using Xunit;

namespace ContainerImages.Engine.Tests.Content;

/// <summary>What the reader makes of sound tars, of each dialect, made by hand; those of real tools are in TarInteropTests.</summary>
public class TarReaderTests
{
    private static readonly byte[] Hello = "hello\n"u8.ToArray();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Entries_have_their_offsets_and_data(bool seekable)
    {
        var tar = TarBytes.Join(
            TarBytes.Entry("dir/", [], '5'),
            TarBytes.Pax("path=long", "SCHILY.xattr.user.a=b=c"),
            TarBytes.Entry("x", Hello, edit: b => TarBytes.Put(b, 265, "root")),
            TarBytes.Entry("last", new byte[512]),
            TarBytes.End);

        var entries = TarBytes.ReadAll(tar, seekable);

        Assert.Equal(["dir/", "long", "last"], entries.Select(e => e.Entry.Name));
        Assert.Equal([0L, 512, 2560], entries.Select(e => e.Entry.HeaderOffset));
        Assert.Equal([512L, 2048, 3072], entries.Select(e => e.Entry.DataOffset));
        var file = entries[1];
        Assert.Equal(Hello, file.Data);
        Assert.Equal((6L, 6L), (file.Entry.Size, file.Entry.StoredSize));
        Assert.Equal((420, "root", TarEntryKind.File), (file.Entry.Mode, file.Entry.UserName, file.Entry.Kind));
        Assert.Equal("b=c"u8.ToArray(), file.Entry.ExtendedAttributes["SCHILY.xattr.user.a"].ToArray());
        Assert.Single(file.Entry.ExtendedAttributes);
        Assert.False(file.Entry.IsSparse);
        Assert.Equal("long", new TarReader(At(tar, file.Entry.HeaderOffset)).Next()!.Name);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Data_that_is_not_read_is_skipped(bool seekable)
    {
        var tar = TarBytes.Join(TarBytes.Entry("a", new byte[200_000]), TarBytes.Entry("b", Hello), TarBytes.End);
        var reader = new TarReader(seekable ? new MemoryStream(tar) : new TarBytes.ForwardStream(tar));
        reader.Next();
        var first = reader.OpenData();
        Assert.Equal(1, first.Read(new byte[1], 0, 1));
        Assert.Throws<InvalidOperationException>(() => reader.OpenData());
        Assert.Equal("b", reader.Next()!.Name);
        Assert.Throws<ObjectDisposedException>(() => first.Read(new byte[1], 0, 1));
        Assert.Null(reader.Next());
        Assert.Null(reader.Next());
        Assert.Throws<InvalidOperationException>(() => reader.OpenData());
    }

    public static TheoryData<string, byte[]> SoundEnds { get; } = new()
    {
        { "two blocks", TarBytes.End },
        { "one block", new byte[512] },
        { "none", [] },
        { "more blocks and garbage", TarBytes.Join(TarBytes.End, new byte[512], "garbage"u8.ToArray()) },
    };

    [Theory]
    [MemberData(nameof(SoundEnds))]
    public void Archives_end_in_several_ways(string end, byte[] bytes)
    {
        Assert.NotNull(end);
        Assert.Single(TarBytes.ReadAll(TarBytes.Join(TarBytes.Entry("a", Hello), bytes)));
        Assert.Single(TarBytes.ReadAll(TarBytes.Join(TarBytes.Entry("a", Hello), bytes), seekable: false));
    }

    [Fact]
    public void An_empty_archive_is_two_blocks_of_zeros() => Assert.Empty(TarBytes.ReadAll(TarBytes.End));

    [Theory]
    [InlineData('0', "a/", TarEntryKind.File)]
    [InlineData('\0', "a/", TarEntryKind.Directory)]
    [InlineData('\0', "a", TarEntryKind.File)]
    [InlineData('7', "a", TarEntryKind.File)]
    [InlineData('1', "a", TarEntryKind.HardLink)]
    [InlineData('2', "a", TarEntryKind.SymbolicLink)]
    [InlineData('3', "a", TarEntryKind.CharacterDevice)]
    [InlineData('4', "a", TarEntryKind.BlockDevice)]
    [InlineData('5', "a", TarEntryKind.Directory)]
    [InlineData('6', "a", TarEntryKind.Fifo)]
    [InlineData('V', "label", TarEntryKind.Other)]
    public void Type_flags_are_kinds(char flag, string name, object kind) =>
        Assert.Equal(kind, Single(TarBytes.Header(name, type: flag)).Kind);

    [Fact]
    public void Links_and_devices_have_no_data_whatever_their_size_says()
    {
        var tar = TarBytes.Join(
            TarBytes.Header("hard", 6, '1', b => TarBytes.Put(b, 157, "target")),
            TarBytes.Header("dev", 6, '3', b => TarBytes.Put(b, 329, "0000001\0" + "0000005\0")),
            TarBytes.Entry("file", Hello));
        var entries = TarBytes.ReadAll(tar);
        Assert.Equal([0L, 0, 6], entries.Select(e => e.Entry.Size));
        Assert.Equal("target", entries[0].Entry.LinkName);
        Assert.Equal((1L, 5L), (entries[1].Entry.DeviceMajor, entries[1].Entry.DeviceMinor));
    }

    [Fact]
    public void Prefixes_are_read_in_ustar_star_and_the_headers_of_old_Go()
    {
        Assert.Equal("pre/n", Single(TarBytes.Header("n", edit: b => TarBytes.Put(b, 345, "pre"))).Name);
        Assert.Equal(new string('p', 131) + "/n", Single(TarBytes.Header("n", edit: b =>
        {
            TarBytes.Put(b, 345, new string('p', 131) + "00000000001\0");
            TarBytes.Put(b, 508, "tar\0");
        })).Name);
        Assert.Equal("pre/n", Single(TarBytes.Header("n", edit: b =>
        {
            TarBytes.MakeGnu(b);
            TarBytes.Put(b, 345, "pre");
        })).Name);
        Assert.Equal("n", Single(TarBytes.Header("n", edit: b =>
        {
            TarBytes.MakeGnu(b);
            TarBytes.Put(b, 345, "00000000001\0" + "00000000002\0");
        })).Name);
    }

    [Fact]
    public void V7_headers_have_no_owner_and_any_blanks()
    {
        var entry = Single(TarBytes.Header("n", edit: b =>
        {
            TarBytes.Put(b, 100, "   644 \0" + "       \0" + "     7 \0");
            TarBytes.Put(b, 257, "\0\0\0\0\0\0\0\0not a name");
        }));
        Assert.Equal((420, 0L, 7L, ""), (entry.Mode, entry.Uid, entry.Gid, entry.UserName));
    }

    [Fact]
    public void Base_256_numbers_have_all_their_bits_and_a_sign()
    {
        var entry = Single(TarBytes.Header("n", type: '5', edit: b =>
        {
            new byte[] { 0x80, 0, 0, 0, 0x12, 0x34, 0x56, 0x78 }.CopyTo(b, 108);
            new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFE }.CopyTo(b, 116);
            new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF }.CopyTo(b, 136);
        }));
        Assert.Equal((0x12345678L, -2L), (entry.Uid, entry.Gid));
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(-1), entry.ModifiedTime);
    }

    [Fact]
    public void The_signed_checksum_of_old_tools_is_accepted()
    {
        var block = TarBytes.Header("grüße");
        TarBytes.Seal(block, signed: true);
        Assert.NotNull(Single(block));
    }

    [Fact]
    public void Names_that_are_no_UTF8_stay_distinct_and_reversible()
    {
        var latin = Single(TarBytes.Header("gr\u00fc\u00dfe")).Name;
        var other = Single(TarBytes.Header("gr\u00fc\u00dee")).Name;
        var utf8 = Single(TarBytes.Header(Encoding.Latin1.GetString(Encoding.UTF8.GetBytes("grüße 日本 😀")))).Name;
        Assert.Equal("gr\uDCFC\uDCDFe", latin);
        Assert.NotEqual(latin, other);
        Assert.Equal("grüße 日本 😀", utf8);
        Assert.Equal(Encoding.Latin1.GetBytes("gr\u00fc\u00dfe"), TarText.Encode(latin));
        Assert.Equal(Encoding.UTF8.GetBytes(utf8), TarText.Encode(utf8));
    }

    [Fact]
    public void Long_names_of_GNU_override_the_header_and_empty_ones_do_not()
    {
        var name = new string('n', 300);
        var tar = TarBytes.Join(
            TarBytes.Entry("././@LongLink", Encoding.ASCII.GetBytes(name + "\0"), 'L'), TarBytes.Entry("././@LongLink", [0], 'K'),
            TarBytes.Header("x", type: '2', edit: b => TarBytes.Put(b, 157, "target")));
        var entry = Single(tar);
        Assert.Equal((name, "target", 0L), (entry.Name, entry.LinkName, entry.HeaderOffset));
    }

    [Fact]
    public void Pax_records_override_the_header_and_empty_ones_do_not()
    {
        var tar = TarBytes.Join(
            TarBytes.PaxRaw(TarBytes.WithLength("gname=all") + TarBytes.WithLength("uname=all"), 'g'),
            TarBytes.Pax("path=grüße", "linkpath=", "size=6", "uid=4294967296", "uname=", "mtime=1.25", "hdrcharset=BINARY"),
            TarBytes.Entry("x", Hello, edit: b =>
            {
                TarBytes.Put(b, 157, "link");
                TarBytes.Put(b, 265, "header");
            }),
            TarBytes.Header("y"));
        var entries = TarBytes.ReadAll(tar);
        var entry = entries[0].Entry;
        Assert.Equal(("grüße", "link", 6L, 4294967296L), (entry.Name, entry.LinkName, entry.Size, entry.Uid));
        Assert.Equal(("header", "all"), (entry.UserName, entry.GroupName));
        Assert.Equal(DateTimeOffset.FromUnixTimeMilliseconds(1250), entry.ModifiedTime);
        Assert.Empty(entry.ExtendedAttributes);
        Assert.Equal(("y", 0L, "all"), (entries[1].Entry.Name, entries[1].Entry.Uid, entries[1].Entry.UserName));
    }

    [Theory]
    [InlineData("mtime=-0.5", -500L)]
    [InlineData("mtime=-1.5", -1500L)]
    [InlineData("mtime=1.0009999999", 1000L)]
    [InlineData("mtime=99999999999999", null)]
    public void Times_have_fractions_and_may_be_no_date(string record, long? milliseconds)
    {
        var time = TarBytes.ReadAll(TarBytes.Join(TarBytes.Pax(record), TarBytes.Header("x")))[0].Entry.ModifiedTime;
        Assert.Equal(milliseconds, time is null ? null : (long)Math.Truncate((time.Value - DateTimeOffset.UnixEpoch).TotalMilliseconds));
    }

    [Fact]
    public void A_cancelled_reader_stops()
    {
        using var cancellation = new CancellationTokenSource();
        var reader = new TarReader(new MemoryStream(TarBytes.Entry("a", Hello)), cancellation.Token);
        reader.Next();
        var data = reader.OpenData();
        cancellation.Cancel();
        Assert.Throws<OperationCanceledException>(() => data.Read(new byte[1], 0, 1));
        Assert.Throws<OperationCanceledException>(() => reader.Next());
    }

    private static TarEntry Single(byte[] tar) => Assert.Single(TarBytes.ReadAll(tar)).Entry;

    private static MemoryStream At(byte[] tar, long position) => new(tar) { Position = position };
}
