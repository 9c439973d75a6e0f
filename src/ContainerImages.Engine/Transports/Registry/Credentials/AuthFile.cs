using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using ContainerImages.Content;

namespace ContainerImages.Transports;

/// <summary>
/// One file of log-ins: containers' <c>auth.json</c>, Docker's <c>config.json</c>, or a <c>.dockercfg</c>. Errors tell file,
/// line and key, and nothing of what stands there.
/// </summary>
internal sealed class AuthFile
{
    private readonly Dictionary<string, string> _helpers = new(StringComparer.Ordinal);
    private readonly List<AuthEntry> _entries = [];
    private readonly byte[] _json;
    private string _auths = "";
    private string _credHelpers = "";

    private AuthFile(AuthFilePlace place, byte[] json)
    {
        Place = place;
        _json = json;
    }

    public AuthFilePlace Place { get; }

    /// <summary>In the file's order.</summary>
    public IReadOnlyList<AuthEntry> Entries => _entries;

    /// <summary>By key, the helpers that keep the log-in of one registry.</summary>
    public IEnumerable<string> HelperKeys => _helpers.Keys;

    /// <summary>Docker's helper for all registries that have none of their own; null for none.</summary>
    public ConfiguredText? Store { get; private set; }

    /// <summary>Reads a file; one that is absent or empty has no log-ins.</summary>
    /// <exception cref="ContainerImageException">InvalidConfiguration.</exception>
    public static AuthFile Read(AuthFilePlace place) => Parse(place, ConfigurationErrors.ReadFile(place.Path));

    /// <param name="place">The file.</param>
    /// <param name="bytes">What stands in it; null for nothing.</param>
    public static AuthFile Parse(AuthFilePlace place, byte[]? bytes)
    {
        bytes = WithoutMark(bytes ?? []);
        var file = new AuthFile(place, bytes);
        if (!JsonLines.IsBlank(bytes))
        {
            using var document = ParseJson(place.Path, bytes);
            GuardText(place.Path, () => file.Fill(document.RootElement));
        }

        return file;
    }

    /// <summary>Half of a surrogate pair in a key makes any look for another key fail.</summary>
    public static void GuardText(string path, Action read)
    {
        try
        {
            read();
        }
        catch (InvalidOperationException)
        {
            throw ConfigurationErrors.Invalid(path, 0, "it holds text that is no valid Unicode");
        }
    }

    /// <summary>Parses JSON without telling what of it is wrong: a parser's own words show parts of it.</summary>
    public static JsonDocument ParseJson(string path, byte[] bytes)
    {
        try
        {
            return JsonDocument.Parse(bytes, new JsonDocumentOptions { MaxDepth = Limits.JsonDepth });
        }
        catch (JsonException e)
        {
            throw ConfigurationErrors.Invalid(
                path, (int)(e.LineNumber ?? 0) + 1, $"it is no valid JSON from byte {(e.BytePositionInLine ?? 0) + 1} of the line on");
        }
    }

    public static byte[] WithoutMark(byte[] bytes) => bytes.AsSpan(JsonFields.BomLength(bytes)).ToArray();

    /// <summary>The helper that keeps the log-in of a registry by this file's word, and the key it is under; null for none.</summary>
    public (ConfiguredText Helper, string Key)? FindHelper(string host)
    {
        foreach (var key in new[] { host }.Concat(_helpers.Keys.Where(key => AuthKeys.HostOf(key, isLegacy: false) == AuthKeys.Host(host))))
        {
            if (_helpers.TryGetValue(key, out var helper))
            {
                return (new ConfiguredText(helper, Place.Path, JsonLines.Find(_json, _credHelpers, key)), key);
            }
        }

        return null;
    }

    /// <summary>The entry for a repository: by the most specific key, else by what an older key means; null for none.</summary>
    public AuthEntry? Find(string host, string repository)
    {
        var keys = Place.IsLegacy ? [host] : AuthKeys.From(host, repository);
        return keys.Select(FindExactly).FirstOrDefault(entry => entry is not null)
            ?? _entries.FirstOrDefault(entry => AuthKeys.HostOf(entry.Key, Place.IsLegacy) == AuthKeys.Host(host));
    }

