using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.Copying;
using ContainerImages.References;
using ContainerImages.Store;

namespace ContainerImages.Transports;

/// <summary>Finds the images of an archive or folder that a user's words mean: by name, by position, by ID.</summary>
internal static class SourceSelection
{
    /// <summary>The images chosen, in the order of the words, each once; all where there are no words.</summary>
    /// <param name="source">The archive or folder.</param>
    /// <param name="wanted">Names, full or short; IDs, digests of indexes, or their starts; <c>@</c> and a position from 0.</param>
    /// <exception cref="ContainerImageException">ImageNotInArchive; AmbiguousImage.</exception>
    public static IReadOnlyList<SourceRoot> Of(IImageSource source, IReadOnlyList<string> wanted)
    {
        if (wanted.Count == 0)
        {
            return source.Roots;
        }

        var chosen = new List<SourceRoot>();
        foreach (var text in wanted)
        {
            var matches = Match(source, text);
            chosen.Add(matches.Count switch
            {
                1 => matches[0],
                0 => throw Error(ImageError.ImageNotInArchive, $"{source.Name} has no image '{text}'; it has", source, source.Roots),
                _ => throw Error(ImageError.AmbiguousImage, $"'{text}' fits several images of {source.Name}:", source, matches),
            });
        }

        return chosen.Distinct().ToList();
    }

    /// <summary>An error that lists images by their first names, or by their IDs.</summary>
    public static ContainerImageException Error(ImageError error, string sentence, IImageSource source, IReadOnlyList<SourceRoot> roots)
    {
        var candidates = roots.Select(root => Describe(source, root)).ToList();
        return new ContainerImageException(error, $"{sentence} {string.Join(", ", candidates)}.") { Candidates = candidates };
    }

    private static List<SourceRoot> Match(IImageSource source, string text)
    {
        if (text.StartsWith("@", StringComparison.Ordinal) &&
            int.TryParse(text.Substring(1), NumberStyles.None, CultureInfo.InvariantCulture, out var position))
        {
            return position < source.Roots.Count ? [source.Roots[position]] : [];
        }

        var byName = source.Roots.Where(root => root.Names.Any(name => IsName(name, text))).ToList();
        return byName.Count > 0
            ? byName
            : source.Roots.Where(root => IdsOf(source, root).Any(id => StartsWithId(id, text))).ToList();
    }

    /// <summary>Whether a user's words mean a full name: as it stands, or as one on docker.io, on localhost or anywhere.</summary>
    public static bool IsName(string name, string text) =>
        (ImageReference.TryParseNormalized(text, out var full) && full.WithTagOrLatest().ToString() == name) ||
        (ImageReference.TryParseForTag(text, out var local) && local.ToString() == name) ||
        (ImageReference.TryParse(text, out var typed) && !typed.HasRegistry && ImageReference.TryParse(name, out var stored) &&
            ReferenceMatcher.IsSuffixMatch(stored, typed.WithTagOrLatest()));

    // The ID is the config's digest. An index is known by its own digest, and by the ID of any of its images.
    private static IEnumerable<Digest> IdsOf(IImageSource source, SourceRoot root)
    {
        if (root.Assembled is { } image)
        {
            return [image.Config.Digest];
        }

        var ids = RootWalk.Manifests(root.Descriptor!, d => source.ReadManifest(d), null, $" of {source.Name}")
            .Select(pair => pair.Manifest?.Config.Digest)
            .OfType<Digest>();
        return MediaTypes.IsIndex(root.Descriptor!.MediaType) ? ids.Prepend(root.Descriptor.Digest) : ids.Append(root.Descriptor.Digest);
    }

    private static bool StartsWithId(Digest id, string text)
    {
        var hex = ImageIds.WithoutPrefix(text);
        return hex.Length > 0 && id.Hex.StartsWith(hex, StringComparison.OrdinalIgnoreCase);
    }

    private static string Describe(IImageSource source, SourceRoot root) =>
        root.Names.Count > 0 ? root.Names[0] : IdsOf(source, root).First().ShortId;
}
