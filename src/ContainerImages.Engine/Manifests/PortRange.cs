using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using ContainerImages.Content;

namespace ContainerImages.Manifests;

/// <summary>Ports as users write them: one, or a range, with or without a protocol.</summary>
internal static class PortRange
{
    private const int Highest = 65535;

    /// <summary>The ports, each as <c>80/tcp</c>.</summary>
    /// <param name="text"><c>port[-port][/protocol]</c>; the protocol is tcp, udp or sctp, tcp if none is given.</param>
    /// <exception cref="ContainerImageException">InvalidInstruction.</exception>
    public static IEnumerable<string> Parse(string text)
    {
        var parts = text.Split('/');
        var protocol = parts.Length == 2 ? parts[1].ToLowerInvariant() : "tcp";
        var ends = parts[0].Split('-');
        if (parts.Length > 2 || ends.Length > 2 || protocol is not ("tcp" or "udp" or "sctp") ||
            !TryParse(ends[0], out var first) || !TryParse(ends[ends.Length - 1], out var last) || first > last)
        {
            throw InvalidInstruction.Because(
                $"{QuotedText.Quote(text)} is no port; port[-port][/protocol] is wanted, ports from 1 to {Highest}, the protocol tcp, udp or sctp");
        }

        return Enumerable.Range(first, last - first + 1).Select(port => $"{port.ToString(CultureInfo.InvariantCulture)}/{protocol}");
    }

    private static bool TryParse(string text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is >= 1 and <= Highest;
}
