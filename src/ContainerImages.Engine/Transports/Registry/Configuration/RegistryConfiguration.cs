using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using ContainerImages.Content;

namespace ContainerImages.Transports;

/// <summary>
/// What registries.conf(5) and its drop-ins say together: the rules of registries, short names and credential helpers. A
/// later file replaces what an earlier one says; rules are replaced by prefix and aliases by name. Immutable.
/// </summary>
internal sealed class RegistryConfiguration
{
    /// <summary>The name among credential helpers that stands for the files of log-ins.</summary>
    public const string AuthFileHelper = "containers-auth.json";

    private readonly SortedDictionary<string, RegistryRule> _rules = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ShortNameAlias> _aliases = new(StringComparer.Ordinal);

    private RegistryConfiguration()
    {
    }

    /// <summary>What holds where there is no configuration.</summary>
    public static RegistryConfiguration Empty { get; } = new();

    /// <summary>Hosts to look for short names on, in order.</summary>
    public IReadOnlyList<ConfiguredText> SearchRegistries { get; private set; } = [];

    /// <summary>Where these stand, be they none; null if no file speaks of them.</summary>
    public ConfiguredText? SearchOrigin { get; private set; }

    public ShortNameMode ShortNameMode { get; private set; }

    /// <summary>Asked for credentials in this order; <see cref="AuthFileHelper"/> is the files.</summary>
    public IReadOnlyList<ConfiguredText> CredentialHelpers { get; private set; } = [new(AuthFileHelper, "", 0)];

    /// <summary>By prefix, in ordinal order.</summary>
    public IEnumerable<RegistryRule> Rules => _rules.Values;

    public IReadOnlyDictionary<string, ShortNameAlias> Aliases => _aliases;

    /// <summary>Reads all files.</summary>
    /// <param name="places">Where they are.</param>
    /// <param name="verbose">Told of keys that are passed over; or null.</param>
    /// <exception cref="ContainerImageException">InvalidConfiguration, with file, line and key.</exception>
    public static RegistryConfiguration Load(ConfigurationPlaces places, Action<string>? verbose = null)
    {
        var files = places.GetRegistriesFiles();
        var configuration = new RegistryConfiguration();
        var main = RegistriesFile.Read(files.Main, verbose);
        if (main is null && files.Variable is not null)
        {
            throw ConfigurationErrors.Invalid(files.Main, 0, $"it is not there, and the environment variable {files.Variable} names it");
        }

        // A drop-in that vanishes after it was listed was not to be.
        foreach (var file in new[] { main }.Concat(files.DropIns.SelectMany(DropIns).Select(path => RegistriesFile.Read(path, verbose))))
        {
            configuration.Add(file);
        }

        // Names that a user chose come before those of administrators. Nothing else of the file counts.
        foreach (var alias in RegistriesFile.Read(places.ShortNameAliases, verbose)?.Aliases ?? new Dictionary<string, ShortNameAlias>())
        {
            configuration._aliases[alias.Key] = alias.Value;
        }

        return configuration;
    }

    private static IEnumerable<string> DropIns(string folder)
    {
        try
        {
            return System.IO.Directory.GetFiles(folder)
                .Where(path => path.EndsWith(".conf", StringComparison.Ordinal))
                .OrderBy(path => path, StringComparer.Ordinal)
                .ToList();
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw ConfigurationErrors.Unreadable(folder, e);
        }
    }

    private void Add(RegistriesFile? file)
    {
        if (file is null)
        {
            return;
        }

        SearchRegistries = file.SearchRegistries ?? SearchRegistries;
        SearchOrigin = file.SearchOrigin ?? SearchOrigin;
        ShortNameMode = file.ShortNameMode ?? ShortNameMode;
        if (file.CredentialHelpers is { } helpers)
        {
            CredentialHelpers = helpers.Count > 0 ? helpers : Empty.CredentialHelpers;
        }

        foreach (var rule in file.Rules)
        {
            _rules[rule.Prefix] = rule;
        }

        foreach (var alias in file.Aliases)
        {
            _aliases[alias.Key] = alias.Value;
        }
    }
}
