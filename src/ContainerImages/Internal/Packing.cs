using System;
using ContainerImages.Content;
using ContainerImages.Copying;
using ContainerImages.Transports;

namespace ContainerImages.Internal;

/// <summary>How layers are to be compressed, as <c>-Compression</c> and <c>-CompressionLevel</c> say.</summary>
/// <param name="encoding">How; null to leave them as they are.</param>
/// <param name="recodesAll">Whether those that are compressed so already are compressed anew.</param>
internal sealed class Packing(LayerEncoding? encoding, bool recodesAll)
{
    /// <summary>What leaves layers as they are.</summary>
    public const string Preserve = "preserve";

    /// <param name="compression">The value of -Compression.</param>
    /// <param name="level">The value of -CompressionLevel; 0 if it was not given.</param>
    /// <param name="format">The format that is written.</param>
    /// <exception cref="ContainerImageException">ConflictingParameter; UnsupportedConversion.</exception>
    public static Packing Parse(string compression, int level, string format)
    {
        compression = compression.ToLowerInvariant();
        Compression? asked = compression switch
        {
            "none" => Compression.None,
            "gzip" => Compression.Gzip,
            "zstd" => Compression.Zstd,
            _ => null,
        };
        if (asked == Compression.Zstd && format is "docker-archive" or "docker-dir")
        {
            throw new ContainerImageException(
                ImageError.UnsupportedConversion, $"The format {format} holds no layers in zstd: Docker's manifests have no type for them.");
        }

        if (asked == Compression.Gzip && format == "docker-archive")
        {
            throw new ContainerImageException(
                ImageError.ConflictingParameter, "-Compression gzip and the format docker-archive, whose layers are plain, exclude each other.");
        }

        if (level == 0)
        {
            return new Packing(asked is { } usual ? LayerEncoding.Of(usual) : null, recodesAll: false);
        }

        return asked is { } chosen && level <= LayerEncoding.HighestLevel(chosen)
            ? new Packing(LayerEncoding.Of(chosen, level), recodesAll: true)
            : throw new ContainerImageException(
                ImageError.ConflictingParameter,
                asked == Compression.Gzip
                    ? $"-CompressionLevel {level} is past {LayerEncoding.HighestLevel(Compression.Gzip)}, the highest of gzip."
                    : $"-CompressionLevel goes with -Compression gzip or zstd, and not with {compression}.");
    }

    /// <summary>The same for a registry, which takes any compression that its manifests can tell of.</summary>
    /// <exception cref="ContainerImageException">ConflictingParameter; UnsupportedConversion.</exception>
    public static Packing ParseForRegistry(string compression, int level, ManifestFamily family) =>
        family == ManifestFamily.Docker && string.Equals(compression, "zstd", StringComparison.OrdinalIgnoreCase)
            ? throw new ContainerImageException(ImageError.UnsupportedConversion, "Docker's manifests have no type for layers in zstd; those of -Format oci have.")
            : Parse(compression, level, "");

    /// <summary>How; null to leave them as they are.</summary>
    public LayerEncoding? Encoding { get; } = encoding;

    /// <summary>Whether those that are compressed so already are compressed anew.</summary>
    public bool RecodesAll { get; } = recodesAll;

    public CopyChanges ToChanges(LeftOutLayers? leftOut, bool includeReferrers) => new()
    {
        Encoding = Encoding,
        RecodesAll = RecodesAll,
        LeftOut = leftOut,
        IncludesReferrers = includeReferrers,
    };
}
