using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using ContainerImages.Transports;

namespace ContainerImages.Completion;

/// <summary>
/// Completes registries: those logged in to, and those that registries.conf names. It reads files, and asks neither a
/// registry nor a credential helper.
/// </summary>
public sealed class RegistryCompleter : Completer
{
    private protected override IEnumerable<CompletionResult> Complete(CompletionRequest request) => Offer(request, Registries(request));

    /// <summary>The registries that are known, each once.</summary>
    internal static IEnumerable<(string Registry, string Tip)> Registries(CompletionRequest request) =>
        Offers(request).GroupBy(offer => offer.Registry, StringComparer.Ordinal).Select(group => group.First());

    private static IEnumerable<(string Registry, string Tip)> Offers(CompletionRequest request)
    {
        var places = ConfigurationPlaces.Current;
        var isForLogout = request.CommandName.StartsWith("Disconnect", StringComparison.OrdinalIgnoreCase) || request.CommandName == "dccreg";
        var file = request.TextOrDefault("AuthFile") is { } typed ? SessionPaths.Resolve(typed) : null;
        return Try(() => Logins(places, file, isForLogout)).Concat(isForLogout ? [] : Try(() => Configured(places)));
    }

    private static IEnumerable<(string Registry, string Tip)> Logins(ConfigurationPlaces places, string? file, bool onlyWritten) =>
        new CredentialStore(places, RegistryConfiguration.Empty, file).List(onlyWritten)
            .Select(login => (login.Registry, login.UserName is { } user ? $"Logged in as {user}" : "Logged in"))
            .OrderBy(offer => offer.Registry, StringComparer.Ordinal);

    private static IEnumerable<(string Registry, string Tip)> Configured(ConfigurationPlaces places)
    {
        var configuration = RegistryConfiguration.Load(places);
        return ShortNames.Registries(configuration)
            .Select(registry => (registry, "For names without a registry"))
            .Concat(configuration.Rules
                .Where(rule => !rule.IsBlocked && rule.Prefix[0] != '*')
                .Select(rule => (rule.Prefix.Split('/')[0], "In registries.conf")));
    }

    // A file that is malformed takes the offers of its own kind away, and no others.
    private static List<(string Registry, string Tip)> Try(Func<IEnumerable<(string Registry, string Tip)>> find)
    {
        try
        {
            return find().ToList();
        }
        catch (Content.ContainerImageException)
        {
            return [];
        }
    }
}
