using System;
using System.Collections.Generic;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.References;

namespace ContainerImages.Transports;

/// <summary>
/// One file in the format of registries.conf, version 2, checked: the main file, a drop-in, or the file of aliases. What a
/// file does not say is null, so that files can be laid over each other.
/// </summary>
internal sealed class RegistriesFile
{
    private const string SearchKey = "unqualified-search-registries";

    private readonly string _path;

    private RegistriesFile(string path) => _path = path;

    public IReadOnlyList<ConfiguredText>? SearchRegistries { get; private set; }

    /// <summary>Where the search registries stand, also if there are none of them; null where the file does not speak of them.</summary>
    public ConfiguredText? SearchOrigin { get; private set; }

    public IReadOnlyList<ConfiguredText>? CredentialHelpers { get; private set; }

    public ShortNameMode? ShortNameMode { get; private set; }

    /// <summary>One for each prefix; the first of several counts, as in containers.</summary>
    public IReadOnlyList<RegistryRule> Rules { get; private set; } = [];

    public IReadOnlyDictionary<string, ShortNameAlias> Aliases { get; private set; } = new Dictionary<string, ShortNameAlias>();

    /// <summary>Reads a file.</summary>
    /// <returns>Null if it is not there.</returns>
    /// <exception cref="ContainerImageException">InvalidConfiguration, with file, line and key.</exception>
    public static RegistriesFile? Read(string path, Action<string>? verbose)
    {
        if (ConfigurationErrors.ReadFile(path) is not { } bytes)
        {
            return null;
        }

        try
        {
            var file = new RegistriesFile(path);
            file.Fill(new ConfigurationTable(TomlReader.Read(bytes), path, ""), verbose);
            return file;
        }
        catch (TomlFormatException e)
        {
            throw ConfigurationErrors.Invalid(path, e.Line, e.Message, e);
        }
    }

    private void Fill(ConfigurationTable top, Action<string>? verbose)
    {
        RefuseVersion1(top);
        if (top.Texts(SearchKey) is { } search)
        {
            SearchOrigin = new ConfiguredText(SearchKey, _path, top.LineOf(SearchKey));
            SearchRegistries = search.Select(item => new ConfiguredText(SearchRegistry(item.Text, item.Line), _path, item.Line)).ToList();
        }

        CredentialHelpers = top.Texts("credential-helpers")?.Select(item => new ConfiguredText(item.Text, _path, item.Line)).ToList();
        ShortNameMode = top.Text("short-name-mode") switch
        {
            null => null,
            "permissive" => Transports.ShortNameMode.Permissive,
            "enforcing" => Transports.ShortNameMode.Enforcing,
            "disabled" => Transports.ShortNameMode.Disabled,
            var other => throw top.Invalid(
                "short-name-mode", $"is {QuotedText.Quote(other)}; 'permissive', 'enforcing' and 'disabled' are known"),
        };

        // Of no use here, and known.
        top.Has("additional-layer-store-auth-helper");
        var rules = new RegistryRules(_path);
        Rules = rules.Read(top.Tables("registry"), verbose);
        ReadAliases(top.Table("aliases"));
        Report(_path, top, verbose);
    }

    /// <summary>Says which keys are passed over; containers does so too.</summary>
    public static void Report(string path, ConfigurationTable table, Action<string>? verbose)
    {
        foreach (var (key, line) in table.Unknown)
        {
            verbose?.Invoke($"{ConfigurationErrors.At(path, line)}: {QuotedText.Quote(key)} is not known and is passed over.");
        }
    }

    private string SearchRegistry(string text, int line)
    {
        // What has no '.' and no port would be read as a part of a path on docker.io.
        var registry = text.TrimEnd('/');
        return ImageReference.TryParseNormalized(registry + "/name", out var name) && name.Path.EndsWith("name", StringComparison.Ordinal)
            && (registry == name.Domain || registry == "index.docker.io")
            ? registry
            : throw ConfigurationErrors.Invalid(
                _path, line, $"'{SearchKey}' holds {QuotedText.Quote(text)}, which is no host[:port] with a '.', a port or the name localhost");
    }

    private void ReadAliases(ConfigurationTable? table)
    {
        if (table is null)
        {
            return;
        }

        var aliases = new Dictionary<string, ShortNameAlias>(StringComparer.Ordinal);
        foreach (var (name, text, line) in table.AllTexts())
        {
            if (!ImageReference.TryParse(name, out var key) || key.HasRegistry || key.Tag is not null || key.Digest is not null)
            {
                throw ConfigurationErrors.Invalid(
                    _path, line, $"'aliases' has the key {QuotedText.Quote(name)}, which is no name without registry, tag and digest");
            }

            aliases[name] = new ShortNameAlias(text.Length == 0 ? null : AliasTarget(name, text, line), _path, line);
        }

        Aliases = aliases;
    }

    private ImageReference AliasTarget(string name, string text, int line) =>
        ImageReference.TryParse(text, out var typed) && typed.HasRegistry && typed.Tag is null && typed.Digest is null
        && ImageReference.TryParseNormalized(text, out var target)
            ? target
            : throw ConfigurationErrors.Invalid(
                _path,
                line,
                $"the alias {QuotedText.Quote(name)} is {QuotedText.Quote(text)}, which is no registry/repository without tag and digest");

    /// <summary>The older form is refused with the same in the newer one, ready to be pasted: a message is one line.</summary>
    private void RefuseVersion1(ConfigurationTable top)
    {
        if (!top.Has("registries") || top.Table("registries") is not { } old || !(old.Has("search") || old.Has("insecure") || old.Has("block")))
        {
            return;
        }

        var lines = new List<string>();
        if (List("search") is { Count: > 0 } search)
        {
            lines.Add($"{SearchKey} = [{string.Join(", ", search.Select(Literal))}]");
        }

        var (insecure, blocked) = (List("insecure"), List("block"));
        var rules = insecure.Concat(blocked).Distinct().Select(location =>
            $"{{ location = {Literal(location)}{(insecure.Contains(location) ? ", insecure = true" : "")}{(blocked.Contains(location) ? ", blocked = true" : "")} }}");
        if (insecure.Count + blocked.Count > 0)
        {
            lines.Add($"registry = [{string.Join(", ", rules)}]");
        }

        throw new ContainerImageException(
            ImageError.InvalidConfiguration,
            $"{ConfigurationErrors.At(_path, top.LineOf("registries"))}: 'registries' is of version 1 of the format, which is not read. " +
            lines.Count switch
            {
                0 => "It says nothing: take these tables out.",
                1 => "In version 2 the same is the line: " + lines[0],
                _ => $"In version 2 the same is two lines, {lines[0]}, and {lines[1]}",
            });

        List<string> List(string name) =>
            old.Table(name)?.Texts("registries")?.Select(item => item.Text.TrimEnd('/')).ToList() ?? [];
    }

    private static string Literal(string text) => "\"" + text.Replace("\\", "\\\\").Replace("\"", "\\\"") + "\"";
}
