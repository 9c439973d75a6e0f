using System;
using ContainerImages.Content;

namespace ContainerImages.References;

/// <summary>
/// A pattern for names, with PowerShell's wildcards: <c>*</c> (which crosses '/'), <c>?</c>, <c>[a-z]</c>, and the backtick
/// before a character that stands for itself; case does not count. It is held against the full name and against each
/// short form of it, with and without the tag, so <c>debian*</c> finds <c>docker.io/library/debian:12</c>.
/// </summary>
public sealed class ReferencePattern
{
    private static readonly string[] s_omissible = ["docker.io/library/", "docker.io/", "localhost/"];

    private readonly string _text;
    private readonly Wildcard _wildcard;

    /// <summary>Reads a pattern; a text without wildcards is one that matches itself.</summary>
    /// <param name="text">The pattern.</param>
    /// <exception cref="ContainerImageException">
    /// <see cref="ImageError.InvalidReference"/>: the text is empty, or a set is not closed or has a range that runs backwards.
    /// </exception>
    public ReferencePattern(string text)
    {
        string? reason = "it is empty";
        _wildcard = !string.IsNullOrEmpty(text) && Wildcard.TryParse(text, out var wildcard, out reason)
            ? wildcard
            : throw new ContainerImageException(
                ImageError.InvalidReference, $"{QuotedText.Quote(text)} is not a pattern for names: {reason}.");
        _text = text;
    }

    /// <summary>
    /// Says whether a user's text is meant as a pattern: it has wildcards and is no reference, since brackets are part of
    /// one too (<c>[::1]:5000/a:1</c>).
    /// </summary>
    /// <param name="text">The text, or null.</param>
    /// <returns>True if it is a pattern.</returns>
    public static bool IsPattern(string? text) =>
        text is not null && Wildcard.HasWildcards(text) && !ImageReference.TryParse(text, out _);

    /// <summary>Says whether the pattern covers one form of a name.</summary>
    /// <param name="reference">The full name.</param>
    /// <returns>True if it does.</returns>
    public bool IsMatch(ImageReference reference) => IsMatch(reference.ToString());

    /// <summary>Says whether the pattern covers one form of a name.</summary>
    /// <param name="fullName">The full name, as <see cref="ImageReference.ToString"/> gives it.</param>
    /// <returns>True if it does.</returns>
    public bool IsMatch(string fullName)
    {
        if (IsMatchFrom(fullName, 0))
        {
            return true;
        }

        foreach (var prefix in s_omissible)
        {
            if (fullName.StartsWith(prefix, StringComparison.Ordinal) && IsMatchFrom(fullName, prefix.Length))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The pattern as it was given.</summary>
    public override string ToString() => _text;

    private bool IsMatchFrom(string fullName, int start)
    {
        var (nameEnd, tagEnd) = ReferenceGrammar.Split(fullName);
        return _wildcard.IsMatch(fullName, start, nameEnd)
            || (tagEnd > nameEnd && _wildcard.IsMatch(fullName, start, tagEnd))
            || (fullName.Length > tagEnd && _wildcard.IsMatch(fullName, start, fullName.Length));
    }
}
