using System.Text;

namespace ContainerImages.Content;

/// <content>Letters: blanks, comments, strings.</content>
internal sealed partial class TomlReader
{
    private bool Follows(string text) => string.CompareOrdinal(_text, _position, text, 0, text.Length) == 0;

    private void SkipBlanks()
    {
        while (Current is ' ' or '\t')
        {
            _position++;
        }
    }

    /// <summary>Past blanks, comments and line ends; false at the end of the file.</summary>
    private bool SkipToNextLineWithContent()
    {
        while (true)
        {
            SkipBlanks();
            SkipComment();
            if (!TryReadLineEnd())
            {
                return !AtEnd;
            }
        }
    }

    private void SkipComment()
    {
        if (Current != '#')
        {
            return;
        }

        while (!AtEnd && Current is not '\n' && !Follows("\r\n"))
        {
            CheckLetter();
            _position++;
        }
    }

    private bool TryReadLineEnd()
    {
        if (Current != '\n' && !Follows("\r\n"))
        {
            return false;
        }

        _position += Current == '\n' ? 1 : 2;
        _line++;
        return true;
    }

    private void ReadEndOfLine()
    {
        SkipBlanks();
        SkipComment();
        if (!AtEnd && !TryReadLineEnd())
        {
            throw Unexpected("the end of the line");
        }
    }

    private void Expect(char wanted)
    {
        SkipBlanks();
        if (AtEnd || Current != wanted)
        {
            throw Unexpected($"'{wanted}'");
        }

        _position++;
    }

    private string ReadBasicText()
    {
        var text = new StringBuilder();
        for (_position++; Current != '"'; _position++)
        {
            CheckLetter();
            if (Current == '\\')
            {
                ReadEscape(text);
            }
            else
            {
                text.Append(Current);
            }
        }

        _position++;
        return text.ToString();
    }

    private string ReadLiteralText()
    {
        var start = ++_position;
        while (Current != '\'')
        {
            CheckLetter();
            _position++;
        }

        return _text.Substring(start, _position++ - start);
    }

    private string ReadLongBasicText()
    {
        var text = new StringBuilder();
        _position += 3;
        TryReadLineEnd();
        while (!Follows("\"\"\""))
        {
            if (Current == '\\' && TrySkipLineEnds())
            {
                continue;
            }

            if (Current == '\\')
            {
                ReadEscape(text);
                _position++;
            }
            else
            {
                AppendLetterOrLineEnd(text);
            }
        }

        return CloseLongText(text, '"');
    }

    private string ReadLongLiteralText()
    {
        var text = new StringBuilder();
        _position += 3;
        TryReadLineEnd();
        while (!Follows("'''"))
        {
            AppendLetterOrLineEnd(text);
        }

        return CloseLongText(text, '\'');
    }

    /// <summary>Up to two quotes may stand right before the three that end the text.</summary>
    private string CloseLongText(StringBuilder text, char quote)
    {
        _position += 3;
        for (var i = 0; i < 2 && Current == quote; i++)
        {
            text.Append(quote);
            _position++;
        }

        return text.ToString();
    }

    private void AppendLetterOrLineEnd(StringBuilder text)
    {
        if (TryReadLineEnd())
        {
            text.Append('\n');
            return;
        }

        CheckLetter();
        text.Append(_text[_position++]);
    }

    /// <summary>A backslash at the end of a line joins it with the next line that has letters.</summary>
    private bool TrySkipLineEnds()
    {
        var start = _position++;
        SkipBlanks();
        if (!TryReadLineEnd())
        {
            _position = start;
            return false;
        }

        do
        {
            SkipBlanks();
        }
        while (TryReadLineEnd());
        return true;
    }

    /// <summary>Reads from the backslash up to the escape's last letter.</summary>
    private void ReadEscape(StringBuilder text)
    {
        _position++;
        switch (Current)
        {
            case 'b':
                text.Append('\b');
                break;
            case 't':
                text.Append('\t');
                break;
            case 'n':
                text.Append('\n');
                break;
            case 'f':
                text.Append('\f');
                break;
            case 'r':
                text.Append('\r');
                break;
            case '"' or '\\':
                text.Append(Current);
                break;
            case 'u':
                text.Append(ReadScalarValue(4));
                break;
            case 'U':
                text.Append(ReadScalarValue(8));
                break;
            default:
                throw Unexpected("one of b t n f r \" \\ u U after '\\'");
        }
    }

    private string ReadScalarValue(int digits)
    {
        var value = 0L;
        for (var i = 0; i < digits; i++)
        {
            _position++;
            value = (value * 16) + (Current switch
            {
                >= '0' and <= '9' => Current - '0',
                >= 'a' and <= 'f' => Current - 'a' + 10,
                >= 'A' and <= 'F' => Current - 'A' + 10,
                _ => throw Unexpected("a hexadecimal digit"),
            });
        }

        return value is <= 0x10FFFF and not (>= 0xD800 and <= 0xDFFF)
            ? char.ConvertFromUtf32((int)value)
            : throw Error(_line, "an escape names no character of Unicode");
    }

    /// <summary>Control characters stand nowhere but a tab, and a text does not run past its line.</summary>
    private void CheckLetter()
    {
        if (AtEnd || Current is '\n' || Follows("\r\n"))
        {
            throw Error(_line, "a text is not closed");
        }

        if (Current is (< ' ' and not '\t') or '\u007F')
        {
            throw Error(_line, "a control character stands in the text");
        }
    }

    private TomlFormatException Unexpected(string wanted) => Error(_line, AtEnd
        ? $"the file ends where {wanted} is needed"
        : Current is '\n' or '\r'
            ? $"the line ends where {wanted} is needed"
            : $"{QuotedText.QuoteAt(_text, _position)} stands where {wanted} is needed");

    private static TomlFormatException Error(int line, string message) => new(line, message);
}
