using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.Copying;

namespace ContainerImages.Transports;

/// <summary>What is copied, and how it is to be at its destination.</summary>
internal sealed record TransferRequest
{
    /// <summary>The platform; null for what <see cref="CopyPlatforms"/> says.</summary>
    public PlatformPattern? Platform { get; init; }

    public bool AllPlatforms { get; init; }

    /// <summary>Which manifests the destination is to get.</summary>
    public ManifestFamily Family { get; init; }

    /// <summary>How layers are to be compressed; null to leave them as they are.</summary>
    public LayerEncoding? Encoding { get; init; }

    /// <summary>Whether layers that are compressed so already are compressed anew.</summary>
    public bool RecodesAll { get; init; }

    /// <summary>Whether plain layers that come from no registry are compressed on their way to one, as is usual.</summary>
    public bool PacksPlain { get; init; }

    /// <summary>Whether what refers to the images goes along.</summary>
    public bool IncludesReferrers { get; init; }

    /// <summary>Whether to replace a file or folder that is there.</summary>
    public bool Force { get; init; }

    /// <summary>What of images is not copied as it is.</summary>
    public CopyChanges ChangesOf(ImageTransport from, ImageTransport to) =>
        PacksPlain && to == ImageTransport.Registry && from != ImageTransport.Registry
            ? RegistryDestination.UsualChanges(IncludesReferrers)
            : new CopyChanges { Encoding = Encoding, RecodesAll = RecodesAll, IncludesReferrers = IncludesReferrers };
}

/// <summary>Copies images from anywhere to anywhere: between registries, archives, folders and stores.</summary>
/// <param name="ends">What the ends are opened with.</param>
/// <param name="request">What is copied of the sources.</param>
/// <param name="options">How it is done.</param>
internal sealed class ImageTransfer(CopyEnds ends, TransferRequest request, CopyOptions options)
{
    private readonly Dictionary<string, Digest> _taken = new(StringComparer.Ordinal);
    private readonly CopyPlatforms _platforms = new(request.Platform, request.AllPlatforms, options);

    /// <summary>Copies.</summary>
    /// <param name="sources">Where the images are; several for a destination that is written as one whole.</param>
    /// <param name="to">Where they are to be.</param>
    /// <param name="failed">Told of a source that cannot be read at all, or has not what is wanted; the others are copied.</param>
    /// <exception cref="ContainerImageException">Any kind; nothing is left at the destination then that was not there.</exception>
    public IReadOnlyList<ImageCopy> Run(
        IReadOnlyList<ImageLocation> sources, ImageLocation to, Action<ImageLocation, ContainerImageException> failed)
    {
        using var activity = Tracing.Start(Tracing.Copy, null);
        try
        {
            var copies = Copy(sources, to, failed);
            activity.Count(copies.Count, copies.Sum(copy => copy.CopiedBytes));
            return copies;
        }
        catch (Exception e) when (activity.Fails(e))
        {
            throw;
        }
    }

    private List<ImageCopy> Copy(
        IReadOnlyList<ImageLocation> sources, ImageLocation to, Action<ImageLocation, ContainerImageException> failed)
    {
        var copies = new List<ImageCopy>();
        using var destination = new CopyDestination(to, ends, request.Family, request.Force, options);
        foreach (var from in sources)
        {
            if (!TryOpen(from, to, destination, failed, out var source, out var images))
            {
                continue;
            }

            using (source)
            {
                var copier = new ImageCopier(options, request.ChangesOf(from.Transport, to.Transport));
                copies.AddRange(images.Select(image => Copy(image, source!, to, destination, copier)).ToList());
            }
        }

        destination.Commit();
        return copies;
    }

    private bool TryOpen(
        ImageLocation from,
        ImageLocation to,
        CopyDestination destination,
        Action<ImageLocation, ContainerImageException> failed,
        out CopySource? source,
        out List<ChosenImage> images)
    {
        (source, images) = (null, []);
        try
        {
            source = CopySource.Open(from, ends, destination.Spool, request.IncludesReferrers, options);
            foreach (var (root, own) in source.Roots)
            {
                var names = CopyNames.At(to, own);
                var (chosen, platforms) = _platforms.Choose(
                    source.Source, root, to.Transport, destination.HoldsIndexes, manifest => destination.Has(manifest, names[0]));
                CheckNames(to, root, names);
                images.Add(new ChosenImage(Title(from, own), new CopyRequest(chosen, names, platforms)));
            }

            if (images.Count > 1 && !to.TakesOwnNames)
            {
                throw SourceSelection.Error(
                    ImageError.AmbiguousImage, $"'{to}' is one name, and {source.Source.Name} has several images:", source.Source, source.Source.Roots);
            }

            return true;
        }
        catch (ContainerImageException e)
        {
            source?.Dispose();
            failed(from, e);
            return false;
        }
    }

    // In what is written as one whole a name is one image's; in registries and stores it goes to the last that gets it.
    private void CheckNames(ImageLocation to, SourceRoot root, IReadOnlyList<string> names)
    {
        if (!CopyDestination.IsWhole(to))
        {
            return;
        }

        var digest = root.Descriptor?.Digest ?? root.Assembled!.Config.Digest;
        foreach (var name in names)
        {
            if (_taken.TryGetValue(name, out var other) && other != digest)
            {
                throw new ContainerImageException(
                    ImageError.AmbiguousReference, $"'{name}' is the name of two of the images for '{to}': {other} and {digest}.")
                { Candidates = [other.ToString(), digest.ToString()] };
            }

            _taken[name] = digest;
        }
    }

    private static ImageCopy Copy(ChosenImage image, CopySource source, ImageLocation to, CopyDestination destination, ImageCopier copier)
    {
        var (clock, copiedBefore, skippedBefore) = (Stopwatch.StartNew(), copier.CopiedBytes, copier.SkippedBytes);
        var copied = destination.Take(copier, source, image.Request);
        return new ImageCopy
        {
            Source = image.Title,
            Destination = Title(to, image.Request.Names),
            Digest = copied.Root.Digest.ToString(),
            Platforms = copied.Platforms.Select(platform => platform.ToString()).Distinct().ToList(),
            CopiedBytes = copier.CopiedBytes - copiedBefore,
            SkippedBytes = copier.SkippedBytes - skippedBefore,
            Duration = clock.Elapsed,
        };
    }

    private static string Title(ImageLocation location, IReadOnlyList<string> names) => location.Transport == ImageTransport.Directory || names.Count == 0
        ? location.ToString()
        : (location with { Name = names[0] }).ToString();

    private sealed record ChosenImage(string Title, CopyRequest Request);
}
