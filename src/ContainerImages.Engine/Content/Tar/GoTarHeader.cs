using System;
using System.Collections.Generic;
using System.Text;

namespace ContainerImages.Content;

/// <summary>
/// Headers byte for byte as Go's archive/tar writes them when no format is asked for: ustar where everything fits, else a
/// PAX header in front with just what does not. Owners are 0 without names. That is what podman and skopeo write, so an
/// archive of ours can be the same file as theirs.
/// </summary>
internal static class GoTarHeader
{
    private static readonly Encoding Ascii = Encoding.ASCII;

    public static byte[] Create(TarEntryKind kind, string name, string linkName, long size, int mode, DateTimeOffset? modified)
    {
        Check(kind, name, linkName, size, mode);
        var seconds = ToUnixSeconds(modified);
        var (nameBytes, linkBytes) = (TarText.Encode(name), TarText.Encode(linkName));
        var prefixLength = FindPrefix(nameBytes);
        var records = GetPaxRecords(nameBytes, linkBytes, size, seconds);

        // A name that only needs splitting is recorded too, but is no reason by itself to have records at all.
        var isUstar = records.Count == 0 || (records.Count == 1 && prefixLength > 0 && records[0].Key == PaxRecords.Path);
        var extension = isUstar ? [] : CreateExtension(name, records);
        var header = new byte[extension.Length + TarField.BlockSize];
        extension.CopyTo(header, 0);
        var block = header.AsSpan(extension.Length);
        WriteText(block, TarField.Name, isUstar ? nameBytes.AsSpan(prefixLength > 0 ? prefixLength + 1 : 0) : KeepAscii(nameBytes));
        WriteText(block, TarField.LinkName, isUstar ? linkBytes : KeepAscii(linkBytes));
        WriteNumbers(block, mode, size, seconds);
        WriteOctal(block, TarField.DeviceMajor, 0);
        WriteOctal(block, TarField.DeviceMinor, 0);
        if (isUstar && prefixLength > 0)
        {
            WriteText(block, TarField.Prefix, nameBytes.AsSpan(0, prefixLength));
        }

        Seal(block, kind switch
        {
            TarEntryKind.File => '0',
            TarEntryKind.SymbolicLink => '2',
            TarEntryKind.Directory => '5',
            _ => throw new ArgumentOutOfRangeException(nameof(kind)),
        });
        return header;
    }

    private static void Check(TarEntryKind kind, string name, string linkName, long size, int mode)
    {
        if (name.IndexOf('\0') >= 0 || linkName.IndexOf('\0') >= 0)
        {
            throw new ArgumentException("A name in a tar holds no NUL.", nameof(name));
        }

        if (kind == TarEntryKind.File && name.EndsWith("/", StringComparison.Ordinal))
        {
            throw new ArgumentException("The name of a file does not end in a slash.", nameof(name));
        }

        if (size is < 0 or > TarLimits.EntrySize || (kind != TarEntryKind.File && size != 0))
        {
            throw new ArgumentOutOfRangeException(nameof(size));
        }

        if (!FitsOctal(TarField.Mode, mode))
        {
            throw new ArgumentOutOfRangeException(nameof(mode));
        }
    }

    // In the order of their keys, as Go sorts them.
    private static List<KeyValuePair<string, byte[]>> GetPaxRecords(byte[] name, byte[] linkName, long size, long seconds)
    {
        var records = new List<KeyValuePair<string, byte[]>>();
        AddText(PaxRecords.LinkPath, linkName, TarField.LinkName);
        AddNumber(PaxRecords.ModifiedTime, seconds, TarField.ModifiedTime);
        AddText(PaxRecords.Path, name, TarField.Name);
        AddNumber(PaxRecords.Size, size, TarField.Size);
        return records;

        void AddText(string key, byte[] text, TarField field)
        {
            if (text.Length > field.Length || !TarText.IsAscii(text))
            {
                records.Add(new(key, text));
            }
        }

        void AddNumber(string key, long number, TarField field)
        {
            if (!FitsOctal(field, number))
            {
                records.Add(new(key, Ascii.GetBytes(FormattableString.Invariant($"{number}"))));
            }
        }
    }

