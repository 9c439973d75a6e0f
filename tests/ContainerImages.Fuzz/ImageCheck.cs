using System.Linq;
using ContainerImages.Content;
using ContainerImages.Copying;
using ContainerImages.Store;
using ContainerImages.Transports;

namespace ContainerImages.Fuzz;

/// <summary>Looks at an image that was taken in, in every way in which a user can.</summary>
internal static class ImageCheck
{
    /// <exception cref="UnexpectedResultException">An error of a kind that is not documented for it.</exception>
    public static void LookAt(ImageStore store, ContainerImage image)
    {
        _ = (image.Size, image.Names, image.RepoDigests, image.Labels.Count, image.Parent, image.Children.Count, image.CompressedSize, image.UniqueSize);
        _ = (image.Created?.UtcDateTime, image.Os, image.Platforms.Count, image.History.Count, image.Healthcheck, image.Manifest, image.ImageConfig);
        _ = image.Inspect().ToJson();

        // A history may have more steps than there are layers.
        var snapshot = store.ReadSnapshot();
        var match = new ImageResolver(snapshot, null, null).ResolveId(image.Id)!;
        Documented.Try(() => ImageHistory.Read(store, snapshot, match), ImageError.ContentMismatch);
    }

    /// <summary>Writes the image, as what holds every image and as what holds the plain layers of one.</summary>
    /// <exception cref="UnexpectedResultException">An error of a kind that is not documented for it.</exception>
    public static void Save(ImageStore store, ContainerImage image, string path)
    {
        var match = new ImageResolver(store.ReadSnapshot(), null, null).ResolveId(image.Id)!;
        foreach (var format in ImageSave.Formats.Where(format => format is "oci-archive" or "docker-archive"))
        {
            // An index has no place in one, and a layer that is only pointed to may not be here.
            Documented.Try(
                () => new ImageSave(new CopyOptions { ThrottleLimit = 1 }).Run([new SaveItem(store, match, [])], format, path, force: true, onePlatform: true),
                ImageError.UnsupportedConversion,
                ImageError.ContentMissing);
        }
    }
}
