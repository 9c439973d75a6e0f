using System;
using System.Collections.Generic;
using System.Linq;
using ContainerImages.References;
using ContainerImages.Store;

namespace ContainerImages.Completion;

/// <summary>The images that a command line names beside the argument that is completed.</summary>
internal static class TypedImages
{
    /// <summary>The entries of what is typed for <c>-Reference</c> and <c>-Id</c>.</summary>
    public static IEnumerable<IndexEntry> Entries(CompletionRequest request, StoreGlance store)
    {
        var byId = request.Texts("Id").SelectMany(id => store.FindIds(id.Substring(id.IndexOf(':') + 1))).Select(found => found.Entry);
        return request.Texts("Reference").SelectMany(text => Named(store, text)).Concat(byId);
    }

    // Not the resolver, which needs all of the store taken apart: of several names that end so it takes one, and here all
    // are meant.
    private static IEnumerable<IndexEntry> Named(StoreGlance store, string text)
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
