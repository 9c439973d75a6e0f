using System;

namespace ContainerImages.Manifests;

/// <summary>One entry of a config's history (OCI image specification, config.md): a step of the build.</summary>
public sealed class HistoryStep
{
    /// <summary>When it was done, UTC; null where the config does not say.</summary>
    public DateTimeOffset? Created { get; init; }

    /// <summary>The command; empty where the config does not say.</summary>
    public string CreatedBy { get; init; } = "";

    /// <summary>Who did it; empty where the config does not say.</summary>
    public string Author { get; init; } = "";

    /// <summary>A remark; empty where there is none.</summary>
    public string Comment { get; init; } = "";

    /// <summary>Whether the step made no layer.</summary>
    public bool EmptyLayer { get; init; }

    /// <summary>The command.</summary>
    public override string ToString() => CreatedBy;
}
