using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using ContainerImages.Content;

namespace ContainerImages.Store;

/// <summary>A root of the store with its names: a manifest, or an index of several platforms.</summary>
internal sealed class StoreRoot
{
    private readonly List<string> _names = [];
    private readonly Lazy<(RootSummary Summary, bool IsStored)> _summary;
    private readonly Lazy<Digest?> _subject;

    public StoreRoot(IndexEntry entry, IBlobReader blobs)
    {
        Descriptor = entry.Root;
        SummaryText = entry.SummaryText;
        PushText = entry.PushText;

        // Most of what is asked of a store concerns one of its images: the summaries of the others are not taken apart.
        _summary = new(() => Read(blobs), LazyThreadSafetyMode.PublicationOnly);
        _subject = new(() => HasOldSummary ? ReadSubject(blobs) : Summary.Subject, LazyThreadSafetyMode.PublicationOnly);
    }

    public Descriptor Descriptor { get; }

    public Digest Digest => Descriptor.Digest;

    /// <summary>The summary as it stands in the index, whatever it is worth; null where there is none.</summary>
    public string? SummaryText { get; }

    /// <summary>What is remembered of its pushes, as it stands in the index; null where there were none.</summary>
    public string? PushText { get; }

    public RootSummary Summary => _summary.Value.Summary;

    /// <summary>Whether the index holds this very summary, complete.</summary>
    public bool IsSummaryStored => _summary.Value.IsStored;

    /// <summary>Whether its summary, of the first version, does not say all subjects.</summary>
    public bool HasOldSummary => RootSummary.IsOld(SummaryText, Digest);

    /// <summary>The manifest or index that it says something about (OCI's <c>subject</c>), be it here or not; null for nearly all.</summary>
    public Digest? Subject => RootSummary.HasNoSubject(SummaryText, Digest) ? null : _subject.Value;

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
    public bool MayHave(Digest id) => !RootSummary.IsFor(SummaryText, Digest) || SummaryText.IndexOf(id.Hex, StringComparison.Ordinal) >= 0 || Digest == id;

    private (RootSummary Summary, bool IsStored) Read(IBlobReader blobs)
    {
        if (RootSummary.Decode(SummaryText, Digest) is { } stored)
        {
            return (stored, stored.IsComplete);
        }

        try
        {
            return (SummaryBuilder.Build(Descriptor, blobs), false);
        }
        catch (ContainerImageException)
        {
            // Its document is gone or damaged: it is shown under its own digest, so that it can be removed.
            var manifest = new ManifestSummary(ManifestSummary.Image, Descriptor) { Id = Digest };
            return (new RootSummary(Digest, null, [manifest]), false);
        }
    }

    private Digest? ReadSubject(IBlobReader blobs)
    {
        try
        {
            return blobs.ReadManifest(Descriptor).Subject?.Digest;
        }
        catch (ContainerImageException)
        {
            // Its document is gone or damaged, and says nothing about anything.
            return null;
        }
    }
}
