using System;
using System.Collections.Generic;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.Manifests;

namespace ContainerImages.Store;

/// <summary>Follows a root to its manifests and blobs.</summary>
internal static class RootWalk
{
    /// <summary>
    /// The manifests of a root in order, indexes flattened, each once; with null for those that are named and not here.
    /// </summary>
    /// <exception cref="ContainerImageException">
    /// ContentMissing, if the root's own document is not here; InvalidArchive, for indexes nested too deep; ContentMismatch.
    /// </exception>
    public static IReadOnlyList<(Descriptor Descriptor, ImageManifest? Manifest)> Manifests(Descriptor root, IBlobReader blobs) =>
        Manifests(root, descriptor => blobs.Find(descriptor.Digest, descriptor.Size) is null ? null : blobs.ReadManifest(descriptor), null);

    /// <param name="root">The root.</param>
    /// <param name="read">Reads a manifest or index; null where it is not there.</param>
    /// <param name="indexes">Gets every index met, the root's own included; may be null.</param>
    /// <param name="place">Where the root is, for messages, such as <c> of './a.tar'</c>; empty for a store's.</param>
    public static IReadOnlyList<(Descriptor Descriptor, ImageManifest? Manifest)> Manifests(
        Descriptor root, Func<Descriptor, ManifestDocument?> read, ICollection<ImageIndex>? indexes, string place = "")
    {
        var list = new List<(Descriptor, ImageManifest?)>();
        var seen = new HashSet<Digest>();
        Add(root, 0);
        return list;

        void Add(Descriptor descriptor, int depth)
        {
            // An index that names itself, by whatever detour, is met again here; a digest cannot be forged, but a walk can
            // be made long.
            if (!seen.Add(descriptor.Digest))
            {
                return;
            }

            var document = read(descriptor);
            if (document is null && depth == 0)
            {
                throw BlobReading.Missing(descriptor.Digest);
            }

            if (document is not ImageIndex index)
            {
                list.Add((descriptor, (ImageManifest?)document));
                return;
            }

            if (depth == Limits.IndexDepth)
            {
                throw new ContainerImageException(
                    ImageError.ContentTooLarge, $"Index {root.Digest}{place} nests indexes more than {Limits.IndexDepth} deep.");
            }

            if (list.Count + index.Manifests.Count > Limits.IndexManifests)
            {
                throw new ContainerImageException(
                    ImageError.ContentTooLarge, $"Index {root.Digest}{place} names more than {Limits.IndexManifests} manifests.");
            }

            indexes?.Add(index);
            foreach (var child in index.Manifests)
            {
                Add(child, depth + 1);
            }
        }
    }

    /// <summary>
    /// Every digest that a root keeps alive. What cannot be read keeps nothing more alive than its own digest: a damaged
    /// image can be removed like any other.
    /// </summary>
    /// <param name="root">The root.</param>
    /// <param name="blobs">Where its documents are.</param>
    /// <param name="reachable">Gets the digests.</param>
    /// <param name="dropped">Manifests that the root keeps alive no more; null for none.</param>
    /// <param name="visit">
    /// Told each document, once; with null for one that is named and cannot be read, be it that it is not here.
    /// </param>
    /// <param name="memory">What manifests led to that were read before, and those read now; null to read all.</param>
    /// <returns>Whether all of its documents that are there could be read.</returns>
    public static bool CollectReachable(
        Descriptor root,
        IBlobReader blobs,
        HashSet<Digest> reachable,
        IReadOnlyCollection<Digest>? dropped = null,
        Action<Descriptor, ManifestDocument?>? visit = null,
        ManifestMemory? memory = null)
    {
        var isWhole = true;

        // Not "reachable": another root may know the same digest as a plain blob, which leads nowhere.
        HashSet<Digest> seen = [root.Digest];
        Queue<(Descriptor Descriptor, int Depth)> open = new();
        open.Enqueue((root, 0));
        while (open.Count > 0)
        {
            var (descriptor, depth) = open.Dequeue();
            if (memory?.Find(descriptor, blobs) is { } known)
            {
                reachable.Add(descriptor.Digest);
                reachable.UnionWith(known);
                continue;
            }

            var document = depth > Limits.IndexDepth + 1 ? null : TryRead(descriptor, blobs);
            visit?.Invoke(descriptor, document);
            reachable.Add(descriptor.Digest);
            if (document is ImageManifest manifest)
            {
                reachable.UnionWith(manifest.Blobs.Select(blob => blob.Digest));
                memory?.Add(descriptor, manifest);
                continue;
            }

            // A platform that an index names need not be here.
            isWhole &= document is not null || (depth > 0 && blobs.Find(descriptor.Digest, descriptor.Size) is null);

            // What an index names is a manifest or an index, whatever type it gives it, or none.
            foreach (var child in (document as ImageIndex)?.Manifests ?? [])
            {
                if (dropped?.Contains(child.Digest) != true && seen.Add(child.Digest))
                {
                    open.Enqueue((child, depth + 1));
                }
            }
        }

        return isWhole;
    }

    private static ManifestDocument? TryRead(Descriptor descriptor, IBlobReader blobs)
    {
        try
        {
            return blobs.ReadManifest(descriptor);
        }
        catch (ContainerImageException)
        {
            return null;
        }
    }
}
