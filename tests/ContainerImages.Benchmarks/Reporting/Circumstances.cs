using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Runtime.InteropServices;
using ContainerImages.Benchmarks.Running;
using ContainerImages.Testing;

namespace ContainerImages.Benchmarks.Reporting;

/// <summary>The lines around the table: what it was measured on, and how.</summary>
internal static class Circumstances
{
    public static void WriteHead(TextWriter writer, Bench bench)
    {
        writer.WriteLine($"{DateTime.UtcNow:yyyy-MM-dd HH:mm} UTC, {RuntimeInformation.OSDescription}, {Environment.ProcessorCount} cores, {LoadAverage()}");
        writer.WriteLine($"{RuntimeInformation.FrameworkDescription}, PowerShell {typeof(PSObject).Assembly.GetName().Version}, work in {bench.Options.Work}");
        foreach (var command in new[] { Peer.Podman, Peer.Skopeo, Peer.Umoci, Peer.Registry })
        {
            var version = PeerTools.Find(command) is null ? "missing" : bench.Sandbox.Run(command, ["--version"]).Lines[0];
            writer.WriteLine(command == Peer.Podman && PeerTools.HasPodman ? $"{version}, storage driver {bench.Sandbox.Driver}" : version);
        }

        writer.WriteLine();
    }

    public static void WriteNotes(TextWriter writer, BenchmarkOptions options)
    {
        writer.WriteLine();
        writer.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Medians of {options.Runs} runs ({options.ManyRuns} of short work), all by turns. Ours: cmdlets in one warm session of the hosted engine,"));
        writer.WriteLine("but memory and starting, which are measured in fresh processes. Peers: whole processes. Floors: in this program.");
        writer.WriteLine("The hosted engine, which is not compiled ahead of time, has imported another module before; pwsh has not.");
        writer.WriteLine("Each new import goes to a fresh empty store, each save to a new path; what others wrote is on disk before the clock starts.");
        if (options.Quick)
        {
            writer.WriteLine("A quick run: the inputs are a quarter of what the budgets mean, so that fixed costs weigh more.");
        }
    }

    private static string LoadAverage() => OperatingSystem.IsLinux()
        ? "load " + string.Join(' ', File.ReadAllText("/proc/loadavg").Split(' ').Take(3))
        : "load unknown";
}
