using System;
using System.Diagnostics.CodeAnalysis;
using ContainerImages.Content;

namespace ContainerImages.References;

/// <summary>
/// The name of an image: <c>[registry/]path[:tag][@digest]</c>, with the grammar and the normalization of
/// distribution/reference. Immutable. Every text that <see cref="ToString"/> gives is read by <see cref="Parse"/> as the same
/// reference. One deviation: sha384 and sha512 digests are always known here.
/// </summary>
public sealed class ImageReference : IEquatable<ImageReference>
{
    private const string DockerHubPrefix = "docker.io/";
    private const string OfficialPrefix = "docker.io/library/";
    private const string DefaultTag = "latest";

    private readonly string _text;

    internal ImageReference(string domain, string path, string? tag, Digest? digest)
    {
        Domain = domain;
        Path = path;
        Tag = tag;
        Digest = digest;
        Name = domain.Length == 0 ? path : domain + "/" + path;
        _text = Name + (tag is null ? "" : ":" + tag) + (digest is null ? "" : "@" + digest);
    }

    /// <summary>
    /// The part before the first '/', if it can be a host: <c>docker.io</c>, <c>localhost:5000</c>, <c>[::1]</c>; empty if
    /// there is none. From <see cref="Parse"/> it may be a namespace that only looks so; see <see cref="HasRegistry"/>.
    /// </summary>
    public string Domain { get; }

    /// <summary>The repository within the registry, such as <c>library/debian</c>; never empty.</summary>
    public string Path { get; }

    /// <summary>Domain and path, without tag and digest.</summary>
    public string Name { get; }

    /// <summary>The tag, or null if there is none.</summary>
    public string? Tag { get; }

    /// <summary>The digest, or null if there is none.</summary>
    public Digest? Digest { get; }

    /// <summary>
    /// True if the domain is surely a registry: it has a '.' or ':', or is <c>localhost</c> (libpod's decompose).
    /// </summary>
    public bool HasRegistry => ReferenceGrammar.IsRegistry(Domain);

    /// <summary>
    /// The name as people write it: without <c>docker.io/</c>, and without <c>library/</c> where one part follows
    /// (distribution's FamiliarName).
    /// </summary>
    public string FamiliarName
    {
        get
        {
            if (Name.StartsWith(OfficialPrefix, StringComparison.Ordinal) && Name.IndexOf('/', OfficialPrefix.Length) < 0)
            {
                return Name.Substring(OfficialPrefix.Length);
            }

            return Name.StartsWith(DockerHubPrefix, StringComparison.Ordinal) ? Name.Substring(DockerHubPrefix.Length) : Name;
        }
    }

    /// <summary>Reads a reference as it stands (distribution's Parse): nothing is added.</summary>
    /// <param name="text">The text; null and empty are refused.</param>
    /// <returns>The reference.</returns>
    /// <exception cref="ContainerImageException">
    /// <see cref="ImageError.InvalidReference"/>: the text breaks a rule; the message says which, and where.
    /// </exception>
    public static ImageReference Parse(string text) => ParseOrThrow(text, NameCompletion.None);

    /// <summary>Like <see cref="Parse"/>, without an error.</summary>
    /// <param name="text">The text, or null.</param>
    /// <param name="reference">The reference, or null if the text is none.</param>
    /// <returns>True if the text is a reference.</returns>
    public static bool TryParse(string? text, [NotNullWhen(true)] out ImageReference? reference) =>
        (reference = ReferenceParser.Parse(text, NameCompletion.None, out _, out _)) is not null;

    /// <summary>
    /// Reads a name as docker does (distribution's ParseNormalizedNamed): without a registry it is on docker.io, and there
    /// under <c>library/</c> if it has one part. No tag is added.
    /// </summary>
    /// <param name="text">The text; null, empty and 64 hex digits (an image ID) are refused.</param>
    /// <returns>The reference with its full name.</returns>
    /// <exception cref="ContainerImageException">
    /// <see cref="ImageError.InvalidReference"/>: the text breaks a rule; the message says which, and where.
    /// </exception>
    public static ImageReference ParseNormalized(string text) => ParseOrThrow(text, NameCompletion.DockerHub);

    /// <summary>Like <see cref="ParseNormalized"/>, without an error.</summary>
    /// <param name="text">The text, or null.</param>
    /// <param name="reference">The reference, or null if the text is none.</param>
    /// <returns>True if the text is a reference.</returns>
    public static bool TryParseNormalized(string? text, [NotNullWhen(true)] out ImageReference? reference) =>
        (reference = ReferenceParser.Parse(text, NameCompletion.DockerHub, out _, out _)) is not null;

    /// <summary>
    /// Makes a full name of one that came with an image (libimage's NormalizeName): without a registry it is on
    /// <c>localhost</c>; <c>:latest</c> is added if there is neither tag nor digest, and a tag beside a digest is dropped.
    /// </summary>
    /// <param name="text">The text; null and empty are refused.</param>
    /// <returns>The full name, with either a tag or a digest.</returns>
    /// <exception cref="ContainerImageException">
    /// <see cref="ImageError.InvalidReference"/>: the text breaks a rule; the message says which, and where.
    /// </exception>
    public static ImageReference NormalizeName(string text) =>
        ParseOrThrow(text, NameCompletion.Localhost).WithoutTagIfDigested().WithTagOrLatest();

