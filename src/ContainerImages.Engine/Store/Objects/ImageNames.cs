using System;
using System.Collections.Generic;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.References;

namespace ContainerImages;

/// <summary>What follows from an image's names.</summary>
internal static class ImageNames
{
    public static IReadOnlyList<string> Tagged(IReadOnlyList<string> names) =>
        names.Where(name => ImageReference.TryParse(name, out var reference) && reference.Tag is not null).ToList();

    /// <summary>Every repository with every digest known, each once and sorted, as podman lists them.</summary>
    public static IReadOnlyList<string> RepoDigests(IReadOnlyList<string> names, IEnumerable<Digest> digests)
    {
        var repositories = names
            .Select(name => ImageReference.TryParse(name, out var reference) ? reference.Name : null)
            .OfType<string>()
            .Distinct()
            .ToList();
        return digests.Distinct()
            .SelectMany(digest => repositories, (digest, repository) => $"{repository}@{digest}")
            .OrderBy(text => text, StringComparer.Ordinal)
            .ToList();
    }
}
