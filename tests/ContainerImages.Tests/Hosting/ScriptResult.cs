using System.Collections.Generic;
using System.Management.Automation;

namespace ContainerImages.Tests.Hosting;

/// <summary>What one script did.</summary>
internal sealed record ScriptResult
{
    /// <summary>What was written to the pipeline; empty after <see cref="ScriptSession.RunFormatted"/>, which shows it.</summary>
    public required IReadOnlyList<PSObject> Objects { get; init; }

    /// <summary>The errors after which the script went on.</summary>
    public required IReadOnlyList<ErrorRecord> Errors { get; init; }

    /// <summary>The error that ended the script, if one did.</summary>
    public required ErrorRecord? TerminatingError { get; init; }

    /// <summary>Whether the script was stopped from outside, as by Ctrl+C.</summary>
    public required bool Stopped { get; init; }

    public required IReadOnlyList<string> Warnings { get; init; }

    public required IReadOnlyList<string> Verbose { get; init; }

    public required IReadOnlyList<ProgressRecord> Progress { get; init; }

    /// <summary>Every stream but progress, in the order things happened, lines ended by LF.</summary>
    public required string Transcript { get; init; }
}