    /// <summary>
    /// Reads a tag to be given to an image (libpod's normalizedTag): a name without a registry is on <c>localhost</c>, and
    /// <c>:latest</c> is added. Refused, beyond the grammar: digests, image IDs, and what starts with <c>sha256:</c>.
    /// </summary>
    /// <param name="text">The text; null and empty are refused.</param>
    /// <returns>The full name with its tag.</returns>
    /// <exception cref="ContainerImageException">
    /// <see cref="ImageError.InvalidReference"/>: the text breaks a rule or is no name; the message says why.
    /// </exception>
    public static ImageReference ParseForTag(string text)
    {
        if (text is not null && IsId(text))
        {
            throw ReferenceErrors.NotTaggable(text, "it is an image ID or digest, not a name", suggestion: null);
        }

        var reference = ParseOrThrow(text, NameCompletion.Localhost);
        return reference.Digest is null
            ? reference.WithTagOrLatest()
            : throw ReferenceErrors.NotTaggable(
                text!,
                "a digest names content and cannot be given to an image (tag by digest)",
                suggestion: text!.Substring(0, text.IndexOf('@')));
    }

    /// <summary>Like <see cref="ParseForTag"/>, without an error.</summary>
    /// <param name="text">The text, or null.</param>
    /// <param name="reference">The full name with its tag, or null if the text cannot be one.</param>
    /// <returns>True if the text can be given to an image.</returns>
    public static bool TryParseForTag(string? text, [NotNullWhen(true)] out ImageReference? reference)
    {
        reference = text is null || IsId(text) ? null : ReferenceParser.Parse(text, NameCompletion.Localhost, out _, out _);
        reference = reference?.Digest is null ? reference?.WithTagOrLatest() : null;
        return reference is not null;
    }

    /// <summary>
    /// Says whether a text is a name without a registry, to be looked for in several places (shortnames' IsShortName).
    /// </summary>
    /// <param name="text">The text, or null.</param>
    /// <returns>True if it is a reference and its registry is left out; false for what is no reference.</returns>
    public static bool IsShortName(string? text) => TryParse(text, out var reference) && !reference.HasRegistry;

    /// <summary>Two references are equal if their texts are, letter for letter.</summary>
    /// <param name="left">One reference, or null.</param>
    /// <param name="right">The other, or null.</param>
    public static bool operator ==(ImageReference? left, ImageReference? right) => left?._text == right?._text;

    /// <summary>Two references differ if their texts do.</summary>
    /// <param name="left">One reference, or null.</param>
    /// <param name="right">The other, or null.</param>
    public static bool operator !=(ImageReference? left, ImageReference? right) => !(left == right);

    /// <summary>With <c>:latest</c> if there is neither tag nor digest (distribution's TagNameOnly).</summary>
    /// <returns>A reference with tag or digest.</returns>
    public ImageReference WithTagOrLatest() =>
        Tag is null && Digest is null ? new ImageReference(Domain, Path, DefaultTag, null) : this;

    /// <summary>With another tag; a digest stays.</summary>
    /// <param name="tag">The tag.</param>
    /// <returns>The new reference.</returns>
    /// <exception cref="ContainerImageException"><see cref="ImageError.InvalidReference"/>: the text is no tag.</exception>
    public ImageReference WithTag(string tag)
    {
        var position = ReferenceGrammar.CheckTag(tag, 0, tag.Length);
        return position < 0
            ? new ImageReference(Domain, Path, tag, Digest)
            : throw ReferenceErrors.BadTag(Name, tag, position);
    }

    /// <summary>With another digest; a tag stays.</summary>
    /// <param name="digest">The digest; an empty one takes the digest away.</param>
    /// <returns>The new reference.</returns>
    public ImageReference WithDigest(Digest digest) => new(Domain, Path, Tag, digest.IsEmpty ? null : digest);

    /// <summary>Without the tag.</summary>
    /// <returns>The name with the digest, if there is one.</returns>
    public ImageReference WithoutTag() => Tag is null ? this : new ImageReference(Domain, Path, null, Digest);

    /// <summary>Without the digest.</summary>
    /// <returns>The name with the tag, if there is one.</returns>
    public ImageReference WithoutDigest() => Digest is null ? this : new ImageReference(Domain, Path, Tag, null);

    /// <summary>The name alone (distribution's TrimNamed).</summary>
    /// <returns>A reference without tag and digest.</returns>
    public ImageReference NameOnly() => WithoutTag().WithoutDigest();

    /// <summary>The digest says more than a tag beside it, which may have moved on (distribution's ParseDockerRef).</summary>
    /// <returns>Without the tag if there is a digest too, else as it is.</returns>
    public ImageReference WithoutTagIfDigested() => Digest is null ? this : WithoutTag();

    /// <summary>The whole reference with the familiar name.</summary>
    /// <returns>Such as <c>debian:12</c> for <c>docker.io/library/debian:12</c>.</returns>
    public string ToFamiliarString() => FamiliarName + _text.Substring(Name.Length);

    /// <summary>The whole reference.</summary>
    public override string ToString() => _text;

    /// <inheritdoc/>
    public bool Equals(ImageReference? other) => this == other;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => this == obj as ImageReference;

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(_text);

    private static ImageReference ParseOrThrow(string? text, NameCompletion completion) =>
        ReferenceParser.Parse(text, completion, out var rule, out var position)
        ?? throw ReferenceErrors.Create(text, completion, rule, position);

    private static bool IsId(string text) =>
        ReferenceGrammar.IsIdentifier(text)
        || text.StartsWith("sha256:", StringComparison.Ordinal)
        || ContainerImages.Content.Digest.TryParse(text, out _);
}
