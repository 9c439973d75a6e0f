using System.Collections.Generic;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.References;
using ContainerImages.Store;

namespace ContainerImages.Verification;

/// <summary>Checks what a store's index says beside what its roots are: names, entries that contradict each other, summaries.</summary>
internal sealed class IndexVerifier(StorePaths paths, StoreSnapshot snapshot, FlawList flaws)
{
    /// <summary>Checks what the index alone tells.</summary>
    /// <param name="numbers">The positions of the roots under verification.</param>
    public void VerifyEntries(IReadOnlyDictionary<Digest, int> numbers)
    {
        var named = new Dictionary<string, IndexEntry>(System.StringComparer.Ordinal);
        foreach (var entry in snapshot.Index.Entries)
        {
            var root = snapshot.FindRoot(entry.Root.Digest)!;
            BlobUse? use = numbers.TryGetValue(root.Digest, out var number) ? new BlobUse(number, root.Digest) : null;
            if (entry.Root.Size != root.Descriptor.Size || entry.Root.MediaType != root.Descriptor.MediaType)
            {
                Add(FindingSeverity.Error, $"Entries of the store's index contradict each other about the size or type of {root.Digest}.", use);
            }

            if (entry.Root.MediaType.Length == 0)
            {
                Add(FindingSeverity.Warning, $"An entry of the store's index says no type for {root.Digest}.", use);
            }

            if (entry.StoredName is { } stored && !ImageReference.TryParseForTag(stored, out _))
            {
                Add(FindingSeverity.Warning, $"The name {QuotedText.Quote(stored)} in the store's index is no image reference.", use, isRepairable: false);
            }

            if (entry.SummaryText is { } text && RootSummary.Decode(text, root.Digest) is null)
            {
                Add(FindingSeverity.Warning, $"The summary of {root.Digest} in the store's index was made for something else, or is malformed.", use);
            }

            if (entry.LeaseText is { } leases)
            {
                VerifyLeases(leases, root, use);
            }

            if (entry.Name is not { } name)
            {
                continue;
            }

            if (!named.TryGetValue(name, out var first))
            {
                named.Add(name, entry);
            }
            else if (first.Root.Digest == root.Digest)
            {
                Add(FindingSeverity.Warning, $"The name {name} stands in the store's index twice.", use);
            }
            else
            {
                Add(
                    FindingSeverity.Error,
                    $"The name {name} stands in the store's index for {first.Root.Digest} and for {root.Digest}; here it means the first.",
                    use);
            }
        }
    }

    private void VerifyLeases(string text, StoreRoot root, BlobUse? use)
    {
        if (!StoredLease.IsWhole(text))
        {
            Add(FindingSeverity.Warning, $"Leases of {root.Digest} in the store's index are malformed and hold nothing.", use, isRepairable: false);
        }

        foreach (var lease in StoredLease.Decode(text).Where(lease => snapshot.ManifestsOf(lease.Id).Count == 0))
        {
            Add(FindingSeverity.Warning, $"The lease '{lease.Name}' in the store's index is of an image {lease.Id.ShortId} that is not here.", use);
        }
    }

    /// <summary>Holds the summary of a sound root against its blobs.</summary>
    /// <param name="scope">The root.</param>
    /// <param name="number">Its position among those under verification.</param>
    /// <param name="blobs">Where its documents are.</param>
    /// <param name="plainSize">The unpacked size of a layer that was read.</param>
    public void VerifySummary(VerificationScope scope, int number, IBlobReader blobs, System.Func<Digest, long?> plainSize)
    {
        var root = scope.Root;
        if (scope.IsUnreadable || RootSummary.Decode(root.SummaryText, root.Digest) is not { } stored)
        {
            return;
        }

        try
        {
            var built = SummaryBuilder.Build(root.Descriptor, blobs, plainSize);
            if (!AreAlike(stored, built) || (!root.HasOldSummary && stored.Subject != built.Subject))
            {
                Add(
                    FindingSeverity.Warning,
                    $"The summary of {root.Digest} in the store's index does not say what the image is.",
                    new BlobUse(number, root.Digest));
            }
        }
        catch (ContainerImageException)
        {
            // Its descriptor is wrong, or another process has just removed it: both are told elsewhere.
        }
    }

    // A size that one of both does not know is no contradiction. Nor is a platform that is here though it was dropped: a copy
    // that read it keeps it from going.
    private static bool AreAlike(RootSummary stored, RootSummary built) =>
        stored.Manifests.Count == built.Manifests.Count && stored.Manifests
            .Zip(built.Manifests, (left, right) => (Left: left, Right: right))
            .All(pair => pair.Left.Manifest.Digest == pair.Right.Manifest.Digest &&
                (pair.Left.Kind == ManifestSummary.Absent || Encode(Known(pair.Left, pair.Right)) == Encode(Known(pair.Right, pair.Left))));

    private static string Encode(ManifestSummary manifest) => new RootSummary(manifest.Manifest.Digest, null, [manifest]).Encode();

    private static ManifestSummary Known(ManifestSummary summary, ManifestSummary other) => summary with
    {
        Layers = summary.Layers
            .Select((layer, i) => i < other.Layers.Count && other.Layers[i].Size is null ? layer with { Size = null } : layer)
            .ToList(),
    };

    private void Add(FindingSeverity severity, string message, BlobUse? concerned, bool isRepairable = true)
    {
        if (concerned is { } use)
        {
            flaws.Add(new Flaw(FindingKind.IndexInvalid, message)
            {
                Severity = severity,
                Digest = use.Image,
                Path = paths.Index,
                IsRepairable = isRepairable,
                Uses = [use],
            });
        }
    }
}
