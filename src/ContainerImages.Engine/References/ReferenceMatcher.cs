using System;
using System.Collections.Generic;
using System.Linq;
using ContainerImages.Content;

namespace ContainerImages.References;

/// <summary>Matches a user's words to one of an image's names, as libpod's image.go and parts.go do.</summary>
public static class ReferenceMatcher
{
    private const int MaxListed = 8;

    /// <summary>
    /// Takes a reference apart for comparing (libpod's decompose and its "suspicious" values): a domain that is no registry
    /// goes back to the name; without a tag the tag is <c>none</c> beside a digest and <c>latest</c> otherwise.
    /// </summary>
    /// <param name="text">The reference, which is not normalized.</param>
    /// <returns>The registry, empty if there is none, the name within it, and the tag.</returns>
    /// <exception cref="ContainerImageException"><see cref="ImageError.InvalidReference"/>: the text is no reference.</exception>
    public static (string Registry, string Name, string Tag) Decompose(string text) => Decompose(ImageReference.Parse(text));

    /// <summary>
    /// Finds the one of an image's names that is meant (libpod's MatchRepoTag). The very name wins. Otherwise each name gets
    /// a point for the same registry (if one was given), one for the same name or the same last part of it, and one for the
    /// same tag; the most points win. So the tag alone can decide, as it does in libpod.
    /// </summary>
    /// <param name="input">What the user gave.</param>
    /// <param name="names">The image's names; those that are no references count only as a whole.</param>
    /// <returns>One of the names, as it stands in the list.</returns>
    /// <exception cref="ContainerImageException">
    /// <see cref="ImageError.TagNotFound"/>: no name has a point; all names are the candidates.
    /// <see cref="ImageError.AmbiguousReference"/>: several have the most; they are the candidates.
    /// <see cref="ImageError.InvalidReference"/>: the input is neither a name in the list nor a reference.
    /// </exception>
    public static string Match(string input, IReadOnlyList<string> names)
    {
        var best = FindBest(input, names);
        return best.Count switch
        {
            1 => best[0],
            0 => throw Error(ImageError.TagNotFound, $"{QuotedText.Quote(input)} is none of the image's names", names),
            _ => throw Error(ImageError.AmbiguousReference, $"{QuotedText.Quote(input)} fits several of the image's names", best),
        };
    }

    /// <summary>Like <see cref="Match"/>, without an error.</summary>
    /// <param name="input">What the user gave.</param>
    /// <param name="names">The image's names.</param>
    /// <returns>One of the names; null if none or several fit, or the input is no reference.</returns>
    public static string? TryMatch(string input, IReadOnlyList<string> names) =>
        (names.Contains(input) || ImageReference.TryParse(input, out _)) && FindBest(input, names) is [var only] ? only : null;

    /// <summary>
    /// Finds the one of an image's names that is to be taken away: one that the input is short for, else of those in its
    /// repository with its tag the one that <see cref="Match"/> finds. Points alone are content with an equal tag, or with an
    /// equal repository; a name that nobody wrote is not taken away for that.
    /// </summary>
    /// <param name="input">What the user gave.</param>
    /// <param name="names">The image's names.</param>
    /// <returns>One of the names, as it stands in the list.</returns>
    /// <exception cref="ContainerImageException">As for <see cref="Match"/>.</exception>
    public static string MatchToRemove(string input, IReadOnlyList<string> names)
    {
        if (!ImageReference.TryParse(input, out var typed))
        {
            return Match(input, names);
        }

        foreach (var (full, _) in LocalNames.Expand(typed))
        {
            if (names.Contains(full.ToString()))
            {
                return full.ToString();
            }
        }

        var wanted = typed.WithTagOrLatest();
        var fitting = names
            .Where(name => ImageReference.TryParse(name, out var own) && own.Tag == wanted.Tag && LocalNames.IsInRepository(own, wanted))
            .ToList();
        return fitting.Count > 0
            ? Match(input, fitting)
            : throw Error(ImageError.TagNotFound, $"{QuotedText.Quote(input)} is none of the image's names", names);
    }

    /// <summary>The names with the most points, each once; the very name alone, if it is there.</summary>
    private static List<string> FindBest(string input, IReadOnlyList<string> names)
    {
        if (names.Contains(input))
        {
            return [input];
        }

        var wanted = Decompose(input);
        var best = new List<string>();
        var most = 0;
        foreach (var name in names)
        {
            var score = ImageReference.TryParse(name, out var reference) ? Score(wanted, Decompose(reference)) : 0;
            if (score > most)
            {
                most = score;
                best.Clear();
            }

            if (score > 0 && score == most && !best.Contains(name))
            {
                best.Add(name);
            }
        }

        return best;
    }

    /// <summary>
    /// Says whether a short name means a stored one (the last step of libimage's lookup): its name is the end of the stored
    /// name from a '/' on, and the tags are equal, <c>latest</c> where none is given.
    /// </summary>
    /// <param name="stored">A name in the store.</param>
    /// <param name="shortName">The name that was asked for, not normalized; one with a digest never fits by its name.</param>
    /// <returns>True if it does.</returns>
    public static bool IsSuffixMatch(ImageReference stored, ImageReference shortName) =>
        shortName.Digest is null
        && EndsWithComponents(stored.Name, shortName.Name)
        && stored.Tag == shortName.WithTagOrLatest().Tag;

    /// <summary>
    /// Says whether a name is the end of another, from a '/' on: <c>b/c</c> is that of <c>a/b/c</c>, not of <c>a/bb/c</c>.
    /// </summary>
    /// <param name="storedName">The longer name, without tag and digest.</param>
    /// <param name="shortName">The shorter name, without tag and digest.</param>
    /// <returns>True if it is the end of it, or the whole.</returns>
    public static bool EndsWithComponents(string storedName, string shortName)
    {
        var boundary = storedName.Length - shortName.Length - 1;
        return shortName.Length > 0
            && storedName.EndsWith(shortName, StringComparison.Ordinal)
            && (boundary < 0 || storedName[boundary] == '/');
    }

    private static (string Registry, string Name, string Tag) Decompose(ImageReference reference)
    {
        var tag = reference.Tag ?? (reference.Digest is null ? "latest" : "none");
        return reference.HasRegistry ? (reference.Domain, reference.Path, tag) : ("", reference.Name, tag);
    }

    private static int Score(
        (string Registry, string Name, string Tag) wanted, (string Registry, string Name, string Tag) name) =>
        (wanted.Registry.Length > 0 && wanted.Registry == name.Registry ? 1 : 0)
        + (LastComponent(wanted.Name) == LastComponent(name.Name) ? 1 : 0)
        + (wanted.Tag == name.Tag ? 1 : 0);

    // Equal names have equal last parts, so this covers libpod's two cases of the second point.
    private static string LastComponent(string name) => name.Substring(name.LastIndexOf('/') + 1);

    private static ContainerImageException Error(ImageError error, string sentence, IReadOnlyList<string> names)
    {
        var more = names.Count > MaxListed ? $" and {names.Count - MaxListed} more" : "";
        var list = names.Count == 0 ? "; it has none" : ": " + string.Join(", ", names.Take(MaxListed)) + more;
        return new(error, sentence + list + ".") { Candidates = names };
    }
}
