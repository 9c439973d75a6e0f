using System.Collections.Generic;
using System.Linq;
using ContainerImages.Content;

namespace ContainerImages.Store;

/// <summary>Which platform of several is meant where none is asked for.</summary>
internal static class PlatformChoice
{
    /// <summary>Whether an image runs on this machine.</summary>
    public static bool IsHosts(ManifestSummary image) =>
        Platform.TryParse(image.Platform, out var platform) && Platform.IndexOfBest([platform], Platform.Host) == 0;

    /// <summary>The position of the image that fits this machine best, or of the first.</summary>
    public static int HostsOrFirst(IReadOnlyList<ManifestSummary> images)
    {
        var platforms = images.Select(image => Platform.TryParse(image.Platform, out var platform) ? platform : null).ToList();
        var best = Platform.IndexOfBest(platforms, Platform.Host);
        return best < 0 ? 0 : best;
    }
}
