using System;
using System.Collections.Generic;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.References;

namespace ContainerImages.Store;

/// <content>By ID and by digest: the image as a whole is meant then, whatever its names.</content>
internal sealed partial class ImageResolver
{
    /// <summary>Digits of the longest ID, one by SHA-512.</summary>
    private const int LongestId = 128;

    private const int Sha256Length = 64;

    /// <summary>The image with an ID, or with an ID that begins so; null if there is none.</summary>
    /// <exception cref="ContainerImageException">InvalidImageId; AmbiguousReference.</exception>
    public ImageMatch? ResolveId(string text) => OnlyOne(text, StartingWith(ImageIds.DigitsOf(text)));

    // What can be nothing else than a whole ID or a digest.
    private ImageMatch? FindById(string text)
    {
        if (!Digest.TryParse(text, out var digest, out var reason) && text.StartsWith(ImageIds.Prefix, StringComparison.Ordinal))
        {
            // podman takes a whole ID only after this prefix; its start says as much.
            return IsIdStart(text.Substring(ImageIds.Prefix.Length))
                ? Explain(text, "the start of the ID", ResolveId(text)) ?? throw ResolverErrors.NotFound(text, snapshot)
                : throw new ContainerImageException(ImageError.InvalidImageId, $"'{text}' is no image ID or digest: {reason}");
        }

        if (digest.IsEmpty && !(text.Length == Sha256Length && Digest.TryParse(ImageIds.Prefix + text, out digest)))
        {
            return null;
        }

        var match = FindByDigest(digest) ?? throw ResolverErrors.NotFound(text, snapshot);
        return Explain(text, match.Manifest.Id == digest ? "the ID" : "the digest", match);
    }

    /// <summary>
    /// <c>name@digest</c>, <c>name@ID</c>, or <c>@ID</c>, with the ID's start as good as the whole. What is behind the '@'
    /// decides, and a tag does not count.
    /// </summary>
    /// <remarks>
    /// Podman takes any image with the digest, whatever the name. What is removed by its word should be what it says: here the
    /// name must be the image's, or the image have none.
    /// </remarks>
    private ImageMatch? FindByNameAndId(string text, string name, string id)
    {
        ImageReference? typed = null;
        if (name.Length > 0 && !ImageReference.TryParse(name, out typed))
        {
            throw ResolverErrors.InvalidReference(text);
        }

        List<ImageMatch> found;
        if (IsIdStart(id))
        {
            found = StartingWith(id);
        }
        else if (Digest.TryParse(id, out var digest))
        {
            found = WithDigest(digest);
        }
        else
        {
            // The grammar's own error, which knows what is wrong with it.
            throw ResolverErrors.InvalidReference(text);
        }

        var named = typed is null ? found : Named(found, typed, id);
        return Explain(text, IsIdStart(id) ? "the ID behind '@'" : "the digest", OnlyOne(text, named));
    }

    /// <summary>
    /// Those of the images that have a name in a repository, shown by it, or were pushed there under that digest; an image
    /// without names has any.
    /// </summary>
    private List<ImageMatch> Named(List<ImageMatch> images, ImageReference typed, string id)
    {
        var named = new List<ImageMatch>();
        foreach (var image in images)
        {
            var all = snapshot.NamesOf(image.Manifest.Id);
            var names = all
                .Where(name => ImageReference.TryParse(name, out var stored) && LocalNames.IsInRepository(stored, typed))
                .ToList();
            if (names.Count > 0)
            {
                named.Add(image with { ShownName = ReferenceMatcher.TryMatch(typed.WithoutDigest().ToString(), names) ?? names[0] });
            }
            else if (all.Count == 0 || IsPushedTo(image.Root, typed, id))
            {
                named.Add(image);
            }
        }

        return named;
    }

    private bool IsPushedTo(StoreRoot root, ImageReference typed, string id) => Digest.TryParse(id, out var digest) && PushedAs(digest).Any(pair =>
        pair.Root == root && ImageReference.TryParse(pair.Pushed.Repository, out var repository) && LocalNames.IsInRepository(repository, typed));

