using System;
using System.Collections.Generic;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.Store;

namespace ContainerImages.Commands;

/// <summary>A cmdlet that is told leases by name.</summary>
public abstract class LeaseCommand : StoreCommand
{
    private protected LeaseCommand()
    {
    }

    /// <summary>The leases of one name, or those that a pattern matches.</summary>
    /// <param name="store">The store, for the message.</param>
    /// <param name="leases">The leases that are looked at.</param>
    /// <param name="name">The name, or a pattern.</param>
    /// <param name="among">Which leases these are, for the message: empty for all of the store.</param>
    /// <exception cref="ContainerImageException">LeaseNotFound; InvalidLeaseName, for a pattern that cannot be read.</exception>
    private protected static IReadOnlyList<ImageLease> Find(ImageStore store, IReadOnlyList<ImageLease> leases, string name, string among)
    {
        if (Wildcard.HasWildcards(name))
        {
            return Wildcard.TryParse(name, out var pattern, out var reason)
                ? leases.Where(lease => pattern.IsMatch(lease.Name)).ToList()
                : throw new ContainerImageException(ImageError.InvalidLeaseName, $"'{name}' is no pattern for names of leases: {reason}.");
        }

        var found = leases.Where(lease => string.Equals(lease.Name, name, StringComparison.OrdinalIgnoreCase)).ToList();
        return found.Count > 0 ? found : throw NotFound(store, leases, name, among);
    }

    private static ContainerImageException NotFound(ImageStore store, IReadOnlyList<ImageLease> leases, string name, string among)
    {
        var names = leases.Select(lease => lease.Name).Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        var others = names.Count == 0 ? "there is none" : $"there {(names.Count == 1 ? "is" : "are")} {string.Join(", ", names)}";
        return new ContainerImageException(ImageError.LeaseNotFound, $"No lease '{name}' {among}is in the store '{store.Path}'; {others}.")
        {
            Candidates = names,
        };
    }
}
