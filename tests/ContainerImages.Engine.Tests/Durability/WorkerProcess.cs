using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;

namespace ContainerImages.Engine.Tests.Durability;

/// <summary>A worker in a process of its own, and what it has said so far.</summary>
internal sealed class WorkerProcess : IDisposable
{
    private readonly Process _process;

    public WorkerProcess(string store, string folder, int seed, int steps, string repository)
        : this(Arguments(store, folder, seed, steps, repository))
    {
    }

    private WorkerProcess(IReadOnlyList<string> arguments)
    {
        _process = Process.Start(new ProcessStartInfo(DotNet, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
    }

    /// <summary>One that pulls an image, and is done then.</summary>
    public static WorkerProcess Pull(string store, string name) =>
        new([Path.Combine(AppContext.BaseDirectory, "ContainerImages.StoreWorker.dll"), store, name, StoreWorker.Program.Pull]);

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    /// <summary>The host that runs this very process, so that no other version is met.</summary>
    public static string DotNet => Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet";

    /// <summary>How a worker is started.</summary>
    public static IReadOnlyList<string> Arguments(string store, string folder, int seed, int steps, string repository) =>
    [
        Path.Combine(AppContext.BaseDirectory, "ContainerImages.StoreWorker.dll"),
        store,
        folder,
        seed.ToString(CultureInfo.InvariantCulture),
        steps.ToString(CultureInfo.InvariantCulture),
        repository,
    ];

    /// <summary>Waits until it begins.</summary>
    public void WaitUntilReady()
    {
        if (_process.StandardOutput.ReadLine() is var line && line != StoreWorker.Program.Ready)
        {
            throw new InvalidOperationException($"The worker did not begin: {line}\n{_process.StandardError.ReadToEnd()}");
        }
    }

    /// <summary>Waits until it has said so much, or ended.</summary>
    public IReadOnlyList<string> ReadLines(int count)
    {
        var lines = new List<string>();
        while (lines.Count < count && _process.StandardOutput.ReadLine() is { } line)
        {
            lines.Add(line);
        }

        return lines;
    }

    /// <summary>Ends it as a power switch does.</summary>
    public void Kill() => _process.Kill();

    /// <summary>What it says to its end, a line for each step done; a line that was cut off does not count.</summary>
    public IReadOnlyList<string> ReadToEnd(out string error)
    {
        var text = _process.StandardOutput.ReadToEnd();
        error = _process.StandardError.ReadToEnd();
        _process.WaitForExit();
        var end = text.LastIndexOf('\n');
        return end < 0 ? [] : text.Substring(0, end).Split('\n');
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }
}
