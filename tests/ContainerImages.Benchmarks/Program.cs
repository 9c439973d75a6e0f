using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using ContainerImages.Benchmarks.Measurements;
using ContainerImages.Benchmarks.Reporting;
using ContainerImages.Benchmarks.Running;

namespace ContainerImages.Benchmarks;

internal static class Program
{
    private static int Main(string[] arguments)
    {
        if (arguments is [FreshSession.ChildMode, var script])
        {
            FreshSession.Serve(script);
            return 0;
        }

        BenchmarkOptions options;
        try
        {
            options = BenchmarkOptions.Parse(arguments);
        }
        catch (ArgumentException e)
        {
            Console.Error.WriteLine($"{e.Message}\n\n{BenchmarkOptions.Usage}");
            return 2;
        }

        Directory.CreateDirectory(options.Work);
        using var bench = new Bench(options);
        var all = All(bench).ToList();
        var names = options.Choose(all.Select(measurement => measurement.Name).ToList()).ToHashSet();
        var wanted = all.Where(measurement => names.Contains(measurement.Name)).ToList();
        if (wanted.Count == 0)
        {
            Console.Error.WriteLine($"Nothing has such a name. There are: {string.Join(", ", all.Select(measurement => measurement.Name))}");
            return 2;
        }

        Circumstances.WriteHead(Console.Out, bench);
        ResultTable.Write(Console.Out, wanted.Select(measurement => Runner.Run(measurement, options)).ToList());
        Circumstances.WriteNotes(Console.Out, options);
        return 0;
    }

    private static IEnumerable<Measurement> All(Bench bench) =>
    [
        .. ImportMeasurements.All(bench),
        .. SaveMeasurements.All(bench),
        .. RecompressMeasurements.All(bench),
        .. RegistryMeasurements.All(bench),
        .. ManyImagesMeasurements.All(bench),
        .. MemoryMeasurements.All(bench),
        .. StartupMeasurements.All(bench),
    ];
}
