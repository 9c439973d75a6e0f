using System;

namespace ContainerImages.Content;

/// <summary>The ways in which a tar writes numbers.</summary>
internal static class TarNumber
{
    /// <summary>A number of a header: octal digits with any blanks around, or base-256 if its first bit is set (GNU, star).</summary>
    public static bool TryParseField(ReadOnlySpan<byte> field, out long value) =>
        (field[0] & 0x80) != 0 ? TryParseBase256(field, out value) : TryParseOctal(field, out value);

    /// <summary>A decimal number of a PAX record.</summary>
    public static bool TryParseDecimal(ReadOnlySpan<byte> text, out long value)
    {
        value = 0;
        var negative = !text.IsEmpty && text[0] == '-';
        var digits = negative || (!text.IsEmpty && text[0] == '+') ? text[1..] : text;
        if (digits.IsEmpty)
        {
            return false;
        }

        foreach (var c in digits)
        {
            var digit = c - '0';
            if (digit is < 0 or > 9 || value > (long.MaxValue - digit) / 10)
            {
                return false;
            }

            value = (value * 10) + digit;
        }

        value = negative ? -value : value;
        return true;
    }

    /// <summary>
    /// Seconds since 1970 with any fraction, of which .NET keeps seven digits. False if it is no number at all; a number
    /// that is no date gives null.
    /// </summary>
    public static bool TryParseTime(ReadOnlySpan<byte> text, out DateTimeOffset? time)
    {
        time = null;
        var point = text.IndexOf((byte)'.');
        var fraction = point < 0 ? default : text[(point + 1)..];
        if (!TryParseDecimal(point < 0 ? text : text[..point], out var seconds))
        {
            return false;
        }

        long ticks = 0;
        var unit = TimeSpan.TicksPerSecond;
        foreach (var c in fraction)
        {
            var digit = c - '0';
            if (digit is < 0 or > 9)
            {
                return false;
            }

            unit /= 10;
            ticks += digit * unit;
        }

        time = ToTime(seconds, text[0] == '-' ? -ticks : ticks);
        return true;
    }

    public static DateTimeOffset? ToTime(long seconds, long ticks = 0)
    {
        // A second less than the calendar has on either side, so that the fraction cannot leave it.
        const long First = -62_135_596_799;
        const long Last = 253_402_300_798;
        return seconds is < First or > Last ? null : DateTimeOffset.FromUnixTimeSeconds(seconds).AddTicks(ticks);
    }

    private static bool TryParseOctal(ReadOnlySpan<byte> field, out long value)
    {
        value = 0;
        while (!field.IsEmpty && field[0] is (byte)' ' or 0)
        {
            field = field[1..];
        }

        while (!field.IsEmpty && field[^1] is (byte)' ' or 0)
        {
            field = field[..^1];
        }

        foreach (var c in TarText.UntilNul(field))
        {
            var digit = c - '0';
            if (digit is < 0 or > 7 || value > long.MaxValue >> 3)
            {
                return false;
            }

            value = (value << 3) | (uint)digit;
        }

        return true;
    }

    // Two's complement, big-endian, in all bits but the first, which marks the form; the second is the sign.
    private static bool TryParseBase256(ReadOnlySpan<byte> field, out long value)
    {
        var negative = (field[0] & 0x40) != 0;
        value = 0;
        for (var i = 0; i < field.Length; i++)
        {
            var bits = (negative ? field[i] ^ 0xFF : field[i]) & (i == 0 ? 0x7F : 0xFF);
            if (value > long.MaxValue >> 8)
            {
                return false;
            }

            value = (value << 8) | (uint)bits;
        }

        value = negative ? ~value : value;
        return true;
    }
}
