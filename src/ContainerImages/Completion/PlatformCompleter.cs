using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;

namespace ContainerImages.Completion;

/// <summary>Completes platforms: those of the images typed beside it, then the common ones.</summary>
public sealed class PlatformCompleter : StoreCompleter
{
    // So many roots that a pattern may match are looked into.
    private const int MostRoots = 200;

    private static readonly string[] s_common =
    [
        "linux/amd64", "linux/arm64", "linux/arm/v7", "linux/arm/v6", "linux/386", "linux/ppc64le", "linux/riscv64", "linux/s390x",
        "windows/amd64",
    ];

    private protected override IEnumerable<CompletionResult> Complete(CompletionRequest request, StoreGlance store)
    {
        var present = request.InputObjects.SelectMany(image => image.PresentPlatforms)
            .Concat(TypedImages.Entries(request, store).Take(MostRoots).SelectMany(entry => ImageTips.ImagesOf(store, entry)).Select(image => image.Platform))
            .Where(platform => platform.Length > 0)
            .Distinct()
            .ToList();
        return Offer(request, present.Select(platform => (platform, "In the store"))
            .Concat(s_common.Except(present).Select(platform => (platform, "A common platform"))));
    }
}
