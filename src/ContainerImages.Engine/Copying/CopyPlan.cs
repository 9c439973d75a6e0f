using System.Collections.Generic;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.Manifests;

namespace ContainerImages.Copying;

/// <summary>What becomes of one request.</summary>
/// <param name="Index">The index that is its root; null for a manifest, or for config and layers alone.</param>
/// <param name="Names">The names of the root.</param>
/// <param name="Images">The images and artifacts, in order.</param>
/// <param name="Indexes">The root index and those below it, the outer ones first.</param>
internal sealed record CopyPlan(
    Descriptor? Index, IReadOnlyList<string> Names, IReadOnlyList<PlannedImage> Images, IReadOnlyList<ImageIndex> Indexes)
{
    /// <summary>Every manifest and index.</summary>
    public IEnumerable<Digest> Documents =>
        Images.Select(image => image.Source.Manifest?.Digest).OfType<Digest>().Concat(Indexes.Select(index => index.Digest));

    /// <summary>The root and the indexes as they are once the images are done: what names a manifest that changed changes too.</summary>
    /// <param name="traits">What the destination can hold.</param>
    public (Descriptor Root, IReadOnlyList<ImageIndex> Indexes) Finish(DestinationTraits traits)
    {
        if (Index is null)
        {
            return (Images[0].Done!.ToDescriptor(), []);
        }

        var changed = Images
            .Where(image => image.Done!.Digest != image.Source.Manifest!.Digest)
            .ToDictionary(image => image.Source.Manifest!.Digest, image => image.Done!.ToDescriptor());
        if (changed.Count == 0 && !Indexes.Any(traits.Converts))
        {
            return (Index, Indexes);
        }

        var indexes = new List<ImageIndex>();
        foreach (var index in Indexes.Reverse())
        {
            var now = index;
            if (index.Manifests.Any(child => changed.ContainsKey(child.Digest)) || traits.Converts(index))
            {
                now = ManifestEdit.WithManifests(
                    index, changed, traits.DockerOnly ? MediaTypes.DockerManifestList : traits.OciOnly ? MediaTypes.OciIndex : null);
                changed.Add(index.Digest, now.ToDescriptor());
            }

            indexes.Add(now);
        }

        return (indexes[indexes.Count - 1].ToDescriptor(), indexes);
    }
}

/// <summary>One image on its way.</summary>
/// <param name="source">What it is in the source.</param>
/// <param name="traits">What the destination can hold.</param>
internal sealed class PlannedImage(SourceImage source, DestinationTraits traits)
{
    public SourceImage Source { get; } = source;

    /// <summary>Whether some of its layers are compressed anew.</summary>
    public bool IsRecoded { get; } = source.Layers.Any(layer => layer.Recoder is not null);

    /// <summary>Whether its manifest, by which the destination knows it, becomes another one.</summary>
    public bool IsChanged => IsRecoded || (Source.Manifest is { } manifest && traits.Converts(manifest));

    /// <summary>What its layers are at the destination, once they are there.</summary>
    public IReadOnlyList<Descriptor>? Placed { get; set; }

    /// <summary>The manifest by which it is known at the destination, once it is there.</summary>
    public ImageManifest? Done { get; set; }

    /// <summary>The manifest as the destination is to have it.</summary>
    /// <param name="placed">The layers there.</param>
    /// <exception cref="ContainerImageException">UnsupportedConversion.</exception>
    public ImageManifest MakeManifest(IReadOnlyList<Descriptor> placed)
    {
        var manifest = Source.Manifest ?? ImageManifest.Create(MediaTypes.OciManifest, Source.Config, placed);
        if (IsRecoded && Source.Manifest is not null)
        {
            manifest = ManifestEdit.WithLayers(
                manifest, Source.Layers.Select((layer, i) => layer.Recoder is null ? null : placed[i]).ToList());
        }

        return traits.OciOnly ? ManifestConversion.ToOci(manifest)
            : traits.DockerOnly && traits.HoldsManifests ? ManifestConversion.ToDocker(manifest)
            : manifest;
    }
}
