using System;
using System.Collections.Generic;
using System.Linq;

namespace ContainerImages.Transports;

/// <summary>The next page of a list, as <c>Link</c> names it (RFC 8288).</summary>
internal static class LinkHeader
{
    /// <summary>The target with <c>rel="next"</c>, as it stands; null if there is none.</summary>
    public static string? Next(IEnumerable<string> headers)
    {
        foreach (var header in headers)
        {
            for (var start = header.IndexOf('<'); start >= 0;)
            {
                var end = header.IndexOf('>', start);
                if (end < 0)
                {
                    break;
                }

                var next = header.IndexOf('<', end);
                var parameters = header.Substring(end + 1, (next < 0 ? header.Length : next) - end - 1);
                if (parameters.Split(';', ',').Any(IsNext))
                {
                    return header.Substring(start + 1, end - start - 1);
                }

                start = next;
            }
        }

        return null;
    }

    private static bool IsNext(string parameter)
    {
        var equals = parameter.IndexOf('=');
        return equals > 0
            && parameter.Substring(0, equals).Trim().Equals("rel", StringComparison.OrdinalIgnoreCase)
            && parameter.Substring(equals + 1).Trim().Trim('"').Split(' ').Contains("next", StringComparer.OrdinalIgnoreCase);
    }
}
