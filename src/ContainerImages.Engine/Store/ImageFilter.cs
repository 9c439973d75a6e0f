using System;
using System.Collections.Generic;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.Manifests;

namespace ContainerImages.Store;

/// <summary>Narrows a list of images; all that is set must hold. Labels are read from the configs, the rest from the index.</summary>
internal sealed class ImageFilter(ImageStore store, StoreSnapshot snapshot)
{
    /// <summary>Digests of manifests or roots; one of them must be the image's. Empty for any.</summary>
    public IReadOnlyList<Digest> Digests { get; init; } = [];

    /// <summary><c>key</c>, or <c>key=value</c> with wildcards in the value; all must be there.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    public bool? Dangling { get; init; }

    public bool? Intermediate { get; init; }

    public DateTimeOffset? Before { get; init; }

    public DateTimeOffset? Since { get; init; }

    public DateTimeOffset? Until { get; init; }

    public bool Matches(ImageMatch match)
    {
        var image = match.Manifest;
        return (Digests.Count == 0 || KnownDigests(image).Any(Digests.Contains))
            && (Before is null || image.Created < Before)
            && (Since is null || image.Created > Since)
            && (Until is null || image.Created < Until)
            && (Dangling is null || Dangling == snapshot.IsDangling(image))
            && (Intermediate is null || Intermediate == snapshot.IsIntermediate(image))
            && (Labels.Count == 0 || HasLabels(image));
    }

    private IEnumerable<Digest> KnownDigests(ManifestSummary image) => snapshot.ManifestsOf(image.Id)
        .SelectMany(pair => new[] { pair.Manifest.Manifest.Digest, pair.Root.Digest });

    private bool HasLabels(ManifestSummary image)
    {
        IReadOnlyDictionary<string, string> labels;
        try
        {
            labels = store.Blobs.ReadConfig(((ImageManifest)store.Blobs.ReadManifest(image.Manifest)).Config).Config.Labels;
        }
        catch (ContainerImageException e)
        {
            store.Verbose($"The labels of image {image.Id.ShortId} cannot be read: {e.Message}");
            return false;
        }

        return Labels.All(wanted => HasLabel(labels, wanted));
    }

    /// <summary>Whether a label is among those of an image: <c>key</c>, or <c>key=value</c> with wildcards in the value.</summary>
    public static bool HasLabel(IReadOnlyDictionary<string, string> labels, string wanted)
    {
        var equals = wanted.IndexOf('=');
        return equals < 0
            ? labels.ContainsKey(wanted)
            : labels.TryGetValue(wanted.Substring(0, equals), out var value) && IsValue(value, wanted.Substring(equals + 1));
    }

    // A value that has a wildcard's signs in it is still found by what it is.
    private static bool IsValue(string value, string wanted) =>
        value == wanted || (Wildcard.TryParse(wanted, out var pattern, out _) && pattern.IsMatch(value));
}
