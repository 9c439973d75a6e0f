using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using ContainerImages.Benchmarks.Running;
using ContainerImages.Testing;
using ContainerImages.Tests.Hosting;

namespace ContainerImages.Benchmarks.Measurements;

/// <summary>What a session pays for the module at its beginning, each time in a fresh process.</summary>
internal static class StartupMeasurements
{
    public static IEnumerable<Measurement> All(Bench bench)
    {
        yield return new Measurement
        {
            Name = "startup-import-module",
            Work = $"Import-Module, fresh session ({FreshSession.Host})",
            Budget = new Budget("under 150 ms", Budget.AtMost(0.150)),
            Contestants =
            [
                new(Role.Ours, "ours", () => Start(bench)[0]),

                // The hosted engine has imported that one before.
                new(Role.Floor, "a module with nothing in it", FreshSession.IsShell ? ImportNothing : null),
            ],
        };
        yield return new Measurement
        {
            Name = "startup-first-cmdlet",
            Work = $"first cmdlet, fresh session ({FreshSession.Host})",
            Budget = new Budget("under 300 ms", Budget.AtMost(0.300)),
            Contestants = [new(Role.Ours, "ours", () => Start(bench)[1])],
        };
        yield return new Measurement
        {
            Name = "startup-process",
            Work = $"whole process that lists one image ({FreshSession.Host})",
            Contestants =
            [
                new(Role.Ours, "ours", () => Clock.Seconds(() => Start(bench))),
                new(Role.Peer, "podman images", PeerTools.HasPodman ? () => Podman(bench) : null),
            ],
        };
    }

    private static double[] Start(Bench bench)
    {
        var store = HostedSession.Quote(bench.StoreWith(bench.Inputs.Small(1).Layout));
        return FreshSession.Run($$"""
            $watch = [Diagnostics.Stopwatch]::StartNew()
            Import-Module {{HostedSession.Quote(StagedModule.Manifest)}}
            $watch.Elapsed.TotalSeconds.ToString([cultureinfo]::InvariantCulture)
            $watch.Restart()
            $null = Get-ContainerImage -StorePath {{store}}
            $watch.Elapsed.TotalSeconds.ToString([cultureinfo]::InvariantCulture)
            """).Select(line => double.Parse(line, CultureInfo.InvariantCulture)).ToArray();
    }

    private static double ImportNothing() => double.Parse(
        FreshSession.Run($$"""
            $watch = [Diagnostics.Stopwatch]::StartNew()
            Import-Module {{HostedSession.Quote(FreshSession.WarmUp)}}
            $watch.Elapsed.TotalSeconds.ToString([cultureinfo]::InvariantCulture)
            """).Single(),
        CultureInfo.InvariantCulture);

    private static double Podman(Bench bench)
    {
        var sandbox = bench.SandboxWith(bench.Inputs.Small(1).Archive);
        return Clock.Seconds(() => sandbox.Run(Peer.Podman, ["images"]));
    }
}
