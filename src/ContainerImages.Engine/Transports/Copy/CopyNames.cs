using System.Collections.Generic;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.References;

namespace ContainerImages.Transports;

/// <summary>What images are called where they are copied to.</summary>
internal static class CopyNames
{
    /// <summary>
    /// The names of an image at a destination: the one that the destination says; its own where that says none; and its own
    /// repositories and tags below a prefix, which ends in a slash.
    /// </summary>
    /// <param name="destination">The destination.</param>
    /// <param name="own">The image's full names at the source.</param>
    /// <exception cref="ContainerImageException">InvalidReference; DestinationMissing, for an image without a name and a prefix.</exception>
    public static IReadOnlyList<string> At(ImageLocation destination, IReadOnlyList<string> own)
    {
        if (destination.Name is not { } name)
        {
            return own;
        }

        if (!destination.TakesOwnNames)
        {
            return [Parse(destination, name)];
        }

        return own.Count > 0 ? own.Select(text => Below(destination, name, text)).Distinct().ToList() : throw new ContainerImageException(
            ImageError.DestinationMissing, $"'{destination}' takes each image's own repository and tag, and one of the images has no name.");
    }

    /// <summary>Sees that images can be called as a destination says, before there are any.</summary>
    /// <exception cref="ContainerImageException">InvalidReference; DestinationMissing, for a registry that is not named.</exception>
    public static void Check(ImageLocation destination)
    {
        if (destination is { Transport: ImageTransport.Registry, TakesOwnNames: false } && ImageReference.TryParse(destination.Name!, out var typed) && RegistryAddress.IsHost(typed))
        {
            throw new ContainerImageException(
                ImageError.InvalidReference, $"'{destination.Name}' is a registry, and no name in one; with a '/' at its end it takes each image's own.");
        }

        var name = At(destination, ["localhost/app:1"]);
        if (destination.Transport == ImageTransport.Registry && ImageReference.Parse(name[0]).Domain == "localhost")
        {
            throw new ContainerImageException(ImageError.DestinationMissing, $"'{destination}' names no registry; one on this machine has a port.");
        }
    }

    private static string Below(ImageLocation destination, string prefix, string own)
    {
        var reference = ImageReference.Parse(own);
        return Parse(destination, prefix + reference.Path + own.Substring(reference.Name.Length));
    }

    // A registry may be given an image by its digest alone; elsewhere a digest is no name.
    private static string Parse(ImageLocation destination, string name) =>
        (destination.Transport == ImageTransport.Registry ? ImageReference.ParseNormalized(name).WithTagOrLatest() : ImageReference.ParseForTag(name)).ToString();
}
