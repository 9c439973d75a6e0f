using System;

namespace ContainerImages.Content;

/// <summary>One header block as it is read, before any extension header is applied.</summary>
internal sealed class TarHeader
{
    private enum Dialect
    {
        V7,
        Ustar,
        Star,
        Gnu,
    }

    private static readonly byte[] Zeros = new byte[TarField.BlockSize];

    public byte[] Block { get; } = new byte[TarField.BlockSize];

    public char TypeFlag => (char)this[TarField.TypeFlag][0];

    public bool IsZero => Block.AsSpan().SequenceEqual(Zeros);

    public bool IsGnu => GetDialect() == Dialect.Gnu;

    public ReadOnlySpan<byte> this[TarField field] => Block.AsSpan(field.Offset, field.Length);

    /// <summary>
    /// Whether the checksum fits, as POSIX has it or with the bytes taken as signed, as old Sun and BSD tars added them.
    /// </summary>
    public bool HasValidChecksum()
    {
        if (!TarNumber.TryParseField(this[TarField.Checksum], out var expected))
        {
            return false;
        }

        var (unsigned, signed) = (0, 0);
        foreach (var b in Block)
        {
            unsigned += b;
            signed += (sbyte)b;
        }

        // The field itself counts as spaces.
        foreach (var b in this[TarField.Checksum])
        {
            unsigned += ' ' - b;
            signed += ' ' - (sbyte)b;
        }

        return expected == unsigned || expected == signed;
    }

    public long ReadNumber(TarField field, string what) => TarNumber.TryParseField(this[field], out var value)
        ? value
        : throw new TarFormatException($"its {what} is not a number, or too large");

    public string ReadText(TarField field) => TarText.Decode(TarText.UntilNul(this[field]));

    /// <summary>The owner's names exist from ustar on; before, other things may stand there.</summary>
    public string ReadOwner(TarField field) => GetDialect() == Dialect.V7 ? "" : ReadText(field);

    public string ReadName()
    {
        var name = ReadText(TarField.Name);
        var prefix = GetDialect() switch
        {
            Dialect.Ustar => ReadText(TarField.Prefix),
            Dialect.Star => ReadText(TarField.StarPrefix),
            Dialect.Gnu when HasPrefixInsteadOfTimes() => ReadText(TarField.Prefix),
            _ => "",
        };
        return prefix.Length == 0 ? name : prefix + "/" + name;
    }

    // Go before 1.8 wrote a ustar prefix into headers with GNU's mark; there GNU has two times, which such text is not.
    private bool HasPrefixInsteadOfTimes() =>
        !(TarNumber.TryParseField(this[TarField.GnuAccessTime], out _)
            && TarNumber.TryParseField(this[TarField.GnuChangeTime], out _))
        && TarText.IsAscii(TarText.UntilNul(this[TarField.Prefix]));

    private Dialect GetDialect()
    {
        var magic = this[TarField.Magic];
        if (magic.StartsWith("ustar\0"u8))
        {
            return this[TarField.StarTrailer].SequenceEqual("tar\0"u8) ? Dialect.Star : Dialect.Ustar;
        }

        return magic.SequenceEqual("ustar  \0"u8) ? Dialect.Gnu : Dialect.V7;
    }
}
