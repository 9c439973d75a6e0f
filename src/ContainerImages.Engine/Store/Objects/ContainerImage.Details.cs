using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Text;
using ContainerImages.Content;
using ContainerImages.Manifests;
using ContainerImages.Store;

namespace ContainerImages;

/// <content>What is read on first use.</content>
public sealed partial class ContainerImage
{
    private readonly BlobStore? _blobs;
    private readonly Descriptor? _manifest;
    private ImageDetails? _details;

    /// <summary>The ID of the image it was built on, if that is in the store; else null.</summary>
    public string? Parent => Load(details => details.Relations.Parent);

    /// <summary>The IDs of the images in the store that were built on it.</summary>
    public IReadOnlyList<string> Children => Load(details => details.Relations.Children.Sealed());

    /// <summary>Whether it has no names, and neither it nor another platform of it has children.</summary>
    public bool Dangling => Load(details => details.Relations.IsDangling);

    /// <summary>Whether it has no names, and children.</summary>
    public bool Intermediate => Load(details => !details.Relations.HasNames && details.Relations.Children.Count > 0);

    /// <summary>The config's remark, else the first history entry's; empty where there is none.</summary>
    public string Comment => Load(details =>
        details.Config.Comment.Length > 0 ? details.Config.Comment : details.Config.History.FirstOrDefault()?.Comment ?? "");

    /// <summary>Who made it; empty where it is not said.</summary>
    public string Author => Load(details => details.Config.Author);

    /// <summary>The version of Docker that made it; empty for other makers.</summary>
    public string DockerVersion => Load(details => details.Config.DockerVersion);

    /// <summary>User (and group) its process runs as; empty for root.</summary>
    public string User => Load(details => details.Config.Config.User);

    /// <summary>How a container of it runs.</summary>
    public ContainerConfig Config => Load(details => details.Config.Config);

    /// <summary>Its labels; empty where there are none.</summary>
    public IReadOnlyDictionary<string, string> Labels => Load(details => details.Config.Config.Labels);

    /// <summary>Its manifest's annotations; empty where there are none.</summary>
    public IReadOnlyDictionary<string, string> Annotations => Load(details => details.Manifest.Annotations.Sealed());

    /// <summary>Its diff IDs.</summary>
    public ImageRootFS RootFS => Load(details => new ImageRootFS
    {
        Type = details.Config.RootFSType,
        Layers = details.Config.DiffIds.Select(diffId => diffId.ToString()).ToList(),
    });

    /// <summary>The steps of its build as its config has them, the oldest first; Get-ImageHistory shows more.</summary>
    public IReadOnlyList<HistoryStep> History => Load(details => details.Config.History.Sealed());

    /// <summary>How a container tells that it is well; null where the config does not say.</summary>
    public Healthcheck? Healthcheck => Load(details => details.Config.Config.Healthcheck);

    /// <summary>Its layers, the lowest first.</summary>
    public IReadOnlyList<ImageLayer> Layers => Load(details => details.Layers().Sealed());

    /// <summary>Its manifest, byte for byte.</summary>
    public string Manifest => Load(details => Encoding.UTF8.GetString(details.Manifest.Bytes));

    /// <summary>Its config, byte for byte.</summary>
    public string ImageConfig => Load(details => Encoding.UTF8.GetString(details.Config.Bytes));

    /// <summary>The index its names point to, byte for byte; null where they point to its manifest.</summary>
    public string? Index => Load(details => details.Index is { } index ? Encoding.UTF8.GetString(index.Bytes) : null);

    /// <summary>Bytes of its blobs as they are stored: layers, manifest and config.</summary>
    public long CompressedSize => Load(details => details.Manifest.Blobs
        .GroupBy(blob => blob.Digest)
        .Select(blob => blob.First().Size)
        .Append(details.Manifest.Bytes.Length)
        .Total());

    /// <summary>Bytes, unpacked, of the layers that other images of the store have too; null while a size is unknown.</summary>
    public long? SharedSize => Load(details => details.SharedSize);

    /// <summary>Bytes, unpacked, that no other image of the store has; null while a size is unknown.</summary>
    public long? UniqueSize => Load(details => details.UniqueSize);

    /// <summary>The same as <see cref="Size"/>, as podman has it.</summary>
    public long? VirtualSize => Size;

    /// <summary>Names it had before; nothing keeps them here, so they are those it has.</summary>
    public IReadOnlyList<string> NamesHistory => Load(_ => RepoTags);

    /// <summary>The value of a label, whatever the case of the key, though one that is written so comes first; null where there is none.</summary>
    public string? GetLabel(string key) => Labels.TryGetValue(key, out var value)
        ? value
        : Labels.FirstOrDefault(label => string.Equals(label.Key, key, StringComparison.OrdinalIgnoreCase)).Value;

    private ImageDetails? Details => _root is null ? null : _details ??= new ImageDetails(StorePath!, _blobs!, _root.Descriptor, _manifest!);

    private T Load<T>(Func<ImageDetails, T> load, [CallerMemberName] string property = "")
    {
        if (_given is not null && _given.TryGetValue(property, out var given))
        {
            return (T)given!;
        }

        return Details is { } details
            ? load(details)
            : throw new ContainerImageException(
                ImageError.ImageDetached,
                $"Image {(Id.Length > 12 ? Id.Substring(0, 12) : Id)} is in no store, and was made without '{property}'.");
    }
}
