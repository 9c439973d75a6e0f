using System.Collections.Generic;
using System.Linq;
using ContainerImages.Content;

namespace ContainerImages.Store;

/// <summary>Orders images so that each stands under the one it was built on.</summary>
internal static class ImageTree
{
    public static IEnumerable<ContainerImage> Of(ImageStore store, StoreSnapshot snapshot, IReadOnlyList<ImageMatch> matches)
    {
        var chosen = new HashSet<Digest>(matches.Select(match => match.Manifest.Id));
        var parents = matches.ToDictionary(match => match.Manifest.Id, match => NearestChosen(match.Manifest));
        var children = matches.ToLookup(match => parents[match.Manifest.Id]);
        return Under(null, 0);

        IEnumerable<ContainerImage> Under(Digest? parent, int depth) => children[parent].SelectMany(match =>
            Under(match.Manifest.Id, depth + 1).Prepend(new ContainerImage(store, snapshot, match) { Depth = depth }));

        // A parent that a filter left out does not cut its children off from those above it.
        Digest? NearestChosen(ManifestSummary image)
        {
            var parent = snapshot.ParentOf(image);
            while (parent is not null && !chosen.Contains(parent.Id))
            {
                parent = snapshot.ParentOf(parent);
            }

            return parent?.Id;
        }
    }
}
