using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;

namespace ContainerImages.Completion;

/// <summary>
/// Completes what is at a registry, as far as that can be told from here: names in the store that have a registry, and then
/// the registries that are known.
/// </summary>
public sealed class RemoteReferenceCompleter : StoreCompleter
{
    private protected override IEnumerable<CompletionResult> Complete(CompletionRequest request, StoreGlance store) =>
        ReferenceCompleter.Names(request, store, name => !NameForms.IsLocal(name))
            .Concat(Offer(request, RegistryCompleter.Registries(request).Select(offer => (offer.Registry + "/", offer.Tip))));
}
