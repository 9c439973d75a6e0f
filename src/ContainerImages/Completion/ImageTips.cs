using System.Collections.Generic;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.Internal;
using ContainerImages.Store;

namespace ContainerImages.Completion;

/// <summary>What is said about an image beside its name in the list of completions.</summary>
internal static class ImageTips
{
    private const int MostNames = 4;

    /// <summary><c>117.2 MB, 3 weeks ago, linux/amd64 +1</c> of what a name points to; the name in full if nothing is known.</summary>
    public static string OfName(StoreGlance store, IndexEntry entry)
    {
        var images = ImagesOf(store, entry);
        return images.Count == 0 ? entry.Name! : Describe(images[PlatformChoice.HostsOrFirst(images)], images.Count - 1);
    }

    /// <summary>The names of an image, then size, age and platform.</summary>
    public static string OfId(StoreGlance store, IndexEntry entry, Digest id)
    {
        var names = store.NamesOf(entry).Select(Titles.Familiar).ToList();
        var shown = names.Count == 0 ? "<none>" : string.Join(", ", names.Take(MostNames));
        var more = names.Count > MostNames ? $" +{names.Count - MostNames} more" : "";
        return $"{shown}{more}, {Describe(ImagesOf(store, entry).First(image => image.Id == id), 0)}";
    }

    public static List<ManifestSummary> ImagesOf(StoreGlance store, IndexEntry entry) =>
        store.ManifestsOf(entry).Where(manifest => manifest.Kind == ManifestSummary.Image).ToList();

    private static string Describe(ManifestSummary image, int others) =>
        $"{_Format.Size(image.Size)}, {_Format.Age(image.Created)}, {(image.Platform.Length > 0 ? image.Platform : "?")}{(others > 0 ? $" +{others}" : "")}";
}
