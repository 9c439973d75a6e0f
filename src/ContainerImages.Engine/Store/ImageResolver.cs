using System;
using System.Collections.Generic;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.References;

namespace ContainerImages.Store;

/// <summary>
/// Finds the image that a user's words mean, in the order of podman's current lookup, except that where podman picks one of
/// several silently this is an error that lists them: (1) a full ID or digest, or <c>name@</c> and one of them; (2) a name, a
/// short one through <c>localhost/</c>, the configuration of registries and then docker.io; (3) the start of an ID; (4) the end of exactly one stored name. A
/// prefix of a transport is refused, but for the store's own.
/// </summary>
internal sealed partial class ImageResolver(StoreSnapshot snapshot, PlatformPattern? platform, Action<string>? verbose)
{
    /// <summary>Whether a few digits may be the start of an ID; not where they came by a pipeline, in which anything may come.</summary>
    public bool ShortIds { get; init; } = true;

    /// <summary>See <see cref="StoreOptions.ShortNames"/>.</summary>
    public Func<ImageReference, IEnumerable<(ImageReference Name, string Why)>>? Configured { get; init; }

    /// <summary>The one image that a text means; the platform is the one asked for, else the host's, else the first here.</summary>
    /// <exception cref="ContainerImageException">
    /// ImageNotFound; AmbiguousReference; InvalidReference, for a transport too; InvalidImageId; PlatformNotFound.
    /// </exception>
    public ImageMatch Resolve(string text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            throw new ContainerImageException(ImageError.InvalidReference, "An image reference must not be empty.");
        }

        var transport = TransportPrefix.Of(text);
        var match = transport is { IsCertain: true } ? null
            : text.LastIndexOf('@') is var at and >= 0 ? FindByNameAndId(text, text.Substring(0, at), text.Substring(at + 1))
            : FindById(text) ?? FindByName(text);
        return match ?? (transport is null ? throw ResolverErrors.NotFound(text, snapshot) : ResolveWithout(transport));
    }

    /// <summary>The images whose names a pattern matches, each with those names; the index's order.</summary>
    /// <exception cref="ContainerImageException">InvalidReference, for a bad pattern or a transport.</exception>
    public IReadOnlyList<ImageMatch> ResolvePattern(string text)
    {
        if (TransportPrefix.Of(text) is { IsCertain: true } transport)
        {
            throw transport.ToError();
        }

        var pattern = new ReferencePattern(text);
        var found = snapshot.Roots
            .Select(root => (Root: root, Names: root.Names.Where(pattern.IsMatch).ToList()))
            .Where(match => match.Names.Count > 0)
            .SelectMany(match => Choose(match.Root).Select(manifest => (match.Root, Manifest: manifest, match.Names)))
            .GroupBy(match => match.Manifest.Id)
            .Select(group => new ImageMatch(
                group.First().Root, group.First().Manifest, group.SelectMany(match => match.Names).ToList()))
            .ToList();
        verbose?.Invoke(found.Count == 0
            ? $"'{text}' is a pattern that no name matches."
            : $"'{text}' is a pattern that matches {string.Join(", ", found.SelectMany(match => match.MatchedNames!))}.");
        return found;
    }

    /// <summary>Of every root the image of the platform asked for, else one; an image that has several roots is there as often.</summary>
    public IReadOnlyList<ImageMatch> All() => snapshot.Roots
        .SelectMany(root => Choose(root), (root, manifest) => new ImageMatch(root, manifest, null))
        .ToList();

    /// <summary>
    /// The platform asked for of what was found: an ID, a digest or an object tells one image, which stands for all platforms of
    /// its roots, or of the one that has its name.
    /// </summary>
    /// <exception cref="ContainerImageException">PlatformNotFound.</exception>
    public ImageMatch ForPlatform(ImageMatch found, string text)
    {
        if (platform is null || !found.Root.Images.Any())
        {
            return found;
        }

        IEnumerable<StoreRoot> others = found.MatchedNames is null ? snapshot.ManifestsOf(found.Manifest.Id).Select(pair => pair.Root) : [];
        var roots = others.Prepend(found.Root).Distinct().ToList();
        var fitting = roots.SelectMany(Choose, (root, manifest) => found with { Root = root, Manifest = manifest }).ToList();
        return fitting.Find(match => match.Manifest.Id == found.Manifest.Id) ?? fitting.FirstOrDefault() ?? throw ResolverErrors.NoPlatform(
            text, $"{platform}", roots.SelectMany(root => root.Images).Select(image => image.Platform).Distinct().ToList());
    }

    // A text such as "store:1" may be a name, so nothing short is taken for an ID behind the prefix.
    private ImageMatch ResolveWithout(TransportPrefix transport)
    {
        if (!transport.IsStore || string.IsNullOrWhiteSpace(transport.Rest) || TransportPrefix.Of(transport.Rest) is not null)
        {
            throw transport.ToError();
        }

        verbose?.Invoke($"'{TransportPrefix.Store}' is the store itself.");
        return new ImageResolver(snapshot, platform, verbose) { ShortIds = false, Configured = Configured }.Resolve(transport.Rest);
    }

    private ImageMatch? FindByName(string text)
    {
        if (!ImageReference.TryParse(text, out var typed))
        {
            // An ID in capitals is no name, but it is an ID. What is neither gets the grammar's own error.
            return FindByIdStart(text) ?? throw ResolverErrors.InvalidReference(text);
        }

        foreach (var (name, why) in LocalNames.Expand(typed, Configured))
        {
            if (snapshot.FindByName(name.ToString()) is { } root)
            {
                verbose?.Invoke($"'{text}' is {name}: {why}.");
                return new ImageMatch(root, ChooseOne(root, text), [name.ToString()]);
            }
        }

        return FindByIdStart(text) ?? (typed.HasRegistry ? null : FindBySuffix(text, typed));
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
            throw ResolverErrors.Ambiguous(text, "several names end so", matches.Select(match => match.Name));
        }

        verbose?.Invoke($"'{text}' is {matches[0].Name}: the only name that ends so.");
        return new ImageMatch(matches[0].Root, ChooseOne(matches[0].Root, text), [matches[0].Name]);
    }

    private ManifestSummary ChooseOne(StoreRoot root, string text)
    {
        var chosen = Choose(root).FirstOrDefault();
        var present = root.Images.Select(image => image.Platform).ToList();
        if (chosen is not null)
        {
            if (present.Count > 1)
            {
                var why = platform is not null ? "it was asked for"
                    : PlatformChoice.IsHosts(chosen) ? "it fits this machine"
                    : "none of them fits this machine, and it is the first";
                verbose?.Invoke($"Of the platforms of '{text}' that are here, {string.Join(", ", present)}, {chosen.Platform} is taken: {why}.");
            }

            return chosen;
        }

        if (present.Count == 0)
        {
            return root.Present.FirstOrDefault() ?? throw new ContainerImageException(
                ImageError.ContentMissing, $"'{text}' names an index of which no platform is in the store.");
        }

        throw ResolverErrors.NoPlatform(text, $"{platform}", present);
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
}
