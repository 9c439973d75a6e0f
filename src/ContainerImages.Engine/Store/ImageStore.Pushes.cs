using System.Collections.Generic;
using System.Threading;
using ContainerImages.Content;

namespace ContainerImages.Store;

/// <content>What is remembered of pushes.</content>
public sealed partial class ImageStore
{
    /// <summary>Notes where a root was pushed to and what its layers became; nowhere, if it is gone meanwhile.</summary>
    internal void NotePush(
        Digest root, IReadOnlyCollection<PushedManifest> manifests, IReadOnlyCollection<PackedLayer> layers, CancellationToken cancellation)
    {
        if (manifests.Count + layers.Count > 0)
        {
            Commit("push", null, editor => editor.AddPushes(root, manifests, layers), cancellation);
        }
    }
}
