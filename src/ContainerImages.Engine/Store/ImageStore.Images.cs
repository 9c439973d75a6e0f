using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.References;

namespace ContainerImages.Store;

/// <content>Finding images.</content>
public sealed partial class ImageStore
{
    /// <summary>The image that a reference, an ID or the start of one means, as of now.</summary>
    /// <param name="reference">What a user would type.</param>
    /// <param name="platform">Which platform of it; null for the host's, else the first that is here.</param>
    /// <exception cref="ContainerImageException">
    /// ImageNotFound; AmbiguousReference; InvalidReference; PlatformNotFound; StoreInvalid; StoreAccessDenied.
    /// </exception>
    public ContainerImage Find(string reference, string? platform = null)
    {
        var snapshot = ReadSnapshot();
        var pattern = platform is null ? null : PlatformPattern.Parse(platform);
        using var activity = Tracing.Start(Tracing.Resolve, Path);
        try
        {
            var match = new ImageResolver(snapshot, pattern, Verbose) { Configured = _options.ShortNames }.Resolve(reference);
            Trace(activity, reference, [match]);
            return new ContainerImage(this, snapshot, match);
        }
        catch (Exception e) when (activity.Fails(e))
        {
            throw;
        }
    }

    /// <summary>Every image, the newest first; of a multi-platform one the host's platform, or the first that is here.</summary>
    /// <exception cref="ContainerImageException">StoreInvalid; StoreAccessDenied.</exception>
    public IReadOnlyList<ContainerImage> List()
    {
        var snapshot = ReadSnapshot();
        return NewestFirst(new ImageResolver(snapshot, null, null).All())
            .GroupBy(match => match.Manifest.Id)
            .Select(group => new ContainerImage(this, snapshot, group.First()))
            .ToList();
    }

    /// <summary>The images that a target means; empty only for a pattern that nothing matches.</summary>
    internal IReadOnlyList<ImageMatch> Select(StoreSnapshot snapshot, ImageTarget target, PlatformPattern? platform = null)
    {
        using var activity = Tracing.Start(Tracing.Resolve, Path);
        try
        {
            var matches = SelectMatches(snapshot, target, platform);
            Trace(activity, target, matches);
            return matches;
        }
        catch (Exception e) when (activity.Fails(e))
        {
            throw;
        }
    }

    private IReadOnlyList<ImageMatch> SelectMatches(StoreSnapshot snapshot, ImageTarget target, PlatformPattern? platform)
    {
        var resolver = new ImageResolver(snapshot, platform, Verbose)
        {
            ShortIds = target.ShortIds,
            Configured = _options.ShortNames,
        };
        if (target.Text is { } text)
        {
            return ReferencePattern.IsPattern(text) ? NewestFirst(resolver.ResolvePattern(text)) : [resolver.ForPlatform(resolver.Resolve(text), text)];
        }

        var id = target.Id ?? target.Image!.Id;
        if (resolver.ResolveId(id) is not { } match)
        {
            // An object was there once; an ID alone may be of anything.
            var name = target.Image?.Reference is { } reference ? $" '{reference}'" : "";
            var end = target.Image is null ? "" : " (any more)";
            throw new ContainerImageException(
                ImageError.ImageNotFound, $"No image{name} with the ID {Shorten(id)} is in the store '{Path}'{end}.");
        }

        if (target.Image is { } image)
        {
            return [resolver.ForPlatform(Narrow(snapshot, match, image), target.ToString())];
        }

        if (match.Manifest.Id.Hex.Length > ImageIds.WithoutPrefix(id).Length)
        {
            Verbose($"'{id}' is the start of the ID {match.Manifest.Id.Hex}.");
        }

        var shown = target.ShownBy is { } words ? ReferenceMatcher.TryMatch(words, snapshot.NamesOf(match.Manifest.Id)) : null;
        return [resolver.ForPlatform(match with { ShownName = shown }, target.ToString())];
    }

    internal static IReadOnlyList<ImageMatch> NewestFirst(IReadOnlyList<ImageMatch> matches) =>
        matches.OrderByDescending(match => match.Manifest.Created).ToList();

    // An object may stand for some names and for one platform of one root: both count as far as they are still there.
    private static ImageMatch Narrow(StoreSnapshot snapshot, ImageMatch match, ContainerImage image)
    {
        var names = image.MatchedNames?.Where(name => snapshot.NamesOf(match.Manifest.Id).Contains(name)).ToList();
        if (names is { Count: 0 })
        {
            throw new ContainerImageException(
                ImageError.ImageNotFound,
                $"Image {match.Manifest.Id.ShortId} has lost the name {string.Join(", ", image.MatchedNames!)} since it was listed.");
        }

        var roots = snapshot.ManifestsOf(match.Manifest.Id).ToList();
        var named = roots.Where(pair => names is null || pair.Root.Names.Intersect(names).Any()).ToList();
        var (root, manifest) = named.OrderByDescending(pair => pair.Root.Digest.ToString() == image.RootDigest).First();
        return new ImageMatch(root, manifest, names);
    }

    private static void Trace(Activity? activity, object asked, IReadOnlyList<ImageMatch> found)
    {
        activity?.SetTag(Tracing.ReferenceTag, asked.ToString());
        activity?.Count(found.Count, found.Select(match => match.Manifest.Size).Total());
    }

    private static string Shorten(string id) => id.Length <= 12 ? id : id.Substring(0, 12);
}
