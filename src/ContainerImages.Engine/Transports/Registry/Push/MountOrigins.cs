using System.Collections.Generic;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.References;
using ContainerImages.Store;

namespace ContainerImages.Transports;

/// <summary>
/// Other repositories of a registry that may have a blob: those after which images of the store are named that have it too.
/// </summary>
internal sealed class MountOrigins
{
    // Each costs a question. Who is refused by so many sends the blob.
    private const int Most = 3;

    private readonly ILookup<string, string> _byMark;

    /// <param name="snapshot">The store.</param>
    /// <param name="target">The repository that is pushed to.</param>
    public MountOrigins(StoreSnapshot snapshot, ImageReference target) => _byMark = snapshot.Roots
        .Select(root => (root, Repositories: RepositoriesOf(root, target)))
        .Where(pair => pair.Repositories.Count > 0)
        .SelectMany(pair => pair.root.Images, (pair, image) => (image, pair.Repositories))
        .SelectMany(
            pair => pair.image.Layers.Select(layer => layer.Mark).Append(LayerSummary.MarkOf(pair.image.Id)).Distinct(),
            (pair, mark) => (mark, pair.Repositories))
        .SelectMany(pair => pair.Repositories, (pair, repository) => (pair.mark, repository))
        .Distinct()
        .ToLookup(pair => pair.mark, pair => pair.repository);

    /// <summary>Repositories that may have a blob, in the order to try.</summary>
    public IReadOnlyList<string> Of(Digest blob) => _byMark[LayerSummary.MarkOf(blob)].Take(Most).ToList();

    private static List<string> RepositoriesOf(StoreRoot root, ImageReference target) => root.Names
        .Select(name => ImageReference.TryParse(name, out var reference) ? reference : null)
        .OfType<ImageReference>()
        .Where(reference => reference.Domain == target.Domain && reference.Path != target.Path)
        .Select(reference => reference.Path)
        .ToList();
}