    private static byte[] CreateExtension(string name, List<KeyValuePair<string, byte[]>> records)
    {
        var data = new List<byte>();
        foreach (var record in records)
        {
            AppendRecord(data, record.Key, record.Value);
        }

        if (data.Count > TarLimits.ExtensionSize)
        {
            throw new ArgumentException("The name is too long for a tar.", nameof(name));
        }

        var slash = name.LastIndexOf('/') + 1;
        var extensionName = KeepAscii(TarText.Encode(GoPath.Join(name[..slash], "PaxHeaders.0", name[slash..])));
        var length = Math.Min(extensionName.Length, TarField.Name.Length);
        while (length > 0 && extensionName[length - 1] == '/')
        {
            length--;
        }

        var extension = new byte[TarField.BlockSize + data.Count + TarField.PaddingOf(data.Count)];
        var block = extension.AsSpan(0, TarField.BlockSize);
        WriteText(block, TarField.Name, extensionName.AsSpan(0, length));
        WriteNumbers(block, mode: 0, data.Count, seconds: 0);
        Seal(block, 'x');
        data.CopyTo(extension, TarField.BlockSize);
        return extension;
    }

    // The length counts its own digits; one more of them may be what makes one more of them.
    private static void AppendRecord(List<byte> data, string key, byte[] value)
    {
        var rest = 1 + key.Length + 1 + value.Length + 1;
        var length = rest + CountDigits(rest);
        length = rest + CountDigits(length);
        data.AddRange(Ascii.GetBytes(FormattableString.Invariant($"{length} {key}=")));
        data.AddRange(value);
        data.Add((byte)'\n');
    }

    private static int CountDigits(int number)
    {
        var digits = 1;
        for (; number >= 10; number /= 10)
        {
            digits++;
        }

        return digits;
    }

    // The length of the part before the slash at which ustar can split the name; 0 if it cannot, or need not.
    private static int FindPrefix(byte[] name)
    {
        var length = name.Length;
        if (length <= TarField.Name.Length || !TarText.IsAscii(name))
        {
            return 0;
        }

        if (length > TarField.Prefix.Length + 1)
        {
            length = TarField.Prefix.Length + 1;
        }
        else if (name[length - 1] == '/')
        {
            length--;
        }

        var slash = name.AsSpan(0, length).LastIndexOf((byte)'/');
        var rest = name.Length - slash - 1;
        return slash <= 0 || rest == 0 || rest > TarField.Name.Length ? 0 : slash;
    }

    private static long ToUnixSeconds(DateTimeOffset? modified)
    {
        // Half a second goes up; the first instant of the calendar is Go's "no time".
        var seconds = (modified.GetValueOrDefault().UtcTicks + (TimeSpan.TicksPerSecond / 2)) / TimeSpan.TicksPerSecond;
        return seconds == 0 ? 0 : seconds - (DateTimeOffset.FromUnixTimeSeconds(0).UtcTicks / TimeSpan.TicksPerSecond);
    }

    private static byte[] KeepAscii(byte[] text) => Array.FindAll(text, static b => b < 0x80);

    private static void WriteNumbers(Span<byte> block, int mode, long size, long seconds)
    {
        WriteOctal(block, TarField.Mode, mode);
        WriteOctal(block, TarField.Uid, 0);
        WriteOctal(block, TarField.Gid, 0);
        WriteOctal(block, TarField.Size, size);
        WriteOctal(block, TarField.ModifiedTime, seconds);
    }

    private static void WriteText(Span<byte> block, TarField at, ReadOnlySpan<byte> text)
    {
        var field = block.Slice(at.Offset, at.Length);
        text[..Math.Min(text.Length, field.Length)].CopyTo(field);

        // A cut name that ends in a slash would look like a directory's to old readers, so Go ends it before its slashes.
        if (text.Length > field.Length && field[^1] == '/')
        {
            var end = field.Length - 1;
            while (end > 0 && field[end - 1] == '/')
            {
                end--;
            }

            field[end] = 0;
        }
    }

    private static bool FitsOctal(TarField field, long number) => number >= 0 && number < 1L << (3 * (field.Length - 1));

    // Octal digits to the whole width, then NUL; 0 for what does not fit and is in a PAX record.
    private static void WriteOctal(Span<byte> block, TarField at, long number)
    {
        number = FitsOctal(at, number) ? number : 0;
        for (var i = at.Length - 2; i >= 0; i--)
        {
            block[at.Offset + i] = (byte)('0' + (number & 7));
            number >>= 3;
        }
    }

    private static void Seal(Span<byte> block, char typeFlag)
    {
        block[TarField.TypeFlag.Offset] = (byte)typeFlag;
        "ustar\0"u8.CopyTo(block[TarField.Magic.Offset..]);
        "00"u8.CopyTo(block[(TarField.Magic.Offset + 6)..]);
        var checksum = ' ' * TarField.Checksum.Length;
        foreach (var b in block)
        {
            checksum += b;
        }

        // Six digits, NUL, space.
        WriteOctal(block, TarField.Checksum with { Length = TarField.Checksum.Length - 1 }, checksum);
        block[TarField.Checksum.Offset + TarField.Checksum.Length - 1] = (byte)' ';
    }
}
