using System;
using System.Collections.Generic;

namespace ContainerImages.Content;

/// <summary>The four ways in which tars say where a sparse file has data.</summary>
internal static class TarSparseMap
{
    private const int OldNumberLength = 12;
    private const string Malformed = "its sparse map is malformed";

    /// <summary>The old GNU form: pairs of numbers in the header and in as many blocks after it as say that more follow.</summary>
    /// <param name="header">The header.</param>
    /// <param name="source">The archive, behind the header.</param>
    /// <param name="size">The stored size at first, then the file's.</param>
    public static IReadOnlyList<TarSparseRegion> ReadOldGnu(TarHeader header, TarSource source, ref long size)
    {
        if (!header.IsGnu)
        {
            throw new TarFormatException("it is a sparse file of the old GNU kind, without a GNU header");
        }

        var regions = new List<TarSparseRegion>();
        AddPairs(regions, header[TarField.GnuSparseMap]);
        var continues = header[TarField.GnuSparseContinues][0] != 0;
        var more = new TarHeader();
        while (continues)
        {
            if (source.ReadBlock(more.Block) < TarField.BlockSize)
            {
                throw new TarFormatException("its sparse map is cut short");
            }

            // A block must add something, or a hostile chain of them would never meet the limit.
            var before = regions.Count;
            AddPairs(regions, more[TarField.GnuContinuationMap]);
            if (regions.Count == before)
            {
                throw new TarFormatException(Malformed);
            }

            continues = more[TarField.GnuContinuationContinues][0] != 0;
        }

        var storedSize = size;
        size = header.ReadNumber(TarField.GnuRealSize, "real size");
        return Validate(regions, size, storedSize);
    }

    /// <summary>The PAX forms, of which 0.0 and 0.1 need not be named as such; null if the file is not sparse.</summary>
    /// <param name="records">The entry's records.</param>
    /// <param name="source">The archive, behind the header.</param>
    /// <param name="size">The stored size at first, then the file's.</param>
    /// <param name="storedSize">The size of data and map at first, then of the data alone.</param>
    public static IReadOnlyList<TarSparseRegion>? ReadPax(PaxRecords records, TarSource source, ref long size, ref long storedSize)
    {
        var version = (records.GetText(PaxRecords.SparseMajor), records.GetText(PaxRecords.SparseMinor));
        var isInData = version == ("1", "0");
        var isInRecords = version is ("0", "0" or "1") || (version == (null, null)
            && (records.SparseNumbers is not null || records.TryGet(PaxRecords.SparseMap, out _)));
        if (!isInData && !isInRecords)
        {
            return null;
        }

        size = records.GetNumber(PaxRecords.SparseSize) ?? records.GetNumber(PaxRecords.SparseRealSize) ?? size;
        List<TarSparseRegion> regions;
        if (isInData)
        {
            var mapStart = source.Position;
            regions = ReadFromData(source, storedSize);
            storedSize -= source.Position - mapStart;
        }
        else
        {
            var count = records.GetNumber(PaxRecords.SparseRegionCount);
            regions = records.TryGet(PaxRecords.SparseMap, out var text)
                ? FromText(text.Span, count)
                : FromNumbers(records.SparseNumbers ?? [], count);
        }

        return Validate(regions, size, storedSize);
    }

    // PAX 0.0: the numbers of repeated records.
    private static List<TarSparseRegion> FromNumbers(List<long> numbers, long? expectedCount)
    {
        if (numbers.Count % 2 != 0 || (expectedCount is { } count && count != numbers.Count / 2))
        {
            throw new TarFormatException(Malformed);
        }

        var regions = new List<TarSparseRegion>();
        for (var i = 0; i < numbers.Count; i += 2)
        {
            Add(regions, numbers[i], numbers[i + 1]);
        }

        return regions;
    }

    // PAX 0.1: all numbers in one record, with commas.
    private static List<TarSparseRegion> FromText(ReadOnlySpan<byte> text, long? expectedCount)
    {
        var numbers = new List<long>();
        while (!text.IsEmpty)
        {
            var comma = text.IndexOf((byte)',');
            numbers.Add(ParseDecimal(comma < 0 ? text : text[..comma]));
            text = comma < 0 ? default : text[(comma + 1)..];
        }

        return FromNumbers(numbers, expectedCount);
    }

    // PAX 1.0: lines of numbers in front of the data, the first one the count of pairs, filled up to a whole block.
    private static List<TarSparseRegion> ReadFromData(TarSource source, long storedSize)
    {
        const int LongestNumber = 20;
        var end = source.Position + storedSize;
        var block = new byte[TarField.BlockSize];
        var number = new byte[LongestNumber];
        var digits = 0;
        var numbers = new List<long>();
        do
        {
            if (end - source.Position < block.Length || source.ReadBlock(block) < block.Length)
            {
                throw new TarFormatException("its sparse map is cut short");
            }

            for (var i = 0; i < block.Length && !IsComplete(numbers); i++)
            {
                if (block[i] == '\n')
                {
                    numbers.Add(ParseDecimal(number.AsSpan(0, digits)));
                    digits = 0;
                }
                else
                {
                    number[digits++] = digits < LongestNumber ? block[i] : throw new TarFormatException(Malformed);
                }
            }
        }
        while (!IsComplete(numbers));

        var count = numbers[0];
        numbers.RemoveAt(0);
        return FromNumbers(numbers, count);
    }

    // The regions must ascend, lie within the file, and be as many bytes as the archive has.
    private static List<TarSparseRegion> Validate(List<TarSparseRegion> regions, long size, long storedSize)
    {
        if (size < 0)
        {
            throw new TarFormatException("its size is negative");
        }

        long end = 0;
        long stored = 0;
        foreach (var region in regions)
        {
            if (region.Offset < end || region.Length < 0 || region.Length > size - region.Offset)
            {
                throw new TarFormatException("its sparse map has data that overlaps or lies outside of the file");
            }

            end = region.End;
            stored += region.Length;
        }

        if (stored != storedSize)
        {
            throw new TarFormatException($"its sparse map promises {stored} bytes of data, its header {storedSize}");
        }

        regions.RemoveAll(static region => region.Length == 0);
        return regions;
    }

    private static bool IsComplete(List<long> numbers)
    {
        if (numbers.Count == 0)
        {
            return false;
        }

        if (numbers[0] is < 0 or > TarLimits.SparseRegions)
        {
            throw new TarFormatException($"its sparse map has {numbers[0]} pieces; at most {TarLimits.SparseRegions} are read");
        }

        return numbers.Count == 1 + (2 * numbers[0]);
    }

    private static void AddPairs(List<TarSparseRegion> regions, ReadOnlySpan<byte> map)
    {
        for (; !map.IsEmpty && map[0] != 0; map = map[(2 * OldNumberLength)..])
        {
            if (!TarNumber.TryParseField(map[..OldNumberLength], out var offset)
                || !TarNumber.TryParseField(map.Slice(OldNumberLength, OldNumberLength), out var length))
            {
                throw new TarFormatException(Malformed);
            }

            Add(regions, offset, length);
        }
    }

    private static void Add(List<TarSparseRegion> regions, long offset, long length)
    {
        if (regions.Count == TarLimits.SparseRegions)
        {
            throw new TarFormatException($"its sparse map has more than {TarLimits.SparseRegions} pieces");
        }

        regions.Add(new TarSparseRegion(offset, length));
    }

    private static long ParseDecimal(ReadOnlySpan<byte> text) =>
        TarNumber.TryParseDecimal(text, out var number) ? number : throw new TarFormatException(Malformed);
}
