using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using ContainerImages.Benchmarks.Inputs;
using ContainerImages.Benchmarks.Running;
using ContainerImages.Testing;

namespace ContainerImages.Benchmarks.Measurements;

/// <summary>The small tasks in stores of several sizes.</summary>
internal sealed class ManyImagesMeasurements(Bench bench)
{
    // Beyond it podman needs seconds for each listing, and minutes to load so many.
    private const int PodmanLimit = 100;

    private static readonly int[] _counts = [1, 100, 1_000, 10_000];

    private readonly Dictionary<string, string> _copies = [];

    public static IEnumerable<Measurement> All(Bench bench)
    {
        var all = new ManyImagesMeasurements(bench);
        return SmallTasks.All.SelectMany(task => _counts.Select(count => all.Create(task, count)));
    }

    private Measurement Create(SmallTask task, int count)
    {
        var isDemanded = task.Budgets.TryGetValue(count, out var most);
        return new Measurement
        {
            Name = string.Create(CultureInfo.InvariantCulture, $"{task.Name}-{count}"),
            Work = string.Create(CultureInfo.InvariantCulture, $"{task.Name}, store of {count:N0}"),
            IsShort = true,
            Budget = isDemanded ? new Budget($"under {most * 1000:0} ms", Budget.AtMost(most)) : Budget.None,
            Contestants =
            [
                new(Role.Ours, "ours", () => Run(task.Ours, bench.Inputs.Small(count))),
                .. task.Peers.Select(peer => new Contestant(
                    Role.Peer, peer.Command, IsAble(peer, count) ? () => Run(peer, bench.Inputs.Small(count)) : null)),
            ],
        };
    }

    private static bool IsAble(PeerSteps peer, int count) =>
        PeerTools.Find(peer.Command) is not null && (peer.Command != Peer.Podman || count <= PodmanLimit);

    private double Run(OurSteps steps, SmallImages images)
    {
        var store = $"$store = {HostedSession.Quote(bench.StoreWith(images.Layout))}";
        bench.Session.Run($"{store}\n{steps.Before?.Invoke(images.SomeName)}");
        var seconds = Clock.Seconds(() => bench.Session.Run(steps.Work(images.SomeName)));
        bench.Session.Run(steps.After?.Invoke(images.SomeName) ?? string.Empty);
        return seconds;
    }

    private double Run(PeerSteps steps, SmallImages images)
    {
        var isPodman = steps.Command == Peer.Podman;
        var sandbox = isPodman ? bench.SandboxWith(images.Archive) : bench.Sandbox;
        var layout = isPodman ? string.Empty : Copy(images.Layout);
        Run(steps.Before);
        var seconds = Clock.Seconds(() => Run(steps.Work));
        Run(steps.After);
        return seconds;

        void Run(Func<string, string, string[]>? arguments)
        {
            if (arguments is not null)
            {
                sandbox.Run(steps.Command, arguments(layout, images.SomeName));
            }
        }
    }

    /// <summary>The layout with an index of its own, so that the input stays as it is.</summary>
    private string Copy(string layout)
    {
        if (!_copies.TryGetValue(layout, out var copy))
        {
            copy = bench.NewPath();
            Directory.CreateDirectory(copy);
            Directory.CreateSymbolicLink(Path.Combine(copy, "blobs"), Path.Combine(layout, "blobs"));
            foreach (var file in Directory.EnumerateFiles(layout))
            {
                File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
            }

            _copies.Add(layout, copy);
        }

        return copy;
    }
}
