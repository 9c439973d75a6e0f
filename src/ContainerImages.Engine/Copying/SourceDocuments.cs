using System.Collections.Generic;
using ContainerImages.Content;
using ContainerImages.Manifests;

namespace ContainerImages.Copying;

/// <summary>
/// The manifests, indexes and configs of a copy, each read once however many roots lead to it, and all of them together
/// within limits: they are held in memory until the copy is done.
/// </summary>
internal sealed class SourceDocuments
{
    private readonly Dictionary<(Digest Digest, long Size, string Type), ManifestDocument> _manifests = [];
    private readonly Dictionary<Digest, ImageConfig> _configs = [];
    private long _manifestBytes;
    private long _configBytes;
    private int _visits;

    /// <summary>A manifest or index that a root leads to; null where the source does not have it.</summary>
    /// <exception cref="ContainerImageException">ContentMissing, if it is the root itself; ContentTooLarge.</exception>
    public ManifestDocument? ReadManifest(IImageSource source, Descriptor root, Descriptor descriptor)
    {
        if (++_visits > Limits.ArchiveImages)
        {
            throw new ContainerImageException(
                ImageError.ContentTooLarge, $"{source.Name} names more than {Limits.ArchiveImages} manifests, past the limit.");
        }

        var key = (descriptor.Digest, descriptor.Size, descriptor.MediaType);
        if (_manifests.TryGetValue(key, out var known))
        {
            return known;
        }

        if (source.ReadManifest(descriptor) is not { } document)
        {
            return descriptor.Digest != root.Digest ? null : throw new ContainerImageException(
                ImageError.ContentMissing, $"{source.Name} names {root.Digest}, and has no such manifest.")
            { Candidates = [root.Digest.ToString()] };
        }

        _manifestBytes += document.Bytes.Length;
        if (_manifestBytes > Limits.Manifests)
        {
            throw new ContainerImageException(
                ImageError.ContentTooLarge, $"The manifests of {source.Name} have more than {Limits.Manifests} bytes, past the limit.");
        }

        _manifests.Add(key, document);
        return document;
    }

    public ImageConfig ReadConfig(IImageSource source, ImageManifest manifest)
    {
        if (_configs.TryGetValue(manifest.Config.Digest, out var known))
        {
            return known;
        }

        var name = $"Config {manifest.Config.Digest} of {source.Name}";
        var blob = source.FindBlob(manifest.Config) ?? throw new ContainerImageException(
            ImageError.ContentMissing, $"{name} is missing.")
        { Candidates = [manifest.Config.Digest.ToString()] };
        var bytes = SmallBlob.Read(blob, name, Limits.Config);
        SmallBlob.Check(bytes, manifest.Config, name);
        _configBytes += bytes.Length;
        if (_configBytes > Limits.Configs)
        {
            throw new ContainerImageException(
                ImageError.ContentTooLarge, $"The configs of {source.Name} have more than {Limits.Configs} bytes, past the limit.");
        }

        var config = ImageConfig.Parse(bytes, name);
        _configs.Add(manifest.Config.Digest, config);
        return config;
    }
}
