using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using ContainerImages.Content;
using ContainerImages.References;

namespace ContainerImages.Store;

/// <content>Giving and taking names.</content>
public sealed partial class ImageStore
{
    /// <summary>Gives images more names, all in one commit. A name that another image has moves.</summary>
    /// <exception cref="ContainerImageException">ImageNotFound, if one of them is gone: then none gets a name.</exception>
    internal void Tag(IReadOnlyList<(ImageMatch Image, ImageReference Name)> tags, CancellationToken cancellation)
    {
        // Who listens may do anything, and must not do it under the lock.
        var moved = new List<string>();
        CommitNames(
            Tracing.Tag,
            tags.Select(tag => tag.Image.Manifest.Id),
            editor =>
            {
                foreach (var (image, name) in tags)
                {
                    var root = editor.Snapshot.FindRoot(image.Root.Digest) ?? throw Gone(image);
                    if (editor.SetName(name.ToString(), root.Descriptor, Encode(root)) is { } loser)
                    {
                        moved.Add($"{name} named {loser} before, which has lost it.");
                    }
                }
            },
            cancellation);
        moved.ForEach(Verbose);
    }

    /// <summary>Takes names away, all in one commit; an image that loses its last one stays, dangling.</summary>
    /// <exception cref="ContainerImageException">TagNotFound, if one of them is not there: then none is taken.</exception>
    internal void Untag(IReadOnlyList<(string Name, Digest Id)> names, CancellationToken cancellation) => CommitNames(
        Tracing.Untag,
        names.Select(name => name.Id),
        editor =>
        {
            foreach (var (name, id) in names)
            {
                // It may have moved to another image since it was asked about.
                if (editor.Snapshot.FindByName(name)?.Present.Any(manifest => manifest.Id == id) != true || !editor.RemoveName(name))
                {
                    throw new ContainerImageException(ImageError.TagNotFound, $"Image {id.ShortId} has not the name {name} (any more).");
                }
            }
        },
        cancellation);

    private void CommitNames(string operation, IEnumerable<Digest> images, Action<IndexEditor> change, CancellationToken cancellation)
    {
        using var activity = Tracing.Start(operation, Path);
        try
        {
            Commit(operation, null, change, cancellation);
            activity?.Count(images.Distinct().Count(), null);
        }
        catch (Exception e) when (activity.Fails(e))
        {
            throw;
        }
    }

    // A summary that is incomplete is not worth keeping; the index's own is left as it is.
    private static string? Encode(StoreRoot root) => root.Summary.IsComplete ? root.Summary.Encode() : null;

    private static ContainerImageException Gone(ImageMatch image) => new(
        ImageError.ImageNotFound, $"Image {image.Manifest.Id.ShortId} is not in the store any more.");
}
