using System;
using System.Globalization;

namespace ContainerImages.Content;

/// <summary>Dates as image configurations hold them: RFC 3339, with up to nanoseconds, of which .NET keeps a hundred each.</summary>
internal static class Rfc3339
{
    // A fraction stands there and nowhere else.
    private const int SecondsEnd = 19;

    private static readonly string[] Formats =
    [
        "yyyy-MM-dd'T'HH:mm:ssK",
        "yyyy-MM-dd't'HH:mm:ssK",
    ];

    public static bool TryParse(string text, out DateTimeOffset date)
    {
        date = default;
        long ticks = 0;
        if (text.Length > SecondsEnd && text[SecondsEnd] == '.')
        {
            var end = SecondsEnd + 1;
            var scale = TimeSpan.TicksPerSecond / 10;
            while (end < text.Length && text[end] is >= '0' and <= '9')
            {
                ticks += (text[end] - '0') * scale;
                scale /= 10;
                end++;
            }

            if (end == SecondsEnd + 1)
            {
                return false;
            }

            text = text.Substring(0, SecondsEnd) + text.Substring(end);
        }

        // Without an offset it would be read as the machine's local time.
        if (text.Length < 20 ||
            !DateTimeOffset.TryParseExact(text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.None, out date))
        {
            return false;
        }

        date = date.AddTicks(ticks);
        return true;
    }

    /// <summary>UTC with as many digits of the second as there are, as Go writes a time.</summary>
    public static string Format(DateTimeOffset date) =>
        date.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);
}
