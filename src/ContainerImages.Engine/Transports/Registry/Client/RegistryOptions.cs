using System;

namespace ContainerImages.Transports;

/// <summary>How registries are talked to.</summary>
internal sealed class RegistryOptions
{
    /// <summary>How long no byte may come or go. 100 seconds if not given.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(100);

    /// <summary>How often a request is repeated that failed for the moment. 3 if not given.</summary>
    public int RetryCount { get; init; } = 3;

    /// <summary>Told what is asked, what is answered and what is repeated, from any thread, and never a secret; null for nobody.</summary>
    public Action<string>? Verbose { get; init; }

    /// <summary>What time it is, and how to wait.</summary>
    public IRegistryClock Clock { get; init; } = RegistryClock.System;
}
