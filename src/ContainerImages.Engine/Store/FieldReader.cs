using System;

namespace ContainerImages.Store;

/// <summary>The fields of a text, divided by a separator, one after the other and without a copy of each.</summary>
/// <param name="text">The text; an empty one is one empty field.</param>
/// <param name="separator">What divides it.</param>
internal ref struct FieldReader(ReadOnlySpan<char> text, char separator)
{
    private ReadOnlySpan<char> _rest = text;

    /// <summary>Whether there is no field left.</summary>
    public bool IsAtEnd { get; private set; }

    /// <summary>The next field.</summary>
    /// <exception cref="FormatException">There is none.</exception>
    public ReadOnlySpan<char> Next()
    {
        if (IsAtEnd)
        {
            throw new FormatException();
        }

        var end = _rest.IndexOf(separator);
        var field = end < 0 ? _rest : _rest.Slice(0, end);
        IsAtEnd = end < 0;
        _rest = IsAtEnd ? [] : _rest.Slice(end + 1);
        return field;
    }

    /// <summary>How many fields are left.</summary>
    public readonly int Count()
    {
        var count = IsAtEnd ? 0 : 1;
        foreach (var character in _rest)
        {
            count += character == separator ? 1 : 0;
        }

        return count;
    }
}
