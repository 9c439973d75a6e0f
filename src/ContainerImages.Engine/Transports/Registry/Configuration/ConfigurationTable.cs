using System;
using System.Collections.Generic;
using System.Linq;
using ContainerImages.Content;

namespace ContainerImages.Transports;

/// <summary>
/// A table of a TOML configuration file, read key by key; what has the wrong type is an error with file, line and key. Keys
/// are found whatever their case, as containers' own reader does, where none is written exactly so.
/// </summary>
internal sealed class ConfigurationTable(TomlTable table, string file, string path)
{
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    public int Line => table.Line;

    /// <summary>Keys that nobody asked for.</summary>
    public IEnumerable<(string Key, int Line)> Unknown =>
        table.Keys.Where(key => !_known.Contains(key)).Select(key => (PathOf(key), table[key].Line));

    /// <summary>The line of a key; the table's own where it is absent.</summary>
    public int LineOf(string name) => Find(name)?.Line ?? table.Line;

    /// <summary>The text; null where it is absent or empty.</summary>
    public string? Text(string name) => Find(name) is not { } value
        ? null
        : value.Kind == TomlKind.Text ? NullIfEmpty(value.Text) : throw WrongKind(name, "text in quotes", value);

    /// <summary>True or false; false where it is absent.</summary>
    public bool Boolean(string name) => Find(name) is { } value
        && (value.Kind == TomlKind.Boolean ? value.Boolean : throw WrongKind(name, "true or false", value));

    /// <summary>The texts of an array with their lines; null where it is absent.</summary>
    public IReadOnlyList<(string Text, int Line)>? Texts(string name)
    {
        if (Find(name) is not { } value)
        {
            return null;
        }

        if (value.Kind != TomlKind.Array || value.IsArrayOfTables)
        {
            throw WrongKind(name, "an array of texts", value);
        }

        return value.Items
            .Select(item => item.Kind == TomlKind.Text ? (item.Text, item.Line) : throw WrongKind(name, "an array of texts", item))
            .ToList();
    }

    /// <summary>The table; null where it is absent.</summary>
    public ConfigurationTable? Table(string name) => Find(name) is not { } value
        ? null
        : value.Table is { } inner ? new ConfigurationTable(inner, file, PathOf(name)) : throw WrongKind(name, "a table", value);

    /// <summary>The tables of an array; none where it is absent.</summary>
    public IReadOnlyList<ConfigurationTable> Tables(string name)
    {
        if (Find(name) is not { } value)
        {
            return [];
        }

        if (value.Kind != TomlKind.Array || value.Items.Any(item => item.Table is null))
        {
            throw WrongKind(name, $"an array of tables, [[{PathOf(name)}]]", value);
        }

        return value.Items.Select(item => new ConfigurationTable(item.Table!, file, PathOf(name))).ToList();
    }

    /// <summary>All keys with their texts and lines.</summary>
    public IEnumerable<(string Key, string Text, int Line)> AllTexts()
    {
        foreach (var key in table.Keys)
        {
            _known.Add(key);
            var value = table[key];
            yield return value.Kind == TomlKind.Text ? (key, value.Text, value.Line) : throw WrongKind(key, "text in quotes", value);
        }
    }

    public bool Has(string name) => Find(name) is not null;

    /// <summary>An error about a key.</summary>
    public ContainerImageException Invalid(string name, string sentence) =>
        ConfigurationErrors.Invalid(file, LineOf(name), $"{QuotedText.Quote(PathOf(name))} {sentence}");

    private TomlValue? Find(string name)
    {
        var key = table.TryGet(name, out _) ? name : table.Keys.FirstOrDefault(k => k.Equals(name, StringComparison.OrdinalIgnoreCase));
        if (key is null)
        {
            return null;
        }

        _known.Add(key);
        return table[key];
    }

    private string PathOf(string name) => path.Length == 0 ? name : path + "." + name;

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;

    private ContainerImageException WrongKind(string name, string wanted, TomlValue found) => ConfigurationErrors.Invalid(
        file, found.Line, $"{QuotedText.Quote(PathOf(name))} must be {wanted}, and is {Describe(found)}");

    private static string Describe(TomlValue value) => value.Kind switch
    {
        TomlKind.Text => "text",
        TomlKind.Integer or TomlKind.Float => "the number " + value.Text,
        TomlKind.Boolean => value.Boolean ? "true" : "false",
        TomlKind.Date => "a date",
        TomlKind.Array => "an array",
        _ => "a table",
    };
}
