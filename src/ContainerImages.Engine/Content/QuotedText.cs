using System.Globalization;
using System.Text;

namespace ContainerImages.Content;

/// <summary>Puts text of unknown origin into messages: names come out of archives too, not only from the user.</summary>
internal static class QuotedText
{
    private const int MaxLength = 160;

    // Of a whole message: its beginning says what happened, its end what became of it.
    private const int MaxBeginning = 1500;
    private const int MaxEnd = 500;

    /// <summary>
    /// The text in single quotes. What could move a terminal's cursor or reorder the line (control and format characters,
    /// halves of surrogate pairs) shows as <c>\uXXXX</c>; a long text is cut, with its length said.
    /// </summary>
    public static string Quote(string? text)
    {
        text ??= "";
        var quoted = new StringBuilder(text.Length + 2).Append('\'');
        for (var i = 0; i < text.Length; i++)
        {
            if (i >= MaxLength)
            {
                var length = text.Length.ToString(CultureInfo.InvariantCulture);
                return quoted.Append("…' (").Append(length).Append(" characters)").ToString();
            }

            AppendVisible(quoted, text, ref i);
        }

        return quoted.Append('\'').ToString();
    }

    /// <summary>
    /// A message as it can be shown: whatever was put into it, nothing of it moves a terminal's cursor or reorders the line,
    /// and of a very long one the middle is left out.
    /// </summary>
    public static string Show(string message)
    {
        message = CutMiddle(message);
        for (var i = 0; i < message.Length; i++)
        {
            // Nearly every message is fit as it is.
            if (message[i] is < ' ' or > '~')
            {
                var shown = new StringBuilder(message.Length + 8);
                for (i = 0; i < message.Length; i++)
                {
                    AppendVisible(shown, message, ref i);
                }

                return CutMiddle(shown.ToString());
            }
        }

        return message;
    }

    /// <summary>The character at a position in single quotes, a surrogate pair as one.</summary>
    public static string QuoteAt(string text, int position)
    {
        var quoted = new StringBuilder(8).Append('\'');
        AppendVisible(quoted, text, ref position);
        return quoted.Append('\'').ToString();
    }

    private static string CutMiddle(string message) => message.Length <= MaxBeginning + MaxEnd
        ? message
        : message.Substring(0, MaxBeginning) + " … " + message.Substring(message.Length - MaxEnd);

    private static void AppendVisible(StringBuilder target, string text, ref int position)
    {
        if (char.IsSurrogatePair(text, position))
        {
            target.Append(text, position, 2);
            position++;
            return;
        }

        var c = text[position];
        var category = CharUnicodeInfo.GetUnicodeCategory(c);
        if (category is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
        {
            target.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture));
        }
        else
        {
            target.Append(c);
        }
    }
}
