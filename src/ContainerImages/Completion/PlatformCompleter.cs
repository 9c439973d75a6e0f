using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using ContainerImages.References;

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
        var given = request.Siblings();
        var present = request.InputObjects.SelectMany(image => image.PresentPlatforms)
            .Concat(Roots(request, store).Take(MostRoots).SelectMany(entry => ImageTips.ImagesOf(store, entry)).Select(image => image.Platform))
            .Where(platform => platform.Length > 0)
            .Distinct()
            .ToList();
        return present.Select(platform => (Text: platform, Tip: "In the store"))
            .Concat(s_common.Except(present).Select(platform => (Text: platform, Tip: "A common platform")))
            .Where(platform => NameForms.StartsWith(platform.Text, request.Word.Text) && !given.Contains(platform.Text))
            .Select(platform => Offer(request, platform.Text, platform.Tip));
    }

    private static IEnumerable<GlanceEntry> Roots(CompletionRequest request, StoreGlance store)
    {
        var byId = request.Texts("Id").SelectMany(id => store.FindIds(id.Substring(id.IndexOf(':') + 1))).Select(found => found.Entry);
        return request.Texts("Reference").SelectMany(text => Named(store, text)).Concat(byId);
    }

    // Not the resolver, which needs all of the store taken apart: of several names that end so it takes one, and here the
    // platforms of all are offered.
    private static IEnumerable<GlanceEntry> Named(StoreGlance store, string text)
    {
        if (ReferencePattern.IsPattern(text))
        {
            var pattern = new ReferencePattern(text);
            return store.Entries.Where(entry => entry.Name is { } name && pattern.IsMatch(name));
        }

        var byName = ImageReference.TryParse(text, out var typed)
            ? store.Entries.Where(entry => Ends(entry.Name, typed.Path)
                && ImageReference.TryParse(entry.Name, out var name) && ReferenceMatcher.IsSuffixMatch(name, typed))
            : [];
        return byName.Concat(text.All(Uri.IsHexDigit) ? store.FindIds(text).Select(found => found.Entry) : []);
    }

    private static bool Ends(string? name, string path) => name is not null && name.IndexOf(path, StringComparison.Ordinal) >= 0;
}
