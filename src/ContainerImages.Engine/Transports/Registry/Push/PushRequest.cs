using ContainerImages.Copying;
using ContainerImages.References;
using ContainerImages.Store;

namespace ContainerImages.Transports;

/// <summary>An image that is to be pushed.</summary>
/// <param name="Store">The store it is in.</param>
/// <param name="Image">The image.</param>
/// <param name="Destination">Where to: a full name, with a tag or a digest.</param>
internal sealed record PushRequest(ImageStore Store, ImageMatch Image, ImageReference Destination)
{
    /// <summary>Whether the image alone is meant, and not the index it belongs to.</summary>
    public bool OnePlatform { get; init; }

    /// <summary>Whether the whole index must arrive; else one that is not all here, or there, is left out for the image alone.</summary>
    public bool AllPlatforms { get; init; }

    /// <summary>Which manifests the registry is to get.</summary>
    public ManifestFamily Family { get; init; }

    /// <summary>What of the image is not pushed as it is; if not given, plain layers are compressed.</summary>
    public CopyChanges Changes { get; init; } = RegistryDestination.UsualChanges();
}
