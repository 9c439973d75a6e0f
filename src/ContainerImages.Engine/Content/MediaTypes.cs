using System;

namespace ContainerImages.Content;

/// <summary>
/// The media types of the OCI image specification (1.1) and of Docker's image manifest version 2, schema 2, and what is
/// to be known of them.
/// </summary>
public static class MediaTypes
{
    /// <summary>An OCI image manifest.</summary>
    public const string OciManifest = "application/vnd.oci.image.manifest.v1+json";

    /// <summary>An OCI image index.</summary>
    public const string OciIndex = "application/vnd.oci.image.index.v1+json";

    /// <summary>An OCI image configuration.</summary>
    public const string OciConfig = "application/vnd.oci.image.config.v1+json";

    /// <summary>An OCI layer, stored plain.</summary>
    public const string OciLayer = "application/vnd.oci.image.layer.v1.tar";

    /// <summary>An OCI layer, compressed with gzip.</summary>
    public const string OciLayerGzip = OciLayer + "+gzip";

    /// <summary>An OCI layer, compressed with zstd.</summary>
    public const string OciLayerZstd = OciLayer + "+zstd";

    /// <summary>An OCI layer that is not to be distributed, stored plain (deprecated, still met).</summary>
    public const string OciForeignLayer = "application/vnd.oci.image.layer.nondistributable.v1.tar";

    /// <summary>A Docker schema 2 manifest.</summary>
    public const string DockerManifest = "application/vnd.docker.distribution.manifest.v2+json";

    /// <summary>A Docker manifest list.</summary>
    public const string DockerManifestList = "application/vnd.docker.distribution.manifest.list.v2+json";

    /// <summary>A Docker image configuration.</summary>
    public const string DockerConfig = "application/vnd.docker.container.image.v1+json";

    /// <summary>A Docker layer, stored plain.</summary>
    public const string DockerLayer = "application/vnd.docker.image.rootfs.diff.tar";

    /// <summary>A Docker layer, compressed with gzip.</summary>
    public const string DockerLayerGzip = DockerLayer + ".gzip";

    /// <summary>A Docker layer that is fetched from its own URLs, compressed with gzip.</summary>
    public const string DockerForeignLayerGzip = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip";

    private const string DockerForeignLayer = "application/vnd.docker.image.rootfs.foreign.diff.tar";
    private const string DockerSchema1 = "application/vnd.docker.distribution.manifest.v1+json";
    private const string DockerSchema1Signed = "application/vnd.docker.distribution.manifest.v1+prettyjws";

    /// <summary>Whether this is a manifest of one image (or artifact).</summary>
    public static bool IsManifest(string? mediaType) => mediaType is OciManifest or DockerManifest;

    /// <summary>Whether this names several manifests: an OCI index or a Docker manifest list.</summary>
    public static bool IsIndex(string? mediaType) => mediaType is OciIndex or DockerManifestList;

    /// <summary>Whether this is of Docker's family rather than OCI's.</summary>
    public static bool IsDocker(string? mediaType) =>
        mediaType is not null && mediaType.StartsWith("application/vnd.docker.", StringComparison.Ordinal);

    /// <summary>Whether this is a manifest of Docker's schema 1, which nothing here reads.</summary>
    public static bool IsSchema1(string? mediaType) => mediaType is DockerSchema1 or DockerSchema1Signed;

    /// <summary>Whether a manifest with a config of this type is an image, and not an artifact.</summary>
    public static bool IsImageConfig(string? mediaType) => mediaType is OciConfig or DockerConfig;

    /// <summary>Whether the layer's bytes are kept where its URLs say, and may be absent here.</summary>
    public static bool IsForeignLayer(string mediaType) =>
        mediaType.StartsWith(OciForeignLayer, StringComparison.Ordinal) ||
        mediaType.StartsWith(DockerForeignLayer, StringComparison.Ordinal);

    /// <summary>How a layer of this type is compressed; false for a type that is no layer of an image known here.</summary>
    public static bool TryGetLayerCompression(string mediaType, out Compression compression)
    {
        compression = mediaType switch
        {
            OciLayer or OciForeignLayer or DockerLayer or DockerForeignLayer => Compression.None,
            OciLayerGzip or OciForeignLayer + "+gzip" or DockerLayerGzip or DockerForeignLayerGzip => Compression.Gzip,
            OciLayerZstd or OciForeignLayer + "+zstd" or DockerLayer + ".zstd" => Compression.Zstd,
            _ => (Compression)(-1),
        };
        return compression >= 0;
    }

    /// <summary>The OCI type of a layer with this compression.</summary>
    /// <exception cref="ArgumentOutOfRangeException">OCI has no type for it (bzip2, xz).</exception>
    public static string OciLayerOf(Compression compression) => compression switch
    {
        Compression.None => OciLayer,
        Compression.Gzip => OciLayerGzip,
        Compression.Zstd => OciLayerZstd,
        _ => throw new ArgumentOutOfRangeException(nameof(compression)),
    };
}
