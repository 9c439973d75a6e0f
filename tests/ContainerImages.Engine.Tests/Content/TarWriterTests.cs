using System;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using ContainerImages.Content;
using Xunit;

namespace ContainerImages.Engine.Tests.Content;

/// <summary>The bytes are those of Go's archive/tar: taken from archives that podman 4.3 wrote, or from Go's rules where said.</summary>
public class TarWriterTests
{
    // podman save of an image: the first header of the archive, and that of the link to its layer.
    private const string Layer = "d4b8ef193b93b55fd41339a1cd346eb6cea0518dafd783564f419089562db305.tar";

    [Fact]
    public void A_file_of_podman_save() => Assert.Equal(
        Block(
            Layer,
            "0000444\0" + "0000000\0" + "0000000\0" + "00000024000\0" + "00000000000\0" + "020522\0 " + "0", "", "ustar\0" + "00"),
        TarWriter.CreateHeader(TarEntryKind.File, Layer, 10240, TarWriter.DefaultFileMode));

    [Fact]
    public void A_link_of_podman_save() => Assert.Equal(
        Block(
            "dea3d792c4d1e244b5d653e93fc6fd550da024c17a6fdecdea99ba85b374ee99/layer.tar",
            "0000000\0" + "0000000\0" + "0000000\0" + "00000000000\0" + "00000000000\0" + "034100\0 " + "2", "../" + Layer, "ustar\0" + "00"),
        TarWriter.CreateHeader(
            TarEntryKind.SymbolicLink, "dea3d792c4d1e244b5d653e93fc6fd550da024c17a6fdecdea99ba85b374ee99/layer.tar", 0, 0, "../" + Layer));

    /// <summary>
    /// The layer that <c>podman build --timestamp 0</c> (Go 1.19) made of the same files: split names, long ones, names and
    /// link targets in PAX records, directories without a letter of ASCII. Its digest is the expectation.
    /// </summary>
    [Fact]
    public void A_layer_of_podman_build()
    {
        const int File = 0x81A4; // 0100644
        const int Directory = 0x41ED; // 040755
        var p = new string('p', 90) + "/";
        var q = p + new string('q', 60) + "/";
        var output = new MemoryStream();
        using (var writer = new TarWriter(output, leaveOpen: true))
        {
            writer.WriteFile("grüße.txt", "c"u8.ToArray(), File);
            writer.WriteSymbolicLink("link", new string('t', 150), 0xA1FF);
            writer.WriteDirectory(p, Directory);
            writer.WriteDirectory(q, Directory);
            writer.WriteFile(q + "short", "a"u8.ToArray(), File);
            writer.WriteFile(p + new string('r', 120), "b"u8.ToArray(), File);
            writer.WriteFile("zusätz" + new string('y', 99), "d"u8.ToArray(), File);
            writer.WriteDirectory("日本/", Directory);
            writer.WriteDirectory("日本/x/", Directory);
            writer.Finish();
        }

        Assert.Equal(13824, output.Length);
        Assert.Equal(
            "b4d1ac5e4b3a9b10c274915b0b29b9e95893ee689d869eef99c1089a74163914", Convert.ToHexStringLower(SHA256.HashData(output.ToArray())));
    }

    // By Go's rules: octal holds less than 8 GiB; the header's own field is 0 then.
    [Fact]
    public void A_size_of_8_GiB_and_an_early_time_are_records_in_sorted_order()
    {
        var header = TarWriter.CreateHeader(
            TarEntryKind.File, "dir/big.tar", 8L << 30, TarWriter.DefaultFileMode, modified: DateTimeOffset.FromUnixTimeSeconds(-100));
        Assert.Equal(1536, header.Length);
        Assert.Equal("dir/PaxHeaders.0/big.tar", Text(header, 0, 100));
        Assert.Equal("14 mtime=-100\n19 size=8589934592\n", Text(header, 512, 512));
        Assert.Equal("dir/big.tar", Text(header, 1024, 100));
        Assert.Equal("00000000000\0" + "00000000000\0", Encoding.ASCII.GetString(header, 1024 + 124, 24));
        Assert.Equal(512, TarWriter.CreateHeader(TarEntryKind.File, "big", (8L << 30) - 1, 0).Length);
        Assert.Equal(1536 + (8L << 30), TarWriter.GetEntryLength("big", 8L << 30));
    }

    // By Go's rules.
    [Theory]
    [InlineData("/abs/grüße", "/abs/PaxHeaders.0/gre")]
    [InlineData("../a/./b//ü", "../a/b/PaxHeaders.0")]
    [InlineData("a/../../ü/x", "..//PaxHeaders.0/x")]
    public void The_name_of_a_PAX_header_is_cleaned(string name, string expected) =>
        Assert.Equal(expected, Text(TarWriter.CreateHeader(TarEntryKind.File, name, 0, 0), 0, 100));

