using System;
using System.Collections.Generic;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.References;
using ContainerImages.Store;

namespace ContainerImages;

/// <summary>What follows from an image's names.</summary>
internal static class ImageNames
{
    public static IReadOnlyList<string> Tagged(IReadOnlyList<string> names) =>
        names.Where(name => ImageReference.TryParse(name, out var reference) && reference.Tag is not null).ToList();

    /// <summary>
    /// Every repository with every digest known, as podman lists them, and each repository that was pushed to with the digest
    /// that it has there; each once and sorted.
    /// </summary>
    public static IReadOnlyList<string> RepoDigests(
        IReadOnlyList<string> names, IEnumerable<Digest> digests, IEnumerable<PushedManifest> pushed)
    {
        var repositories = names
            .Select(name => ImageReference.TryParse(name, out var reference) ? reference.Name : null)
            .OfType<string>()
            .Distinct()
            .ToList();
        return digests.Distinct()
            .SelectMany(digest => repositories, (digest, repository) => $"{repository}@{digest}")
            .Concat(pushed.Select(manifest => $"{manifest.Repository}@{manifest.Digest}"))
            .Distinct()
            .OrderBy(text => text, StringComparer.Ordinal)
            .ToList();
    }
}
