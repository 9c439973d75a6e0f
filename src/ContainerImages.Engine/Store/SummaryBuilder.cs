using System;
using System.Collections.Generic;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.Manifests;

namespace ContainerImages.Store;

/// <summary>Works out a root's summary from its blobs.</summary>
internal static class SummaryBuilder
{
    /// <param name="root">The root.</param>
    /// <param name="blobs">Where its manifests and configs are.</param>
    /// <param name="plainSize">The unpacked size of a compressed layer's blob; null where nobody knows.</param>
    /// <exception cref="ContainerImageException">ContentMissing or ContentMismatch of the root's own document.</exception>
    public static RootSummary Build(Descriptor root, IBlobReader blobs, Func<Digest, long?>? plainSize = null) =>
        Build(root, RootWalk.Manifests(root, blobs), blobs, plainSize);

    /// <summary>The same, with platforms left out as if they were not here.</summary>
    public static RootSummary BuildWithout(
        Descriptor root, IBlobReader blobs, Func<Digest, long?> plainSize, IReadOnlyCollection<Digest> without)
    {
        var manifests = RootWalk.Manifests(
            root, d => without.Contains(d.Digest) || blobs.Find(d.Digest, d.Size) is null ? null : blobs.ReadManifest(d), null);
        return Build(root, manifests, blobs, plainSize);
    }

    private static RootSummary Build(
        Descriptor root,
        IReadOnlyList<(Descriptor Descriptor, ImageManifest? Manifest)> manifests,
        IBlobReader blobs,
        Func<Digest, long?>? plainSize) => new(
            root.Digest,
            manifests.Select(pair => pair.Manifest is null ? Absent(pair.Descriptor) : Summarize(pair.Manifest, blobs, plainSize)).ToList());

    private static ManifestSummary Summarize(ImageManifest manifest, IBlobReader blobs, Func<Digest, long?>? plainSize)
    {
        var descriptor = manifest.ToDescriptor();
        if (!manifest.IsImage)
        {
            return new ManifestSummary(ManifestSummary.Artifact, descriptor) { Id = manifest.Digest, Subject = manifest.Subject?.Digest };
        }

        ImageConfig config;
        try
        {
            config = blobs.ReadConfig(manifest.Config);
        }
        catch (ContainerImageException)
        {
            // The image is damaged, and still has an ID by which it can be seen and removed.
            return new ManifestSummary(ManifestSummary.Image, descriptor)
            {
                Id = manifest.Config.Digest,
                ConfigSize = manifest.Config.Size,
                Layers = manifest.Layers.Select(layer => Layer(layer, null, plainSize)).ToList(),
            };
        }

        var chain = ChainIds.OfLayers(config.DiffIds);
        var (history, parentHistory) = ChainIds.OfHistory(config.History);
        return new ManifestSummary(ManifestSummary.Image, descriptor)
        {
            Id = manifest.Config.Digest,
            ConfigSize = manifest.Config.Size,
            Created = config.Created,
            Platform = config.Platform.ToString(),
            Layers = manifest.Layers
                .Select((layer, i) => Layer(layer, i < config.DiffIds.Count ? config.DiffIds[i] : null, plainSize))
                .ToList(),
            TopChain = chain.Count == 0 ? "" : chain[chain.Count - 1].Hex,
            ParentChain = chain.Count < 2 ? "" : ManifestSummary.StartOf(chain[chain.Count - 2].Hex),
            History = ManifestSummary.StartOf(history),
            ParentHistory = ManifestSummary.StartOf(parentHistory),
        };
    }

    private static ManifestSummary Absent(Descriptor descriptor) =>
        new(ManifestSummary.Absent, descriptor) { Platform = descriptor.Platform?.ToString() ?? "" };

    // A blob that is its own diff ID is plain, whatever its type says. Any other has a known size only if it was looked into,
    // and its diff ID was seen to be right then: a summary with all sizes stands for an image that was verified.
    private static LayerSummary Layer(Descriptor layer, Digest? diffId, Func<Digest, long?>? plainSize) =>
        new(LayerSummary.MarkOf(layer.Digest), layer.Digest == diffId ? layer.Size : plainSize?.Invoke(layer.Digest));
}
