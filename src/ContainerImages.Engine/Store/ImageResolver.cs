using System;
using System.Collections.Generic;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.References;

namespace ContainerImages.Store;

/// <summary>
/// Finds the image that a user's words mean, in the order of podman's current lookup, except that where podman picks one of
/// several silently this is an error that lists them: (1) a full ID or digest; (2) a name, a short one through
/// <c>localhost/</c> and then docker.io; (3) the start of an ID; (4) the end of exactly one stored name.
/// </summary>
internal sealed class ImageResolver(StoreSnapshot snapshot, PlatformPattern? platform, Action<string>? verbose)
{
    private const int IdLength = 64;
    private const int MostCandidates = 5;

    /// <summary>Whether a few digits may be the start of an ID; not where they came by a pipeline, in which anything may come.</summary>
    public bool ShortIds { get; init; } = true;

    /// <summary>The one image that a text means; the platform is the one asked for, else the host's, else the first here.</summary>
    /// <exception cref="ContainerImageException">
    /// ImageNotFound; AmbiguousReference; InvalidReference; PlatformNotFound.
    /// </exception>
    public ImageMatch Resolve(string text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            throw new ContainerImageException(ImageError.InvalidReference, "An image reference must not be empty.");
        }

        return FindById(text) ?? FindByName(text) ?? throw NotFound(text);
    }

    /// <summary>The images whose names a pattern matches, each with those names; the index's order.</summary>
    public IReadOnlyList<ImageMatch> ResolvePattern(string text)
    {
        var pattern = new ReferencePattern(text);
        return snapshot.Roots
            .Select(root => (Root: root, Names: root.Names.Where(pattern.IsMatch).ToList()))
            .Where(match => match.Names.Count > 0)
            .SelectMany(match => Choose(match.Root).Select(manifest => (match.Root, Manifest: manifest, match.Names)))
            .GroupBy(match => match.Manifest.Id)
            .Select(group => new ImageMatch(
                group.First().Root, group.First().Manifest, group.SelectMany(match => match.Names).ToList()))
            .ToList();
    }

    /// <summary>The image with an ID, or with an ID that begins so; null if the text is no ID or there is none.</summary>
    public ImageMatch? ResolveId(string text)
    {
        var hex = ImageIds.DigitsOf(text);
        var matches = snapshot.ById.Where(group => group.Key.Hex.StartsWith(hex, StringComparison.OrdinalIgnoreCase)).ToList();
        return matches.Count switch
        {
            0 => null,
            1 => Whole(matches[0].Key),
            _ => throw Ambiguous(text, "the IDs of several images begin so", matches.Select(Describe)),
        };
    }

    /// <summary>Of every root the image of the platform asked for, else one; an image that has several roots is there as often.</summary>
    public IReadOnlyList<ImageMatch> All() => snapshot.Roots
        .SelectMany(root => Choose(root), (root, manifest) => new ImageMatch(root, manifest, null))
        .ToList();

    private ImageMatch? FindById(string text)
    {
        if (!Digest.TryParse(text, out var digest, out var reason) && text.StartsWith(ImageIds.Prefix, StringComparison.Ordinal))
        {
            // podman takes a whole ID only after this prefix; its start says as much.
            if (IsIdStart(text.Substring(ImageIds.Prefix.Length)))
            {
                return ResolveId(text) ?? throw NotFound(text);
            }

            throw new ContainerImageException(ImageError.InvalidImageId, $"'{text}' is no image ID or digest: {reason}");
        }

        if (digest.IsEmpty && !(text.Length == IdLength && Digest.TryParse(ImageIds.Prefix + text, out digest)))
        {
            return null;
        }

        var match = FindByDigest(digest) ?? throw NotFound(text);
        verbose?.Invoke($"'{text}' is the {(match.Manifest.Id == digest ? "ID" : "digest")} of image {match.Manifest.Id.ShortId}.");
        return match;
    }

    private ImageMatch? FindByDigest(Digest digest)
    {
        if (snapshot.ManifestsOf(digest).Count > 0)
        {
            return Whole(digest);
        }

        if (snapshot.FindRoot(digest) is { } root)
        {
            return new ImageMatch(root, ChooseOne(root, digest.ToString()), null);
        }

        return snapshot.Roots
            .SelectMany(r => r.Present, (r, manifest) => new ImageMatch(r, manifest, null))
            .FirstOrDefault(match => match.Manifest.Manifest.Digest == digest);
    }

    private ImageMatch? FindByName(string text)
    {
        if (!ImageReference.TryParse(text, out var typed))
        {
            // An ID in capitals is no name, but it is an ID. What is neither gets the grammar's own error.
            return IsIdStart(text) && ResolveId(text) is { } byId ? byId : throw InvalidReference(text);
        }

        if (typed.Digest is { } digest)
        {
            var byDigest = FindByNameAndDigest(text, typed, digest);
            if (byDigest is not null)
            {
                verbose?.Invoke($"'{text}' is image {byDigest.Manifest.Id.ShortId} by its digest.");
            }

            return byDigest;
        }

        foreach (var (name, why) in FullNames(text, typed))
        {
            if (snapshot.FindByName(name) is { } root)
            {
                verbose?.Invoke($"'{text}' is {name}: {why}.");
                return new ImageMatch(root, ChooseOne(root, text), [name]);
            }
        }

        if (IsIdStart(text) && (ShortIds || text.Length >= ImageIds.ShortestSafe) && ResolveId(text) is { } match)
        {
            verbose?.Invoke($"'{text}' is the start of the ID {match.Manifest.Id.Hex}: no image has that name.");
            return match;
        }

        return typed.HasRegistry ? null : FindBySuffix(text, typed);
    }

    private ImageMatch? FindByNameAndDigest(string text, ImageReference typed, Digest digest)
    {
        var named = FullNames(typed.NameOnly().ToString(), typed.NameOnly())
            .Select(candidate => ImageReference.Parse(candidate.Name).Name)
            .ToList();
        var byName = snapshot.Roots.FirstOrDefault(root =>
            (root.Digest == digest || root.Present.Any(m => m.Manifest.Digest == digest || m.Id == digest)) &&
            root.Names.Any(name => ImageReference.TryParse(name, out var r) && named.Contains(r.Name)));
        if (byName is null)
        {
            // podman takes any image with the digest, whatever the name. What is removed by its word should be what it says:
            // here the name must be the image's, or the image have none.
            return FindByDigest(digest) is { } other && snapshot.NamesOf(other.Manifest.Id).Count == 0 ? other : null;
        }

        var manifest = byName.Present.FirstOrDefault(m => m.Manifest.Digest == digest || m.Id == digest) ?? ChooseOne(byName, text);
        return new ImageMatch(byName, manifest, null);
    }

    /// <summary>The full names that a text may be short for, in the order in which they are looked for.</summary>
    internal static IEnumerable<(string Name, string Why)> FullNames(string text, ImageReference typed)
    {
        if (typed.HasRegistry)
        {
            yield return (ImageReference.ParseNormalized(text).WithTagOrLatest().ToString(), "a full name");
            yield break;
        }

        if (ImageReference.TryParseNormalized("localhost/" + text, out var local))
        {
            yield return (local.WithTagOrLatest().ToString(), "a short name, found under localhost");
        }

        if (ImageReference.TryParseNormalized(text, out var hub))
        {
            yield return (hub.WithTagOrLatest().ToString(), "a short name, found under docker.io");
        }
    }

    private ImageMatch? FindBySuffix(string text, ImageReference typed)
    {
        var wanted = typed.WithTagOrLatest();
        var matches = snapshot.Roots
            .SelectMany(root => root.Names, (root, name) => (Root: root, Name: name))
            .Where(match => ImageReference.TryParse(match.Name, out var stored) && ReferenceMatcher.IsSuffixMatch(stored, wanted))
            .ToList();
        if (matches.Count == 0)
        {
            return null;
        }

        if (matches.Count > 1)
        {
            throw Ambiguous(text, "several names end so", matches.Select(match => match.Name));
        }

        verbose?.Invoke($"'{text}' is {matches[0].Name}: the only name that ends so.");
        return new ImageMatch(matches[0].Root, ChooseOne(matches[0].Root, text), [matches[0].Name]);
    }

    // An image may belong to several roots: one with a name comes first, since that is what a user knows it by.
    private ImageMatch Whole(Digest id)
    {
        var (root, manifest) = snapshot.ManifestsOf(id).OrderByDescending(pair => pair.Root.Names.Count > 0).First();
        return new ImageMatch(root, manifest, null);
    }

    private ManifestSummary ChooseOne(StoreRoot root, string text)
    {
        var chosen = Choose(root).FirstOrDefault();
        if (chosen is not null)
        {
            return chosen;
        }

        var present = root.Images.Select(image => image.Platform).ToList();
        if (present.Count == 0)
        {
            return root.Present.FirstOrDefault() ?? throw new ContainerImageException(
                ImageError.ContentMissing, $"'{text}' names an index of which no platform is in the store.");
        }

        throw new ContainerImageException(
            ImageError.PlatformNotFound,
            $"'{text}' has no platform '{platform}' in the store; it has {string.Join(", ", present)}.")
        { Candidates = present };
    }

    /// <summary>The images of a root that are meant: those of the platforms asked for, else one.</summary>
    private IEnumerable<ManifestSummary> Choose(StoreRoot root)
    {
        var images = root.Images.ToList();
        if (platform is { } wanted)
        {
            return images.Where(image => Platform.TryParse(image.Platform, out var has) && wanted.IsMatch(has!));
        }

        return images.Count <= 1 ? images : [images[PlatformChoice.HostsOrFirst(images)]];
    }

    private ContainerImageException NotFound(string text)
    {
        var near = NearNames.Find(text, snapshot.Names, MostCandidates);
        var hint = near.Count == 0 ? "" : $" Near names: {string.Join(", ", near)}.";
        var latest = ImageReference.TryParse(text, out var typed) && typed is { Tag: null, Digest: null } ? ":latest" : "";
        return new ContainerImageException(ImageError.ImageNotFound, $"No image '{text}{latest}' is in the store.{hint}") { Candidates = near };
    }

    private static ContainerImageException InvalidReference(string text)
    {
        try
        {
            ImageReference.ParseNormalized(text);
        }
        catch (ContainerImageException e)
        {
            return e;
        }

        return new ContainerImageException(ImageError.InvalidReference, $"'{text}' is no image reference.");
    }

    private static ContainerImageException Ambiguous(string text, string why, IEnumerable<string> candidates)
    {
        var list = candidates.OrderBy(c => c, StringComparer.Ordinal).ToList();
        return new ContainerImageException(
            ImageError.AmbiguousReference, $"'{text}' is ambiguous, {why}: {string.Join(", ", list)}.")
        { Candidates = list };
    }

    private static string Describe(IGrouping<Digest, (StoreRoot Root, ManifestSummary Manifest)> image)
    {
        var name = image.SelectMany(pair => pair.Root.Names).FirstOrDefault();
        return name is null ? image.Key.Hex : $"{image.Key.Hex} ({name})";
    }

    private static bool IsIdStart(string text) => text.Length is > 0 and <= IdLength && text.All(Uri.IsHexDigit);
}
