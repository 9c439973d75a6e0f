using System;
using System.Collections.Generic;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.References;

namespace ContainerImages.Store;

/// <summary>The sentences for words that mean no image, or several.</summary>
internal static class ResolverErrors
{
    private const int MostCandidates = 5;

    public static ContainerImageException NotFound(string text, StoreSnapshot snapshot)
    {
        var near = NearNames.Find(text, snapshot.Names, MostCandidates);
        var hint = near.Count == 0 ? "" : $" Near names: {string.Join(", ", near)}.";
        var latest = ImageReference.TryParse(text, out var typed) && typed is { Tag: null, Digest: null } ? ":latest" : "";
        return new ContainerImageException(ImageError.ImageNotFound, $"No image '{text}{latest}' is in the store.{hint}") { Candidates = near };
    }

    public static ContainerImageException InvalidReference(string text)
    {
        try
        {
            ImageReference.ParseNormalized(text);
        }
        catch (ContainerImageException e)
        {
            return e;
        }

        return new ContainerImageException(ImageError.InvalidReference, $"'{text}' is no image reference.");
    }

    public static ContainerImageException Ambiguous(string text, string why, IEnumerable<string> candidates)
    {
        var list = candidates.OrderBy(c => c, StringComparer.Ordinal).ToList();
        return new ContainerImageException(
            ImageError.AmbiguousReference, $"'{text}' is ambiguous, {why}: {string.Join(", ", list)}.")
        { Candidates = list };
    }

    public static ContainerImageException NoPlatform(string text, string wanted, IReadOnlyList<string> present) => new(
        ImageError.PlatformNotFound, $"'{text}' has no platform '{wanted}' in the store; it has {string.Join(", ", present)}.")
    { Candidates = present };
}
