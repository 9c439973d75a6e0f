using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using ContainerImages.Transports;

namespace ContainerImages.Completion;

/// <summary>Completes transports, the names of the store's images after <c>store:</c>, and files and folders after the others.</summary>
public sealed class LocationCompleter : StoreCompleter
{
    private protected override IEnumerable<CompletionResult> Complete(CompletionRequest request, StoreGlance store)
    {
        var word = request.Word.Text;
        var prefix = ImageLocation.Prefixes.FirstOrDefault(known => word.StartsWith(known, StringComparison.Ordinal));
        return prefix switch
        {
            null => ImageLocation.Prefixes
                .Where(known => NameForms.StartsWith(known, word))
                .Select(known => Offer(request, known, "A transport"))
                .Concat(request.Siblings().Count == 0 && word.Length == 0 ? [] : ReferenceCompleter.Names(request, store)),
            ImageLocation.StorePrefix => ReferenceCompleter.Names(request, store, prefix),
            ImageLocation.RegistryPrefix => [],
            _ => Files(request, prefix, word.Substring(prefix.Length)),
        };
    }

    internal static IEnumerable<CompletionResult> Files(CompletionRequest request, string prefix, string start) => CompletionCompleters
        .CompleteFilename(start)
        .Select(file => Offer(request, prefix + CompletionText.Parse(file.CompletionText).Text.TrimStart('&', ' '), file.ToolTip));
}
