using System;
using System.Collections.Generic;
using System.Threading;
using ContainerImages.Content;
using ContainerImages.Manifests;

namespace ContainerImages.Copying;

/// <summary>
/// Where images go. Nothing shows there before <see cref="Commit"/>, and nothing is left if it is disposed without one.
/// </summary>
internal interface IImageDestination : IDisposable
{
    /// <summary>What it can hold.</summary>
    DestinationTraits Traits { get; }

    /// <summary>Told all that will come before anything does: to reserve, to look for what is there, to refuse.</summary>
    void Prepare(IReadOnlyList<SourceImage> images, CancellationToken cancellation);

    /// <summary>The manifest under which an image is here already, with all its blobs; null if something is to be copied.</summary>
    ImageManifest? FindWhole(SourceImage image);

    /// <summary>
    /// Takes a layer; several at once, as <see cref="DestinationTraits.MaxParallel"/> says. One with a
    /// <see cref="SourceLayer.Recoder"/> is to be written by that. Those that are left out do not come.
    /// </summary>
    /// <returns>The descriptor under which it is known here.</returns>
    Descriptor PutLayer(SourceImage image, SourceLayer layer, IProgress<long>? progress, CancellationToken cancellation);

    /// <summary>Takes the manifest and the config of an image whose layers are here.</summary>
    void PutImage(SourceImage image, ImageManifest manifest, CancellationToken cancellation);

    /// <summary>Takes an index.</summary>
    void PutIndex(ImageIndex index);

    /// <summary>Says which manifest or index, put before, is a root, and its names.</summary>
    void PutRoot(Descriptor root, IReadOnlyList<string> names);

    /// <summary>Makes all of it visible at once.</summary>
    void Commit(CancellationToken cancellation);
}

/// <summary>What a destination can hold.</summary>
/// <param name="Name">What it is, for messages.</param>
/// <param name="MaxParallel">How many layers it takes at once; 1 means that it takes them in order.</param>
/// <param name="DockerOnly">Whether manifests must be Docker's.</param>
/// <param name="HoldsManifests">Whether it holds manifests at all; else the config alone is an image's identity.</param>
/// <param name="RecodesInOrder">
/// Whether it takes layers whose digests and sizes show at their ends only, such as those that are compressed anew, one after
/// the other, as each has its place behind the one before.
/// </param>
/// <param name="OciOnly">Whether manifests must be OCI's.</param>
/// <param name="IsRegistry">
/// Whether it is a registry: that holds Docker's lists as well as OCI's indexes, and what is in it is known by its digest, so
/// that a manifest of the other family is another one.
/// </param>
internal sealed record DestinationTraits(
    string Name,
    int MaxParallel,
    bool DockerOnly = false,
    bool HoldsManifests = true,
    bool RecodesInOrder = false,
    bool OciOnly = false,
    bool IsRegistry = false)
{
    /// <summary>Whether a document becomes another one only because it is of the wrong family.</summary>
    public bool Converts(ManifestDocument document) =>
        MediaTypes.IsDocker(document.MediaType) ? OciOnly : IsRegistry && DockerOnly;
}
