using System;
using System.Collections.Generic;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.Copying;
using ContainerImages.Manifests;
using ContainerImages.Store;

namespace ContainerImages.Transports;

/// <summary>
/// Which platforms of an image are copied. From a registry it is one; from elsewhere it is all that is there, as far as the
/// destination holds an index. An index some of whose platforms stay behind goes into a store as it is, and into archives and
/// folders where it was so already; else the manifest of the one platform goes by itself.
/// </summary>
/// <param name="wanted">The platform; null for this machine's, or the first where that is not there.</param>
/// <param name="all">Whether all are meant.</param>
/// <param name="options">How the copy is done.</param>
internal sealed class CopyPlatforms(PlatformPattern? wanted, bool all, CopyOptions options)
{
    /// <summary>What of a root is copied.</summary>
    /// <param name="source">The source.</param>
    /// <param name="root">The root.</param>
    /// <param name="to">What it is copied into.</param>
    /// <param name="holdsIndexes">Whether the destination holds indexes.</param>
    /// <param name="isThere">Whether the destination has a manifest that the source lacks.</param>
    /// <exception cref="ContainerImageException">
    /// PlatformNotFound, listing what there is, or what is lacking where all are meant; and what is wrong with the documents.
    /// </exception>
    public (SourceRoot Root, IReadOnlyList<PlatformPattern> Platforms) Choose(
        IImageSource source, SourceRoot root, ImageTransport to, bool holdsIndexes, Func<Descriptor, bool> isThere)
    {
        IReadOnlyList<PlatformPattern> patterns = wanted is null ? [] : [wanted];
        if (source is RegistrySource registry && (registry.Root is ImageIndex or ImageManifest { IsImage: true } || wanted is not null))
        {
            var chosen = new PlatformSelection(registry, options).Choose(patterns, all);
            if (!all && to != ImageTransport.Store)
            {
                return (Alone(root, chosen[0].Manifest.ToDescriptor()), []);
            }
        }

        List<ImageIndex> indexes = [];
        var manifests = root.Descriptor is { } descriptor
            ? RootWalk.Manifests(descriptor, source.ReadManifest, indexes, $" of {source.Name}")
            : [];
        if (indexes.Count == 0 || (source is RegistrySource && !all))
        {
            return (root, source is RegistrySource ? [] : patterns);
        }

        if (all || (wanted is null && holdsIndexes))
        {
            var missing = to == ImageTransport.Registry
                ? manifests.Where(pair => pair.Manifest is null && !isThere(pair.Descriptor)).Select(pair => Title(pair.Descriptor)).ToList()
                : [];
            if (missing.Count == 0)
            {
                return (root, []);
            }

            var sentence = $"Neither {source.Name} nor the registry has {string.Join(", ", missing)} of {root.Descriptor!.Digest}, which can only be put there whole";
            if (all)
            {
                throw new ContainerImageException(ImageError.PlatformNotFound, sentence + ".") { Candidates = missing };
            }

            options.Warning?.Invoke(sentence + ": the image of one platform is copied instead.");
        }

        return wanted is not null && to == ImageTransport.Store ? (root, patterns) : (Alone(root, One(source, manifests)), []);
    }

    private Descriptor One(IImageSource source, IReadOnlyList<(Descriptor Descriptor, ImageManifest? Manifest)> manifests)
    {
        var documents = new SourceDocuments();
        var images = manifests
            .Where(pair => pair.Manifest is { IsImage: true })
            .Select(pair => (Manifest: pair.Manifest!, documents.ReadConfig(source, pair.Manifest!).Platform))
            .ToList();
        var best = Platform.IndexOfBest(images.Select(image => (Platform?)image.Platform).ToList(), wanted?.Platform ?? Platform.Host);
        if (best < 0 && (wanted is not null || images.Count == 0))
        {
            var present = images.Select(image => image.Platform.ToString()).ToList();
            throw new ContainerImageException(
                ImageError.PlatformNotFound,
                $"{source.Name} has no platform '{wanted?.ToString() ?? Platform.Host.ToString()}'; it has {(present.Count == 0 ? "none" : string.Join(", ", present))}.")
            { Candidates = present };
        }

        var (manifest, platform) = images[best < 0 ? 0 : best];
        options.Verbose?.Invoke($"Of {source.Name}, {platform} is copied alone.");
        return manifest.ToDescriptor();
    }

    private static SourceRoot Alone(SourceRoot root, Descriptor manifest) => new() { Descriptor = manifest, Names = root.Names };

    private static string Title(Descriptor descriptor) => descriptor.Platform?.ToString() ?? descriptor.Digest.ToString();
}
