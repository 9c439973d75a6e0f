using System.Collections.Generic;
using System.IO;
using System.Linq;
using ContainerImages.Benchmarks.Measurements;

namespace ContainerImages.Benchmarks.Reporting;

/// <summary>The outcomes as plain text: a row each, and a line more for each peer after the first.</summary>
internal static class ResultTable
{
    private static readonly string[] _titles =
        ["work", "ours", "peer", "", "peer/ours", "floor", "", "ours/floor", "budget", "met"];

    private static readonly bool[] _alignsRight = [false, true, false, true, true, false, true, true, false, false];

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
        var peers = outcome.Of(Role.Peer).DefaultIfEmpty((Label: Quantity.Missing, Median: null)).ToList();
        var (floor, floorMedian) = outcome.Of(Role.Floor).DefaultIfEmpty((Label: Quantity.Missing, Median: null)).Single();
        var budget = outcome.Measurement.Budget;
        for (var i = 0; i < peers.Count; i++)
        {
            var (peer, median) = peers[i];
            string[] other = [peer, Quantity.Show(median, unit), Quantity.ShowRatio(median / outcome.Ours)];
            yield return i > 0
                ? ["", "", .. other, "", "", "", "", ""]
                :
                [
                    outcome.Measurement.Work,
                    Quantity.Show(outcome.Ours, unit),
                    .. other,
                    floor,
                    Quantity.Show(floorMedian, unit),
                    Quantity.ShowRatio(outcome.Ours / floorMedian),
                    budget.Words.Length == 0 ? Quantity.Missing : budget.Words,
                    Quantity.ShowAnswer(budget.IsMet(outcome)),
                ];
        }
    }
}
