using System;
using System.Collections.Generic;
using System.Linq;

namespace ContainerImages.Benchmarks.Measurements;

internal enum Role
{
    Ours,
    Peer,
    Floor,
}

internal enum Unit
{
    Seconds,
    Bytes,
}

/// <summary>One of those who do the work.</summary>
/// <param name="Role">Which column it is in.</param>
/// <param name="Label">Its name there.</param>
/// <param name="Measure">Does the work once and gives the time or the bytes; null if this machine lacks the tool.</param>
internal sealed record Contestant(Role Role, string Label, Func<double>? Measure);

/// <summary>One row of the table.</summary>
internal sealed record Measurement
{
    /// <summary>What <c>--only</c> selects it by.</summary>
    public required string Name { get; init; }

    /// <summary>What is done, in words.</summary>
    public required string Work { get; init; }

    public required IReadOnlyList<Contestant> Contestants { get; init; }

    public Budget Budget { get; init; } = Budget.None;

    public Unit Unit { get; init; }

    /// <summary>Short work: more runs, and two before them that do not count.</summary>
    public bool IsShort { get; init; }
}

/// <summary>What was measured: the medians, in the order of the contestants; null for those that are missing.</summary>
internal sealed record Outcome(Measurement Measurement, IReadOnlyList<double?> Medians)
{
    public double Ours => Of(Role.Ours).Single().Median!.Value;

    public IEnumerable<(string Label, double? Median)> Of(Role role) => Measurement.Contestants
        .Zip(Medians)
        .Where(pair => pair.First.Role == role)
        .Select(pair => (pair.First.Label, pair.Second));
}