    // By Go's rules: a cut name that would end in a slash ends before it.
    [Fact]
    public void A_cut_name_does_not_look_like_a_directory()
    {
        var name = new string('d', 99) + "/" + new string('f', 120);
        Assert.Equal(new string('d', 99), Text(TarWriter.CreateHeader(TarEntryKind.File, name, 0, 0), 1024, 100));
    }

    [Theory]
    [InlineData(99, 1, 100, 1)] // fits the name field as it is
    [InlineData(155, 100, 255, 1)]
    [InlineData(156, 100, 256, 3)]
    [InlineData(155, 101, 256, 3)]
    public void Names_are_split_where_ustar_can(int directory, int file, int total, int blocks)
    {
        var name = new string('d', directory) + "/" + new string('f', file);
        name = directory == 99 ? name[1..] : name;
        Assert.Equal(total + (directory == 99 ? 0 : 1), name.Length);
        var header = TarWriter.CreateHeader(TarEntryKind.File, name, 0, 0);
        Assert.Equal(blocks * 512, header.Length);
        Assert.Equal(name, Assert.Single(TarBytes.ReadAll(header)).Entry.Name);
    }

    [Theory]
    [InlineData(0.4, 0)]
    [InlineData(0.5, 1)]
    [InlineData(1234567890.6, 1234567891)]
    public void Times_are_rounded(double seconds, long expected)
    {
        var time = DateTimeOffset.UnixEpoch.AddTicks((long)(seconds * TimeSpan.TicksPerSecond));
        var header = TarWriter.CreateHeader(TarEntryKind.File, "a", 0, 0, modified: time);
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(expected), TarBytes.ReadAll(header)[0].Entry.ModifiedTime);
    }

    [Fact]
    public void What_is_written_is_read_back()
    {
        var output = new MemoryStream();
        using (var writer = new TarWriter(output, leaveOpen: true))
        {
            writer.WriteFile("empty", default);
            using (var file = writer.BeginFile("gr\uDCFCn", 1000, 511))
            {
                file.Write(new byte[600], 0, 600);
                file.Write(new byte[400], 0, 400);
            }

            writer.WriteFile(new string('n', 1000), "x"u8.ToArray());
            writer.Finish();
        }

        var entries = TarBytes.ReadAll(output.ToArray());
        Assert.Equal(["empty", "gr\uDCFCn", new string('n', 1000)], entries.Select(e => e.Entry.Name));
        Assert.Equal([0L, 1000, 1], entries.Select(e => e.Entry.Size));
        Assert.Equal(511, entries[1].Entry.Mode);
        Assert.Equal(
            output.Length, entries.Sum(e => TarWriter.GetEntryLength(e.Entry.Name, e.Entry.Size)) + TarWriter.TrailerLength);
    }

    [Fact]
    public void A_file_takes_exactly_what_was_promised()
    {
        var output = new MemoryStream();
        using var writer = new TarWriter(output);
        var file = writer.BeginFile("a", 3);
        file.Write(new byte[2], 0, 2);
        Assert.Equal(ImageError.ContentMismatch, Assert.Throws<ContainerImageException>(() => file.Write(new byte[2], 0, 2)).Error);
        Assert.Equal(ImageError.ContentMismatch, Assert.Throws<ContainerImageException>(writer.Finish).Error);
        Assert.Throws<ObjectDisposedException>(() => file.Write(new byte[1], 0, 1));
        Assert.Equal(ImageError.ContentMismatch, Assert.Throws<ContainerImageException>(() => writer.WriteSymbolicLink("b", "c")).Error);
        Assert.Equal(514, output.Length);
    }

    [Fact]
    public void What_no_header_can_say_is_refused()
    {
        Assert.Throws<ArgumentException>(() => TarWriter.CreateHeader(TarEntryKind.File, "a\0b", 0, 0));
        Assert.Throws<ArgumentException>(() => TarWriter.CreateHeader(TarEntryKind.File, "a/", 0, 0));
        Assert.Throws<ArgumentException>(() => TarWriter.CreateHeader(TarEntryKind.File, new string('x', 2_000_000), 0, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => TarWriter.CreateHeader(TarEntryKind.File, "a", -1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => TarWriter.CreateHeader(TarEntryKind.Directory, "a/", 1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => TarWriter.CreateHeader(TarEntryKind.File, "a", 0, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => TarWriter.CreateHeader(TarEntryKind.Fifo, "a", 0, 0));
    }

    private static byte[] Block(string name, string numbersAndFlag, string linkName, string magic)
    {
        var block = new byte[512];
        TarBytes.Put(block, 0, name);
        TarBytes.Put(block, 100, numbersAndFlag);
        TarBytes.Put(block, 157, linkName);
        TarBytes.Put(block, 257, magic);
        TarBytes.Put(block, 329, "0000000\0" + "0000000\0");
        return block;
    }

    private static string Text(byte[] header, int offset, int length) => Encoding.UTF8.GetString(header, offset, length).TrimEnd('\0');
}
