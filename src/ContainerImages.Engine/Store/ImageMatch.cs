using System.Collections.Generic;

namespace ContainerImages.Store;

/// <summary>An image that was found, and by what.</summary>
/// <param name="Root">The root it was found under.</param>
/// <param name="Manifest">The platform of it that is meant.</param>
/// <param name="MatchedNames">The names asked for; null where the whole image is meant.</param>
internal sealed record ImageMatch(StoreRoot Root, ManifestSummary Manifest, IReadOnlyList<string>? MatchedNames)
{
    /// <summary>Of an image meant as a whole, the name to show it by; null for its first.</summary>
    public string? ShownName { get; init; }
}
