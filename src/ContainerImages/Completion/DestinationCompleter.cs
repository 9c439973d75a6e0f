using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using ContainerImages.Transports;

namespace ContainerImages.Completion;

/// <summary>Completes places to push to: repositories and tags that are known, and files and folders after the transports that have them.</summary>
public sealed class DestinationCompleter : StoreCompleter
{
    private protected override IEnumerable<CompletionResult> Complete(CompletionRequest request, StoreGlance store)
    {
        var word = request.Word.Text;
        var prefix = ImageLocation.Prefixes.FirstOrDefault(known => word.StartsWith(known, StringComparison.Ordinal));
        return prefix is null or ImageLocation.RegistryPrefix or ImageLocation.StorePrefix
            ? TagCompleter.Offers(request, store)
            : LocationCompleter.Files(request, prefix, word.Substring(prefix.Length));
    }
}
