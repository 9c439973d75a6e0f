using System;
using System.Collections.Generic;
using ContainerImages.Content;
using ContainerImages.Manifests;

namespace ContainerImages.Copying;

/// <summary>Where images come from.</summary>
internal interface IImageSource : IDisposable
{
    /// <summary>What it is, for messages: <c>'./debian.tar'</c>.</summary>
    string Name { get; }

    /// <summary>Its images, in its order.</summary>
    IReadOnlyList<SourceRoot> Roots { get; }

    /// <summary>What it holds beside images and cannot hand on, as sentences.</summary>
    IReadOnlyList<string> LeftBehind { get; }

    /// <summary>A manifest or index, its digest checked; null if it is not there.</summary>
    ManifestDocument? ReadManifest(Descriptor descriptor);

    /// <summary>A blob; null if it is not there.</summary>
    SourceBlob? FindBlob(Descriptor descriptor);

    /// <summary>What the source has that refers to a manifest or index (OCI's <c>subject</c>), whether that is there or not.</summary>
    IReadOnlyList<Descriptor> FindReferrers(Digest subject);
}
