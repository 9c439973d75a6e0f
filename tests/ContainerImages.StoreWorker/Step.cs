namespace ContainerImages.StoreWorker;

/// <summary>One piece of work.</summary>
/// <param name="Kind">What is done.</param>
/// <param name="Name">The full name that it is done with or to.</param>
/// <param name="Argument">The archive to import, the new name of a tag, or the file to save to.</param>
/// <param name="Root">The digest of the root that is imported or pulled.</param>
internal sealed record Step(StepKind Kind, string Name, string? Argument = null, string? Root = null);

/// <summary>What a worker does.</summary>
internal enum StepKind
{
    /// <summary>Brings an image in under a name.</summary>
    Import,

    /// <summary>Brings an image in from a registry, by the name that it has there.</summary>
    Pull,

    /// <summary>Gives an image one more name.</summary>
    Tag,

    /// <summary>Takes a name away.</summary>
    Untag,

    /// <summary>Removes by name.</summary>
    Remove,

    /// <summary>Writes an archive.</summary>
    Save,

    /// <summary>Clears up what nobody has any use for.</summary>
    Optimize,
}
