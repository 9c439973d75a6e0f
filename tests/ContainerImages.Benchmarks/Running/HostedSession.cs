using System;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using ContainerImages.Tests.Hosting;

namespace ContainerImages.Benchmarks.Running;

/// <summary>A session of the hosted engine, whose variables last from one script to the next.</summary>
internal sealed class HostedSession : IDisposable
{
    private readonly ScriptHost _host = new(ScriptHost.DefaultWidth, _ => { });
    private readonly Runspace _runspace;

    public HostedSession(bool import = true)
    {
        _runspace = RunspaceFactory.CreateRunspace(_host, StagedModule.NewSessionState(import));
        _runspace.Open();
    }

    /// <summary>A text as a script writes it.</summary>
    public static string Quote(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    /// <summary>Runs a script, which must succeed.</summary>
    /// <returns>Its output as text, line by line.</returns>
    public string[] Run(string script)
    {
        _host.LineUI.ClearProgress();
        using var shell = PowerShell.Create(_runspace);
        var output = shell.AddScript(script).Invoke();
        return shell.Streams.Error.Count == 0
            ? output.Select(o => o.ToString()).ToArray()
            : throw new InvalidOperationException($"{script}\n{string.Join('\n', shell.Streams.Error)}");
    }

    public void Dispose() => _runspace.Dispose();
}
