using System.Collections.Generic;
using System.Linq;
using ContainerImages.Content;

namespace ContainerImages.Store;

/// <summary>Turns images that were found into those of other platforms of the same roots.</summary>
internal static class PlatformExpansion
{
    /// <param name="matches">What was found, one for each root.</param>
    /// <param name="platforms">The platforms asked for; empty for none in particular.</param>
    /// <param name="all">Whether each platform that is here is wanted.</param>
    /// <param name="literal">What was named, where its having none of the platforms is an error; else null.</param>
    /// <exception cref="ContainerImageException">PlatformNotFound.</exception>
    public static IReadOnlyList<ImageMatch> Of(
        IReadOnlyList<ImageMatch> matches, IReadOnlyList<PlatformPattern> platforms, bool all, string? literal)
    {
        if (platforms.Count == 0 && !all)
        {
            return matches.GroupBy(match => match.Manifest.Id).Select(group => group.First()).ToList();
        }

        var expanded = matches
            .SelectMany(match => match.Root.Images, (match, image) => match with { Manifest = image })
            .Where(match => platforms.Count == 0 ||
                (Platform.TryParse(match.Manifest.Platform, out var has) && platforms.Any(platform => platform.IsMatch(has!))))
            .GroupBy(match => match.Manifest.Id)
            .Select(group => group.First())
            .ToList();
        if (expanded.Count == 0 && literal is not null)
        {
            var present = matches.SelectMany(match => match.Root.Images).Select(image => image.Platform).ToList();
            throw ResolverErrors.NoPlatform(literal, string.Join(", ", platforms), present);
        }

        return expanded;
    }
}
