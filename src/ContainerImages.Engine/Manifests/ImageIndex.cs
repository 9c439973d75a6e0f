using System.Collections.Generic;
using System.Linq;
using ContainerImages.Content;

namespace ContainerImages.Manifests;

/// <summary>An OCI image index or a Docker manifest list: one image for several platforms.</summary>
public sealed class ImageIndex : ManifestDocument
{
    internal ImageIndex(byte[] bytes, Digest digest, string mediaType, JsonFields fields)
        : base(bytes, digest, mediaType, fields) =>
        Manifests = (fields.Array("manifests", Limits.IndexManifests) ?? []).Select(Descriptor.Read).ToList();

    /// <summary>What the index names, in its order: manifests, and seldom further indexes.</summary>
    public IReadOnlyList<Descriptor> Manifests { get; }
}
