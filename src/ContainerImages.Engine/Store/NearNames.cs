using System;
using System.Collections.Generic;
using System.Linq;
using ContainerImages.References;

namespace ContainerImages.Store;

/// <summary>Names that a user who mistyped one, or forgot its tag, may have meant.</summary>
internal static class NearNames
{
    private const int MostEdits = 2;
    private const int LongestCompared = 128;

    public static IReadOnlyList<string> Find(string text, IEnumerable<string> names, int most)
    {
        var wanted = LastPart(text);
        return names
            .Select(name => (Name: name, Distance: Distance(wanted, LastPart(name))))
            .Where(near => near.Distance <= MostEdits && near.Distance < Math.Max(wanted.Length, 1))
            .OrderBy(near => near.Distance)
            .ThenBy(near => near.Name, StringComparer.Ordinal)
            .Take(most)
            .Select(near => ImageReference.TryParse(near.Name, out var reference) ? reference.ToFamiliarString() : near.Name)
            .ToList();
    }

    private static string LastPart(string text)
    {
        var name = text.Substring(text.LastIndexOf('/') + 1);
        var end = name.IndexOfAny([':', '@']);
        name = end < 0 ? name : name.Substring(0, end);
        return name.Length <= LongestCompared ? name : name.Substring(0, LongestCompared);
    }

    private static int Distance(string a, string b)
    {
        if (Math.Abs(a.Length - b.Length) > MostEdits)
        {
            return int.MaxValue;
        }

        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var above = row[j];
                row[j] = Math.Min(Math.Min(above, row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }

        return row[b.Length];
    }
}
