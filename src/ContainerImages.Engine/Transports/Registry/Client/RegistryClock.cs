using System;
using System.Threading;
using System.Threading.Tasks;

namespace ContainerImages.Transports;

/// <summary>The time, behind an interface so that tests of retries and of expired tokens do not wait.</summary>
internal interface IRegistryClock
{
    DateTimeOffset UtcNow { get; }

    Task DelayAsync(TimeSpan delay, CancellationToken cancellation);
}

/// <summary>The machine's own time.</summary>
internal sealed class RegistryClock : IRegistryClock
{
    public static RegistryClock System { get; } = new();

    public DateTimeOffset UtcNow => DateTimeOffset.UtcNow;

    public Task DelayAsync(TimeSpan delay, CancellationToken cancellation) => Task.Delay(delay, cancellation);
}
