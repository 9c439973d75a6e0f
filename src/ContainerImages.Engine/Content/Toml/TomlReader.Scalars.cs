using System;
using System.Globalization;
using System.Text.RegularExpressions;

namespace ContainerImages.Content;

/// <content>Numbers, dates, true and false.</content>
internal sealed partial class TomlReader
{
    private const RegexOptions Options = RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;

    private static readonly Regex _decimal = new(@"^[+-]?(0|[1-9](_?[0-9])*)\z", Options);
    private static readonly Regex _float = new(
        @"^[+-]?((0|[1-9](_?[0-9])*)(\.[0-9](_?[0-9])*)?([eE][+-]?[0-9](_?[0-9])*)?|inf|nan)\z", Options);

    private static readonly Regex _prefixed = new(
        @"^0(x[0-9A-Fa-f](_?[0-9A-Fa-f])*|o[0-7](_?[0-7])*|b[01](_?[01])*)\z", Options);

    private static readonly Regex _date = new(
        @"^((?<date>[0-9]{4}-[0-9]{2}-[0-9]{2})([Tt ]|\z))?((?<time>[0-9]{2}:[0-9]{2}:[0-9]{2})(\.[0-9]+)?" +
        @"(?<zone>[Zz]|[+-](?<offset>[0-9]{2}:[0-9]{2}))?)?\z",
        Options);

    private TomlValue ReadScalar(int line)
    {
        var start = _position;
        SkipScalar();

        // A blank may stand in place of the T between date and time.
        if (_position - start == 10 && Current == ' ' && _position + 1 < _text.Length && _text[_position + 1] is >= '0' and <= '9'
            && _text[start + 4] == '-')
        {
            _position++;
            SkipScalar();
        }

        if (_position == start)
        {
            throw Unexpected("a value");
        }

        var text = _text.Substring(start, _position - start);
        return text is "true" or "false"
            ? new TomlValue(TomlKind.Boolean, line) { Boolean = text == "true" }
            : new TomlValue(KindOf(text) ?? throw Error(_line, $"{QuotedText.Quote(text)} is no value; text needs quotes"), line)
            {
                Text = text,
            };
    }

    private void SkipScalar()
    {
        while (Current is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or (>= '0' and <= '9') or '_' or '-' or '+' or '.' or ':')
        {
            _position++;
        }
    }

    private static TomlKind? KindOf(string text)
    {
        if (_decimal.IsMatch(text))
        {
            return long.TryParse(text.Replace("_", ""), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _)
                ? TomlKind.Integer
                : null;
        }

        if (_prefixed.IsMatch(text))
        {
            return FitsInteger(text.Replace("_", "")) ? TomlKind.Integer : null;
        }

        return _float.IsMatch(text) ? TomlKind.Float : IsDate(text) ? TomlKind.Date : null;
    }

    private static bool FitsInteger(string text)
    {
        var digits = text.Substring(2).TrimStart('0');
        var bits = text[1] switch { 'x' => 4, 'o' => 3, _ => 1 };

        // 63 bits, of which the first digit may need fewer than all of its own.
        var first = digits.Length == 0 ? 0 : Convert.ToInt32(digits.Substring(0, 1), 16);
        var used = first switch { >= 8 => 4, >= 4 => 3, >= 2 => 2, 1 => 1, _ => 0 };
        return digits.Length == 0 || used + ((digits.Length - 1) * bits) <= 63;
    }

    private static bool IsDate(string text)
    {
        var match = _date.Match(text);
        if (!match.Success || !(match.Groups["date"].Success || match.Groups["time"].Success))
        {
            return false;
        }

        var (date, time, zone, offset) =
            (match.Groups["date"], match.Groups["time"], match.Groups["zone"], match.Groups["offset"]);

        // A zone is one of a point in time; a T is followed by a time.
        return (!zone.Success || date.Success)
            && (time.Success || text.Length == date.Length)
            && (!date.Success || DateTime.TryParseExact(
                date.Value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _))
            && (!time.Success || IsTime(time.Value, mostSeconds: 60))
            && (!offset.Success || IsTime(offset.Value + ":00", mostSeconds: 0));
    }

    private static bool IsTime(string text, int mostSeconds) =>
        Number(text, 0) < 24 && Number(text, 3) < 60 && Number(text, 6) <= mostSeconds;

    private static int Number(string text, int start) => ((text[start] - '0') * 10) + text[start + 1] - '0';
}
