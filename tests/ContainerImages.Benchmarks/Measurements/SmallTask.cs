using System;
using System.Collections.Generic;

namespace ContainerImages.Benchmarks.Measurements;

/// <summary>Everyday work on a store of many images, by each of those who can do it.</summary>
internal sealed record SmallTask(string Name)
{
    public required OurSteps Ours { get; init; }

    public required IReadOnlyList<PeerSteps> Peers { get; init; }

    /// <summary>The most it may take, in seconds, by the number of images.</summary>
    public required IReadOnlyDictionary<int, double> Budgets { get; init; }
}

/// <summary>Scripts, given an image's name; <c>$store</c> is set.</summary>
/// <param name="Work">What is measured.</param>
internal sealed record OurSteps(Func<string, string> Work)
{
    public Func<string, string>? Before { get; init; }

    public Func<string, string>? After { get; init; }
}

/// <summary>Arguments of a command, given an OCI layout and an image's name.</summary>
/// <param name="Command">The peer.</param>
/// <param name="Work">What is measured.</param>
internal sealed record PeerSteps(string Command, Func<string, string, string[]> Work)
{
    public Func<string, string, string[]>? Before { get; init; }

    public Func<string, string, string[]>? After { get; init; }
}
