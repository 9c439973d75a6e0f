using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;

namespace ContainerImages.Completion;

/// <summary>Completes the IDs of images: 12 digits, those that came last first.</summary>
public sealed class IdCompleter : StoreCompleter
{
    private const string AlgorithmPrefix = "sha256:";

    // Nobody reads on; another digit brings up the rest.
    private const int MostOffered = 200;

    private protected override IEnumerable<CompletionResult> Complete(CompletionRequest request, StoreGlance store) => Offers(request, store);

    /// <summary>The IDs that the word is the start of; none if it is no hex number.</summary>
    internal static IEnumerable<CompletionResult> Offers(CompletionRequest request, StoreGlance store)
    {
        var prefix = request.Word.Text.StartsWith(AlgorithmPrefix, StringComparison.OrdinalIgnoreCase) ? AlgorithmPrefix : "";
        var hex = request.Word.Text.Substring(prefix.Length);
        if (!hex.All(Uri.IsHexDigit))
        {
            return [];
        }

        var given = request.Siblings().Select(text => text.Substring(text.IndexOf(':') + 1)).Where(text => text.Length > 0).ToList();
        return store.FindIds(hex)
            .Where(image => !given.Any(text => NameForms.StartsWith(image.Id.Hex, text)))
            .Take(MostOffered)
            .Select(image => Offer(request, prefix + image.Id.ShortId, ImageTips.OfId(store, image.Entry, image.Id)));
    }
}
