using System.Collections.Generic;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.Manifests;

namespace ContainerImages.Store;

/// <summary>What an image has to do with the others of its store.</summary>
internal sealed class ImageRelations
{
    /// <summary>Its summary; null if the image is gone from the store.</summary>
    public ManifestSummary? Summary { get; private init; }

    public string? Parent { get; private init; }

    public IReadOnlyList<string> Children { get; private init; } = [];

    public bool HasNames { get; private init; }

    public bool IsDangling { get; private init; }

    public static ImageRelations Read(ImageStore store, Digest id, ImageManifest manifest)
    {
        var snapshot = store.ReadSnapshot();
        var pairs = snapshot.ManifestsOf(id).ToList();
        if (pairs.Count == 0)
        {
            return new ImageRelations();
        }

        var summary = pairs.Select(pair => pair.Manifest).FirstOrDefault(m => m.Manifest.Digest == manifest.Digest) ?? pairs[0].Manifest;
        return new ImageRelations
        {
            Summary = summary,
            Parent = snapshot.ParentOf(summary)?.Id.Hex,
            Children = snapshot.ChildrenOf(summary).Select(child => child.Id.Hex).ToList(),
            HasNames = snapshot.NamesOf(id).Count > 0,
            IsDangling = snapshot.IsDangling(summary),
        };
    }

    /// <summary>
    /// Bytes, unpacked, of layers that other images have too, and bytes that no other image has: layers, each once, manifest
    /// and config. Null while a size is unknown. It may take reading many manifests, and is no part of the rest for that.
    /// </summary>
    public static (long? Shared, long? Unique) ReadSizes(ImageStore store, Digest id, ImageManifest manifest, ManifestSummary? summary)
    {
        if (summary is null)
        {
            return (null, null);
        }

        var shared = SharedBytes(store, id, manifest, summary);
        return (shared, summary.Layers.Distinct().Select(layer => layer.Size).Append(summary.Manifest.Size).Append(summary.ConfigSize).Total() - shared);
    }

    // The marks find the images that may have a layer too; their manifests tell.
    private static long? SharedBytes(ImageStore store, Digest id, ImageManifest manifest, ManifestSummary summary)
    {
        var marks = new HashSet<string>(summary.Layers.Select(layer => layer.Mark));
        var own = new HashSet<Digest>(manifest.Layers.Select(layer => layer.Digest));
        HashSet<Digest> others = [];
        foreach (var other in store.ReadSnapshot().Images.Where(image => image.Id != id && image.Layers.Any(layer => marks.Contains(layer.Mark))))
        {
            try
            {
                if (store.Blobs.ReadManifest(other.Manifest) is ImageManifest found)
                {
                    others.UnionWith(found.Layers.Select(layer => layer.Digest).Where(own.Contains));
                }
            }
            catch (ContainerImageException)
            {
                // A damaged image shares nothing that could be shown.
            }

            if (others.Count == own.Count)
            {
                break;
            }
        }

        var shared = new List<long?>();
        foreach (var (layer, i) in manifest.Layers.Select((layer, i) => (layer, i)).GroupBy(pair => pair.layer.Digest).Select(g => g.First()))
        {
            if (others.Contains(layer.Digest))
            {
                shared.Add(i < summary.Layers.Count ? summary.Layers[i].Size : null);
            }
        }

        return shared.Total();
    }
}
