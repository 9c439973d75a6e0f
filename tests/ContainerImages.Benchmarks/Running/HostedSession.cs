using System;
using System.Linq;
using ContainerImages.Tests.Hosting;

namespace ContainerImages.Benchmarks.Running;

/// <summary>Our side: one session of the hosted engine with the module imported, for all measurements.</summary>
internal sealed class HostedSession : IDisposable
{
    private readonly ScriptSession _session;

    public HostedSession(bool import = true) => _session = new ScriptSession(import: import);

    /// <summary>A text as a script writes it.</summary>
    public static string Quote(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    /// <summary>Runs a script, whose output should be small: each object is turned to text.</summary>
    /// <returns>Its output as text, line by line.</returns>
    public string[] Run(string script)
    {
        var result = _session.Run(script);
        return result is { Errors.Count: 0, TerminatingError: null }
            ? result.Objects.Select(o => o.ToString()).ToArray()
            : throw new InvalidOperationException($"{script}\n{result.Transcript}");
    }

    public void Dispose() => _session.Dispose();
}
