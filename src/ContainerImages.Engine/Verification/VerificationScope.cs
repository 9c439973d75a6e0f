using ContainerImages.Content;
using ContainerImages.Store;

namespace ContainerImages.Verification;

/// <summary>A root to be verified, or one platform of it.</summary>
internal sealed class VerificationScope(StoreRoot root, PlatformPattern? platform = null)
{
    public StoreRoot Root { get; } = root;

    /// <summary>Which platforms of an index; null for all that are here.</summary>
    public PlatformPattern? Platform { get; } = platform;

    /// <summary>Whether an image of the platform was met.</summary>
    public bool HasImage { get; set; }

    /// <summary>Whether a manifest, an index or a config could not be read.</summary>
    public bool IsUnreadable { get; set; }

    /// <summary>Whether a manifest or an index could not be read, so that not all of its blobs are known.</summary>
    public bool HidesBlobs { get; set; }

    /// <summary>Whether another process has removed it meanwhile.</summary>
    public bool IsGone { get; set; }
}
