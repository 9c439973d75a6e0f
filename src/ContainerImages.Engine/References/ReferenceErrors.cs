using System;
using ContainerImages.Content;
using static ContainerImages.Content.QuotedText;

namespace ContainerImages.References;

/// <summary>The sentences for texts that are no reference: the rule, the place (counted from 1), the corrected form.</summary>
internal static class ReferenceErrors
{
    public static ContainerImageException Create(string? text, NameCompletion completion, ReferenceRule rule, int position)
    {
        text ??= "";
        var sentence = rule switch
        {
            ReferenceRule.NotEmpty => "An image reference is empty; a name such as 'debian:12' is wanted",
            ReferenceRule.NotIdentifier => $"{Quote(text)} is an image ID; 64 hex digits are never a name",
            ReferenceRule.HasName => $"{Quote(text)} has no repository name before {QuoteAt(text, 0)}",
            ReferenceRule.Registry => DescribeRegistry(text, position),
            ReferenceRule.Path => DescribePath(text, position),
            ReferenceRule.PathLength => DescribeLength(text, completion),
            ReferenceRule.Tag => DescribeTag(text, ReferenceGrammar.Split(text), position),
            _ => DescribeDigest(text, position),
        };

        return new ContainerImageException(ImageError.InvalidReference, sentence + Suggestion(text, completion));
    }

    /// <summary>The error for a text that cannot be the tag of a name, at a position in that text.</summary>
    public static ContainerImageException BadTag(string name, string tag, int position)
    {
        var text = name + ":" + tag;
        return new(ImageError.InvalidReference, DescribeTag(text, (name.Length, text.Length), name.Length + 1 + position) + ".");
    }

    /// <summary>The error for a text that is fine as a reference but names no tag to be set.</summary>
    public static ContainerImageException NotTaggable(string text, string reason, string? suggestion) => new(
        ImageError.InvalidReference,
        $"{Quote(text)} cannot be used as a tag: {reason}" + (suggestion is null ? "." : $"; did you mean '{suggestion}'?"));

    private static string DescribeRegistry(string text, int position)
    {
        var slash = text.IndexOf('/');
        if (slash < 0)
        {
            return $"{Quote(text)} is a registry address alone; a repository name must follow it, as in 'host:5000/name'";
        }

        var registry = Quote(text.Substring(0, slash));
        return $"The registry {registry} is not host[:port]: {Found(text, position, slash)}; "
            + "hosts are letters, digits and '-' in parts joined by '.', or an IPv6 address in brackets, and ports are digits";
    }

    private static string DescribePath(string text, int position)
    {
        var (nameEnd, _) = ReferenceGrammar.Split(text);
        if (position < nameEnd && ReferenceGrammar.IsUpper(text[position]))
        {
            var upper = FirstUpper(text, position);
            return $"Repository names are lower case: {Quote(text)} has {QuoteAt(text, upper)} at position {upper + 1}";
        }

        var inside = position < nameEnd && text[position] != '/';
        if (!inside && (position == 0 || text[position - 1] == '/'))
        {
            return $"The repository name in {Quote(text)} has an empty part at position {position + 1}";
        }

        if (!inside || text[position] is '.' or '_' or '-')
        {
            var separator = inside ? position : position - 1;
            return $"The repository name in {Quote(text)} has {QuoteAt(text, separator)} at position {separator + 1}, "
                + "where a letter or digit must stand next to it: each part starts and ends with one, "
                + "and one '.', one or two '_' or any number of '-' stand between";
        }

        return $"The repository name in {Quote(text)} has {QuoteAt(text, position)} at position {position + 1}; "
            + "it may have a-z and 0-9, with '.', '_' and '-' between them, and '/' between parts";
    }

    private static string DescribeLength(string text, NameCompletion completion)
    {
        var path = ReferenceGrammar.Split(text).NameEnd;
        return $"The repository name in {Quote(text)} is too long: without its registry"
            + (completion == NameCompletion.DockerHub ? " and with 'library/' where that is left out" : "")
            + $" it may have {ReferenceGrammar.MaxPathLength} characters, and all of it has {path}";
    }

    private static string DescribeTag(string text, (int NameEnd, int TagEnd) ends, int position)
    {
        var start = ends.NameEnd + 1;
        var length = ends.TagEnd - start;
        if (length == 0)
        {
            return $"{Quote(text)} has an empty tag after ':' at position {start}";
        }

        if (position - start == ReferenceGrammar.MaxTagLength)
        {
            return $"The tag in {Quote(text)} is too long: "
                + $"tags have at most {ReferenceGrammar.MaxTagLength} characters, not {length}";
        }

        var tag = Quote(text.Substring(start, length));
        return $"The tag {tag} in {Quote(text)} has {Found(text, position, ends.TagEnd)}; tags have letters, digits and '_', "
            + "and after the first character also '.' and '-'";
    }

    private static string DescribeDigest(string text, int position)
    {
        var digest = text.Substring(position);
        var reason = Digest.TryParse(digest, out _, out var broken) ? "" : ": " + broken;
        return $"The digest {Quote(digest)}, from position {position + 1} in {Quote(text)}, is not one{reason}";
    }

    private static string Found(string text, int position, int end) =>
        (position < end ? QuoteAt(text, position) : "something missing") + $" at position {position + 1}";

    /// <summary>The first capital of the name, past a registry: the one the user sees first, not the parser.</summary>
    private static int FirstUpper(string text, int position)
    {
        var slash = text.IndexOf('/');
        var start = slash > 0 && ReferenceGrammar.IsRegistry(text.Substring(0, slash)) ? slash + 1 : 0;
        for (var i = start; i < position; i++)
        {
            if (ReferenceGrammar.IsUpper(text[i]))
            {
                return i;
            }
        }

        return position;
    }

    /// <summary>Without blanks around, without a URL's scheme, the name in lower case: if that parses, it was meant.</summary>
    private static string Suggestion(string text, NameCompletion completion)
    {
        var guess = text.Trim();
        var scheme = guess.IndexOf("://", StringComparison.Ordinal);
        guess = scheme < 0 ? guess : guess.Substring(scheme + 3);
        var nameEnd = ReferenceGrammar.Split(guess).NameEnd;
        guess = guess.Substring(0, nameEnd).ToLowerInvariant() + guess.Substring(nameEnd);
        var fits = guess != text && ReferenceParser.Parse(guess, completion, out _, out _) is not null;
        return fits ? $"; did you mean '{guess}'?" : ".";
    }
}
