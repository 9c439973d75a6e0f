using System.Collections.Generic;
using System.Linq;
using System.Threading;
using ContainerImages.Content;
using ContainerImages.Manifests;

namespace ContainerImages.Store;

/// <summary>
/// The steps that made an image, with the images of the store that each of them made. Steps are counted off against layers
/// from the top, as podman does: layers that no step is left for are passed over, a step that no layer is left for is an error.
/// </summary>
/// <remarks>
/// Podman shows one image for each layer, at the newest step after it: the first it stored of those that end there, be it the
/// image asked for, its parent or a stranger. Here the image itself comes first, and one whose own history ends at a step is
/// shown at that step before podman's choice is; where no two images end at one layer, that is what podman shows. Tags are
/// podman's: the names of all images that end at the layer.
/// </remarks>
internal static class ImageHistory
{
    /// <summary>The history of an image, the newest step first.</summary>
    /// <param name="store">The store.</param>
    /// <param name="snapshot">Its images.</param>
    /// <param name="match">The image.</param>
    /// <param name="cancellation">Stops while the sizes of layers are worked out, where the summary lacks them.</param>
    /// <exception cref="ContainerImageException">
    /// ContentMissing, without its manifest or config; ContentMismatch, for damaged blobs and for a history that has more steps
    /// with a layer than there are layers; UnsupportedContent, for an artifact.
    /// </exception>
    public static IReadOnlyList<ImageHistoryEntry> Read(
        ImageStore store, StoreSnapshot snapshot, ImageMatch match, CancellationToken cancellation = default)
    {
        var image = match.Manifest;
        if (store.Blobs.ReadManifest(image.Manifest) is not ImageManifest { IsImage: true } manifest)
        {
            throw new ContainerImageException(
                ImageError.UnsupportedContent, $"{image.Manifest.Digest} is an artifact and no image: it has no history.");
        }

        var config = store.Blobs.ReadConfig(manifest.Config);
        var layersAfter = CountLayers(config);
        var chain = ChainIds.OfLayers(config.DiffIds);
        var ids = FindImages(snapshot, image, config, layersAfter, chain);
        var sizes = LayerSizes.Read(store, manifest, config, image, cancellation);

        var entries = new List<ImageHistoryEntry>(config.History.Count);
        for (var i = config.History.Count - 1; i >= 0; i--)
        {
            var step = config.History[i];
            var top = layersAfter[i] - 1;
            var layer = step.EmptyLayer || top >= manifest.Layers.Count ? null : manifest.Layers[top];
            var images = top >= 0 ? snapshot.EndingAt(chain[top].Hex) : ids[i] is null ? [] : [image];
            entries.Add(new ImageHistoryEntry
            {
                Id = ids[i] ?? ImageHistoryEntry.MissingId,
                Created = step.Created,
                CreatedBy = step.CreatedBy,
                Size = step.EmptyLayer ? 0 : layer is null ? null : sizes[top],
                Comment = step.Comment,
                Tags = images.SelectMany(other => snapshot.NamesOf(other.Id)).Distinct().ToList(),
                EmptyLayer = step.EmptyLayer,
                LayerDigest = layer?.Digest.ToString(),
                DiffId = step.EmptyLayer ? null : config.DiffIds[top].ToString(),
                CompressedSize = step.EmptyLayer ? 0 : layer?.Size,
                ImageId = image.Id.Hex,
                StorePath = store.Path,
            });
        }

        return entries;
    }

    /// <summary>How many layers there are after each step.</summary>
    private static int[] CountLayers(ImageConfig config)
    {
        var counts = new int[config.History.Count];
        var left = config.DiffIds.Count;
        for (var i = counts.Length - 1; i >= 0; i--)
        {
            counts[i] = left;
            if (config.History[i].EmptyLayer)
            {
                continue;
            }

            if (left == 0)
            {
                throw new ContainerImageException(
                    ImageError.ContentMismatch,
                    $"The history does not fit the layers: it has {config.History.Count(step => !step.EmptyLayer)} " +
                    $"steps that made a layer, and its config names {config.DiffIds.Count}; none is left for {QuotedText.Quote(config.History[i].CreatedBy)}.");
            }

            left--;
        }

        return counts;
    }

    /// <summary>The ID of the image that each step made, each image once; null where none is here.</summary>
    private static string?[] FindImages(
        StoreSnapshot snapshot,
        ManifestSummary image,
        ImageConfig config,
        int[] layersAfter,
        IReadOnlyList<Digest> chain)
    {
        var prefixes = ChainIds.OfHistoryPrefixes(config.History).Select(ManifestSummary.StartOf).ToList();
        var ids = new string?[prefixes.Count];
        var shown = new HashSet<Digest> { image.Id };
        for (var i = prefixes.Count - 1; i >= 0; i--)
        {
            if (i == prefixes.Count - 1)
            {
                ids[i] = image.Id.Hex;
                continue;
            }

            if (layersAfter[i] == 0)
            {
                break;
            }

            var others = snapshot.EndingAt(chain[layersAfter[i] - 1].Hex).Where(other => !shown.Contains(other.Id)).ToList();
            var isNewest = layersAfter[i + 1] != layersAfter[i];
            var found = others.FirstOrDefault(other => other.History == prefixes[i]) ?? (isNewest ? others.FirstOrDefault() : null);
            if (found is not null)
            {
                ids[i] = found.Id.Hex;
                shown.Add(found.Id);
            }
        }

        return ids;
    }
}
