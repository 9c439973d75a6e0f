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
        BreakCircles();
        var children = matches.ToLookup(match => parents[match.Manifest.Id]);
        return Under(null, 0);

        IEnumerable<ContainerImage> Under(Digest? parent, int depth) => children[parent].SelectMany(match =>
            Under(match.Manifest.Id, depth + 1).Prepend(new ContainerImage(store, snapshot, match) { Depth = depth }));

        // A parent that a filter left out does not cut its children off from those above it.
        Digest? NearestChosen(ManifestSummary image)
        {
            var seen = new HashSet<Digest>();
            var parent = snapshot.ParentOf(image);
            while (parent is not null && !chosen.Contains(parent.Id) && seen.Add(parent.Id))
            {
                parent = snapshot.ParentOf(parent);
            }

            return parent is not null && chosen.Contains(parent.Id) ? parent.Id : null;
        }

        // Nothing checks the summaries of a foreign store: an image may say that it was built on what was built on it.
        void BreakCircles()
        {
            foreach (var match in matches)
            {
                var seen = new HashSet<Digest> { match.Manifest.Id };
                Digest? above = match.Manifest.Id;
                do
                {
                    above = parents[above.Value];
                }
                while (above is { } id && seen.Add(id));

                if (above == match.Manifest.Id)
                {
                    parents[above.Value] = null;
                }
            }
        }
    }
}
