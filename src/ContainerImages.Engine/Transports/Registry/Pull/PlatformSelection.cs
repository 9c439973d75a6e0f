using System.Collections.Generic;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.Copying;
using ContainerImages.Manifests;

namespace ContainerImages.Transports;

/// <summary>Which images of a registry's index are pulled: by what the index says of them, so that the others are not fetched.</summary>
internal sealed class PlatformSelection(RegistrySource source, CopyOptions options)
{
    /// <summary>The images that are meant, with their configs; the source shows no others afterwards.</summary>
    /// <param name="wanted">Platforms; empty for this machine's.</param>
    /// <param name="all">Whether all are meant.</param>
    /// <exception cref="ContainerImageException">
    /// PlatformNotFound, listing what there is; UnsupportedContent, for what is no image; ContentMissing; any Registry*.
    /// </exception>
    public IReadOnlyList<(ImageManifest Manifest, ImageConfig Config)> Choose(IReadOnlyList<PlatformPattern> wanted, bool all)
    {
        if (source.Root is ImageManifest only)
        {
            return [ChooseOnly(only, wanted)];
        }

        var entries = ReadEntries();
        var chosen = all ? entries : wanted.Count == 0
            ? [Best(entries, Platform.Host, "this machine's platform")]
            : wanted.SelectMany(pattern => Matching(entries, pattern)).Distinct().ToList();
        if (!all)
        {
            source.Choose(chosen.Select(entry => entry.Descriptor.Digest));
        }

        var images = chosen
            .Select(entry => (entry, Manifest: source.Fetch(entry.Descriptor) as ImageManifest))
            .Where(pair => Exists(pair.entry, pair.Manifest, all) && pair.Manifest!.IsImage)
            .Select(pair => (pair.Manifest!, source.ReadConfig(pair.Manifest!)))
            .ToList();
        return images.Count > 0 ? images : throw NoImage("an index without an image");
    }

    /// <summary>What an index names, indexes within it flattened; each with its platform, null for what is no image.</summary>
    /// <remarks>An index may leave out what a manifest is for; then its config has to say it.</remarks>
    public List<IndexMember> ReadEntries() => Store.RootWalk
        .Manifests(source.Root.ToDescriptor(), descriptor => MediaTypes.IsIndex(descriptor.MediaType) ? source.Fetch(descriptor) : null, null)
        .Select(pair => new IndexMember(pair.Descriptor, PlatformOf(pair.Descriptor)))
        .ToList();

    private (ImageManifest Manifest, ImageConfig Config) ChooseOnly(ImageManifest only, IReadOnlyList<PlatformPattern> wanted)
    {
        if (!only.IsImage)
        {
            throw NoImage($"an artifact of type '{only.ArtifactType ?? only.Config.MediaType}'");
        }

        var config = source.ReadConfig(only);
        if (wanted.Any(pattern => !Fits(config.Platform, pattern)))
        {
            throw NotFound(wanted.First(pattern => !Fits(config.Platform, pattern)).ToString(), [config.Platform]);
        }

        if (wanted.Count == 0 && config.Platform.Rank(Platform.Host) is null)
        {
            options.Warning?.Invoke($"{source.Name} is an image for {config.Platform} alone, and this machine is {Platform.Host}.");
        }

        return (only, config);
    }

    private List<IndexMember> Matching(IReadOnlyList<IndexMember> entries, PlatformPattern pattern)
    {
        if (pattern.Platform is { } platform)
        {
            return [Best(entries, platform, $"'{pattern}'")];
        }

        var matching = entries.Where(entry => entry.Platform is { } has && pattern.IsMatch(has)).ToList();
        return matching.Count > 0 ? matching : throw NotFound(pattern.ToString(), entries.Select(entry => entry.Platform).OfType<Platform>());
    }

    private IndexMember Best(IReadOnlyList<IndexMember> entries, Platform platform, string what)
    {
        var best = Platform.IndexOfBest(entries.Select(entry => entry.Platform).ToList(), platform);
        if (best < 0)
        {
            throw NotFound(platform.ToString(), entries.Select(entry => entry.Platform).OfType<Platform>());
        }

        options.Verbose?.Invoke($"Of {source.Name}, {entries[best].Platform} is taken for {what}.");
        return entries[best];
    }

    private Platform? PlatformOf(Descriptor descriptor) => descriptor.Platform switch
    {
        { Os: "unknown" } => null,
        { } said => said,
        null => source.Fetch(descriptor) is ImageManifest { IsImage: true } manifest ? source.ReadConfig(manifest).Platform : null,
    };

    private bool Exists(IndexMember entry, ImageManifest? manifest, bool all)
    {
        if (manifest is not null)
        {
            return true;
        }

        var sentence = $"{source.Name} names the manifest {entry.Descriptor.Digest} for {entry.Platform?.ToString() ?? "an unknown platform"}, and the registry has it not.";
        if (!all)
        {
            throw new ContainerImageException(ImageError.ContentMissing, sentence) { Candidates = [entry.Descriptor.Digest.ToString()] };
        }

        options.Warning?.Invoke(sentence);
        return false;
    }

    private static bool Fits(Platform platform, PlatformPattern pattern) =>
        pattern.Platform is { } wanted ? platform.Rank(wanted) is not null : pattern.IsMatch(platform);

    private ContainerImageException NotFound(string wanted, IEnumerable<Platform> platforms)
    {
        var present = platforms.Select(platform => platform.ToString()).Distinct().ToList();
        return new ContainerImageException(
            ImageError.PlatformNotFound,
            $"{source.Name} has no platform '{wanted}'; it has {(present.Count == 0 ? "none that it names" : string.Join(", ", present))}.")
        { Candidates = present };
    }

    private ContainerImageException NoImage(string found) => new(
        ImageError.UnsupportedContent, $"{source.Name} is {found}, and no image.");
}

/// <summary>A manifest that an index names.</summary>
internal sealed record IndexMember(Descriptor Descriptor, Platform? Platform);
