using System.Linq;
using ContainerImages.Content;
using ContainerImages.Manifests;

namespace ContainerImages.Verification;

/// <summary>Checks one manifest against its config, and notes what both say of the layers.</summary>
internal sealed class ManifestVerifier(
    BlobPlaces places, ExpectedBlobs expected, FlawList flaws, VerificationScope scope, int number, bool sizeOnly)
{
    public void Verify(Descriptor descriptor, ImageManifest manifest)
    {
        var use = new BlobUse(number, manifest.IsImage ? manifest.Config.Digest : manifest.Digest);
        expected.Name(manifest.Config.Digest, manifest.Config.Size);
        if (!manifest.IsImage)
        {
            scope.HasImage |= scope.Platform is null;
            foreach (var blob in manifest.Blobs)
            {
                Claim(blob, "Blob", default, use);
            }

            return;
        }

        var config = new DocumentReader(places, flaws, sizeOnly).ReadConfig(manifest.Config, use);
        if (config is null)
        {
            scope.IsUnreadable = true;
        }
        else if (scope.Platform is not null && descriptor.Platform is null && !scope.Platform.IsMatch(config.Platform))
        {
            return;
        }

        scope.HasImage = true;
        if (config is not null)
        {
            CheckLayerCount(manifest, config, use);
            CheckHistory(manifest, config, use);
        }

        var isFit = config?.DiffIds.Count == manifest.Layers.Count;
        for (var i = 0; i < manifest.Layers.Count; i++)
        {
            var layer = manifest.Layers[i];
            var isKnownType = MediaTypes.TryGetLayerCompression(layer.MediaType, out _);
            Claim(layer, "Layer", isFit && isKnownType ? config!.DiffIds[i] : default, use);
        }
    }

    private void Claim(Descriptor blob, string kind, Digest diffId, BlobUse use) => expected.Claim(
        blob.Digest,
        kind,
        new BlobClaim(blob.Size, diffId, blob.IsForeign, use));

    private void CheckLayerCount(ImageManifest manifest, ImageConfig config, BlobUse use)
    {
        if (config.DiffIds.Count != manifest.Layers.Count)
        {
            flaws.Add(BlobFlaws.Invalid(
                FindingKind.DiffIdMismatch,
                manifest.Digest,
                places.PathOf(manifest.Digest),
                $"Manifest {manifest.Digest} has {manifest.Layers.Count} layers, and its config {config.DiffIds.Count} diff IDs.",
                [use]));
        }
    }

    // A history may be left out. One that is too short is met, and does no harm; of one that is too long nobody can tell
    // which step made which layer.
    private void CheckHistory(ImageManifest manifest, ImageConfig config, BlobUse use)
    {
        var steps = config.History.Count(step => !step.EmptyLayer);
        if (config.History.Count > 0 && steps != config.DiffIds.Count)
        {
            flaws.Add(BlobFlaws.Invalid(
                FindingKind.HistoryMismatch,
                manifest.Config.Digest,
                places.PathOf(manifest.Config.Digest),
                $"The history in config {manifest.Config.Digest} has {steps} steps that made a layer, and there are {config.DiffIds.Count} layers.",
                [use]) with
            { Severity = steps > config.DiffIds.Count ? FindingSeverity.Error : FindingSeverity.Warning });
        }
    }
}
