using System.Collections.Generic;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.Copying;
using ContainerImages.References;
using ContainerImages.Store;

namespace ContainerImages.Transports;

/// <summary>Notes in a store under which digests a registry has its images now, and what their layers became on the way.</summary>
internal static class PushNotes
{
    /// <summary>Notes a push. The image is there, whatever becomes of the note.</summary>
    /// <param name="store">The store.</param>
    /// <param name="root">What was pushed of it, or what that belongs to.</param>
    /// <param name="target">What it is called there.</param>
    /// <param name="isWhole">Whether the root was pushed, and not one platform of it alone.</param>
    /// <param name="destination">The registry, after the commit.</param>
    /// <param name="packings">What was found out of the layers.</param>
    /// <param name="options">How it was done.</param>
    public static void Write(
        ImageStore store, StoreRoot root, ImageReference target, bool isWhole, RegistryDestination destination, StorePackings packings, CopyOptions options)
    {
        var repository = target.Name;
        HashSet<Digest> images = [.. root.Images.Select(image => image.Id)];

        // What a name says with the store's own digest need not be remembered.
        var isNamedSo = root.Names.Any(name => ImageReference.TryParse(name, out var reference) && reference.Name == repository);
        HashSet<Digest> own = isNamedSo ? [root.Digest, .. root.Images.Select(image => image.Manifest.Digest)] : [];
        var manifests = destination.Images
            .Where(manifest => images.Contains(manifest.Config.Digest))
            .Select(manifest => new PushedManifest(manifest.Config.Digest, repository, manifest.Digest))
            .Concat(isWhole ? [new PushedManifest(null, repository, destination.FindRoot(target)!.Digest)] : [])
            .GroupBy(manifest => manifest.Digest)
            .Select(group => group.Last())
            .Where(manifest => !own.Contains(manifest.Digest))
            .ToList();
        try
        {
            store.NotePush(root.Digest, manifests, packings.Learned, options.Cancellation);
        }
        catch (ContainerImageException e)
        {
            // Of a store that may only be read nobody expects it.
            var say = e.Error == ImageError.StoreAccessDenied ? options.Verbose : options.Warning;
            say?.Invoke($"'{target}' is pushed, and the store cannot note it: {e.Message}");
        }
    }
}
