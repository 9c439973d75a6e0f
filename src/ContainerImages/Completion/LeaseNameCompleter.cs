using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using ContainerImages.Internal;
using ContainerImages.Store;

namespace ContainerImages.Completion;

/// <summary>Completes the names of leases.</summary>
public sealed class LeaseNameCompleter : StoreCompleter
{
    private protected override IEnumerable<CompletionResult> Complete(CompletionRequest request, StoreGlance store)
    {
        var given = request.Siblings();
        return store.Leases
            .GroupBy(lease => lease.Name, StringComparer.OrdinalIgnoreCase)
            .Where(leases => NameForms.StartsWith(leases.Key, request.Word.Text) && !given.Contains(leases.Key))
            .OrderBy(leases => leases.Key, StringComparer.OrdinalIgnoreCase)
            .Select(leases => Offer(request, leases.Key, string.Join(", ", leases.Select(Describe))));
    }

    private static string Describe(StoredLease lease) =>
        lease.Id.ShortId + (lease.Until is { } until ? $" until {_Format.Date(until)}" : "") + (lease.Comment.Length > 0 ? $" ({lease.Comment})" : "");
}