    /// <summary>What an entry holds; null for nothing.</summary>
    /// <exception cref="ContainerImageException">InvalidConfiguration: it cannot be read.</exception>
    public RegistryCredential? Decode(AuthEntry entry)
    {
        try
        {
            return entry.Decode();
        }
        catch (FormatException)
        {
            string[] path = Place.IsLegacy ? [entry.Key, "auth"] : [_auths, entry.Key, "auth"];
            throw ConfigurationErrors.Invalid(
                Place.Path, JsonLines.Find(_json, path), $"{QuotedText.Quote(string.Join(".", path))} is no base64 of a text 'account:password'");
        }
    }

    // Of keys that are there twice the last one counts, for whoever reads JSON.
    private AuthEntry? FindExactly(string key) => _entries.LastOrDefault(entry => entry.Key == key);

    private void Fill(JsonElement top)
    {
        CheckObject(top, []);
        if (Place.IsLegacy)
        {
            ReadEntries(top, []);
            return;
        }

        if (Get(top, "auths") is { } auths)
        {
            _auths = auths.Key;
            CheckObject(auths.Value, [auths.Key]);
            ReadEntries(auths.Value, [auths.Key]);
        }

        if (Get(top, "credHelpers") is { } helpers)
        {
            _credHelpers = helpers.Key;
            CheckObject(helpers.Value, [helpers.Key]);
            foreach (var helper in helpers.Value.EnumerateObject())
            {
                _helpers[helper.Name] = TextOf(helper.Value, [helpers.Key, helper.Name]) ?? "";
            }
        }

        if (Get(top, "credsStore") is { } store && TextOf(store.Value, [store.Key]) is { Length: > 0 } name)
        {
            Store = new ConfiguredText(name, Place.Path, JsonLines.Find(_json, store.Key));
        }
    }

    private void ReadEntries(JsonElement entries, string[] path)
    {
        foreach (var entry in entries.EnumerateObject())
        {
            string[] at = [.. path, entry.Name];
            CheckObject(entry.Value, at);
            _entries.Add(new AuthEntry(entry.Name)
            {
                Auth = Text("auth"),
                IdentityToken = Text("identitytoken"),
                UserName = Text("username"),
                Password = Text("password"),
            });

            string? Text(string name) => Get(entry.Value, name) is { } field ? TextOf(field.Value, [.. at, field.Key]) : null;
        }
    }

    /// <summary>A field by its name, else by its name in other case, as Go finds it; null is as absent.</summary>
    private static (string Key, JsonElement Value)? Get(JsonElement element, string name)
    {
        if (element.TryGetProperty(name, out var exact))
        {
            return exact.ValueKind == JsonValueKind.Null ? null : (name, exact);
        }

        foreach (var property in element.EnumerateObject())
        {
            if (property.Name.Equals(name, StringComparison.OrdinalIgnoreCase) && property.Value.ValueKind != JsonValueKind.Null)
            {
                return (property.Name, property.Value);
            }
        }

        return null;
    }

    private void CheckObject(JsonElement element, string[] path)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw WrongKind("an object", path);
        }
    }

    private string? TextOf(JsonElement element, string[] path)
    {
        if (element.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (element.ValueKind != JsonValueKind.String)
        {
            throw WrongKind("text", path);
        }

        try
        {
            return element.GetString();
        }
        catch (InvalidOperationException)
        {
            throw WrongKind("text in valid Unicode", path);
        }
    }

    private ContainerImageException WrongKind(string wanted, string[] path) => ConfigurationErrors.Invalid(
        Place.Path,
        JsonLines.Find(_json, path),
        $"{(path.Length == 0 ? "the top" : QuotedText.Quote(string.Join(".", path)))} must be {wanted}");
}
