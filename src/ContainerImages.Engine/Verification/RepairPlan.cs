using System.Collections.Generic;
using System.IO;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.Manifests;
using ContainerImages.Store;

namespace ContainerImages.Verification;

/// <summary>Decides what can be done about flaws.</summary>
/// <param name="result">What is flawed still.</param>
/// <param name="force">Whether what is beyond repair is dropped.</param>
internal sealed class RepairPlan(VerificationResult result, bool force)
{
    /// <summary>The blobs that right bytes would mend.</summary>
    public IEnumerable<(WantedBlob Blob, IReadOnlyList<Flaw> Flaws)> Wanted() => result.Flaws
        .Where(flaw => flaw.IsContent && flaw.Uses.Count > 0)
        .GroupBy(flaw => flaw.Digest)
        .Select(group => (Want(group.Key, group.ToList()), (IReadOnlyList<Flaw>)group.ToList()));

    /// <summary>Everything else: dropping first, then the index, then leftovers.</summary>
    /// <param name="isIndexIncomplete">Whether the index could say more than it does, though nothing of it is wrong.</param>
    /// <param name="isLossy">Whether the index cannot be written anew without a loss.</param>
    public IReadOnlyList<RepairAction> Actions(bool isIndexIncomplete, bool isLossy)
    {
        var actions = new List<RepairAction>();
        if (force)
        {
            actions.AddRange(Drops());
        }

        var index = result.Flaws.Where(flaw => flaw.Kind == FindingKind.IndexInvalid && (flaw.IsRepairable || force)).ToList();
        if ((index.Count > 0 || isIndexIncomplete) && (force || !isLossy))
        {
            actions.Add(new RepairAction(RepairKind.RebuildIndex, index));
        }

        var leftovers = result.Flaws
            .Where(flaw => flaw.Kind is FindingKind.OrphanBlob or FindingKind.LeftoverIngest && (flaw.IsRepairable || force))
            .ToList();
        if (leftovers.Count > 0)
        {
            actions.Add(new RepairAction(RepairKind.RemoveLeftovers, leftovers) { Bytes = leftovers.Sum(flaw => SizeOf(flaw.Path!)) });
        }

        return actions;
    }

    private WantedBlob Want(Digest digest, List<Flaw> flaws)
    {
        var blob = result.Expected.Find(digest);
        var kind = blob?.Kind ?? flaws[0].What;
        return new WantedBlob(digest, kind, blob?.Size ?? result.Expected.SizeOf(digest))
        {
            IsPlainLayer = blob?.Claims.Any(claim => claim.DiffId == digest) == true,
            Names = flaws.SelectMany(flaw => flaw.Uses).SelectMany(use => result.Scopes[use.Scope].Root.Names).Distinct().ToList(),
        };
    }

    // Of an index only the platforms that are damaged go, unless nothing would be left.
    private IEnumerable<RepairAction> Drops()
    {
        var damaged = result.Flaws
            .Where(flaw => flaw.IsError && flaw.Kind != FindingKind.IndexInvalid)
            .SelectMany(flaw => flaw.Uses, (flaw, use) => (Flaw: flaw, Use: use))
            .GroupBy(pair => pair.Use.Scope);
        foreach (var scope in damaged)
        {
            var root = result.Scopes[scope.Key].Root;
            var flaws = scope.Select(pair => pair.Flaw).Distinct().ToList();
            var images = new HashSet<Digest>(scope.Select(pair => pair.Use.Image));
            var manifests = ManifestsOf(root, images);
            yield return new RepairAction(RepairKind.Drop, flaws)
            {
                Root = root,
                Manifests = manifests,
                Id = manifests.Count == 1 || !MediaTypes.IsIndex(root.Descriptor.MediaType) ? images.First() : root.Present.First().Id,
            };
        }
    }

    /// <summary>The manifests of an index by which these images belong to it; empty if the root goes as a whole.</summary>
    private HashSet<Digest> ManifestsOf(StoreRoot root, HashSet<Digest> images)
    {
        if (images.Contains(root.Digest) || TryRead(root.Descriptor) is not ImageIndex index)
        {
            return [];
        }

        var here = index.Manifests
            .Where(child => result.Store.Blobs.Contains(child.Digest))
            .Select(child => (child.Digest, Id: TryRead(child) is ImageManifest { IsImage: true } manifest ? manifest.Config.Digest : child.Digest))
            .ToList();
        var goes = new HashSet<Digest>(here.Where(child => images.Contains(child.Digest) || images.Contains(child.Id)).Select(child => child.Digest));
        goes.UnionWith(index.Manifests.Select(child => child.Digest).Where(images.Contains));
        var isEnough = images.All(image => goes.Contains(image) || here.Any(child => child.Id == image));
        return isEnough && here.Any(child => !goes.Contains(child.Digest)) ? goes : [];
    }

    private ManifestDocument? TryRead(Descriptor descriptor)
    {
        try
        {
            return result.Store.Blobs.ReadManifest(descriptor);
        }
        catch (ContainerImageException)
        {
            return null;
        }
    }

    private static long SizeOf(string path) => Directory.Exists(path) ? Ingest.SizeOf(path) : BlobStore.LengthOf(path) ?? 0;
}
