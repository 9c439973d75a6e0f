using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;

namespace ContainerImages.Completion;

/// <summary>Completes names that can be taken away: those of the image that is typed beside them, else all.</summary>
public sealed class ImageTagCompleter : StoreCompleter
{
    private protected override IEnumerable<CompletionResult> Complete(CompletionRequest request, StoreGlance store)
    {
        var own = OwnNames(request, store);
        if (own is null)
        {
            return ReferenceCompleter.Names(request, store);
        }

        // In full: of the names of one image a short one may fit several equally well.
        var given = request.Siblings();
        return own
            .Where(name => NameForms.IsStart(name.Name, request.Word.Text) && !given.Contains(name.Name))
            .OrderBy(name => name.Name, StringComparer.Ordinal)
            .Select(name => Offer(request, name.Name, name.Tip));
    }

    private static List<(string Name, string Tip)>? OwnNames(CompletionRequest request, StoreGlance store)
    {
        if (request.InputObjects.ToList() is { Count: > 0 } images)
        {
            return images.SelectMany(image => image.Names).Distinct().Select(name => (name, name)).ToList();
        }

        return request.Texts("Id").FirstOrDefault() is not { } id ? null : store.FindIds(id.Substring(id.IndexOf(':') + 1))
            .SelectMany(image => store.NamesOf(image.Entry), (image, name) => (name, ImageTips.OfName(store, image.Entry)))
            .ToList();
    }
}
