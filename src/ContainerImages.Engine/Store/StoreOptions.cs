using System;
using System.Collections.Generic;
using ContainerImages.References;

namespace ContainerImages.Store;

/// <summary>How a store is used.</summary>
public sealed class StoreOptions
{
    /// <summary>How long to wait for another process's commit. 30 seconds if not given.</summary>
    public TimeSpan LockTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Told why names resolve as they do and what commits do beside what was asked; null for nobody.</summary>
    public Action<string>? Verbose { get; init; }

    /// <summary>
    /// Where a short name may be beside localhost and docker.io, by the configuration of registries, with the reason; null for
    /// no configuration.
    /// </summary>
    internal Func<ImageReference, IEnumerable<(ImageReference Name, string Why)>>? ShortNames { get; init; }

    /// <summary>What time it is.</summary>
    internal Func<DateTimeOffset> Clock { get; init; } = () => DateTimeOffset.UtcNow;

    /// <summary>Whether a store is opened whose oci-layout file is broken or gone, to be verified and mended.</summary>
    internal bool OpensBroken { get; init; }

    /// <summary>How long an index that cannot be parsed is read again: another tool rewrites it in place, and may be seen half-way.</summary>
    internal TimeSpan TornIndexPatience { get; init; } = TimeSpan.FromSeconds(1);

    internal IStoreSystem System { get; init; } = StoreSystem.Current;
}
