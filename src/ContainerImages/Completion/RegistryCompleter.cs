using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;
using ContainerImages.Transports;

namespace ContainerImages.Completion;

/// <summary>
/// Completes registries: those logged in to, and those that registries.conf names. It reads files, and asks neither a
/// registry nor a credential helper; where anything is wrong it offers nothing.
/// </summary>
public sealed class RegistryCompleter : IArgumentCompleter
{
    /// <summary>Finds what can stand at the cursor.</summary>
    /// <param name="commandName">The command's name.</param>
    /// <param name="parameterName">The parameter's name.</param>
    /// <param name="wordToComplete">What is typed of the argument, in quotes if it is typed so.</param>
    /// <param name="commandAst">The command as it is typed.</param>
    /// <param name="fakeBoundParameters">The arguments whose values can be told without running anything.</param>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        try
        {
            var request = new CompletionRequest(commandName, CompletionText.Parse(wordToComplete), commandAst, fakeBoundParameters);
            var given = request.Siblings();
            return Offers(request)
                .Where(offer => offer.Registry.StartsWith(request.Word.Text, StringComparison.OrdinalIgnoreCase) && !given.Contains(offer.Registry))
                .GroupBy(offer => offer.Registry, StringComparer.Ordinal)
                .Select(group => group.First())
                .Select(offer => new CompletionResult(
                    request.Word.Quote(offer.Registry), offer.Registry, CompletionResultType.ParameterValue, offer.Tip))
                .ToList();
        }
        catch (Exception)
        {
            // Whatever it is: an error has no place in the middle of a line that is being typed.
            return [];
        }
    }

    private static IEnumerable<(string Registry, string Tip)> Offers(CompletionRequest request)
    {
        var places = ConfigurationPlaces.Current;
        var isForLogout = request.CommandName.StartsWith("Disconnect", StringComparison.OrdinalIgnoreCase) || request.CommandName == "dccreg";
        var file = request.Texts("AuthFile").FirstOrDefault() is { } typed ? SessionPaths.Resolve(typed) : null;
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
