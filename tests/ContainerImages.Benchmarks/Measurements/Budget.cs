using System;
using System.Collections.Generic;
using System.Linq;

namespace ContainerImages.Benchmarks.Measurements;

/// <summary>What is demanded of a row.</summary>
/// <param name="Words">In words, as the table shows it.</param>
/// <param name="Conditions">Each true or false, or null where a peer is missing.</param>
internal sealed record Budget(string Words, params IReadOnlyList<Func<Outcome, bool?>> Conditions)
{
    public static Budget None { get; } = new(string.Empty);

    /// <summary>Whether it is met; null if that cannot be told.</summary>
    public bool? IsMet(Outcome outcome)
    {
        var answers = Conditions.Select(condition => condition(outcome)).ToArray();
        return answers.Contains(false) ? false
            : answers.Length == 0 || answers.Contains(null) ? null
            : true;
    }

    /// <summary>The first peer takes that many times as long.</summary>
    public static Func<Outcome, bool?> FasterThanPeer(double factor) =>
        outcome => outcome.Of(Role.Peer).First().Median is { } peer ? peer >= factor * outcome.Ours : null;

    /// <summary>Ours takes no more than that many times the first floor.</summary>
    public static Func<Outcome, bool?> WithinFloor(double factor) =>
        outcome => outcome.Ours <= factor * outcome.Of(Role.Floor).First().Median;

    /// <summary>Ours is no more than that many times the first peer's.</summary>
    public static Func<Outcome, bool?> WithinPeer(double factor) =>
        outcome => outcome.Of(Role.Peer).First().Median is { } peer ? outcome.Ours <= factor * peer : null;

    /// <summary>Ours takes no more than that many times the floor, or a peer, whichever takes longer.</summary>
    public static Func<Outcome, bool?> WithinLargest(double factor, string peer) => outcome =>
        outcome.Of(Role.Floor).Append(outcome.Of(Role.Peer).Single(other => other.Label == peer)).Max(other => other.Median) is { } largest
            ? outcome.Ours <= factor * largest
            : null;

    /// <summary>Ours is no more than that, whatever others need.</summary>
    public static Func<Outcome, bool?> AtMost(double value) => outcome => outcome.Ours <= value;
}