    private ImageMatch? FindByIdStart(string text)
    {
        var match = IsIdStart(text) && (ShortIds || text.Length >= ImageIds.ShortestSafe) ? ResolveId(text) : null;
        if (match is not null)
        {
            verbose?.Invoke($"'{text}' is the start of the ID {match.Manifest.Id.Hex}: no image has that name.");
        }

        return match;
    }

    private ImageMatch? FindByDigest(Digest digest) => WithDigest(digest).FirstOrDefault();

    /// <summary>The images with a config, a manifest or an index of that digest, each with the root it is found under.</summary>
    private List<ImageMatch> WithDigest(Digest digest)
    {
        if (snapshot.ManifestsOf(digest).Count > 0)
        {
            return Roots(digest);
        }

        if (snapshot.FindRoot(digest) is { } root)
        {
            return [new ImageMatch(root, ChooseOne(root, digest.ToString()), null)];
        }

        var found = NamedFirst(snapshot.Roots.SelectMany(r => r.Present, (r, manifest) => (r, manifest)).Where(pair => pair.manifest.Manifest.Digest == digest));
        return found.Count > 0 ? found : NamedFirst(PushedAs(digest).Select(pair => (pair.Root, pair.Pushed.Image is { } id
            ? pair.Root.Images.FirstOrDefault(image => image.Id == id) ?? ChooseOne(pair.Root, digest.ToString())
            : ChooseOne(pair.Root, digest.ToString()))));
    }

    // What a registry has under a digest of its own.
    private IEnumerable<(StoreRoot Root, PushedManifest Pushed)> PushedAs(Digest digest) => snapshot.Roots
        .Where(root => root.PushText?.IndexOf(digest.Hex, StringComparison.Ordinal) >= 0)
        .SelectMany(root => PushMemory.Decode(root.PushText, root.Digest).Manifests, (root, pushed) => (root, pushed))
        .Where(pair => pair.pushed.Digest == digest);

    private List<ImageMatch> StartingWith(string digits)
    {
        // A whole ID is looked up: thousands of images may be piped in.
        if (digits.Length == Sha256Length && Digest.TryParse(ImageIds.Prefix + digits.ToLowerInvariant(), out var id) && Roots(id) is { Count: > 0 } whole)
        {
            return whole;
        }

        return snapshot.ById
            .Where(group => group.Key.Hex.StartsWith(digits, StringComparison.OrdinalIgnoreCase))
            .SelectMany(group => Roots(group.Key))
            .ToList();
    }

    private List<ImageMatch> Roots(Digest id) => NamedFirst(snapshot.ManifestsOf(id));

    // An image may belong to several roots: one with a name comes first, since that is what a user knows it by.
    private static List<ImageMatch> NamedFirst(IEnumerable<(StoreRoot Root, ManifestSummary Manifest)> pairs) => pairs
        .OrderByDescending(pair => pair.Root.Names.Count > 0)
        .Select(pair => new ImageMatch(pair.Root, pair.Manifest, null))
        .ToList();

    private ImageMatch? OnlyOne(string text, List<ImageMatch> matches)
    {
        var ids = matches.Select(match => match.Manifest.Id).Distinct().ToList();
        return ids.Count <= 1
            ? matches.FirstOrDefault()
            : throw ResolverErrors.Ambiguous(text, "the IDs of several images begin so", ids.Select(id =>
                snapshot.NamesOf(id) is [var name, ..] ? $"{id.Hex} ({name})" : id.Hex));
    }

    private ImageMatch? Explain(string text, string how, ImageMatch? match)
    {
        if (match is not null)
        {
            verbose?.Invoke($"'{text}' is {how} of image {match.Manifest.Id.Hex}.");
        }

        return match;
    }

    private static bool IsIdStart(string text) => text.Length is > 0 and <= LongestId && text.All(Uri.IsHexDigit);
}
