using System.Collections.Generic;

namespace ContainerImages.References;

/// <summary>The full names that a text may be short for.</summary>
internal static class ShortNames
{
    /// <summary>
    /// The names in the order in which they are looked for: a full one is itself; a short one is under <c>localhost/</c>, then
    /// on docker.io. Each has <c>:latest</c> where there is neither tag nor digest.
    /// </summary>
    /// <param name="typed">The name as it was given, not normalized.</param>
    public static IEnumerable<(ImageReference Name, string Why)> Expand(ImageReference typed)
    {
        var text = typed.ToString();
        if (typed.HasRegistry)
        {
            yield return (ImageReference.ParseNormalized(text).WithTagOrLatest(), "a full name");
            yield break;
        }

        if (ImageReference.TryParseNormalized("localhost/" + text, out var local))
        {
            yield return (local.WithTagOrLatest(), "a short name, found under localhost");
        }

        if (ImageReference.TryParseNormalized(text, out var hub))
        {
            yield return (hub.WithTagOrLatest(), "a short name, found under docker.io");
        }
    }

    /// <summary>Whether a stored name is in the repository that a text names, in full or short: tag and digest do not count.</summary>
    /// <param name="stored">The stored name.</param>
    /// <param name="typed">The name as it was given, not normalized.</param>
    public static bool IsInRepository(ImageReference stored, ImageReference typed)
    {
        foreach (var (name, _) in Expand(typed.NameOnly()))
        {
            if (name.Name == stored.Name)
            {
                return true;
            }
        }

        return !typed.HasRegistry && ReferenceMatcher.EndsWithComponents(stored.Name, typed.Name);
    }
}
