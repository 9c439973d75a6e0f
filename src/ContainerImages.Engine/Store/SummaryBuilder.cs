using System;
using System.Collections.Generic;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.Manifests;

namespace ContainerImages.Store;

/// <summary>Works out the summaries of roots from their blobs; what many of them share is read once.</summary>
/// <param name="blobs">Where manifests and configs are.</param>
/// <param name="plainSize">The unpacked size of a compressed layer's blob; null where nobody knows.</param>
internal sealed class SummaryBuilder(IBlobReader blobs, Func<Digest, long?>? plainSize = null)
{
    private readonly Dictionary<Digest, ConfigFacts?> _configs = [];

    /// <summary>Works out the summary of one root.</summary>
    /// <exception cref="ContainerImageException">ContentMissing or ContentMismatch of the root's own document.</exception>
    public static RootSummary Build(Descriptor root, IBlobReader blobs, Func<Digest, long?>? plainSize = null) =>
        new SummaryBuilder(blobs, plainSize).Build(root);

    /// <summary>The same, with platforms left out as if they were not here.</summary>
    public static RootSummary BuildWithout(
        Descriptor root, IBlobReader blobs, Func<Digest, long?> plainSize, IReadOnlyCollection<Digest> without) =>
        new SummaryBuilder(blobs, plainSize).Build(
            root, d => without.Contains(d.Digest) || blobs.Find(d.Digest, d.Size) is null ? null : blobs.ReadManifest(d));

    /// <inheritdoc cref="Build(Descriptor, IBlobReader, Func{Digest, long?})"/>
    public RootSummary Build(Descriptor root) => Build(root, d => blobs.Find(d.Digest, d.Size) is null ? null : blobs.ReadManifest(d));

    private RootSummary Build(Descriptor root, Func<Descriptor, ManifestDocument?> read)
    {
        Digest? subject = null;
        var manifests = RootWalk.Manifests(root, Read, null);
        return new RootSummary(
            root.Digest, subject, manifests.Select(pair => pair.Manifest is null ? Absent(pair.Descriptor) : Summarize(pair.Manifest)).ToList());

        ManifestDocument? Read(Descriptor descriptor)
        {
            var document = read(descriptor);
            subject ??= descriptor.Digest == root.Digest ? document?.Subject?.Digest : null;
            return document;
        }
    }

    private ManifestSummary Summarize(ImageManifest manifest)
    {
        var descriptor = manifest.ToDescriptor();
        if (!manifest.IsImage)
        {
            return new ManifestSummary(ManifestSummary.Artifact, descriptor) { Id = manifest.Digest };
        }

        if (ReadConfig(manifest.Config) is not { } config)
        {
            // The image is damaged, and still has an ID by which it can be seen and removed.
            return new ManifestSummary(ManifestSummary.Image, descriptor)
            {
                Id = manifest.Config.Digest,
                ConfigSize = manifest.Config.Size,
                Layers = manifest.Layers.Select(layer => Layer(layer, null)).ToList(),
            };
        }

        return new ManifestSummary(ManifestSummary.Image, descriptor)
        {
            Id = manifest.Config.Digest,
            ConfigSize = manifest.Config.Size,
            Created = config.Created,
            Platform = config.Platform,
            Layers = manifest.Layers
                .Select((layer, i) => Layer(layer, i < config.DiffIds.Count ? config.DiffIds[i] : null))
                .ToList(),
            TopChain = config.TopChain,
            ParentChain = config.ParentChain,
            History = config.History,
            ParentHistory = config.ParentHistory,
        };
    }

    private ConfigFacts? ReadConfig(Descriptor descriptor)
    {
        if (_configs.TryGetValue(descriptor.Digest, out var known))
        {
            return known;
        }

        ConfigFacts? facts = null;
        try
        {
            facts = ConfigFacts.Of(blobs.ReadConfig(descriptor));
        }
        catch (ContainerImageException)
        {
            // Its images are damaged.
        }

        return _configs[descriptor.Digest] = facts;
    }

    private static ManifestSummary Absent(Descriptor descriptor) =>
        new(ManifestSummary.Absent, descriptor) { Platform = descriptor.Platform?.ToString() ?? "" };

    // A blob that is its own diff ID is plain, whatever its type says. Any other has a known size only if it was looked into,
    // and its diff ID was seen to be right then: a summary with all sizes stands for an image that was verified.
    private LayerSummary Layer(Descriptor layer, Digest? diffId) =>
        new(LayerSummary.MarkOf(layer.Digest), layer.Digest == diffId ? layer.Size : plainSize?.Invoke(layer.Digest));

    /// <summary>What summaries tell of a config.</summary>
    private sealed record ConfigFacts(
        DateTimeOffset? Created,
        string Platform,
        IReadOnlyList<Digest> DiffIds,
        string TopChain,
        string ParentChain,
        string History,
        string ParentHistory)
    {
        public static ConfigFacts Of(ImageConfig config)
        {
            var chain = ChainIds.OfLayers(config.DiffIds);
            var (history, parentHistory) = ChainIds.OfHistory(config.History);
            return new ConfigFacts(
                config.Created,
                config.Platform.ToString(),
                config.DiffIds,
                chain.Count == 0 ? "" : chain[chain.Count - 1].Hex,
                chain.Count < 2 ? "" : ManifestSummary.StartOf(chain[chain.Count - 2].Hex),
                ManifestSummary.StartOf(history),
                ManifestSummary.StartOf(parentHistory));
        }
    }
}
