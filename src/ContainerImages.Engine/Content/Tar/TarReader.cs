using System;
using System.IO;
using System.Threading;

namespace ContainerImages.Content;

/// <summary>
/// Reads a plain tar of any dialect (v7, ustar, star, GNU, PAX) from a stream, entry by entry. Where dialects leave a choice
/// it reads as Go's archive/tar does, since that is what unpacks layers. Names are given as they stand: it is the caller
/// who decides what an entry called <c>../x</c> may do.
/// </summary>
/// <remarks>
/// SharpZipLib's TarHeader is not used: it reads base-256 in the size alone and without its sign and upper bytes, stops
/// silently at what is no octal digit, checks no signed checksum, and knows neither sparse files nor offsets.
/// </remarks>
internal sealed class TarReader
{
    private const string DataCutShort = "its data is cut short";

    private static readonly string[] NeverGlobal = [PaxRecords.Path, PaxRecords.LinkPath, PaxRecords.Size];

    private readonly TarSource source;
    private readonly CancellationToken cancellation;
    private readonly TarHeader header = new();
    private PaxRecords? globals;
    private int globalSize;
    private TarEntry? current;
    private bool isDataOpened;
    private long nextHeader;
    private string? nameForErrors;
    private long offsetForErrors;
    private bool ended;
    private ContainerImageException? failure;

    /// <summary>Begins at the stream's present position. The stream stays the caller's, who must not move it meanwhile.</summary>
    public TarReader(Stream stream, CancellationToken cancellation = default)
    {
        source = new TarSource(stream);
        this.cancellation = cancellation;
    }

    /// <summary>The next entry, or null at the end of the archive. What was not read of the current one is skipped.</summary>
    /// <exception cref="ContainerImageException">The archive is malformed or truncated.</exception>
    public TarEntry? Next()
    {
        if (failure is not null)
        {
            throw failure;
        }

        current = null;
        isDataOpened = false;
        try
        {
            return current = ended ? null : ReadNext();
        }
        catch (TarFormatException flaw)
        {
            throw Fail(flaw.Message);
        }
    }

    /// <summary>
    /// The data of the current entry, from its beginning to its end, with the holes of a sparse file as zeros. Good until
    /// the next entry is asked for; to be had once per entry. A sparse file may claim any size: its bytes cost nothing in
    /// the archive, so whoever reads them needs a limit of their own.
    /// </summary>
    public Stream OpenData()
    {
        if (current is null || isDataOpened)
        {
            throw new InvalidOperationException("There is no current entry, or its data was opened before.");
        }

        isDataOpened = true;
        return new TarDataStream(this, source, current, cancellation);
    }

    /// <summary>
    /// Takes what is left of the stream: nothing there is the archive's, but only a decoder that was read to its end has told
    /// whether it is whole.
    /// </summary>
    public void Drain() => source.TrySkipTo(long.MaxValue, cancellation);

    /// <summary>Whether the data of this entry is what the archive stands at.</summary>
    internal bool IsCurrent(TarEntry entry) => ReferenceEquals(entry, current);

    /// <summary>The error for an archive that ends within the current entry's data.</summary>
    internal ContainerImageException FailTruncated() => Fail(DataCutShort);

    private ContainerImageException Fail(string flaw)
    {
        var place = nameForErrors is null
            ? $"At offset {offsetForErrors}"
            : $"Entry {QuotedText.Quote(nameForErrors)} (at offset {offsetForErrors})";
        return failure = new ContainerImageException(ImageError.InvalidArchive, $"{place} of the tar: {flaw}.");
    }

