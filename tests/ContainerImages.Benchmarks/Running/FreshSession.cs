using System;
using System.IO;
using ContainerImages.Testing;

namespace ContainerImages.Benchmarks.Running;

/// <summary>A session in a process of its own: of pwsh if this machine has it, else of this program in its child mode.</summary>
internal static class FreshSession
{
    /// <summary>The first argument of the child mode; the second is the script.</summary>
    public const string ChildMode = "--child";

    private static readonly string? _shell = PeerTools.Find("pwsh");

    public static bool IsShell => _shell is not null;

    public static string Host => IsShell ? "pwsh" : "hosted engine";

    /// <summary>A module that does nothing.</summary>
    public static string WarmUp { get; } = Path.Combine(AppContext.BaseDirectory, "WarmUp", "WarmUp.psd1");

    /// <summary>Runs a script that imports the module itself.</summary>
    /// <returns>What it wrote, line by line.</returns>
    public static string[] Run(string script) =>
        (_shell is null ? RunChild(script) : Tool.Run(_shell, ["-NoProfile", "-NonInteractive", "-Command", script])).Lines;

    /// <summary>
    /// The child's side. The engine that pwsh ships is compiled ahead of time and that of the package is not, so it is made
    /// to compile itself by importing another module first.
    /// </summary>
    public static void Serve(string script)
    {
        using var session = new HostedSession(import: false);
        session.Run($"""
            Import-Module {HostedSession.Quote(WarmUp)}
            $null = [Diagnostics.Stopwatch]::StartNew().Elapsed.TotalSeconds.ToString([cultureinfo]::InvariantCulture)
            $null = Get-Command Get-Module
            """);
        foreach (var line in session.Run(script))
        {
            Console.WriteLine(line);
        }
    }

    private static ToolResult RunChild(string script)
    {
        var process = Environment.ProcessPath!;
        string[] arguments = [ChildMode, script];
        return Path.GetFileNameWithoutExtension(process) == "dotnet"
            ? Tool.Run(process, [Environment.GetCommandLineArgs()[0], .. arguments])
            : Tool.Run(process, arguments);
    }
}
