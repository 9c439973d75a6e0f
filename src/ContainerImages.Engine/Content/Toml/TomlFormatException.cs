using System;

namespace ContainerImages.Content;

/// <summary>A text that is no TOML; whoever reads a file says which.</summary>
internal sealed class TomlFormatException(int line, string message) : Exception(message)
{
    /// <summary>Counted from 1.</summary>
    public int Line { get; } = line;
}
