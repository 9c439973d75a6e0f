using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using ContainerImages.Content;
using ContainerImages.References;
using ContainerImages.Store;

namespace ContainerImages.Verification;

/// <summary>Does in one commit what a repair has prepared. What others changed meanwhile counts.</summary>
internal sealed class RepairCommit(ImageStore store, VerificationResult result, Ingest? gathered, bool force)
{
    /// <summary>Blobs that were gathered and are to be brought in, with the roots that they belong to.</summary>
    public required IReadOnlyDictionary<Digest, IReadOnlyList<Digest>> Fetched { get; init; }

    /// <summary>What else is to be done.</summary>
    public required IReadOnlyList<RepairAction> Actions { get; init; }

    /// <summary>The unpacked sizes of layers that were read.</summary>
    public required IReadOnlyDictionary<Digest, long> PlainSizes { get; init; }

    /// <summary>What was saved of a broken index, when it was read; null if the index is not broken.</summary>
    public IndexSalvage? Salvage { get; init; }

    private BlobPlaces Blobs => new(store, gathered, Fetched.Keys.ToList());

    /// <summary>Saves what can be saved of the index as it is; one that is gone is one without content.</summary>
    public static IndexSalvage SalvageIndex(ImageStore store, BlobScan scan, CancellationToken cancellation) =>
        IndexSalvage.Of(File.Exists(store.Paths.Index) ? store.ReadIndexBytes() : [], store.Blobs, scan, cancellation);

    /// <exception cref="ContainerImageException">StoreBusy; StoreAccessDenied; DiskFull; StoreInvalid. Nothing is changed then.</exception>
    public void Run(CancellationToken cancellation)
    {
        var isGone = !File.Exists(store.Paths.Index);
        store.Commit(
            "repair",
            gathered,
            Change,
            cancellation,
            read: Salvage is null ? null : () => ReadOrSalvage(isGone, cancellation));
        DeleteLeftoverFiles(cancellation);
    }

