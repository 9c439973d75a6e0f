using System;
using System.Collections.Generic;

namespace ContainerImages.Content;

/// <summary>Slash-separated paths as Go's package path treats them.</summary>
internal static class GoPath
{
    /// <summary>The parts that are not empty with slashes between them, cleaned.</summary>
    public static string Join(params string[] parts)
    {
        var path = string.Join("/", Array.FindAll(parts, static part => part.Length > 0));
        return path.Length == 0 ? "" : Clean(path);
    }

    /// <summary>The shortest path of the same meaning: no double slashes, no <c>.</c>, no <c>..</c> that can be done away with.</summary>
    public static string Clean(string path)
    {
        var isRooted = path.StartsWith("/", StringComparison.Ordinal);
        var parts = new List<string>();
        foreach (var part in path.Split('/'))
        {
            if (part is "" or ".")
            {
                continue;
            }

            if (part != "..")
            {
                parts.Add(part);
            }
            else if (parts.Count > 0 && parts[^1] != "..")
            {
                parts.RemoveAt(parts.Count - 1);
            }
            else if (!isRooted)
            {
                parts.Add(part);
            }
        }

        var clean = string.Join("/", parts);
        return isRooted ? "/" + clean : clean.Length == 0 ? "." : clean;
    }
}
