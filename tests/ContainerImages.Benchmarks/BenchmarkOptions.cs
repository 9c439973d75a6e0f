using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace ContainerImages.Benchmarks;

/// <summary>What the user asked for.</summary>
internal sealed record BenchmarkOptions
{
    public const string Usage = """
        dotnet run -c Release --project tests/ContainerImages.Benchmarks [-- OPTIONS]

          --quick       smaller inputs and 3 runs instead of 5
          --only NAME   only the measurement of that name, or all whose names begin so; may be given several times
          --work DIR    where inputs are kept and stores are made (a short path, on a local disk)
        """;

    public bool Quick { get; private init; }

    public IReadOnlyList<string> Only { get; private init; } = [];

    // Short, since podman refuses long run folders.
    public string Work { get; private init; } = Path.Combine(Path.GetTempPath(), "ci-bench");

    /// <summary>How often work is measured that takes seconds.</summary>
    public int Runs => Quick ? 3 : 5;

    /// <summary>How often work is measured that takes milliseconds.</summary>
    public int ManyRuns => Quick ? 5 : 11;

    public static BenchmarkOptions Parse(IReadOnlyList<string> arguments)
    {
        var options = new BenchmarkOptions();
        for (var i = 0; i < arguments.Count; i++)
        {
            options = arguments[i] switch
            {
                "--quick" => options with { Quick = true },
                "--only" => options with { Only = [.. options.Only, Value(arguments, ++i)] },
                "--work" => options with { Work = Path.GetFullPath(Value(arguments, ++i)) },
                var other => throw new ArgumentException($"What is '{other}'?"),
            };
        }

        return options;
    }

    /// <summary>Which of the names are wanted: those given, or those that begin as given where none is just so.</summary>
    public IEnumerable<string> Choose(IReadOnlyList<string> names) => Only.Count == 0
        ? names
        : names.Where(name => Only.Any(only => names.Contains(only) ? name == only : name.StartsWith(only, StringComparison.Ordinal)));

    private static string Value(IReadOnlyList<string> arguments, int i) =>
        i < arguments.Count ? arguments[i] : throw new ArgumentException($"{arguments[i - 1]} lacks its value.");
}
