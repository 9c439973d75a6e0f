using System;
using System.Collections.Generic;

namespace ContainerImages.Manifests;

/// <summary>How a container tells that it is well (Docker's <c>HEALTHCHECK</c>).</summary>
public sealed class Healthcheck
{
    /// <summary>The command; its first word says how to run it: NONE, CMD or CMD-SHELL.</summary>
    public IReadOnlyList<string> Test { get; init; } = [];

    /// <summary>Time between checks; null for the default.</summary>
    public TimeSpan? Interval { get; init; }

    /// <summary>Time after which a check has failed; null for the default.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Time a container is given to come up; null for the default.</summary>
    public TimeSpan? StartPeriod { get; init; }

    /// <summary>Failures in a row that make a container unhealthy; null for the default.</summary>
    public int? Retries { get; init; }
}
