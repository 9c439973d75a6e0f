using System;
using System.Threading;

namespace ContainerImages.Transports;

/// <summary>
/// Ends a request from which no byte has come, and to which none has gone, for a while. However long the whole takes does
/// not count, nor the time in which nobody is waiting for the other side.
/// </summary>
internal sealed class IdleTimeout : IDisposable
{
    private readonly TimeSpan _limit;
    private readonly CancellationToken _cancellation;
    private readonly CancellationTokenSource _source;

    public IdleTimeout(TimeSpan limit, CancellationToken cancellation)
    {
        _limit = limit;
        _cancellation = cancellation;
        _source = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
    }

    /// <summary>Cancelled when the time is up, or when the caller wants no more.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>Whether the time is up, rather than the caller's patience.</summary>
    public bool IsTimedOut => _source.IsCancellationRequested && !_cancellation.IsCancellationRequested;

    public TimeSpan Limit => _limit;

    /// <summary>Starts the time anew.</summary>
    public void Start() => _source.CancelAfter(_limit);

    /// <summary>Stops the time.</summary>
    public void Pause() => _source.CancelAfter(Timeout.InfiniteTimeSpan);

    public void Dispose() => _source.Dispose();
}
