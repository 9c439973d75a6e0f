using System.Collections.Generic;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.Manifests;
using ContainerImages.Store;

namespace ContainerImages.Verification;

/// <summary>
/// Follows a root: reads and checks its indexes, manifests and configs, and notes what they say of their other blobs, which
/// are checked afterwards, each once. Several roots may be followed at once.
/// </summary>
internal sealed class RootVerifier(StorePaths paths, BlobPlaces places, ExpectedBlobs expected, FlawList flaws, bool sizeOnly)
{
    /// <param name="scope">The root.</param>
    /// <param name="number">Its position among those under verification.</param>
    public void Verify(VerificationScope scope, int number)
    {
        var root = scope.Root.Descriptor;
        var summary = RootSummary.Decode(scope.Root.SummaryText, root.Digest);
        var promised = new HashSet<Digest>(summary?.Present ?? []);
        var dropped = new HashSet<Digest>((summary?.Manifests ?? []).Select(manifest => manifest.Manifest.Digest).Where(digest => !promised.Contains(digest)));
        if (Read(root) is not { } document)
        {
            return;
        }

        List<ImageIndex> indexes = [];
        IReadOnlyList<(Descriptor Descriptor, ImageManifest? Manifest)> manifests;
        try
        {
            manifests = RootWalk.Manifests(root, d => d.Digest == root.Digest ? document : IsWanted(d) ? Read(d) : null, indexes);
        }
        catch (ContainerImageException e)
        {
            scope.IsUnreadable = scope.HidesBlobs = true;
            flaws.Add(BlobFlaws.Invalid(
                FindingKind.ManifestInvalid, root.Digest, places.PathOf(root.Digest), e.Message, [Use(root.Digest)]));
            return;
        }

        foreach (var child in indexes.SelectMany(index => index.Manifests))
        {
            expected.Name(child.Digest, child.Size);
        }

        foreach (var (descriptor, manifest) in manifests)
        {
            if (manifest is not null)
            {
                new ManifestVerifier(places, expected, flaws, scope, number, sizeOnly).Verify(descriptor, manifest);
            }
        }

        // An index says for which platform a manifest is; one that does not is looked into.
        bool IsWanted(Descriptor child) => scope.Platform is null || child.Platform is null || scope.Platform.IsMatch(child.Platform);

        ManifestDocument? Read(Descriptor descriptor)
        {
            expected.Name(descriptor.Digest, descriptor.Size);
            var isRoot = descriptor.Digest == root.Digest;

            // Of an index some platforms may be absent; what our own note says was here must be. Of one that was dropped some
            // blobs may be left, since a file that was open could not be deleted.
            if (!isRoot && !promised.Contains(descriptor.Digest) &&
                (!places.Contains(descriptor.Digest) || (dropped.Contains(descriptor.Digest) && !IsWhole(descriptor))))
            {
                return null;
            }

            var reader = new DocumentReader(places, flaws, sizeOnly) { IndexPath = isRoot ? paths.Index : null };
            var document = reader.ReadManifest(descriptor, Use(descriptor.Digest));
            scope.IsUnreadable |= document is null;
            scope.HidesBlobs |= document is null;
            return document;
        }

        BlobUse Use(Digest image) => new(number, image);
    }

    private bool IsWhole(Descriptor descriptor)
    {
        try
        {
            return places.ReadManifest(descriptor) is not ImageManifest manifest || manifest.Blobs.All(blob => places.Contains(blob.Digest));
        }
        catch (ContainerImageException)
        {
            return false;
        }
    }
}
