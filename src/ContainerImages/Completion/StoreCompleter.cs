using System;
using System.Collections.Generic;
using System.Management.Automation;

namespace ContainerImages.Completion;

/// <summary>Completes an argument from what is in the store that the command line means. It takes no lock.</summary>
public abstract class StoreCompleter : Completer
{
    private protected StoreCompleter()
    {
    }

    /// <summary>What fits, in the order in which it is offered.</summary>
    private protected abstract IEnumerable<CompletionResult> Complete(CompletionRequest request, StoreGlance store);

    private protected sealed override IEnumerable<CompletionResult> Complete(CompletionRequest request) => Complete(request, Look(request));

    private static StoreGlance Look(CompletionRequest request)
    {
        try
        {
            return request.TryGetStorePath(out var path) ? StoreGlance.Read(path) : StoreGlance.Empty;
        }
        catch (Exception)
        {
            // No store, none that can be read, or another program is writing it: some completers have more to offer.
            return StoreGlance.Empty;
        }
    }
}