    // The commit has collected blobs and dead copies; the rest are files that it does not know. Under the lock, since another
    // process may just be writing one of that name.
    private void DeleteLeftoverFiles(CancellationToken cancellation)
    {
        var files = Actions
            .Where(action => action.Kind == RepairKind.RemoveLeftovers)
            .SelectMany(action => action.Flaws)
            .Where(flaw => flaw.Digest.IsEmpty && File.Exists(flaw.Path))
            .Select(flaw => flaw.Path!)
            .ToList();
        if (files.Count == 0)
        {
            return;
        }

        try
        {
            using (store.Lock("repair", cancellation))
            {
                files.ForEach(store.OperatingSystem.Delete);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ContainerImageException)
        {
            store.Verbose($"The store is mended, but not all that was left over could be deleted: {e.Message}");
        }
    }

    // Another tool may have written it whole meanwhile.
    private StoreSnapshot ReadOrSalvage(bool isGone, CancellationToken cancellation)
    {
        byte[] bytes = [];
        try
        {
            var snapshot = store.ReadSnapshot(isFresh: true);
            if (!isGone || snapshot.Index.Entries.Count > 0)
            {
                return snapshot;
            }
        }
        catch (ContainerImageException e) when (e.Error == ImageError.StoreInvalid)
        {
            bytes = store.ReadIndexBytes();
        }

        var salvage = IndexSalvage.Of(bytes, store.Blobs, BlobScan.Read(store.Paths, cancellation), cancellation);
        if (salvage.Lost.Count > 0 && !force)
        {
            throw new ContainerImageException(ImageError.StoreInvalid, $"The store's index '{store.Paths.Index}' has been broken further meanwhile.");
        }

        if (bytes.Length > 0)
        {
            StoreCommit.WriteBeside(store, bytes, AsidePath());
        }

        return new StoreSnapshot(salvage.Index, store.Blobs);
    }

    private string AsidePath()
    {
        var path = $"{store.Paths.Index}.broken-{store.Now.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture)}";
        return Enumerable.Range(1, int.MaxValue).Select(i => i == 1 ? path : $"{path}-{i}").First(free => !File.Exists(free));
    }

    private void Change(IndexEditor editor)
    {
        editor.Mend(Fetched.Where(blob => blob.Value.Any(root => editor.Snapshot.FindRoot(root) is not null)).Select(blob => blob.Key));
        foreach (var action in Actions)
        {
            switch (action.Kind)
            {
                case RepairKind.Drop when editor.Snapshot.FindRoot(action.Root!.Digest) is { } root:
                    Drop(editor, root, action.Manifests);
                    break;
                case RepairKind.RebuildIndex:
                    Rebuild(editor, new HashSet<Digest>(action.Flaws.Select(flaw => flaw.Digest)));
                    break;
                case RepairKind.RemoveLeftovers:
                    // Another tool may have put one there again since.
                    editor.Offer(action.Flaws.Select(flaw => flaw.Digest).Where(digest => !digest.IsEmpty && BlobScan.IsOld(store.Paths.Blob(digest), store.Now)));
                    break;
            }
        }

        editor.RemoveLeases(lease => !editor.HasImage(lease.Id));
        if (Salvage is not null)
        {
            editor.Rewrite();
        }
    }

    private void Drop(IndexEditor editor, StoreRoot root, IReadOnlyCollection<Digest> manifests)
    {
        // What a document that cannot be read led to only the summary tells, layers by how their digests begin.
        var lost = (RootSummary.Decode(root.SummaryText, root.Digest)?.Manifests ?? [])
            .Where(manifest => manifests.Count == 0 || manifests.Contains(manifest.Manifest.Digest))
            .ToList();
        var marks = new HashSet<string>(lost.SelectMany(manifest => manifest.Layers).Select(layer => layer.Mark));
        editor.Offer(lost.SelectMany(manifest => new[] { manifest.Manifest.Digest, manifest.Id }).Where(digest => !digest.IsEmpty));
        editor.Offer(BlobScan.Read(store.Paths, default).Blobs.Keys.Where(digest => marks.Contains(LayerSummary.MarkOf(digest))));
        if (manifests.Count > 0)
        {
            editor.DropManifests(SummaryBuilder.BuildWithout(root.Descriptor, Blobs, PlainSize, manifests), manifests);
        }
        else
        {
            editor.RemoveRoot(root.Digest);
        }
    }

    private void Rebuild(IndexEditor editor, HashSet<Digest> flawed)
    {
        foreach (var scope in result.Scopes)
        {
            if (editor.Snapshot.FindRoot(scope.Root.Digest) is { } root && editor.DroppedOf(root.Digest) is null && root.SummaryText == scope.Root.SummaryText)
            {
                Rebuild(editor, root, flawed.Contains(root.Digest));
            }
        }

        editor.DropDuplicateNames();
        if (force)
        {
            foreach (var entry in editor.Entries.Where(entry => entry.StoredName is { } name && !ImageReference.TryParseForTag(name, out _)).ToList())
            {
                editor.RemoveName(entry.Name!);
            }
        }
    }

    private void Rebuild(IndexEditor editor, StoreRoot root, bool isFlawed)
    {
        var stored = RootSummary.Decode(root.SummaryText, root.Digest);
        try
        {
            var right = isFlawed ? Describe(root) : root.Descriptor;
            editor.Describe(right);
            if ((isFlawed || stored is not { IsComplete: true }) && IsSound(root))
            {
                var built = SummaryBuilder.Build(right, Blobs, PlainSize);
                if (built.IsComplete || isFlawed)
                {
                    editor.SetSummary(built);
                    return;
                }
            }
        }
        catch (ContainerImageException)
        {
            // Its document is gone or damaged, which is another flaw.
        }

        if (stored is null)
        {
            editor.ForgetSummary(root.Digest);
        }
    }

    // A complete summary says that an image was verified.
    private bool IsSound(StoreRoot root) => !result.Flaws.Any(flaw => flaw.IsError && flaw.Kind != FindingKind.IndexInvalid &&
        flaw.Uses.Any(use => result.Scopes[use.Scope].Root.Digest == root.Digest));

    /// <summary>What a root is by its own bytes.</summary>
    private Descriptor Describe(StoreRoot root)
    {
        var size = BlobStore.LengthOf(Blobs.PathOf(root.Digest)) ?? throw BlobReading.Missing(root.Digest);
        try
        {
            return Blobs.ReadManifest(new Descriptor(root.Descriptor.MediaType, root.Digest, size)).ToDescriptor();
        }
        catch (ContainerImageException)
        {
            return Blobs.ReadManifest(new Descriptor("", root.Digest, size)).ToDescriptor();
        }
    }

    private long? PlainSize(Digest digest) => PlainSizes.TryGetValue(digest, out var size) ? size : null;
}
