using System.Collections.Generic;
using System.Linq;
using ContainerImages.Benchmarks.Running;

namespace ContainerImages.Benchmarks.Measurements;

/// <summary>Measures a row: all contestants by turns, so that the machine's moods meet all of them.</summary>
internal static class Runner
{
    private const int WarmUps = 2;

    public static Outcome Run(Measurement measurement, BenchmarkOptions options)
    {
        Bench.Report($"Measuring {measurement.Name} …");
        var runs = measurement.IsShort ? options.ManyRuns : options.Runs;
        var values = measurement.Contestants.Select(_ => new List<double>()).ToArray();
        for (var run = measurement.IsShort ? -WarmUps : 0; run < runs; run++)
        {
            foreach (var (contestant, measured) in measurement.Contestants.Zip(values))
            {
                if (contestant.Measure is { } measure && (run >= 0 || contestant.Role == Role.Ours))
                {
                    var value = measure();
                    if (run >= 0)
                    {
                        measured.Add(value);
                    }
                }
            }
        }

        return new Outcome(measurement, values.Select(Median).ToArray());
    }

    private static double? Median(List<double> values)
    {
        if (values.Count == 0)
        {
            return null;
        }

        values.Sort();
        var middle = values.Count / 2;
        return values.Count % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    }
}
