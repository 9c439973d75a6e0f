using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.Copying;
using ContainerImages.References;
using ContainerImages.Store;

namespace ContainerImages.Transports;

/// <summary>Images as the thing to copy from, with what each is called there.</summary>
/// <param name="Source">What they are in.</param>
/// <param name="Roots">Those that are meant, each with its names.</param>
internal sealed record CopySource(IImageSource Source, IReadOnlyList<(SourceRoot Root, IReadOnlyList<string> Names)> Roots) : IDisposable
{
    /// <summary>Opens what a location says.</summary>
    /// <param name="from">The location.</param>
    /// <param name="ends">What is needed for it.</param>
    /// <param name="spool">The ingest that a compressed archive is read into; asked for only then.</param>
    /// <param name="includesReferrers">Whether what refers to the images is copied too.</param>
    /// <param name="options">How the copy is done.</param>
    /// <exception cref="ContainerImageException">Any kind that the transport has.</exception>
    public static CopySource Open(ImageLocation from, CopyEnds ends, Func<Ingest> spool, bool includesReferrers, CopyOptions options) =>
        from.Transport switch
        {
            ImageTransport.Registry => OfRegistry(from.Name!, ends.SourceRegistries, options),
            ImageTransport.Store => OfStore(from, ends.Store(), includesReferrers, options),
            ImageTransport.OciLayout when File.Exists(new StorePaths(from.Path).Lock) => OfStore(from, ends.OpenStore(from.Path), includesReferrers, options),
            _ => OfFile(from, spool, options),
        };

    /// <summary>The store that it is, as it was when it was opened; null for what is none.</summary>
    private (ImageStore Store, StoreSnapshot Snapshot)? Opened { get; init; }

    /// <summary>What the store remembers of how its layers are compressed; null for what is none.</summary>
    public StorePackings? ReadPackings() => Opened is { } opened ? new StorePackings(opened.Snapshot) : null;

    /// <summary>Notes in the store, if it is one, what was pushed of it.</summary>
    /// <param name="pushed">The root that was pushed; null for one without a manifest of its own, which is in no store.</param>
    /// <param name="target">What it is called there.</param>
    /// <param name="destination">The registry, after the commit.</param>
    /// <param name="packings">What was found out of the layers.</param>
    /// <param name="options">How it was done.</param>
    public void NotePush(Descriptor? pushed, ImageReference target, RegistryDestination destination, StorePackings? packings, CopyOptions options)
    {
        // One platform alone is known by what it belongs to.
        if (pushed is not null && packings is not null && Opened is var (store, snapshot) &&
            (snapshot.FindRoot(pushed.Digest) ?? snapshot.Roots.FirstOrDefault(root => root.Present.Any(image => image.Manifest.Digest == pushed.Digest))) is { } root)
        {
            PushNotes.Write(store, root, target, root.Digest == pushed.Digest, destination, packings, options);
        }
    }

    /// <summary>Other repositories of a registry that may have the blobs of this, so that they need not be sent.</summary>
    /// <param name="target">The repository that is copied to.</param>
    public Func<Digest, IReadOnlyList<string>>? OriginsAt(ImageReference target)
    {
        if (Source is not RegistrySource registry)
        {
            return Opened is { } opened ? new MountOrigins(opened.Snapshot, target).Of : null;
        }

        var repositories = registry.Places
            .Where(place => place.Host == target.Domain && place.Repository != target.Path)
            .Select(place => place.Repository)
            .ToList();
        return _ => repositories;
    }

    public void Dispose() => Source.Dispose();

    private static CopySource OfRegistry(string name, RegistryAccess registries, CopyOptions options)
    {
        var source = RegistrySource.Open(registries, name, registries.Resolve(name), _ => null, null, options.Cancellation);
        return new CopySource(source, [(source.Roots[0], source.Roots[0].Names)]);
    }

    // A name stands for itself alone, an ID for all names.
    private static CopySource OfStore(ImageLocation from, ImageStore store, bool includesReferrers, CopyOptions options)
    {
        var snapshot = store.ReadSnapshot();
        var found = (from.Name is { } name
                ? store.Select(snapshot, ImageTarget.OfText(name)).Select(match => (match.Root, match.MatchedNames))
                : snapshot.Roots.Select(root => (Root: root, MatchedNames: (IReadOnlyList<string>?)null)))
            .GroupBy(match => match.Root.Digest)
            .Select(group => (group.First().Root, Names: group.SelectMany(match => match.MatchedNames ?? match.Root.Names).Distinct().ToList()))
            .ToList();
        if (found.Count == 0)
        {
            throw new ContainerImageException(ImageError.ImageNotFound, $"Nothing in the store '{store.Path}' fits '{from}'.");
        }

        var source = new StoreSource(store, found.Select(match => match.Root.Descriptor).ToList(), includesReferrers, options.Cancellation);
        return new CopySource(source, source.Roots.Zip(found, (root, match) => (root, (IReadOnlyList<string>)match.Names)).ToList())
        {
            Opened = (store, snapshot),
        };
    }

    private static CopySource OfFile(ImageLocation from, Func<Ingest> spool, CopyOptions options)
    {
        var source = ImageSources.Open(from.Path, $"'{from.Path}'", spool, options);
        try
        {
            var roots = SourceSelection.Of(source, from.Name is null ? [] : [from.Name]);
            return new CopySource(source, roots.Select(root => (root, NamesOf(root, from.Name))).ToList());
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    // What is found by one of its names goes by that; by an ID or a position by all.
    private static IReadOnlyList<string> NamesOf(SourceRoot root, string? text) =>
        root.Names.Where(name => text is not null && SourceSelection.IsName(name, text)).ToList() is { Count: > 0 } found ? found : root.Names;
}
