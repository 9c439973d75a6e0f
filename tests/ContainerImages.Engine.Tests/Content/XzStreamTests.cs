using System;
using System.IO;
using System.Linq;
using System.Text;
using ContainerImages.Content;
using ContainerImages.Fuzz;
using Xunit;

namespace ContainerImages.Engine.Tests.Content;

/// <summary>
/// xz files: those that XZ Utils wrote (in the corpus of the fuzzer, all of one text) are read whole, with every check and of
/// any number of blocks and streams; what is cut short, damaged or beyond the limits is an error, wherever in the file.
/// </summary>
public class XzStreamTests
{
    private const string Name = "The stream";

    private static readonly byte[] _text = Encoding.ASCII.GetBytes(
        string.Concat(Enumerable.Range(0, 60).Select(i => $"line {i} of a text that is compressed\n")));

    [Theory]
    [InlineData("xz-none")]
    [InlineData("xz-crc32")]
    [InlineData("xz-crc64")]
    [InlineData("xz-sha256")]
    [InlineData("xz-blocks")]
    [InlineData("xz-streams")]
    public void What_xz_wrote_is_read_whole(string file) => Assert.Equal(_text, Decode(Corpus(file), 1000));

    [Fact]
    public void Chunks_that_are_not_compressed_are_read_too()
    {
        var plain = Decode(Corpus("xz-chunks"), 1);

        Assert.Equal(_text, plain[^_text.Length..]);
        Assert.Equal(700 + _text.Length, plain.Length);
    }

    [Fact]
    public void Four_zeros_at_a_time_may_follow_the_last_stream()
    {
        var file = Corpus("xz-crc64");

        Assert.Equal(_text, Decode([.. file, .. new byte[8]], 1000));
        Assert.Contains("behind the last stream", Refuse([.. file, 0, 0, 0, 1], ImageError.InvalidArchive), StringComparison.Ordinal);
        Refuse([.. file, 0, 0], ImageError.InvalidArchive);
    }

    [Theory]
    [InlineData("xz-crc64")]
    [InlineData("xz-blocks")]
    [InlineData("xz-streams")]
    [InlineData("xz-chunks")]
    public void A_file_cut_short_anywhere_is_an_error_at_once(string file)
    {
        var whole = Corpus(file);
        for (var length = CompressionFormat.PeekLength; length < whole.Length; length++)
        {
            // Between two streams a file is whole: the second of these begins behind four zeros.
            var error = Record.Exception(() => Decode(whole[..length], 1000));
            Assert.True(error is ContainerImageException { Error: ImageError.InvalidArchive } || (error is null && file == "xz-streams"), $"{length}: {error}");
        }
    }

    [Theory]
    [InlineData("xz-crc32")]
    [InlineData("xz-crc64")]
    [InlineData("xz-sha256")]
    [InlineData("xz-blocks")]
    public void Any_byte_that_is_changed_is_found_where_it_means_something(string file)
    {
        var whole = Corpus(file);
        for (var at = 0; at < whole.Length; at++)
        {
            var changed = (byte[])whole.Clone();
            changed[at] ^= 0x10;
            // The first byte of a chunk's data says nothing.
            byte[] plain = [];
            var error = Record.Exception(() => plain = Decode(changed, 1000));
            Assert.True(error is ContainerImageException || plain.AsSpan().SequenceEqual(_text), $"{at}: {error}");
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void The_dictionary_of_each_block_is_looked_at(int block)
    {
        // 28 is 64 MiB, the limit.
        Assert.Equal(_text, Decode(WithDictionary(block, 28), 1000));

        var message = Refuse(WithDictionary(block, 29), ImageError.ContentTooLarge);

        Assert.Contains("dictionary of 100663296 bytes; 67108864 are the limit", message, StringComparison.Ordinal);
        Refuse(WithDictionary(block, 40), ImageError.ContentTooLarge);
        Refuse(WithDictionary(block, 41), ImageError.InvalidArchive);
    }

    [Fact]
    public void So_is_that_of_a_second_stream()
    {
        byte[] file = [.. Corpus("xz-crc64"), .. WithDictionary(1, 40)];

        Assert.Contains($"{uint.MaxValue} bytes", Refuse(file, ImageError.ContentTooLarge), StringComparison.Ordinal);
    }

    [Fact]
    public void Filters_other_than_LZMA2_are_named() =>
        Assert.Contains("filter 0x3", Refuse(Corpus("xz-delta"), ImageError.UnsupportedContent), StringComparison.Ordinal);

    private static byte[] Corpus(string file) => File.ReadAllBytes(CorpusFolder.Files("compression").Single(path => Path.GetFileName(path) == file));

    // The headers of the blocks of this file: length, flags, sizes of one byte and of two, filter, its length, dictionary.
    private static byte[] WithDictionary(int block, byte dictionary)
    {
        var file = Corpus("xz-blocks");
        byte[] filter = [0x21, 1, 0x16];
        var at = 0;
        for (; block > 0; block--)
        {
            at += file.AsSpan(at).IndexOf(filter) + filter.Length;
        }

        file[at - 1] = dictionary;
        var start = at - filter.Length - 5;
        var length = (file[start] + 1) * 4;
        BitConverter.GetBytes(XzCheck.Crc32(file, start, length - 4)).CopyTo(file, start + length - 4);
        return file;
    }

    private static byte[] Decode(byte[] file, int pieces)
    {
        using var stream = new DecodedStream(new MemoryStream(file), Compression.Xz, Name);
        using var plain = new MemoryStream();
        stream.CopyTo(plain, pieces);
        return plain.ToArray();
    }

    private static string Refuse(byte[] file, ImageError error)
    {
        var thrown = Assert.Throws<ContainerImageException>(() => Decode(file, 1000));
        Assert.Equal(error, thrown.Error);
        Assert.StartsWith(Name, thrown.Message, StringComparison.Ordinal);
        return thrown.Message;
    }
}
