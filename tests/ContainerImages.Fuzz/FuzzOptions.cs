using System;
using System.Collections.Generic;
using System.Globalization;

namespace ContainerImages.Fuzz;

/// <summary>What the command line says.</summary>
internal sealed class FuzzOptions
{
    public const string Usage =
        """
        dotnet run --project tests/ContainerImages.Fuzz -- <target> [--runs N] [--seconds S] [--seed X] [--crashes FOLDER]
        dotnet run --project tests/ContainerImages.Fuzz -- <target> --input FILE

        The first gives the target changed inputs until N were run or S seconds are over (1,000,000 and no end, if not given),
        and stops at the first that it does not take as it should: that input is written to the folder (./crashes, if not given).
        The second gives it one file.
        """;

    public string Target { get; private set; } = "";

    public long Runs { get; private set; } = 1_000_000;

    public TimeSpan Time { get; private set; } = TimeSpan.MaxValue;

    public int Seed { get; private set; } = Environment.TickCount;

    public string Crashes { get; private set; } = "crashes";

    /// <summary>One file to be run; null for random ones.</summary>
    public string? Input { get; private set; }

    /// <returns>Null if the line says nothing that makes sense.</returns>
    public static FuzzOptions? Parse(IReadOnlyList<string> arguments)
    {
        if (arguments.Count % 2 == 0)
        {
            return null;
        }

        var options = new FuzzOptions { Target = arguments[0] };
        for (var i = 1; i < arguments.Count; i += 2)
        {
            if (!options.Set(arguments[i], arguments[i + 1]))
            {
                return null;
            }
        }

        return options;
    }

    private bool Set(string name, string value)
    {
        var isNumber = long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
        switch (name)
        {
            case "--runs" when isNumber:
                Runs = number;
                return true;
            case "--seconds" when isNumber && number < int.MaxValue:
                Time = TimeSpan.FromSeconds(number);
                Runs = Runs == 1_000_000 ? long.MaxValue : Runs;
                return true;
            case "--seed" when isNumber && number <= int.MaxValue:
                Seed = (int)number;
                return true;
            case "--crashes":
                Crashes = value;
                return true;
            case "--input":
                Input = value;
                return true;
            default:
                return false;
        }
    }
}
