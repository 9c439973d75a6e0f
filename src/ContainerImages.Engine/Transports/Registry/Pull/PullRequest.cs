using System.Collections.Generic;
using ContainerImages.Content;

namespace ContainerImages.Transports;

/// <summary>When a registry is asked for an image.</summary>
internal enum PullPolicy
{
    /// <summary>Always; what is here of it is not fetched again.</summary>
    Always,

    /// <summary>Only if no image of that name is here.</summary>
    IfMissing,

    /// <summary>Always, but if the registry has another image than is here; where it cannot be asked, what is here will do.</summary>
    Newer,

    /// <summary>Never.</summary>
    Never,
}

/// <summary>What is pulled.</summary>
/// <param name="Reference">The name, as the user wrote it.</param>
internal sealed record PullRequest(string Reference)
{
    public PullPolicy Policy { get; init; }

    /// <summary>Which platforms of an index; empty for this machine's.</summary>
    public IReadOnlyList<PlatformPattern> Platforms { get; init; } = [];

    /// <summary>Whether all that an index names is pulled.</summary>
    public bool AllPlatforms { get; init; }

    /// <summary>Labels that each image must have, <c>key</c> or <c>key=value</c> with wildcards; looked at before any layer.</summary>
    public IReadOnlyList<string> RequiredLabels { get; init; } = [];
}
