using System;
using System.Collections.Generic;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.Store;

namespace ContainerImages;

/// <summary>
/// An image of one platform, as it was when it was read. What a list shows comes from the store's index alone; the rest is
/// read from the image's own files on first use, and throws ContentMissing or ContentMismatch if they are gone or damaged.
/// </summary>
public sealed partial class ContainerImage : IEquatable<ContainerImage>, IComparable<ContainerImage>, IComparable
{
    // A list of thousands of images shows little of each: what it does not show is made when it is asked for.
    private readonly StoreRoot? _root;
    private readonly IReadOnlyList<(StoreRoot Root, ManifestSummary Manifest)> _manifests = [];

    internal ContainerImage(ImageStore store, StoreSnapshot snapshot, ImageMatch match)
    {
        var image = match.Manifest;
        _root = match.Root;
        _manifests = snapshot.ManifestsOf(image.Id);
        _manifest = image.Manifest;
        _blobs = store.Blobs;
        StorePath = store.Path;
        Id = image.Id.Hex;
        Digest = image.Manifest.Digest.ToString();
        Names = (_manifests.Count == 1
            ? match.Root.Names
            : _manifests.Select(pair => pair.Root).Distinct().SelectMany(root => root.Names).ToList()).Sealed();
        MatchedNames = match.MatchedNames?.Sealed();
        Reference = match.MatchedNames is { Count: > 0 } matched ? matched[0] : match.ShownName ?? (Names.Count > 0 ? Names[0] : null);
        Created = image.Created;
        Size = image.Size;
        Platform = image.Platform;
        TopLayer = image.TopChain.Length == 0 ? null : image.TopChain;
        ManifestType = image.Manifest.MediaType;
        RootDigest = match.Root.Digest.ToString();
    }

    /// <summary>The config's digest: hex digits, lower case, without algorithm (64 for SHA-256, 128 for SHA-512).</summary>
    public string Id { get; }

    /// <summary>The manifest's digest, <c>sha256:…</c>; null for an image made by hand without one.</summary>
    public string? Digest { get; }

    /// <summary>The full name it was found by, else its first; null for an image without names.</summary>
    public string? Reference { get; }

    /// <summary>All its names, in full.</summary>
    public IReadOnlyList<string> Names { get; } = [];

    /// <summary>The names that were asked for; null where the image as a whole is meant.</summary>
    public IReadOnlyList<string>? MatchedNames { get; }

    /// <summary>Its names that have a tag, in full.</summary>
    public IReadOnlyList<string> RepoTags => ImageNames.Tagged(Names).Sealed();

    /// <summary>Each of its repositories with each of its known digests, and what it was pushed as; sorted.</summary>
    public IReadOnlyList<string> RepoDigests => (_givenRepoDigests ?? ImageNames.RepoDigests(
        Names,
        _manifests.SelectMany(pair => new[] { pair.Manifest.Manifest.Digest, pair.Root.Digest }),
        _manifests.SelectMany(pair => PushMemory.Decode(pair.Root.PushText, pair.Root.Digest).Manifests
            .Where(pushed => pushed.Image is null || pushed.Image == pair.Manifest.Id)))).Sealed();

    /// <summary>The folder of the store it is in; null for an image made by hand.</summary>
    public string? StorePath { get; }

    /// <summary>When it was made, UTC; null where its config does not say.</summary>
    public DateTimeOffset? Created { get; }

    /// <summary>
    /// Bytes as podman counts them: all layers unpacked, the config, and the manifest twice, since podman keeps it under two
    /// names; null while a layer's plain size is unknown.
    /// </summary>
    public long? Size { get; }

    /// <summary><c>os/architecture[/variant]</c>.</summary>
    public string Platform { get; } = "";

    /// <summary>The operating system; empty where it is not known.</summary>
    public string Os => PlatformPart(0) ?? "";

    /// <summary>The processor architecture, by Go's name; empty where it is not known.</summary>
    public string Architecture => PlatformPart(1) ?? "";

    /// <summary>The architecture's variant; null where it has none.</summary>
    public string? Variant => PlatformPart(2);

    /// <summary>The chain ID of the top layer, in hex; null for an image without layers.</summary>
    public string? TopLayer { get; }

    /// <summary>The media type of the manifest.</summary>
    public string? ManifestType { get; }

    /// <summary>The digest of what its names point to: an index, or equal to <see cref="Digest"/>.</summary>
    public string? RootDigest { get; }

    /// <summary>All platforms that its root names, whether they are here or not.</summary>
    public IReadOnlyList<string> Platforms => (_givenPlatforms ?? _root?.Summary.Manifests
        .Select(manifest => manifest.Platform).Where(platform => platform.Length > 0).ToList() ?? []).Sealed();

    /// <summary>The platforms of its root that are here.</summary>
    public IReadOnlyList<string> PresentPlatforms =>
        (_givenPresentPlatforms ?? _root?.Images.Select(manifest => manifest.Platform).ToList() ?? []).Sealed();

    /// <summary>How many parents it has above it in a tree view; 0 elsewhere.</summary>
    public int Depth { get; internal init; }

    /// <summary>Whether two objects stand for the same image, whatever the name or store.</summary>
    public static bool operator ==(ContainerImage? left, ContainerImage? right) => left is null ? right is null : left.Equals(right);

    /// <summary>Whether two objects stand for different images.</summary>
    public static bool operator !=(ContainerImage? left, ContainerImage? right) => !(left == right);

    /// <inheritdoc/>
    public bool Equals(ContainerImage? other) => other is not null && string.Equals(Id, other.Id, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ContainerImage);

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(Id);

    /// <summary>By date, then by ID.</summary>
    public int CompareTo(ContainerImage? other)
    {
        if (other is null)
        {
            return 1;
        }

        var byId = string.CompareOrdinal(Id, other.Id);
        return byId == 0 ? 0 : Nullable.Compare(Created, other.Created) is var byDate and not 0 ? byDate : byId;
    }

    /// <inheritdoc/>
    public int CompareTo(object? obj) => obj is null or ContainerImage
        ? CompareTo(obj as ContainerImage)
        : throw new ArgumentException("An image can be compared with images only.", nameof(obj));

    /// <summary>The reference, else the ID, so that it serves where text is taken.</summary>
    public override string ToString() => Reference ?? Id;

    private string? PlatformPart(int index)
    {
        var parts = Platform.Split('/');
        return index < parts.Length ? parts[index] : null;
    }
}
