using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using ContainerImages.Internal;

namespace ContainerImages.Completion;

/// <summary>Completes the digests of manifests and of indexes, those that came last first.</summary>
public sealed class DigestCompleter : StoreCompleter
{
    // Nobody reads on; another digit brings up the rest.
    private const int MostOffered = 200;

    private protected override IEnumerable<CompletionResult> Complete(CompletionRequest request, StoreGlance store) => Offer(
        request,
        store.Entries.Reverse()
            .GroupBy(entry => entry.Root.Digest)
            .Select(entries => (entries.Key.ToString(), Tip(entries.Select(entry => entry.Name).OfType<string>().Select(Titles.Familiar)))))
        .Take(MostOffered);

    private static string Tip(IEnumerable<string> names) => string.Join(", ", names.OrderBy(name => name, StringComparer.Ordinal).DefaultIfEmpty("<none>"));
}
