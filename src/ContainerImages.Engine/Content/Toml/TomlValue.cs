using System.Collections.Generic;

namespace ContainerImages.Content;

/// <summary>What a value of TOML is. Numbers and dates are checked and not kept: no setting here is one.</summary>
internal enum TomlKind
{
    Text,
    Integer,
    Float,
    Boolean,
    Date,
    Array,
    Table,
}

/// <summary>A value with its place.</summary>
internal sealed class TomlValue(TomlKind kind, int line)
{
    public TomlKind Kind { get; } = kind;

    /// <summary>Where the value, or its key, begins; counted from 1.</summary>
    public int Line { get; } = line;

    /// <summary>Of a text its content, of a number or date its letters; else empty.</summary>
    public string Text { get; init; } = "";

    /// <summary>Of a boolean.</summary>
    public bool Boolean { get; init; }

    /// <summary>Of an array; empty for others.</summary>
    public List<TomlValue> Items { get; init; } = [];

    /// <summary>Of a table; null for others.</summary>
    public TomlTable? Table { get; init; }

    /// <summary>Whether it is an array that headers in double brackets made, and more of them may add to.</summary>
    public bool IsArrayOfTables { get; init; }
}
