using System;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using ContainerImages.Copying;

namespace ContainerImages.Internal;

/// <summary>
/// A copy on behalf of a cmdlet: it runs beside the pipeline's thread, which meanwhile shows progress and writes what the
/// engine has to say.
/// </summary>
internal sealed class CopyWork<T> : IDisposable
{
    private readonly PipelinePump _pump;
    private readonly CopyProgressBars _bars;
    private readonly Task<T> _task;

    public CopyWork(
        PSCmdlet cmdlet, string activity, int throttleLimit, CancellationTokenSource stop, ExplainTarget explain, Func<CopyOptions, T> work)
    {
        _pump = new PipelinePump(stop);
        _bars = new CopyProgressBars(cmdlet.CommandRuntime, activity, _pump);
        var options = new CopyOptions
        {
            ThrottleLimit = throttleLimit,
            Progress = _bars,
            Warning = message => _pump.Post(() => cmdlet.WriteWarning(message)),
            Verbose = message => _pump.Post(() => cmdlet.WriteVerbose(message)),
            Cancellation = stop.Token,
        };
        explain.Target = options.Verbose;
        _task = _pump.Start(() => work(options));
    }

    public bool IsOver => _task.IsCompleted;

    /// <summary>Shows what there is to show, without waiting.</summary>
    public void Drain() => _pump.Drain();

    /// <summary>Waits for the end; errors of the work are thrown here.</summary>
    public T Wait()
    {
        try
        {
            return _pump.Wait(_task);
        }
        finally
        {
            _bars.Dispose();
        }
    }

    /// <summary>Stops work that nobody waited for, since the pipeline ended early; it has cleared up then.</summary>
    public void Dispose()
    {
        if (!_task.IsCompleted)
        {
            _pump.Stop(_task);
        }
    }
}

/// <summary>Where a store's explanations go: to the verbose stream, or through a copy's pump while one runs.</summary>
internal sealed class ExplainTarget
{
    public Action<string>? Target { get; set; }
}
