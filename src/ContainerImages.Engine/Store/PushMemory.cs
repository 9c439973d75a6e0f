using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;
using ContainerImages.Content;

namespace ContainerImages.Store;

/// <summary>A manifest or index of a root as a registry has it.</summary>
/// <param name="Image">The ID of the image that it is; null for what stands for the whole root.</param>
/// <param name="Repository">The repository in full: <c>registry.example.com/team/app</c>.</param>
/// <param name="Digest">Its digest there.</param>
internal sealed record PushedManifest(Digest? Image, string Repository, Digest Digest);

/// <summary>What a layer becomes when it is compressed.</summary>
/// <param name="DiffId">The digest of the plain layer.</param>
/// <param name="Encoding">How it is compressed.</param>
/// <param name="Digest">The digest of what comes out.</param>
/// <param name="Size">How many bytes that is.</param>
internal sealed record PackedLayer(Digest DiffId, LayerEncoding Encoding, Digest Digest, long Size);

/// <summary>
/// What is remembered of the pushes of a root, in an annotation of its descriptors: under which digests registries have it, and
/// what its layers become when they are compressed. Unlike a summary it cannot be made anew of the blobs. Made for another
/// digest or in an unknown form it counts as absent: other tools copy annotations about.
/// </summary>
/// <remarks>
/// The text is made of sections divided by <c>;</c>, their fields by spaces: <c>1 digest</c> of the root, then
/// <c>m id repository digest</c> (a manifest; the ID is <c>=</c> for the root) and <c>l diffId compression level digest size</c>.
/// A digest is the hex of a SHA-256, or has its algorithm before it.
/// </remarks>
internal sealed class PushMemory(Digest root, IReadOnlyList<PushedManifest> manifests, IReadOnlyList<PackedLayer> layers)
{
    public const string Annotation = "containerimages.pushed";

    // The newest are kept: whoever pushes to new places every day shall not fill the index.
    private const int MostManifests = 64;
    private const int MostLayers = 1024;

    private const char Version = '1';
    private const string Own = "=";

    public Digest Root { get; } = root;

    /// <summary>The oldest first.</summary>
    public IReadOnlyList<PushedManifest> Manifests { get; } = manifests;

    public IReadOnlyList<PackedLayer> Layers { get; } = layers;

    /// <summary>The same and more.</summary>
    public PushMemory With(IEnumerable<PushedManifest> manifests, IEnumerable<PackedLayer> layers) => new(
        Root, Newest(Manifests.Concat(manifests), MostManifests), Newest(Layers.Concat(layers), MostLayers));

    public string Encode()
    {
        var text = new StringBuilder(256).Append(Version).Append(' ').Append(Encode(Root));
        foreach (var manifest in Manifests)
        {
            text.Append(";m ").Append(manifest.Image is { } image ? Encode(image) : Own)
                .Append(' ').Append(manifest.Repository).Append(' ').Append(Encode(manifest.Digest));
        }

        foreach (var layer in Layers)
        {
            text.Append(";l ").Append(Encode(layer.DiffId)).Append(' ').Append(CompressionFormat.NameOf(layer.Encoding.Compression))
                .Append(' ').Append(layer.Encoding.Level.ToString(CultureInfo.InvariantCulture))
                .Append(' ').Append(Encode(layer.Digest)).Append(' ').Append(layer.Size.ToString(CultureInfo.InvariantCulture));
        }

        return text.ToString();
    }

    /// <summary>What a text says of a root; nothing, where it says nothing of it.</summary>
    public static PushMemory Decode(string? text, Digest root)
    {
        var nothing = new PushMemory(root, [], []);
        if (text is null || !text.StartsWith($"{Version} {Encode(root)}", StringComparison.Ordinal))
        {
            return nothing;
        }

        List<PushedManifest> manifests = [];
        List<PackedLayer> layers = [];
        foreach (var fields in text.Split(';').Skip(1).Select(section => section.Split(' ')))
        {
            if (DecodeManifest(fields) is { } manifest)
            {
                manifests.Add(manifest);
            }
            else if (DecodeLayer(fields) is { } layer)
            {
                layers.Add(layer);
            }
            else
            {
                return nothing;
            }
        }

        return new PushMemory(root, manifests, layers);
    }

    private static PushedManifest? DecodeManifest(string[] fields)
    {
        if (fields.Length != 4 || fields[0] != "m" || fields[2].Length == 0 || !TryDecode(fields[3], out var digest))
        {
            return null;
        }

        return fields[1] == Own ? new PushedManifest(null, fields[2], digest)
            : TryDecode(fields[1], out var image) ? new PushedManifest(image, fields[2], digest)
            : null;
    }

    private static PackedLayer? DecodeLayer(string[] fields)
    {
        Compression? compression = fields.Length != 6 || fields[0] != "l" ? null
            : fields[2] == CompressionFormat.NameOf(Compression.Gzip) ? Compression.Gzip
            : fields[2] == CompressionFormat.NameOf(Compression.Zstd) ? Compression.Zstd
            : null;
        return compression is { } known && TryDecode(fields[1], out var diffId) && TryDecode(fields[4], out var digest) &&
            int.TryParse(fields[3], NumberStyles.None, CultureInfo.InvariantCulture, out var level) &&
            long.TryParse(fields[5], NumberStyles.None, CultureInfo.InvariantCulture, out var size)
            ? new PackedLayer(diffId, new LayerEncoding(known, level), digest, size)
            : null;
    }

    private static List<T> Newest<T>(IEnumerable<T> items, int most)
    {
        var distinct = items.Distinct().ToList();
        return distinct.Skip(Math.Max(0, distinct.Count - most)).ToList();
    }

    private static string Encode(Digest digest) => digest.Algorithm == Digest.Sha256 ? digest.Hex : digest.ToString();

    private static bool TryDecode(string text, out Digest digest) =>
        Digest.TryParse(text.IndexOf(':') < 0 ? "sha256:" + text : text, out digest);
}