    private TarEntry? ReadNext()
    {
        if (!source.TrySkipTo(nextHeader, cancellation))
        {
            throw new TarFormatException(DataCutShort);
        }

        nameForErrors = null;
        var extensions = default(Extensions);
        var start = source.Position;
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            offsetForErrors = source.Position;
            if (!ReadHeader())
            {
                ended = true;
                return extensions.Any
                    ? throw new TarFormatException("the archive ends where the entry of an extension header is due")
                    : null;
            }

            switch (header.TypeFlag)
            {
                case 'x' or 'X': // X: Solaris, before there was a standard
                    extensions.Records = PaxRecords.Parse(ReadExtension());
                    break;
                case 'g':
                    AddGlobals(ReadExtension());
                    start = extensions.Any ? start : source.Position;
                    break;
                case 'L':
                    extensions.LongName = ToName(ReadExtension());
                    break;
                case 'K':
                    extensions.LongLinkName = ToName(ReadExtension());
                    break;
                default:
                    return ReadEntry(start, extensions);
            }
        }
    }

    // False at the end of the archive: two blocks of zeros, or one or none where a writer was sparing.
    private bool ReadHeader()
    {
        var read = source.ReadBlock(header.Block);
        if (read == TarField.BlockSize && header.IsZero)
        {
            read = source.ReadBlock(header.Block);
            if (read is 0 || (read == TarField.BlockSize && header.IsZero))
            {
                return false;
            }

            throw new TarFormatException("one block of zeros stands where the end of the archive has two");
        }

        if (read == 0 && offsetForErrors > 0)
        {
            return false;
        }

        if (read < TarField.BlockSize)
        {
            throw new TarFormatException("the header is cut short");
        }

        return header.HasValidChecksum()
            ? true
            : throw new TarFormatException("the header's checksum is wrong; this is no tar header");
    }

    private byte[] ReadExtension()
    {
        var size = header.ReadNumber(TarField.Size, "size");
        if (size is < 0 or > TarLimits.ExtensionSize)
        {
            throw new TarFormatException($"an extension header has {size} bytes; at most {TarLimits.ExtensionSize} are read");
        }

        var bytes = new byte[size];
        if (source.ReadBlock(bytes) < size || !source.TrySkipTo(source.Position + TarField.PaddingOf(size), cancellation))
        {
            throw new TarFormatException("an extension header is cut short");
        }

        return bytes;
    }

    // Go leaves global records out, others apply them. For an owner or a time that is harmless; where the file's identity
    // or extent depends on it, two tools would see two archives in one.
    private void AddGlobals(byte[] bytes)
    {
        globalSize += bytes.Length;
        if (globalSize > TarLimits.GlobalExtensionSize)
        {
            throw new TarFormatException($"the global extension headers have more than {TarLimits.GlobalExtensionSize} bytes");
        }

        var records = PaxRecords.Parse(bytes);
        foreach (var key in records.Keys)
        {
            if (Array.IndexOf(NeverGlobal, key) >= 0 || key.StartsWith(PaxRecords.SparsePrefix, StringComparison.Ordinal))
            {
                throw new TarFormatException($"a global extension header sets {QuotedText.Quote(key)} for all entries");
            }
        }

        globals = PaxRecords.Merge(globals, records);
        if (globals.Keys.Count > TarLimits.GlobalRecords)
        {
            throw new TarFormatException($"the global extension headers have more than {TarLimits.GlobalRecords} records");
        }
    }

    private TarEntry ReadEntry(long start, Extensions extensions)
    {
        var records = PaxRecords.Over(globals, extensions.Records);
        var name = records.GetText(PaxRecords.SparseName) ?? NullIfEmpty(extensions.LongName)
            ?? records.GetText(PaxRecords.Path) ?? header.ReadName();
        nameForErrors = name;
        var linkName = NullIfEmpty(extensions.LongLinkName) ?? records.GetText(PaxRecords.LinkPath) ?? header.ReadText(TarField.LinkName);
        if (name.Length > TarLimits.NameLength || linkName.Length > TarLimits.NameLength)
        {
            throw new TarFormatException($"its name or link target has more than {TarLimits.NameLength} characters");
        }

        var kind = GetKind(header.TypeFlag, name);
        var hasData = kind is TarEntryKind.File or TarEntryKind.Other;
        var headerSize = records.GetNumber(PaxRecords.Size) ?? header.ReadNumber(TarField.Size, "size");

        // Links and devices have no data whatever their size says: old tools wrote there the size of the link's target.
        var size = hasData ? headerSize : 0;
        if (size is < 0 or > TarLimits.EntrySize)
        {
            throw new TarFormatException($"its size of {size} bytes is impossible");
        }

        var storedSize = size;
        var regions = header.TypeFlag == 'S' ? TarSparseMap.ReadOldGnu(header, source, ref size)
            : hasData ? TarSparseMap.ReadPax(records, source, ref size, ref storedSize) : null;
        var dataOffset = source.Position;
        nextHeader = dataOffset + storedSize + TarField.PaddingOf(storedSize);
        var isDevice = kind is TarEntryKind.CharacterDevice or TarEntryKind.BlockDevice;
        return new TarEntry
        {
            Kind = kind,
            Name = name,
            LinkName = linkName,
            Size = size,
            StoredSize = storedSize,
            Mode = header.ReadNumber(TarField.Mode, "mode") is >= 0 and <= int.MaxValue and var mode
                ? (int)mode : throw new TarFormatException("its mode is out of range"),
            Uid = records.GetNumber(PaxRecords.Uid) ?? header.ReadNumber(TarField.Uid, "uid"),
            Gid = records.GetNumber(PaxRecords.Gid) ?? header.ReadNumber(TarField.Gid, "gid"),
            UserName = records.GetText(PaxRecords.UserName) ?? header.ReadOwner(TarField.UserName),
            GroupName = records.GetText(PaxRecords.GroupName) ?? header.ReadOwner(TarField.GroupName),
            ModifiedTime = ReadModifiedTime(records),
            HeaderOffset = start,
            DataOffset = dataOffset,
            SparseRegions = regions,
            ExtendedAttributes = records.GetOthers(),
            DeviceMajor = isDevice ? header.ReadNumber(TarField.DeviceMajor, "device number") : 0,
            DeviceMinor = isDevice ? header.ReadNumber(TarField.DeviceMinor, "device number") : 0,
        };
    }

    private static TarEntryKind GetKind(char typeFlag, string name) => typeFlag switch
    {
        '0' or '7' or 'S' => TarEntryKind.File,
        '\0' => name.EndsWith("/", StringComparison.Ordinal) ? TarEntryKind.Directory : TarEntryKind.File, // v7 had no flag
        '1' => TarEntryKind.HardLink,
        '2' => TarEntryKind.SymbolicLink,
        '3' => TarEntryKind.CharacterDevice,
        '4' => TarEntryKind.BlockDevice,
        '5' => TarEntryKind.Directory,
        '6' => TarEntryKind.Fifo,
        _ => TarEntryKind.Other,
    };

    private DateTimeOffset? ReadModifiedTime(PaxRecords records)
    {
        if (!records.TryGet(PaxRecords.ModifiedTime, out var text))
        {
            return TarNumber.ToTime(header.ReadNumber(TarField.ModifiedTime, "modification time"));
        }

        return TarNumber.TryParseTime(text.Span, out var time)
            ? time
            : throw new TarFormatException("its modification time is no number");
    }

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private static string ToName(byte[] bytes) => TarText.Decode(TarText.UntilNul(bytes));

    /// <summary>What the headers before an entry's own say of it.</summary>
    private struct Extensions
    {
        public PaxRecords? Records;
        public string? LongName;
        public string? LongLinkName;

        public readonly bool Any => Records is not null || LongName is not null || LongLinkName is not null;
    }
}
