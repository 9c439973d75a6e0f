using System;
using System.Collections.Generic;

namespace ContainerImages.Content;

/// <summary>How a table came to be; that decides what may still be added to it.</summary>
internal enum TomlOrigin
{
    /// <summary>Named on the way to another by a header; it may get a header of its own once.</summary>
    Passed,

    /// <summary>By a header of its own.</summary>
    Header,

    /// <summary>By a dotted key.</summary>
    DottedKey,

    /// <summary>In braces: closed.</summary>
    Inline,
}

/// <summary>A table: keys in the file's order, and the rules by which headers and keys may add to it.</summary>
internal sealed class TomlTable(int line, TomlOrigin origin)
{
    private readonly Dictionary<string, TomlValue> _values = new(StringComparer.Ordinal);
    private readonly List<string> _keys = [];
    private TomlOrigin _origin = origin;

    /// <summary>Where it begins; counted from 1.</summary>
    public int Line { get; } = line;

    public IReadOnlyList<string> Keys => _keys;

    public TomlValue this[string key] => _values[key];

    public bool TryGet(string key, out TomlValue value) => _values.TryGetValue(key, out value!);

    /// <summary>Adds a key that is not there yet.</summary>
    public void Add(string key, TomlValue value, int line)
    {
        if (_values.TryGetValue(key, out var old))
        {
            throw new TomlFormatException(line, $"{QuotedText.Quote(key)} is there already, in line {old.Line}");
        }

        _values.Add(key, value);
        _keys.Add(key);
    }

    /// <summary>The table that a header passes on the way to its own; of an array of tables the last one.</summary>
    public TomlTable Pass(string key, int line)
    {
        if (!_values.TryGetValue(key, out var value))
        {
            return AddTable(key, line, TomlOrigin.Passed);
        }

        return value switch
        {
            { IsArrayOfTables: true } => value.Items[value.Items.Count - 1].Table!,
            { Table: { _origin: not TomlOrigin.Inline } table } => table,
            _ => throw Closed(key, value, line),
        };
    }

    /// <summary>The table that a header is for.</summary>
    public TomlTable Define(string key, int line)
    {
        if (!_values.TryGetValue(key, out var value))
        {
            return AddTable(key, line, TomlOrigin.Header);
        }

        if (value.Table is not { _origin: TomlOrigin.Passed } table)
        {
            throw Closed(key, value, line);
        }

        table._origin = TomlOrigin.Header;
        return table;
    }

    /// <summary>One more table of the array that a header in double brackets is for.</summary>
    public TomlTable AddToArray(string key, int line)
    {
        if (!_values.TryGetValue(key, out var array))
        {
            array = new TomlValue(TomlKind.Array, line) { IsArrayOfTables = true };
            Add(key, array, line);
        }
        else if (!array.IsArrayOfTables)
        {
            throw Closed(key, array, line);
        }

        var table = new TomlTable(line, TomlOrigin.Header);
        array.Items.Add(new TomlValue(TomlKind.Table, line) { Table = table });
        return table;
    }

    /// <summary>The table that a dotted key passes.</summary>
    public TomlTable PassDotted(string key, int line)
    {
        if (!_values.TryGetValue(key, out var value))
        {
            return AddTable(key, line, TomlOrigin.DottedKey);
        }

        if (value.Table is not { _origin: TomlOrigin.Passed or TomlOrigin.DottedKey } table)
        {
            throw Closed(key, value, line);
        }

        table._origin = TomlOrigin.DottedKey;
        return table;
    }

    private TomlTable AddTable(string key, int line, TomlOrigin origin)
    {
        var table = new TomlTable(line, origin);
        Add(key, new TomlValue(TomlKind.Table, line) { Table = table }, line);
        return table;
    }

    private static TomlFormatException Closed(string key, TomlValue old, int line) =>
        new(line, $"{QuotedText.Quote(key)} is there already, in line {old.Line}, and cannot be added to");
}
