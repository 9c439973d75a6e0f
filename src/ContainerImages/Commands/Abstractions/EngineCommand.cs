using System;
using System.IO;
using System.Management.Automation;
using System.Threading;
using ContainerImages.Content;
using ContainerImages.Errors;
using ContainerImages.Internal;

namespace ContainerImages.Commands;

/// <summary>What every cmdlet has: errors in one form, and an end on Ctrl+C.</summary>
public abstract class EngineCommand : PSCmdlet, IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly ExplainTarget _explain = new();

    private protected EngineCommand()
    {
    }

    /// <summary>Ends the work under way; what is not committed is cleared up.</summary>
    private protected CancellationToken StopToken => _stop.Token;

    /// <summary>What <see cref="StopToken"/> is of.</summary>
    private protected CancellationTokenSource StopSource => _stop;

    /// <summary>Where <see cref="Explain"/> leads while something runs beside the pipeline's thread.</summary>
    private protected ExplainTarget ExplainTarget => _explain;

    // Questions are answered by no then, too, and not because somebody does not want it.
    private protected bool IsWhatIf => LanguagePrimitives.IsTrue(
        MyInvocation.BoundParameters.TryGetValue("WhatIf", out var given) ? given : SessionState.PSVariable.GetValue("WhatIfPreference"));

    /// <summary>Releases what the call holds.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc/>
    protected override void StopProcessing() => _stop.Cancel();

    /// <summary>Releases what the call holds.</summary>
    /// <param name="disposing">Always true.</param>
    protected virtual void Dispose(bool disposing) => _stop.Dispose();

    /// <summary>
    /// Runs work beside the pipeline's thread, which meanwhile writes what the work has to say; errors of it are thrown here.
    /// </summary>
    /// <param name="work">Given what to tell for the verbose stream, from any thread.</param>
    private protected T RunBeside<T>(Func<Action<string>, T> work)
    {
        var pump = new PipelinePump(_stop);
        Action<string> say = message => pump.Post(() => WriteVerbose(message));
        _explain.Target = say;
        try
        {
            return pump.Wait(pump.Start(() => work(say)));
        }
        finally
        {
            _explain.Target = null;
        }
    }

    /// <summary>Says something on the verbose stream: at once, or through what runs beside the pipeline's thread.</summary>
    private protected void Explain(string message)
    {
        if (_explain.Target is { } target)
        {
            target(message);
        }
        else
        {
            WriteVerbose(message);
        }
    }

    /// <summary>Does something; a known error becomes an error record, and ends the call only if nothing else can succeed.</summary>
    private protected void Attempt(object? target, Action action)
    {
        try
        {
            action();
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            throw new PipelineStoppedException();
        }
        catch (ContainerImageException e)
        {
            Fail(e, target);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What the engine did not foresee is still no reason to end a pipeline in an exception of .NET's.
            WriteError(ErrorRecords.Create(new ContainerImageException(ImageError.StoreAccessDenied, e.Message, e), target));
        }
    }

    private protected void Fail(ContainerImageException error, object? target)
    {
        var record = ErrorRecords.Create(error, target);
        if (ErrorRecords.IsTerminating(error))
        {
            ThrowTerminatingError(record);
        }

        WriteError(record);
    }
}
