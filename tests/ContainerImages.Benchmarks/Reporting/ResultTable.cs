using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using ContainerImages.Benchmarks.Measurements;

namespace ContainerImages.Benchmarks.Reporting;

/// <summary>The outcomes as plain text: a row each, and a line more for each peer and each floor after the first.</summary>
internal static class ResultTable
{
    private static readonly string[] _titles =
        ["work", "ours", "peer", "", "peer/ours", "floor", "", "ours/floor", "budget", "met"];

    private static readonly bool[] _alignsRight = [false, true, false, true, true, false, true, true, false, false];

    private static readonly string[] _none = ["", "", ""];

    public static void Write(TextWriter writer, IReadOnlyList<Outcome> outcomes)
    {
        var rows = outcomes.SelectMany(Rows).Prepend(_titles).ToList();
        var widths = _titles.Select((_, column) => rows.Max(row => row[column].Length)).ToArray();
        rows.Insert(1, widths.Select(width => new string('-', width)).ToArray());
        foreach (var row in rows)
        {
            var cells = row.Select((text, i) => _alignsRight[i] ? text.PadLeft(widths[i]) : text.PadRight(widths[i]));
            writer.WriteLine(string.Join("  ", cells).TrimEnd());
        }
    }

    private static IEnumerable<string[]> Rows(Outcome outcome)
    {
        var unit = outcome.Measurement.Unit;
        var peers = Others(Role.Peer, median => median / outcome.Ours);
        var floors = Others(Role.Floor, median => outcome.Ours / median);
        var budget = outcome.Measurement.Budget;
        for (var i = 0; i < Math.Max(peers.Count, floors.Count); i++)
        {
            string[] others = [.. peers.ElementAtOrDefault(i) ?? _none, .. floors.ElementAtOrDefault(i) ?? _none];
            yield return i > 0
                ? ["", "", .. others, "", ""]
                :
                [
                    outcome.Measurement.Work,
                    Quantity.Show(outcome.Ours, unit),
                    .. others,
                    budget.Words.Length == 0 ? Quantity.Missing : budget.Words,
                    Quantity.ShowAnswer(budget.IsMet(outcome)),
                ];
        }

        List<string[]> Others(Role role, Func<double?, double?> ratio) => outcome.Of(role)
            .DefaultIfEmpty((Label: Quantity.Missing, Median: null))
            .Select(other => new[] { other.Label, Quantity.Show(other.Median, unit), Quantity.ShowRatio(ratio(other.Median)) })
            .ToList();
    }
}
