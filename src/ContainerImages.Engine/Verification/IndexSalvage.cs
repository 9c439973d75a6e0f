using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Threading;
using ContainerImages.Content;
using ContainerImages.Manifests;
using ContainerImages.Store;

namespace ContainerImages.Verification;

/// <summary>
/// What can be saved of an index that cannot be parsed. Descriptors that are whole are taken as they stand; of a broken one its
/// digest, if a manifest here has it or nearly so, its name and its leases; and where something is lost, manifests that nothing
/// leads to become roots without a name.
/// </summary>
internal sealed class IndexSalvage
{
    // A descriptor with all of its annotations is no longer; more would let a torn file be read again from each of its braces.
    private const int LongestDescriptor = 1024 * 1024;

    // What is left of a comma or a bracket that is broken.
    private const int LongestMark = 3;

    private static readonly Regex s_begin = new(@"\A[^\[\]\0]{0,300}\[\s*(\]|\z)");
    private static readonly Regex s_between = new(@"\A\s*,\s*\z");
    private static readonly Regex s_end = new(@"\A\s*\]");
    private static readonly Regex s_endInside = new(@"[}[]\s*\]\s*[,}]");
    private static readonly Regex s_separator = new(@"(?<=\})\s*,\s*(?=\{)");

    private readonly List<IndexEntry> _entries = [];
    private readonly List<string> _lost = [];

    private IndexSalvage()
    {
    }

    /// <summary>An index of what was saved.</summary>
    public StoreIndex Index => StoreIndex.Of(_entries);

    /// <summary>What was in the broken one and could not be saved, or may have been; as sentences.</summary>
    public IReadOnlyList<string> Lost => _lost;

    /// <param name="bytes">The broken file.</param>
    /// <param name="blobs">Where manifests are.</param>
    /// <param name="scan">What blobs there are.</param>
    /// <param name="cancellation">Stops it.</param>
    public static IndexSalvage Of(byte[] bytes, BlobStore blobs, BlobScan scan, CancellationToken cancellation)
    {
        var salvage = new IndexSalvage();
        var hunt = new ManifestHunt(blobs, scan);
        var gaps = salvage.TakeWhole(bytes, cancellation);
        for (var i = 0; i < gaps.Count; i++)
        {
            salvage.TakeGap(gaps[i], isFirst: i == 0, isLast: i == gaps.Count - 1, hunt, cancellation);
        }

        if (salvage._lost.Count > 0)
        {
            salvage.AddUnnamed(blobs, hunt, cancellation);
        }

        return salvage;
    }

    /// <summary>Takes every descriptor that can be read.</summary>
    /// <returns>What stands before, between and behind them.</returns>
    private List<string> TakeWhole(byte[] bytes, CancellationToken cancellation)
    {
        var gaps = new List<string>();
        var (from, at) = (0, 0);
        while ((at = Array.IndexOf(bytes, (byte)'{', at)) >= 0)
        {
            cancellation.ThrowIfCancellationRequested();
            if (TryRead(new ReadOnlyMemory<byte>(bytes, at, Math.Min(LongestDescriptor, bytes.Length - at))) is { } entry)
            {
                _entries.Add(entry);
                gaps.Add(Encoding.UTF8.GetString(bytes, from, at - from));
                from = at += entry.Raw.Length;
            }
            else
            {
                at++;
            }
        }

        gaps.Add(Encoding.UTF8.GetString(bytes, from, bytes.Length - from));
        return gaps;
    }

    private static IndexEntry? TryRead(ReadOnlyMemory<byte> text)
    {
        try
        {
            var reader = new Utf8JsonReader(text.Span, isFinalBlock: true, new JsonReaderState(new JsonReaderOptions { MaxDepth = Limits.JsonDepth }));
            reader.Read();
            return IndexEntry.Read(ref reader, text);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    /// <summary>Takes what stands between whole descriptors: marks of the list, or descriptors that are broken.</summary>
    private void TakeGap(string gap, bool isFirst, bool isLast, ManifestHunt hunt, CancellationToken cancellation)
    {
        if (isLast && !s_end.IsMatch(gap) && !s_endInside.IsMatch(gap) && (_entries.Count > 0 || hunt.HasManifests(cancellation)))
        {
            _lost.Add("The index ends too early; what stood behind is not known.");
        }

        if (isFirst ? s_begin.IsMatch(gap) : isLast ? s_end.IsMatch(gap) : s_between.IsMatch(gap))
        {
            return;
        }

        var broken = s_separator.Split(gap).Select(piece => new BrokenDescriptor(piece)).Where(piece => piece.IsDescriptor).ToList();
        if (gap.IndexOf('\0') >= 0 || (broken.Count == 0 && gap.Trim().Length > LongestMark))
        {
            _lost.Add("A part of the index cannot be read.");
        }

        foreach (var piece in broken)
        {
            cancellation.ThrowIfCancellationRequested();
            if (piece.FindRoot(hunt, cancellation) is { } root)
            {
                _entries.Add(IndexEntry.Create(root, piece.Name, null, piece.Leases));
                if (piece.IsNameLost || piece.AreLeasesLost)
                {
                    _lost.Add($"{(piece.IsNameLost ? "The name" : "A lease")} of {root.Digest} cannot be read.");
                }
            }
            else
            {
                _lost.Add(piece.Name is { } name ? $"What {QuotedText.Quote(name)} named cannot be told." : "A descriptor cannot be read.");
            }
        }
    }

    private void AddUnnamed(BlobStore blobs, ManifestHunt hunt, CancellationToken cancellation)
    {
        HashSet<Digest> reachable = [];
        foreach (var root in new StoreSnapshot(Index, blobs).Roots)
        {
            RootWalk.CollectReachable(root.Descriptor, blobs, reachable);
        }

        var loose = hunt.All(cancellation).Where(document => !reachable.Contains(document.Digest)).ToList();
        var children = new HashSet<Digest>(loose.OfType<ImageIndex>().SelectMany(index => index.Manifests).Select(child => child.Digest));
        _entries.AddRange(loose
            .Where(document => !children.Contains(document.Digest))
            .OrderBy(document => document.Digest.ToString(), StringComparer.Ordinal)
            .Select(document => IndexEntry.Create(document.ToDescriptor(), null, null)));
    }
}
