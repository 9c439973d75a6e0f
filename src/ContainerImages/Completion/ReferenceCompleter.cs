using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;

namespace ContainerImages.Completion;

/// <summary>Completes the names of images, in the short form if that is enough, and then IDs where the word may be one.</summary>
public sealed class ReferenceCompleter : StoreCompleter
{
    private const string AddTagCommand = "Add-ImageTag";

    // A tip takes the image's summary apart; in a list longer than this nobody looks at them all.
    private const int MostTips = 200;

    private protected override IEnumerable<CompletionResult> Complete(CompletionRequest request, StoreGlance store)
    {
        // With an image piped in, what is typed by position there are the names to add.
        if (request.IsPipedInto && request.CommandName == AddTagCommand)
        {
            return TagCompleter.Offers(request, store);
        }

        var names = Names(request, store);
        return request.Word.Text.Length == 0 ? names : names.Concat(IdCompleter.Offers(request, store));
    }

    /// <summary>The names that the word is the start of.</summary>
    internal static IEnumerable<CompletionResult> Names(CompletionRequest request, StoreGlance store, Func<string, bool>? isWanted = null) =>
        Names(request, store, "", isWanted);

    /// <summary>The names that what follows a prefix is the start of, behind the prefix.</summary>
    internal static IEnumerable<CompletionResult> Names(
        CompletionRequest request, StoreGlance store, string prefix, Func<string, bool>? isWanted = null)
    {
        var given = request.Siblings();
        var matches = new NameForms(store).Matching(request.Word.Text.Substring(prefix.Length))
            .Where(match => isWanted?.Invoke(match.Name) != false)
            .Where(match => !given.Contains(prefix + match.Text) && !given.Contains(prefix + match.Name))
            .ToList();
        return matches.Select(match =>
            Offer(request, prefix + match.Text, matches.Count > MostTips ? match.Name : ImageTips.OfName(store, match.Entry)));
    }
}
