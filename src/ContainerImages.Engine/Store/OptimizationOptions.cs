using System;
using System.Collections.Generic;
using ContainerImages.References;

namespace ContainerImages.Store;

/// <summary>What is to go from a store, beside what nobody has any use for.</summary>
internal sealed record OptimizationOptions
{
    /// <summary>Nothing but that.</summary>
    public static OptimizationOptions None { get; } = new();

    /// <summary>Images with names too.</summary>
    public bool All { get; init; }

    /// <summary>All tags of a repository but this many of the newest; null for none.</summary>
    public int? Keep { get; init; }

    /// <summary>The oldest images until the store has no more bytes than this; null for none.</summary>
    public long? MaximumSize { get; init; }

    /// <summary>Only images made before this date.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Only images with all of these labels, as <see cref="ImageFilter.Labels"/> has them.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>Only names that one of these covers; empty for any, and for images without a name.</summary>
    public IReadOnlyList<ReferencePattern> References { get; init; } = [];

    /// <summary>Images that a lease holds too, and blobs that may belong to another tool's copy under way.</summary>
    public bool Force { get; init; }
}
