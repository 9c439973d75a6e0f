using System;
using System.Collections.Generic;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.Copying;
using ContainerImages.References;
using ContainerImages.Store;

namespace ContainerImages.Transports;

/// <summary>Which images of an archive are imported, and under which names.</summary>
internal sealed class ImportSelection
{
    /// <summary>Names, IDs or starts of IDs, or <c>@</c> and a position from 0; empty for all.</summary>
    public IReadOnlyList<string> Images { get; init; } = [];

    /// <summary>Names instead of the archive's own; empty to keep those.</summary>
    public IReadOnlyList<string> References { get; init; } = [];

    /// <summary>Only these platforms; empty for all that the archive has.</summary>
    public IReadOnlyList<PlatformPattern> Platforms { get; init; } = [];
}

/// <summary>Brings the images of an archive, folder or stream into a store, all in one commit.</summary>
internal sealed class ImageImport(ImageStore store, CopyOptions options)
{
    /// <summary>Imports.</summary>
    /// <param name="open">Opens the source; what can be read once only is read into the ingest given.</param>
    /// <param name="selection">Which images.</param>
    /// <returns>One object per image and platform.</returns>
    /// <exception cref="ContainerImageException">Any kind; the store then is as it was.</exception>
    public IReadOnlyList<ContainerImage> Run(Func<Ingest, IImageSource> open, ImportSelection selection)
    {
        using var activity = Tracing.Start(Tracing.Import, store.Path);
        try
        {
            var copier = new ImageCopier(options, new CopyChanges { IncludesReferrers = true });
            var images = Import(open, selection, copier);
            activity.Count(images.Count, copier.CopiedBytes);
            return images;
        }
        catch (Exception e) when (activity.Fails(e))
        {
            throw;
        }
    }

    private List<ContainerImage> Import(Func<Ingest, IImageSource> open, ImportSelection selection, ImageCopier copier)
    {
        var names = selection.References.Select(text => ImageReference.ParseForTag(text).ToString()).Distinct().ToList();
        using var destination = new StoreDestination(store, options.Verbose, options.Cancellation);
        using var source = OpenGuarded(open, destination.Ingest);
        var roots = SourceSelection.Of(source, selection.Images);
        if (names.Count > 0 && roots.Count > 1)
        {
            throw SourceSelection.Error(
                ImageError.AmbiguousImage, $"{source.Name} has {roots.Count} images, and a reference can be given to one:", source, roots);
        }

        copier.Copy(
            source,
            roots.Select(root => new CopyRequest(root, names.Count > 0 ? names : root.Names, selection.Platforms)).ToList(),
            destination);
        destination.Commit(options.Cancellation);
        return Emit(destination, selection.Platforms);
    }

    private IImageSource OpenGuarded(Func<Ingest, IImageSource> open, Ingest ingest)
    {
        try
        {
            return open(ingest);
        }
        catch (System.Exception e) when (StoreErrors.Translate(e, store.Path, ingest.BytesWritten, orMore: true) is { } error)
        {
            throw error;
        }
    }

    private List<ContainerImage> Emit(StoreDestination destination, IReadOnlyList<PlatformPattern> platforms)
    {
        var snapshot = store.ReadSnapshot();
        var images = new List<ContainerImage>();
        foreach (var (descriptor, names) in destination.Roots)
        {
            var root = snapshot.FindRoot(descriptor.Digest) ??
                snapshot.Roots.FirstOrDefault(other => other.Present.Any(m => m.Manifest.Digest == descriptor.Digest));
            foreach (var image in root?.Images ?? [])
            {
                if (platforms.Count == 0 || platforms.Any(p => Platform.TryParse(image.Platform, out var has) && p.IsMatch(has!)))
                {
                    images.Add(new ContainerImage(store, snapshot, new ImageMatch(root!, image, names.Count == 0 ? null : names)));
                }
            }
        }

        return images;
    }
}
