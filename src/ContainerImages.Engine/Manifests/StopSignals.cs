using System;
using System.Collections.Generic;
using System.Globalization;
using ContainerImages.Content;

namespace ContainerImages.Manifests;

/// <summary>Signals of Linux by their names (signal(7)), with the numbers that they have on nearly all architectures.</summary>
internal static class StopSignals
{
    // What the C library keeps for itself is between the two kinds.
    private const int RealTimeMin = 34;
    private const int RealTimeMax = 64;

    private static readonly Dictionary<string, int> s_numbers = new(StringComparer.OrdinalIgnoreCase)
    {
        ["HUP"] = 1, ["INT"] = 2, ["QUIT"] = 3, ["ILL"] = 4, ["TRAP"] = 5, ["ABRT"] = 6, ["IOT"] = 6, ["BUS"] = 7, ["FPE"] = 8,
        ["KILL"] = 9, ["USR1"] = 10, ["SEGV"] = 11, ["USR2"] = 12, ["PIPE"] = 13, ["ALRM"] = 14, ["TERM"] = 15, ["STKFLT"] = 16,
        ["CHLD"] = 17, ["CLD"] = 17, ["CONT"] = 18, ["STOP"] = 19, ["TSTP"] = 20, ["TTIN"] = 21, ["TTOU"] = 22, ["URG"] = 23,
        ["XCPU"] = 24, ["XFSZ"] = 25, ["VTALRM"] = 26, ["PROF"] = 27, ["WINCH"] = 28, ["IO"] = 29, ["POLL"] = 29, ["PWR"] = 30,
        ["SYS"] = 31,
    };

    /// <summary>The number of a signal, as text.</summary>
    /// <param name="text">A name with or without SIG, in any case; a number; or RTMIN+n, RTMAX-n.</param>
    /// <exception cref="ContainerImageException">InvalidInstruction.</exception>
    public static string Parse(string text)
    {
        var name = text.StartsWith("SIG", StringComparison.OrdinalIgnoreCase) ? text.Substring("SIG".Length) : text;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number is >= 1 and <= RealTimeMax
            : s_numbers.TryGetValue(name, out number) ||
                TryParseRealTime(name, "RTMIN", RealTimeMin, '+', 1, out number) ||
                TryParseRealTime(name, "RTMAX", RealTimeMax, '-', -1, out number))
        {
            return number.ToString(CultureInfo.InvariantCulture);
        }

        throw InvalidInstruction.Because(
            $"{QuotedText.Quote(text)} is no signal; a name such as SIGTERM or RTMIN+3 is wanted, or a number from 1 to {RealTimeMax}");
    }

    private static bool TryParseRealTime(string name, string end, int from, char sign, int direction, out int number)
    {
        number = from;
        if (!name.StartsWith(end, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        var rest = name.Substring(end.Length);
        if (rest.Length == 0)
        {
            return true;
        }

        if (rest[0] != sign || !int.TryParse(rest.Substring(1), NumberStyles.None, CultureInfo.InvariantCulture, out var distance) ||
            distance > RealTimeMax - RealTimeMin)
        {
            return false;
        }

        number += direction * distance;
        return true;
    }
}
