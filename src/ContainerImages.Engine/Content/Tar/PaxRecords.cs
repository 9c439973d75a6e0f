using System;
using System.Collections.Generic;

namespace ContainerImages.Content;

/// <summary>The records of one PAX extension header: <c>"%d %s=%s\n"</c>, the length counting the whole record.</summary>
internal sealed class PaxRecords
{
    public const string Path = "path";
    public const string LinkPath = "linkpath";
    public const string Size = "size";
    public const string Uid = "uid";
    public const string Gid = "gid";
    public const string UserName = "uname";
    public const string GroupName = "gname";
    public const string ModifiedTime = "mtime";
    public const string SparsePrefix = "GNU.sparse.";
    public const string SparseMajor = "GNU.sparse.major";
    public const string SparseMinor = "GNU.sparse.minor";
    public const string SparseName = "GNU.sparse.name";
    public const string SparseSize = "GNU.sparse.size";
    public const string SparseRealSize = "GNU.sparse.realsize";
    public const string SparseMap = "GNU.sparse.map";
    public const string SparseRegionCount = "GNU.sparse.numblocks";

    private const string SparseOffset = "GNU.sparse.offset";
    private const string SparseLength = "GNU.sparse.numbytes";

    private static readonly PaxRecords None = new();

    private readonly Dictionary<string, ReadOnlyMemory<byte>> values;
    private readonly PaxRecords? below;
    private IReadOnlyDictionary<string, ReadOnlyMemory<byte>>? others;

    private PaxRecords()
        : this(new(StringComparer.Ordinal), null)
    {
    }

    private PaxRecords(Dictionary<string, ReadOnlyMemory<byte>> values, PaxRecords? below)
    {
        this.values = values;
        this.below = below;
    }

    /// <summary>Offset and length of each region in turn, as format 0.0 of sparse files has them in repeated records.</summary>
    public List<long>? SparseNumbers { get; private set; }

    public IReadOnlyCollection<string> Keys => values.Keys;

    /// <summary>What is in effect for an entry: its own records over the global ones, of which none is copied for each entry.</summary>
    public static PaxRecords Over(PaxRecords? global, PaxRecords? local) =>
        local is null ? global ?? None
        : global is null ? local
        : new PaxRecords(local.values, global) { SparseNumbers = local.SparseNumbers };

    /// <summary>The records of two global headers as one: the later ones count.</summary>
    public static PaxRecords Merge(PaxRecords? earlier, PaxRecords later)
    {
        var merged = new PaxRecords();
        merged.Add(earlier);
        merged.Add(later);
        return merged;
    }

    /// <exception cref="TarFormatException">The records are malformed.</exception>
    public static PaxRecords Parse(ReadOnlyMemory<byte> data)
    {
        var records = new PaxRecords();
        while (!data.IsEmpty)
        {
            // The largest length within the limit has seven digits.
            var head = data.Span[..Math.Min(data.Length, 8)];
            var space = head.IndexOf((byte)' ');
            if (space <= 0 || !TarNumber.TryParseDecimal(head[..space], out var length)
                || length < space + 2 || length > data.Length)
            {
                throw new TarFormatException("a PAX record has no valid length");
            }

            var record = data[(space + 1)..(int)length];
            var equals = record.Span.IndexOf((byte)'=');
            if (record.Span[^1] != '\n' || equals <= 0)
            {
                throw new TarFormatException("a PAX record is not of the form key=value and a line feed");
            }

            records.Set(TarText.Decode(record.Span[..equals]), record[(equals + 1)..^1]);
            data = data[(int)length..];
        }

        return records;
    }

    /// <summary>The value, unless there is none or it is empty, which means that the header's own field is in effect.</summary>
    public bool TryGet(string key, out ReadOnlyMemory<byte> value) =>
        values.TryGetValue(key, out value) ? !value.IsEmpty : below is not null && below.TryGet(key, out value);

    public string? GetText(string key) => TryGet(key, out var value) ? TarText.Decode(value.Span) : null;

    public long? GetNumber(string key)
    {
        if (!TryGet(key, out var value))
        {
            return null;
        }

        return TarNumber.TryParseDecimal(value.Span, out var number)
            ? number
            : throw new TarFormatException($"its PAX record {QuotedText.Quote(key)} is not a number, or too large");
    }

    /// <summary>What has no property of its own in <see cref="TarEntry"/>.</summary>
    public IReadOnlyDictionary<string, ReadOnlyMemory<byte>> GetOthers()
    {
        if (others is not null)
        {
            return others;
        }

        var all = new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
        foreach (var record in below?.GetOthers() ?? None.values)
        {
            all[record.Key] = record.Value;
        }

        foreach (var record in values)
        {
            if (record.Value.IsEmpty || IsStandard(record.Key))
            {
                all.Remove(record.Key);
            }
            else
            {
                all[record.Key] = record.Value;
            }
        }

        return others = all.Count == 0 ? None.values : all;
    }

    private static bool IsStandard(string key) => key
        is Path or LinkPath or Size or Uid or Gid or UserName or GroupName or ModifiedTime
        or "atime" or "ctime" or "charset" or "hdrcharset" or "comment"
        || key.StartsWith(SparsePrefix, StringComparison.Ordinal);

    private void Add(PaxRecords? records)
    {
        foreach (var record in records?.values ?? [])
        {
            values[record.Key] = record.Value;
        }
    }

    private void Set(string key, ReadOnlyMemory<byte> value)
    {
        if (key.IndexOf('\0') >= 0
            || (key is Path or LinkPath or UserName or GroupName or SparseName && value.Span.IndexOf((byte)0) >= 0))
        {
            throw new TarFormatException("a PAX record has a NUL where text is due");
        }

        if (key is SparseOffset or SparseLength)
        {
            SparseNumbers ??= [];
            if ((SparseNumbers.Count % 2 == 0) != (key == SparseOffset) || !TarNumber.TryParseDecimal(value.Span, out var number))
            {
                throw new TarFormatException("its sparse map is malformed");
            }

            SparseNumbers.Add(number);
            return;
        }

        values[key] = value;
        if (values.Count > TarLimits.PaxRecords)
        {
            throw new TarFormatException($"it has more than {TarLimits.PaxRecords} PAX records");
        }
    }
}
