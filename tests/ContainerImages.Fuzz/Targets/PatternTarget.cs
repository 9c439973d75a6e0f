using System.Collections.Generic;
using System.Linq;
using System.Text;
using ContainerImages.Content;
using ContainerImages.References;

namespace ContainerImages.Fuzz.Targets;

/// <summary>Platforms, and patterns for names and platforms, held against a text: two lines.</summary>
internal sealed class PatternTarget : FuzzTarget
{
    public override string Name => "pattern";

    public override string Purpose => "platforms, and patterns for names and platforms (two lines: pattern, text)";

    public override IReadOnlyList<byte[]> Tokens { get; } = Words(
        "*", "**", "?", "[a-z]", "[", "]", "[]]", "[-", "`", "`*", "linux/", "arm64", "x86_64", "aarch64", "/v8", "amd64", "windows", "\n", "İ", "ſ", "é", "\0");

    public override void Run(byte[] input)
    {
        var lines = Encoding.UTF8.GetString(input).Split('\n', 2);
        var (pattern, text) = (lines[0], lines[^1]);
        if (Wildcard.TryParse(pattern, out var wildcard, out _))
        {
            wildcard.IsMatch(text);
        }

        // A text whose every character stands for itself fits itself, and no other letter but case.
        var literal = string.Concat(text.Select(c => "`" + c));
        Documented.Require(Wildcard.TryParse(literal, out var itself, out _), "A text of literals is no pattern.");
        Documented.Require(itself!.IsMatch(text), "A text does not fit itself.");
        Documented.Require(!itself.IsMatch(text + "x"), "A text fits a longer one.");

        Documented.Try(() => new ReferencePattern(pattern).IsMatch(text), ImageError.InvalidReference);
        Documented.Try(() => PlatformPattern.Parse(pattern).IsMatch(new Platform(text, text, text)), ImageError.InvalidPlatform);
        ReadPlatform(text);
    }

    private static void ReadPlatform(string text)
    {
        Platform? platform = null;
        var isOne = Documented.Try(() => platform = Platform.Parse(text), ImageError.InvalidPlatform);
        Documented.Require(Platform.TryParse(text, out var tried) == isOne, "Parse and TryParse differ.");
        if (isOne)
        {
            Documented.Require(platform!.Equals(tried) && Platform.Parse(platform.ToString()).Equals(platform), "A platform is read as another than it was written for.");
            Documented.Require(platform.Matches(platform) && platform.Rank(platform) == 0, "A platform does not fit itself.");
        }
    }
}
