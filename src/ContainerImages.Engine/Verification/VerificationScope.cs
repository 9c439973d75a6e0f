using System.Collections.Generic;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.Store;

namespace ContainerImages.Verification;

/// <summary>A root to be verified, or one platform of it.</summary>
internal sealed class VerificationScope(StoreRoot root, PlatformPattern? platform = null)
{
    private volatile bool _hasImage;
    private volatile bool _isUnreadable;

    public StoreRoot Root { get; } = root;

    /// <summary>Which platforms of an index; null for all that are here.</summary>
    public PlatformPattern? Platform { get; } = platform;

    /// <summary>Whether an image of the platform was met.</summary>
    public bool HasImage
    {
        get => _hasImage;
        set => _hasImage = value;
    }

    /// <summary>Whether a manifest, an index or a config could not be read, so that not everything below was seen.</summary>
    public bool IsUnreadable
    {
        get => _isUnreadable;
        set => _isUnreadable = value;
    }

    /// <summary>Whether another process has removed it meanwhile.</summary>
    public bool IsGone { get; set; }

    /// <summary>What the summary in the index says is here; empty where there is none of ours.</summary>
    public IEnumerable<Digest> Promised => Root.IsSummaryStored
        ? Root.Summary.Manifests.Where(manifest => manifest.Kind != ManifestSummary.Absent).Select(manifest => manifest.Manifest.Digest)
        : [];
}
