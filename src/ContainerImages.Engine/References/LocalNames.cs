using System;
using System.Collections.Generic;

namespace ContainerImages.References;

/// <summary>The full names that a text may be short for, among those of a store.</summary>
internal static class LocalNames
{
    /// <summary>
    /// The names in the order in which they are looked for: a full one is itself; a short one is under <c>localhost/</c>, then
    /// where the configuration of registries has it, then on docker.io. Each has <c>:latest</c> where there is neither tag nor
    /// digest.
    /// </summary>
    /// <remarks>
    /// Podman looks at aliases before <c>localhost/</c>. Here what a user named comes before what a file says: systems have files
    /// with hundreds of aliases that nobody thinks of.
    /// </remarks>
    /// <param name="typed">The name as it was given, not normalized.</param>
    /// <param name="configured">Where a short name may be by the configuration, with the reason; null for no configuration.</param>
    public static IEnumerable<(ImageReference Name, string Why)> Expand(
        ImageReference typed, Func<ImageReference, IEnumerable<(ImageReference Name, string Why)>>? configured = null)
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

        var hub = ImageReference.TryParseNormalized(text, out var normalized) ? normalized.WithTagOrLatest() : null;
        const string OnHub = "a short name, found under docker.io";
        var isHubSaid = false;
        foreach (var (name, why) in configured?.Invoke(typed) ?? [])
        {
            isHubSaid |= name == hub;
            yield return (name, name == hub ? OnHub : why);
        }

        if (hub is not null && !isHubSaid)
        {
            yield return (hub, OnHub);
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
