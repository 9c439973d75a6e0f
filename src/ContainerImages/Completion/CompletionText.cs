using System.Linq;
using System.Management.Automation.Language;
using System.Text.RegularExpressions;

namespace ContainerImages.Completion;

/// <summary>The word that is being typed: what it says, and the quote it is typed in.</summary>
/// <param name="Text">The word without quotes.</param>
/// <param name="OpenQuote">The quote it begins with; null for none.</param>
internal sealed record CompletionText(string Text, char? OpenQuote)
{
    // The parser takes typographic quotes for its own.
    private const string SingleQuotes = "'\u2018\u2019\u201A\u201B";
    private const string DoubleQuotes = "\"\u201C\u201D\u201E";

    private const string SafeMarks = "_-./:+=";

    // In a list PowerShell reads 0123, 1e5, 12d and 0b11 as numbers, and an ID would lose its digits.
    private static readonly Regex s_number = new("^([0-9.]+(e[0-9]+)?d?|0b[01]+)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant);

    /// <summary>Takes the quotes off. PowerShell has undone escapes before, and closed a quote that is open.</summary>
    public static CompletionText Parse(string? word)
    {
        word ??= "";
        if (word.Length == 0 || QuoteOf(word[0]) is not { } quote)
        {
            return new CompletionText(word, null);
        }

        var isClosed = word.Length > 1 && QuoteOf(word[word.Length - 1]) == quote;
        return new CompletionText(word.Substring(1, word.Length - (isClosed ? 2 : 1)), quote);
    }

    /// <summary>The value as it can stand in the place of the word: in its quote, or in quotes where it needs them.</summary>
    public string Quote(string value) => OpenQuote switch
    {
        '"' => "\"" + string.Concat(value.Select(c => c is '`' or '$' || QuoteOf(c) == '"' ? "`" + c : c.ToString())) + "\"",
        null when IsBareWord(value) => value,
        _ => "'" + CodeGeneration.EscapeSingleQuotedStringContent(value) + "'",
    };

    private static char? QuoteOf(char c) => SingleQuotes.IndexOf(c) >= 0 ? '\'' : DoubleQuotes.IndexOf(c) >= 0 ? '"' : null;

    private static bool IsBareWord(string value) =>
        value.Length > 0 && char.IsLetterOrDigit(value[0])
        && value.All(c => char.IsLetterOrDigit(c) || SafeMarks.IndexOf(c) >= 0)
        && !(char.IsDigit(value[0]) && s_number.IsMatch(value));
}
