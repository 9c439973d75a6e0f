using System;
using System.Collections.Generic;
using System.Linq;
using ContainerImages.Content;

namespace ContainerImages.Store;

/// <summary>A root of the store with its names: a manifest, or an index of several platforms.</summary>
internal sealed class StoreRoot
{
    // Nearly every root has one name.
    private readonly List<string> _names = new(1);
    private readonly IndexEntry _entry;
    private readonly IBlobReader _blobs;

    // Most of what is asked of a store concerns one of its images: the summaries of the others are not taken apart.
    private KnownSummary? _summary;
    private KnownSubject? _subject;

    /// <param name="entry">The first of its entries.</param>
    /// <param name="blobs">Where it is looked for if its summary says nothing.</param>
    /// <param name="before">The same root in an earlier snapshot, whose summary need not be taken apart again; null for none.</param>
    public StoreRoot(IndexEntry entry, IBlobReader blobs, StoreRoot? before = null)
    {
        _entry = entry;
        _blobs = blobs;
        SummaryForm = entry.SummaryForm;
        _summary = before?._summary is { IsDecoded: true } known && before._entry.HasSameSummary(entry) ? known : null;
    }

    public Descriptor Descriptor => _entry.Root;

    public Digest Digest => Descriptor.Digest;

    /// <summary>The summary as it stands in the index, whatever it is worth; null where there is none.</summary>
    public string? SummaryText => _entry.SummaryText;

    /// <summary>What is remembered of its pushes, as it stands in the index; null where there were none.</summary>
    public string? PushText => _entry.PushText;

    /// <summary>What the index tells of it; if nothing, its blobs are read.</summary>
    public SummaryForm SummaryForm { get; }

    public RootSummary Summary => Known.Summary;

    /// <summary>Whether the index holds this very summary, complete.</summary>
    public bool IsSummaryStored => Known is { IsDecoded: true, Summary.IsComplete: true };

    /// <summary>Whether its summary, of the first version, does not say all subjects.</summary>
    public bool HasOldSummary => SummaryForm == SummaryForm.Old;

    /// <summary>The manifest or index that it says something about (OCI's <c>subject</c>), be it here or not; null for nearly all.</summary>
    public Digest? Subject => SummaryForm switch
    {
        SummaryForm.WithoutSubject => null,
        SummaryForm.Old => (_subject ??= ReadSubject()).Value,
        _ => Summary.Subject,
    };

    /// <summary>Full names, in the index's order.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>
    /// The images and artifacts of it that are here. Of an index without any, the index itself stands for one: it can be seen
    /// then, and removed.
    /// </summary>
    public IEnumerable<ManifestSummary> Present => Summary.Manifests.Any(m => m.Kind != ManifestSummary.Absent)
        ? Summary.Manifests.Where(m => m.Kind != ManifestSummary.Absent)
        : [new ManifestSummary(ManifestSummary.Image, Descriptor) { Id = Digest }];

    public IEnumerable<ManifestSummary> Images => Present.Where(m => m.Kind == ManifestSummary.Image);

    public void AddName(string name) => _names.Add(name);

    /// <summary>Whether the root may have an image with this ID: false is certain, and costs little.</summary>
    /// <param name="id">The ID.</param>
    /// <param name="hex">Its digits in ASCII.</param>
    public bool MayHave(Digest id, ReadOnlySpan<byte> hex) => SummaryForm == SummaryForm.None || _entry.SummaryContains(id.Hex, hex) || Digest == id;

    private KnownSummary Known => _summary ??= Read();

    private KnownSummary Read()
    {
        if (RootSummary.Decode(SummaryText, Digest) is { } stored)
        {
            return new KnownSummary(stored, IsDecoded: true);
        }

        try
        {
            return new KnownSummary(SummaryBuilder.Build(Descriptor, _blobs), IsDecoded: false);
        }
        catch (ContainerImageException)
        {
            // Its document is gone or damaged: it is shown under its own digest, so that it can be removed.
            var manifest = new ManifestSummary(ManifestSummary.Image, Descriptor) { Id = Digest };
            return new KnownSummary(new RootSummary(Digest, null, [manifest]), IsDecoded: false);
        }
    }

    private KnownSubject ReadSubject()
    {
        try
        {
            return new KnownSubject(_blobs.ReadManifest(Descriptor).Subject?.Digest);
        }
        catch (ContainerImageException)
        {
            // Its document is gone or damaged, and says nothing about anything.
            return new KnownSubject(null);
        }
    }

    /// <summary>The summary, and whether it is the index's own.</summary>
    private sealed record KnownSummary(RootSummary Summary, bool IsDecoded);

    private sealed record KnownSubject(Digest? Value);
}
