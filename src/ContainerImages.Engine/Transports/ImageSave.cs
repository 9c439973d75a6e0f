using System;
using System.Collections.Generic;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.Copying;
using ContainerImages.Store;

namespace ContainerImages.Transports;

/// <summary>An image that is to be saved.</summary>
/// <param name="Store">The store it is in.</param>
/// <param name="Image">The image.</param>
/// <param name="Names">The names it is to have in the archive, in the order in which they are written.</param>
internal sealed record SaveItem(ImageStore Store, ImageMatch Image, IReadOnlyList<string> Names);

/// <summary>Writes images of one or several stores into one archive or folder.</summary>
/// <param name="options">How it is done.</param>
/// <param name="changes">What of the images is not written as it is; null for nothing.</param>
internal sealed class ImageSave(CopyOptions options, CopyChanges? changes = null)
{
    /// <summary>The formats, as users write them.</summary>
    public static IReadOnlyList<string> Formats { get; } = ["docker-archive", "oci-archive", "oci-dir", "docker-dir", "dir"];

    /// <summary>Whether a format is written as a folder.</summary>
    public static bool IsFolder(string format) => format is "oci-dir" or "docker-dir" or "dir";

    /// <summary>Saves.</summary>
    /// <param name="items">What, in order.</param>
    /// <param name="format">One of <see cref="Formats"/>.</param>
    /// <param name="path">The file or folder.</param>
    /// <param name="force">Whether to replace one that is there.</param>
    /// <param name="onePlatform">
    /// Whether the image alone is meant, and not the index it belongs to; formats without indexes take it in any case.
    /// </param>
    /// <exception cref="ContainerImageException">Any kind; nothing is left at the destination then that was not there.</exception>
    public void Run(IReadOnlyList<SaveItem> items, string format, string path, bool force, bool onePlatform)
    {
        using var activity = Tracing.Start(Tracing.Save, items.FirstOrDefault()?.Store.Path);
        try
        {
            var copier = new ImageCopier(options, changes);
            Save(items, format, path, force, onePlatform, copier);
            activity.Count(items.Count, copier.CopiedBytes);
        }
        catch (Exception e) when (activity.Fails(e))
        {
            throw;
        }
    }

    private void Save(
        IReadOnlyList<SaveItem> items, string format, string path, bool force, bool onePlatform, ImageCopier copier)
    {
        using var destination = Open(format, path, force);
        foreach (var group in Neighbours(items))
        {
            var requests = group
                .Select(item => (item.Names, Root: Root(item, destination.Traits, onePlatform)))
                .ToList();
            using var source = new StoreSource(
                group[0].Store,
                requests.Select(request => request.Root).ToList(),
                changes?.IncludesReferrers == true,
                options.Cancellation);
            if (changes?.IncludesReferrers != true && source.ReferrerCount > 0)
            {
                options.Verbose?.Invoke($"What refers to the images ({source.ReferrerCount}) stays behind; -IncludeReferrers takes it along.");
            }

            copier.Copy(
                source,
                requests.Select((request, i) => new CopyRequest(source.Roots[i], request.Names, [])).ToList(),
                destination);
        }

        destination.Commit(options.Cancellation);
    }

    /// <summary>Opens the file or folder of a format.</summary>
    /// <param name="format">One of <see cref="Formats"/>.</param>
    /// <param name="path">The file or folder.</param>
    /// <param name="force">Whether to replace one that is there.</param>
    /// <param name="ociOnly">Whether Docker's manifests become OCI's, where the format holds both.</param>
    /// <exception cref="ContainerImageException">DestinationExists; DestinationNotWritable.</exception>
    public static IImageDestination Open(string format, string path, bool force, bool ociOnly = false)
    {
        var name = $"The format {format}";
        return format switch
        {
            "docker-archive" => new DockerArchiveDestination(path, name, force),
            "oci-archive" => new OciLayoutDestination(new TarOutput(path, force), name, ociOnly),
            "oci-dir" => new OciLayoutDestination(new FolderOutput(path, force, OciLayoutDestination.IsLayout), name, ociOnly),
            _ => new DirectoryDestination(
                new FolderOutput(path, force, DirectoryDestination.IsImageFolder),
                name,
                format == "docker-dir" ? ManifestFamily.Docker : ociOnly ? ManifestFamily.Oci : ManifestFamily.AsTheyAre),
        };
    }

    private static Descriptor Root(SaveItem item, DestinationTraits traits, bool onePlatform) =>
        onePlatform || traits.DockerOnly || !traits.HoldsManifests ? item.Image.Manifest.Manifest : item.Image.Root.Descriptor;

    // The order of the images is the user's, so one store may have its turn more than once.
    private static List<List<SaveItem>> Neighbours(IReadOnlyList<SaveItem> items)
    {
        var groups = new List<List<SaveItem>>();
        foreach (var item in items)
        {
            if (groups.Count == 0 || groups[groups.Count - 1][0].Store != item.Store)
            {
                groups.Add([]);
            }

            groups[groups.Count - 1].Add(item);
        }

        return groups;
    }
}
