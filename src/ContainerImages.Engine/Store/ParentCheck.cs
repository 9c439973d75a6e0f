using System.Linq;
using ContainerImages.Content;
using ContainerImages.Manifests;

namespace ContainerImages.Store;

/// <summary>
/// Whether an image is another's parent, by their configs: diff IDs a prefix, history one step shorter and equal up to
/// there, as podman has it. The summaries find candidates; this decides where something is removed on its word.
/// </summary>
internal static class ParentCheck
{
    public static bool IsParent(ManifestSummary parent, ManifestSummary child, IBlobReader blobs)
    {
        try
        {
            return IsParent(ReadConfig(parent, blobs), ReadConfig(child, blobs));
        }
        catch (ContainerImageException)
        {
            // What cannot be read is nobody's parent, and is not removed with a child.
            return false;
        }
    }

    public static bool IsParent(ImageConfig parent, ImageConfig child) =>
        parent.History.Count > 0 &&
        parent.History.Count + 1 == child.History.Count &&
        parent.DiffIds.Count <= child.DiffIds.Count &&
        parent.DiffIds.SequenceEqual(child.DiffIds.Take(parent.DiffIds.Count)) &&
        ChainIds.OfHistory(parent.History).All == ChainIds.OfHistory(child.History).AllButLast;

    private static ImageConfig ReadConfig(ManifestSummary image, IBlobReader blobs) =>
        blobs.ReadManifest(image.Manifest) is ImageManifest manifest
            ? blobs.ReadConfig(manifest.Config)
            : throw BlobReading.Missing(image.Manifest.Digest);
}
