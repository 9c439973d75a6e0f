using System;
using System.Text;
using System.Text.RegularExpressions;
using ContainerImages.Content;
using ContainerImages.References;
using Xunit;

namespace ContainerImages.Engine.Tests.References;

/// <summary>Random text from fixed seeds: the parser against the grammar written as a regular expression, and no surprises.</summary>
public partial class ReferenceRandomTests
{
    private static readonly string[] s_pieces =
    [
        "a", "b1", "A", "Z9", ".", "_", "__", "-", "--", "/", "//", ":", "@", "[", "]", "[::1]", "localhost", "docker.io", "index.docker.io",
        "library", ":5000", ":tag", "@sha256:", "sha256:", "sha512:", "ffffffffffffffffffffffffffffffff",
        "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", "*", "?", "`", " ", "\n", "\0", "\u00e9", "\ud83d", "\u0130", "://", "%",
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Parser_agrees_with_the_grammar_and_throws_nothing_else(int seed)
    {
        var random = new Random(seed);
        var valid = 0;
        for (var i = 0; i < 50_000; i++)
        {
            var text = RandomText(random);
            var parsed = ImageReference.TryParse(text, out var reference);
            var match = Grammar().Match(text);
            var byGrammar = match.Success
                && match.Groups["path"].Length <= 255
                && (!match.Groups["digest"].Success || Digest.TryParse(match.Groups["digest"].Value, out _));
            Assert.True(parsed == byGrammar, text);
            if (parsed)
            {
                valid++;
                Assert.Equal(text, reference!.ToString());
                Assert.Equal(match.Groups["domain"].Value, reference.Domain);
                Assert.Equal(match.Groups["path"].Value, reference.Path);
            }

            // In turn, since exceptions are what takes the time here.
            Func<string, ImageReference> parse = (i % 4) switch
            {
                0 => ImageReference.Parse,
                1 => ImageReference.ParseNormalized,
                2 => ImageReference.ParseForTag,
                _ => ImageReference.NormalizeName,
            };
            CheckRoundTrip(text, parse);
            CheckPattern(text);
        }

        Assert.True(valid > 1000, "the generator makes enough good ones to mean something");
    }

    private static string RandomText(Random random)
    {
        var text = new StringBuilder();
        for (var n = random.Next(1, 8); n > 0; n--)
        {
            // Half of the pieces are harmless, so that many texts are references.
            text.Append(s_pieces[random.Next(2) == 0 ? random.Next(2) : random.Next(s_pieces.Length)]);
        }

        return text.ToString();
    }

    private static void CheckRoundTrip(string text, Func<string, ImageReference> parse)
    {
        try
        {
            var reference = parse(text);
            Assert.Equal(reference, parse(reference.ToString()));
        }
        catch (ContainerImageException error)
        {
            Assert.Equal(ImageError.InvalidReference, error.Error);
        }
    }

    private static void CheckPattern(string text)
    {
        if (!ReferencePattern.IsPattern(text))
        {
            return;
        }

        try
        {
            new ReferencePattern(text).IsMatch("docker.io/library/a:b1");
        }
        catch (ContainerImageException error)
        {
            Assert.Equal(ImageError.InvalidReference, error.Error);
        }
    }

    [GeneratedRegex(
        @"\A(?:(?<domain>(?:(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])(?:\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?)/)?"
        + @"(?<path>[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*)"
        + @"(?::(?<tag>[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?"
        + @"(?:@(?<digest>[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}))?\z",
        RegexOptions.CultureInvariant)]
    private static partial Regex Grammar();
}
