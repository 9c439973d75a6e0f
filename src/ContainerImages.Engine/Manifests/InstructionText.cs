using System.Collections.Generic;
using System.Text;
using ContainerImages.Content;

namespace ContainerImages.Manifests;

/// <summary>
/// The quoting of Dockerfile instructions. Single quotes keep everything; in double quotes and outside of quotes a
/// backslash takes the meaning from the quote, space, <c>$</c> or backslash after it, and stays before anything else, as in
/// paths of Windows. <c>$</c> has no meaning: there are no variables to put in.
/// </summary>
internal static class InstructionText
{
    /// <summary>The words of a line, without their quotes.</summary>
    /// <exception cref="ContainerImageException">InvalidInstruction: a quote that is not closed.</exception>
    public static IReadOnlyList<Word> Split(string text)
    {
        var words = new List<Word>();
        var at = 0;
        while (at < text.Length)
        {
            if (IsSpace(text[at]))
            {
                at++;
                continue;
            }

            words.Add(Read(text, ref at, toSpace: true));
        }

        return words;
    }

    /// <summary>A text of one word, in which spaces need no quotes.</summary>
    /// <exception cref="ContainerImageException">InvalidInstruction: a quote that is not closed.</exception>
    public static string Unquote(string text)
    {
        var at = 0;
        return Read(text, ref at, toSpace: false).Text;
    }

    private static Word Read(string text, ref int at, bool toSpace)
    {
        var word = new StringBuilder();
        var (equals, quote) = (-1, '\0');
        for (; at < text.Length && (quote != '\0' || !toSpace || !IsSpace(text[at])); at++)
        {
            var c = text[at];
            if (c == '\\' && quote != '\'' && at + 1 < text.Length && IsEscapable(text[at + 1], quote))
            {
                word.Append(text[++at]);
            }
            else if (quote != '\0' ? c == quote : c is '"' or '\'')
            {
                quote = quote == '\0' ? c : '\0';
            }
            else
            {
                equals = c == '=' && quote == '\0' && equals < 0 ? word.Length : equals;
                word.Append(c);
            }
        }

        return quote == '\0'
            ? new Word(word.ToString(), equals)
            : throw InvalidInstruction.Because($"a {(quote == '"' ? "double" : "single")} quote is opened and not closed");
    }

    private static bool IsEscapable(char c, char quote) =>
        c is '\\' or '"' or '$' || (quote == '\0' && (c == '\'' || IsSpace(c)));

    /// <summary>A text's first word, as it is, and what comes after it.</summary>
    public static (string First, string Others) SplitFirst(string text)
    {
        var end = 0;
        while (end < text.Length && !IsSpace(text[end]))
        {
            end++;
        }

        return (text.Substring(0, end), text.Substring(end).Trim());
    }

    // ASCII's: spaces that are part of a text, such as one that does not break, are no ends of words.
    private static bool IsSpace(char c) => c is ' ' or (>= '\t' and <= '\r');

    /// <summary>A word.</summary>
    /// <param name="Text">The word without quotes.</param>
    /// <param name="EqualsAt">Where its first <c>=</c> is that stood in no quotes; -1 if there is none.</param>
    internal readonly record struct Word(string Text, int EqualsAt)
    {
        public bool IsPair => EqualsAt >= 0;

        public string Key => Text.Substring(0, EqualsAt);

        public string Value => Text.Substring(EqualsAt + 1);
    }
}
