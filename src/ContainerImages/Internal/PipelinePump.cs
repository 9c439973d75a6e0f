using System;
using System.Collections.Concurrent;
using System.Threading;
using System.Threading.Tasks;

namespace ContainerImages.Internal;

/// <summary>
/// Lets work go on in other threads while the pipeline's own, the only one that may write to it, writes what they post.
/// </summary>
internal sealed class PipelinePump(CancellationTokenSource stop)
{
    private readonly BlockingCollection<Action> _posted = [];

    /// <summary>Has something done on the pipeline's thread; lost if the work is over.</summary>
    public void Post(Action action)
    {
        try
        {
            _posted.Add(action);
        }
        catch (InvalidOperationException)
        {
            // A report that comes after the end has nobody to be shown to.
        }
    }

    /// <summary>Starts the work.</summary>
    public Task<T> Start<T>(Func<T> work) => Task.Factory.StartNew(
        () =>
        {
            try
            {
                return work();
            }
            finally
            {
                _posted.CompleteAdding();
            }
        },
        CancellationToken.None,
        TaskCreationOptions.LongRunning,
        TaskScheduler.Default);

    /// <summary>Does what has been posted so far.</summary>
    public void Drain()
    {
        while (_posted.TryTake(out var action))
        {
            action();
        }
    }

    /// <summary>Does what is posted until the work is over. It is over, and has cleared up, also when this is stopped.</summary>
    public T Wait<T>(Task<T> work)
    {
        try
        {
            foreach (var action in _posted.GetConsumingEnumerable())
            {
                action();
            }
        }
        catch
        {
            // Ctrl+C, or a preference by which a verbose line ends the call.
            Stop(work);
            throw;
        }

        return work.GetAwaiter().GetResult();
    }

    /// <summary>Stops the work and waits until it has cleared up.</summary>
    public void Stop(IAsyncResult work)
    {
        stop.Cancel();
        work.AsyncWaitHandle.WaitOne();
    }
}
