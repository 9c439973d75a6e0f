using System.Collections.Generic;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.References;
using ContainerImages.Store;

namespace ContainerImages.Transports;

/// <summary>
/// Other repositories of a registry that may have a blob: those after which images of the store are named that have it too, and
/// those to which such images were pushed.
/// </summary>
internal sealed class MountOrigins
{
    // Each costs a question. Who is refused by so many sends the blob.
    private const int Most = 3;

    private readonly ILookup<string, string> _byMark;

    /// <param name="snapshot">The store.</param>
    /// <param name="target">The repository that is pushed to.</param>
    public MountOrigins(StoreSnapshot snapshot, ImageReference target) => _byMark = snapshot.Roots
        .Select(root => (Root: root, Pushes: PushMemory.Decode(root.PushText, root.Digest)))
        .Select(pair => (pair.Root, pair.Pushes, Repositories: RepositoriesOf(pair.Root, pair.Pushes, target)))
        .Where(origin => origin.Repositories.Count > 0)
        .SelectMany(origin => MarksOf(origin.Root, origin.Pushes), (origin, mark) => (mark, origin.Repositories))
        .SelectMany(pair => pair.Repositories, (pair, repository) => (pair.mark, repository))
        .Distinct()
        .ToLookup(pair => pair.mark, pair => pair.repository);

    /// <summary>Repositories that may have a blob, in the order to try.</summary>
    public IReadOnlyList<string> Of(Digest blob) => _byMark[LayerSummary.MarkOf(blob)].Take(Most).ToList();

    // Layers as they are here and as they were pushed; which of the two a repository has shows when it is asked.
    private static IEnumerable<string> MarksOf(StoreRoot root, PushMemory pushes) => root.Images
        .SelectMany(image => image.Layers.Select(layer => layer.Mark).Append(LayerSummary.MarkOf(image.Id)))
        .Concat(pushes.Layers.Select(layer => LayerSummary.MarkOf(layer.Digest)))
        .Distinct();

    private static List<string> RepositoriesOf(StoreRoot root, PushMemory pushes, ImageReference target) => pushes.Manifests
        .Select(manifest => manifest.Repository)
        .Reverse()
        .Concat(root.Names)
        .Select(name => ImageReference.TryParse(name, out var reference) ? reference : null)
        .OfType<ImageReference>()
        .Where(reference => reference.Domain == target.Domain && reference.Path != target.Path)
        .Select(reference => reference.Path)
        .Distinct()
        .ToList();
}
