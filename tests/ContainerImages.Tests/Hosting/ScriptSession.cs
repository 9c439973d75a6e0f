using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace ContainerImages.Tests.Hosting;

/// <summary>
/// A PowerShell session of the real engine with the staged module imported. Variables, location and preferences last
/// from one script to the next, as at a prompt.
/// </summary>
internal sealed class ScriptSession : IDisposable
{
    private const string StoreVariable = "CONTAINERIMAGES_STORE";

    private readonly Transcript _transcript = new();
    private readonly ScriptHost _host;
    private readonly Runspace _runspace;
    private readonly Action? _restoreStore;

    // Held while a script is being stopped, so that it is not disposed of under the stopping thread.
    private readonly object _stopping = new();
    private volatile PowerShell? _running;

    /// <param name="store">
    /// The session's default store. An environment variable holds it, so the test must be in <see cref="ProcessState"/>.
    /// </param>
    /// <param name="width">How many columns the screen has.</param>
    /// <param name="import">Whether the session begins with the module imported.</param>
    public ScriptSession(string? store = null, int width = ScriptHost.DefaultWidth, bool import = true)
    {
        _host = new ScriptHost(width, _transcript.Add);
        _runspace = RunspaceFactory.CreateRunspace(_host, StagedModule.NewSessionState(import));
        _runspace.Open();
        if (store is not null)
        {
            string? before = Environment.GetEnvironmentVariable(StoreVariable);
            Environment.SetEnvironmentVariable(StoreVariable, store);
            _restoreStore = () => Environment.SetEnvironmentVariable(StoreVariable, before);
        }
    }

    /// <summary>The folder that relative paths start from.</summary>
    public string Location
    {
        get => _runspace.SessionStateProxy.Path.CurrentFileSystemLocation.Path;
        set => _runspace.SessionStateProxy.Path.SetLocation(WildcardPattern.Escape(value));
    }

    /// <summary>Answers for the questions that the next scripts will ask, by label ("Yes", "No").</summary>
    public Queue<string> Answers => _host.LineUI.Answers;

    /// <summary>Sets a variable, to hand objects to a script.</summary>
    public void Set(string variable, object? value) => _runspace.SessionStateProxy.SetVariable(variable, value);

    /// <summary>Runs a script; its objects come back, and stand in the transcript as their text.</summary>
    public ScriptResult Run(string script) => Invoke(script, formatted: false);

    /// <summary>Runs a script; its objects are shown in the transcript by their views, as a person sees them.</summary>
    public ScriptResult RunFormatted(string script) => Invoke(script, formatted: true);

    /// <summary>Stops the script that is running, as Ctrl+C does, and waits for its end; called from another thread.</summary>
    public void Stop()
    {
        lock (_stopping)
        {
            _running?.Stop();
        }
    }

    /// <summary>What Tab offers at the cursor, by default at the end of the text.</summary>
    public IReadOnlyList<CompletionResult> Complete(string text, int? cursor = null)
    {
        using PowerShell shell = PowerShell.Create(_runspace);
        return CommandCompletion.CompleteInput(text, cursor ?? text.Length, null, shell).CompletionMatches;
    }

    public void Dispose()
    {
        _runspace.Dispose();
        _restoreStore?.Invoke();
    }

    private ScriptResult Invoke(string script, bool formatted)
    {
        using PowerShell shell = PowerShell.Create(_runspace);
        shell.AddScript(script);
        if (formatted)
        {
            shell.AddCommand("Out-Default");
        }

        // Both events are raised while the pipeline waits, so what they add stands in order with the host's lines.
        using PSDataCollection<PSObject> objects = [];
        objects.DataAdded += (_, e) => Record(() => _transcript.Add(objects[e.Index]?.ToString() ?? string.Empty));
        shell.Streams.Error.DataAdded += (_, e) => Record(() => _transcript.Add(shell.Streams.Error[e.Index]));

        _host.LineUI.ClearProgress();
        _running = shell;
        ErrorRecord? terminating = Run(shell, objects);
        lock (_stopping)
        {
            _running = null;
        }

        _host.LineUI.Flush();

        return new ScriptResult
        {
            Objects = [.. objects],
            Errors = [.. shell.Streams.Error],
            TerminatingError = terminating,
            Stopped = shell.InvocationStateInfo.State == PSInvocationState.Stopped,
            Warnings = [.. shell.Streams.Warning.Select(w => w.Message)],
            Verbose = [.. shell.Streams.Verbose.Select(v => v.Message)],
            Progress = [.. _host.LineUI.Progress],
            Transcript = _transcript.Take(),
        };
    }

    private ErrorRecord? Run(PowerShell shell, PSDataCollection<PSObject> objects)
    {
        try
        {
            shell.Invoke(null, objects);
        }
        catch (PipelineStoppedException)
        {
            // A stopped pipeline may throw or just end; its state tells.
        }
        catch (RuntimeException e)
        {
            Record(() => _transcript.Add(e.ErrorRecord, terminating: true));
            return e.ErrorRecord;
        }

        return null;
    }

    private void Record(Action add)
    {
        _host.LineUI.Flush();
        add();
    }
}
