using System;
using System.IO;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.Copying;
using ContainerImages.References;
using ContainerImages.Store;

namespace ContainerImages.Transports;

/// <summary>The place that images are copied to, opened when the first of them is there to come.</summary>
/// <param name="to">The place.</param>
/// <param name="ends">What is needed for it.</param>
/// <param name="family">Which manifests it is to get.</param>
/// <param name="force">Whether to replace a file or folder that is there.</param>
/// <param name="options">How the copy is done.</param>
internal sealed class CopyDestination(ImageLocation to, CopyEnds ends, ManifestFamily family, bool force, CopyOptions options) : IDisposable
{
    private IImageDestination? _opened;
    private Ingest? _spool;

    /// <summary>Whether an index can be put there.</summary>
    public bool HoldsIndexes => to.Transport != ImageTransport.DockerArchive && (family != ManifestFamily.Docker || to.Transport == ImageTransport.Registry);

    /// <summary>Where bytes go that can be read once only.</summary>
    public Ingest Spool() => to.Transport is ImageTransport.Store or ImageTransport.OciLayout && Open() is StoreDestination store
        ? store.Ingest
        : _spool ??= ends.Store().BeginIngest(options.Cancellation);

    /// <summary>
    /// Whether it is written as one whole, and all images of a call so go into it together; else each comes by itself, and
    /// one that fails does not keep the others away.
    /// </summary>
    public static bool IsWhole(ImageLocation to) => to.IsPath && !IsLayoutHere(to);

    /// <summary>Whether it has a manifest that stays behind, so that an index may name it all the same; asked of registries only.</summary>
    /// <param name="manifest">The manifest.</param>
    /// <param name="name">What the image is to be called.</param>
    public bool Has(Descriptor manifest, string name) =>
        to.Transport == ImageTransport.Registry &&
        OpenClient(ImageReference.Parse(name)).FindManifestAsync(manifest.Digest.ToString(), options.Cancellation).GetAwaiter().GetResult() is not null;

    /// <summary>Copies an image there. What is in registries shows at once, the rest with the commit.</summary>
    public CopiedRoot Take(ImageCopier copier, CopySource source, CopyRequest request)
    {
        if (to.Transport != ImageTransport.Registry)
        {
            return copier.Copy(source.Source, [request], Open())[0];
        }

        CopiedRoot? copied = null;
        foreach (var names in request.Names.GroupBy(name => ImageReference.Parse(name).Name))
        {
            var target = ImageReference.Parse(names.First());
            var packings = source.ReadPackings();
            using var registry = new RegistryDestination(OpenClient(target), family, source.OriginsAt(target), packings, options.Verbose);
            copied = copier.Copy(source.Source, [request with { Names = names.ToList() }], registry)[0];
            registry.Commit(options.Cancellation);
            source.NotePush(request.Root.Descriptor, target, registry, packings, options);
        }

        return copied!;
    }

    /// <summary>Makes all that came visible.</summary>
    public void Commit() => _opened?.Commit(options.Cancellation);

    public void Dispose()
    {
        _opened?.Dispose();
        _spool?.Dispose();
    }

    private static bool IsLayoutHere(ImageLocation to) =>
        to.Transport == ImageTransport.OciLayout && File.Exists(Path.Combine(to.Path, OciLayoutSource.LayoutFile));

    private IImageDestination Open() => _opened ??= to.Transport switch
    {
        ImageTransport.DockerArchive => ImageSave.Open("docker-archive", to.Path, force),
        ImageTransport.OciArchive => ImageSave.Open("oci-archive", to.Path, force, family == ManifestFamily.Oci),
        ImageTransport.OciLayout when IsLayoutHere(to) => OpenStore(ends.OpenStore(to.Path)),
        ImageTransport.OciLayout => ImageSave.Open("oci-dir", to.Path, force, family == ManifestFamily.Oci),
        ImageTransport.Directory => ImageSave.Open(family == ManifestFamily.Docker ? "docker-dir" : "dir", to.Path, force, family == ManifestFamily.Oci),
        _ => OpenStore(ends.Store()),
    };

    private RegistryClient OpenClient(ImageReference name) =>
        ends.DestinationRegistries.OpenDirect(name.Domain, name.Path, isForPush: true, options.Cancellation);

    private StoreDestination OpenStore(ImageStore store) => new(store, options.Verbose, options.Cancellation)
    {
        Operation = "copy",
        OciOnly = family == ManifestFamily.Oci,
    };
}
