using System;
using System.Collections.Generic;
using System.Linq;
using ContainerImages.Benchmarks.Inputs;
using ContainerImages.Benchmarks.Running;
using ContainerImages.Testing;
using ContainerImages.Tests.Hosting;

namespace ContainerImages.Benchmarks.Measurements;

/// <summary>The most memory that work needs beyond what an idle session has, each time in a fresh process.</summary>
internal static class MemoryMeasurements
{
    private static readonly Budget _budget = new("under 64 MB above idle", Budget.AtMost(64_000_000));

    public static IEnumerable<Measurement> All(Bench bench)
    {
        if (!OperatingSystem.IsLinux())
        {
            yield break;
        }

        var image = bench.Inputs.Large;
        yield return Measure(
            "memory-import",
            $"peak memory, import {image.Title}",
            () => bench.WithNewPath(store => Above(
                store,
                $"$null = Import-ContainerImage -LiteralPath {HostedSession.Quote(image.Archive)} -StorePath {HostedSession.Quote(store)}")),
            () => bench.WithNewSandbox(sandbox => PeerTools.PeakBytes(sandbox, Peer.Podman, "load", "-i", image.Archive)));
        yield return Measure(
            "memory-save",
            $"peak memory, save docker-archive {image.Title}",
            () => bench.WithNewPath(path => Save(bench, image.PlainLayout, path)),
            () => bench.WithNewPath(path =>
                PeerTools.PeakBytes(bench.SandboxWith(image.Archive), Peer.Podman, "save", "-o", path, BigImage.Name)));
        yield return Measure(
            "memory-save-gzip",
            $"peak memory, save docker-archive {image.Title}, layers stored gzip",
            () => bench.WithNewPath(path => Save(bench, image.GzipLayout, path)),
            podman: null);
        yield return Measure(
            "memory-verify-10000",
            "peak memory, verify a store of 10,000 images",
            () => Verify(bench, bench.Inputs.Small(10_000).Layout),
            podman: null);
    }

    private static Measurement Measure(string name, string work, Func<double> ours, Func<double>? podman) => new()
    {
        Name = name,
        Work = work,
        Unit = Unit.Bytes,
        Budget = _budget,
        Contestants =
        [
            new(Role.Ours, "ours", ours),
            new(Role.Peer, "podman, whole", PeerTools.HasPodman ? podman : null),
        ],
    };

    private static double Save(Bench bench, string layout, string path)
    {
        var store = bench.StoreWith(layout);
        return Above(store, $"Save-ContainerImage {BigImage.Name} -Destination {HostedSession.Quote(path)} -StorePath {HostedSession.Quote(store)}");
    }

    private static double Verify(Bench bench, string layout)
    {
        var store = bench.StoreWith(layout);
        return Above(store, $"if (-not (Test-ImageStore -StorePath {HostedSession.Quote(store)})) {{ throw 'It is not sound.' }}");
    }

    private static double Above(string store, string work)
    {
        // Writing 5 there makes the peak what is in use at the moment.
        var lines = FreshSession.Run($$"""
            function Get-Peak { [IO.File]::ReadAllLines('/proc/self/status') | Where-Object { $_.StartsWith('VmHWM') } }
            Import-Module {{HostedSession.Quote(StagedModule.Manifest)}}
            $null = Get-ContainerImage -StorePath {{HostedSession.Quote(store)}}
            [GC]::Collect()
            [IO.File]::WriteAllText('/proc/self/clear_refs', '5')
            Get-Peak
            {{work}}
            Get-Peak
            """);
        return ProcessMemory.Parse(lines.Last()) - ProcessMemory.Parse(lines.First());
    }
}
