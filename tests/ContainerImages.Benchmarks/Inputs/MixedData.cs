using System;

namespace ContainerImages.Benchmarks.Inputs;

/// <summary>
/// File contents that gzip takes to about 0.6 of their size, as it does with the layers of usual images: words, and bytes
/// that cannot be compressed, in turn. The same seed gives the same bytes.
/// </summary>
internal sealed class MixedData(int seed)
{
    private const int Words = 4096;
    private const int LongestBlock = 16 * 1024;
    private const double NoiseShare = 0.2;

    private static readonly byte[][] _words = MakeWords();

    private readonly Random _random = new(seed);

    public void Fill(Span<byte> content)
    {
        while (!content.IsEmpty)
        {
            var block = content[..Math.Min(content.Length, _random.Next(1024, LongestBlock))];
            if (_random.NextDouble() < NoiseShare)
            {
                _random.NextBytes(block);
            }
            else
            {
                FillWithWords(block);
            }

            content = content[block.Length..];
        }
    }

    /// <summary>A length around the mean, most of them shorter and a few much longer, as files are.</summary>
    public int NextLength(int mean) => 1 + (int)Math.Min(-Math.Log(1 - _random.NextDouble()) * mean, mean * 16.0);

    private void FillWithWords(Span<byte> block)
    {
        while (!block.IsEmpty)
        {
            // The product prefers the first words, as languages prefer some.
            var word = _words[(int)(_random.NextDouble() * _random.NextDouble() * Words)].AsSpan();
            word = word[..Math.Min(word.Length, block.Length)];
            word.CopyTo(block);
            block = block[word.Length..];
        }
    }

    private static byte[][] MakeWords()
    {
        var random = new Random(1);
        var words = new byte[Words][];
        for (var i = 0; i < Words; i++)
        {
            var word = new byte[random.Next(3, 13)];
            random.GetItems("abcdefghijklmnopqrstuvwxyz"u8, word);
            word[^1] = (byte)' ';
            words[i] = word;
        }

        return words;
    }
}
