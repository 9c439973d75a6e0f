using System;
using System.Diagnostics;
using System.IO;
using System.Threading;
using ContainerImages.Content;

namespace ContainerImages.Fuzz;

/// <summary>Runs one target from the command line.</summary>
internal static class Program
{
    // Far more than any input of this size takes on any machine: who takes longer takes for ever.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static int Main(string[] arguments)
    {
        var options = FuzzOptions.Parse(arguments);
        using var target = options is null ? null : FuzzTargets.Make(options.Target);
        if (target is null)
        {
            Console.Error.WriteLine(FuzzOptions.Usage);
            foreach (var name in FuzzTargets.Names)
            {
                using var one = FuzzTargets.Make(name)!;
                Console.Error.WriteLine($"  {name,-12} {one.Purpose}");
            }

            return 2;
        }

        return options!.Input is { } input ? RunFile(target, input) : RunRandom(target, options);
    }

    private static int RunFile(FuzzTarget target, string path)
    {
        var error = FuzzRun.Try(target, File.ReadAllBytes(path));
        Console.WriteLine(error?.ToString() ?? "The target took the input as it should.");
        return error is null ? 0 : 1;
    }

    private static int RunRandom(FuzzTarget target, FuzzOptions options)
    {
        var corpus = CorpusFolder.Read(target.Name);
        var run = new FuzzRun(target, corpus, options.Seed);
        Console.WriteLine($"{target.Name}: {corpus.Count} inputs in the corpus, seed {options.Seed}.");
        var clock = Stopwatch.StartNew();
        using var watch = new Timer(_ => StopIfStuck(run, target, options), null, Patience, Patience);
        while (run.Count < options.Runs && clock.Elapsed < options.Time)
        {
            if (run.Next() is { } error)
            {
                Report(run.Input, target, options, $"{error}\nat run {run.Count}");
                return 1;
            }
        }

        Console.WriteLine($"{target.Name}: {run.Count} runs in {clock.Elapsed.TotalSeconds:F0} s, without an unexpected result.");
        return 0;
    }

    private static long _countBefore = -1;

    private static void StopIfStuck(FuzzRun run, FuzzTarget target, FuzzOptions options)
    {
        if (run.Count == _countBefore)
        {
            Report(run.Input, target, options, $"The target has not come back for {Patience.TotalSeconds} s, at run {run.Count}");
            Environment.Exit(1);
        }

        _countBefore = run.Count;
    }

    private static void Report(byte[] input, FuzzTarget target, FuzzOptions options, string what)
    {
        var folder = Directory.CreateDirectory(Path.Combine(options.Crashes, target.Name)).FullName;
        var path = Path.Combine(folder, Digest.Compute(input).ShortId);
        File.WriteAllBytes(path, input);
        Console.WriteLine($"{what}\nof seed {options.Seed}. To see it again:\n  dotnet run --project tests/ContainerImages.Fuzz -- {target.Name} --input {path}");
    }
}
