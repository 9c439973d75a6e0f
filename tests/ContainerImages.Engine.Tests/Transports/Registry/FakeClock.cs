using System;
using System.Collections.Concurrent;
using System.Threading;
using System.Threading.Tasks;
using ContainerImages.Transports;

namespace ContainerImages.Engine.Tests.Transports.Registry;

/// <summary>A clock that goes on only when somebody waits by it, and then at once.</summary>
internal sealed class FakeClock : IRegistryClock
{
    public DateTimeOffset UtcNow { get; set; } = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    /// <summary>How long was waited, each time.</summary>
    public ConcurrentQueue<TimeSpan> Delays { get; } = [];

    public Task DelayAsync(TimeSpan delay, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        Delays.Enqueue(delay);
        UtcNow += delay;
        return Task.CompletedTask;
    }
}
