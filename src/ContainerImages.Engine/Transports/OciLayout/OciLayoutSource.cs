using System.Collections.Generic;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.Copying;
using ContainerImages.Manifests;
using ContainerImages.References;
using ContainerImages.Store;

namespace ContainerImages.Transports;

/// <summary>An OCI image layout, in a folder or a tar: any number of images, artifacts and indexes.</summary>
internal sealed class OciLayoutSource : IImageSource
{
    public const string LayoutFile = "oci-layout";
    public const string IndexFile = "index.json";

    public const string ContainerdName = "io.containerd.image.name";
    public const string RefName = "org.opencontainers.image.ref.name";

    private readonly IArchive _archive;
    private readonly LayoutReferrers _referrers;
    private readonly List<SourceRoot> _unlisted;

    public OciLayoutSource(IArchive archive)
    {
        _archive = archive;
        var roots = ReadRoots();
        _unlisted = FindUnlisted(roots);
        _referrers = new LayoutReferrers(roots, ReadManifest);
    }

    public string Name => _archive.Name;

    public IReadOnlyList<SourceRoot> Roots => _unlisted.Count == 0 ? _referrers.Images : [.. _referrers.Images, .. _unlisted];

    public IReadOnlyList<string> LeftBehind => [];

    public ManifestDocument? ReadManifest(Descriptor descriptor)
    {
        if (FindBlob(descriptor) is not { } blob)
        {
            return null;
        }

        var name = $"Manifest {descriptor.Digest} in {Name}";
        var bytes = SmallBlob.Read(blob, name, Limits.Manifest);
        SmallBlob.Check(bytes, descriptor, name);
        return ManifestDocument.Parse(bytes, descriptor.MediaType, name, descriptor.Digest.Algorithm);
    }

    public SourceBlob? FindBlob(Descriptor descriptor) =>
        _archive.Find($"blobs/{descriptor.Digest.Algorithm}/{descriptor.Digest.Hex}");

    public IReadOnlyList<Descriptor> FindReferrers(Digest subject) => _referrers.Of(subject);

    public void Dispose() => _archive.Dispose();

    private List<SourceRoot> ReadRoots()
    {
        var origin = $"'{IndexFile}' in {Name}";
        var blob = _archive.Find(IndexFile) ?? throw new ContainerImageException(
            ImageError.InvalidArchive, $"{Name} is no OCI image layout: it has no '{IndexFile}'.");
        CheckVersion();
        var descriptors = (JsonFields.Parse(SmallBlob.Read(blob, origin, Limits.ArchiveIndex), origin)
            .Array("manifests", Limits.ArchiveImages) ?? []).Select(Descriptor.Read);
        var roots = descriptors
            .GroupBy(descriptor => descriptor.Digest)
            .Select(group => new SourceRoot
            {
                Descriptor = new Descriptor(group.First().MediaType, group.Key, group.First().Size),
                MayLackPlatforms = true,
                Names = group.Select(NameOf).OfType<string>().Distinct().ToList(),
            })
            .ToList();
        return roots.Count > 0
            ? roots
            : throw new ContainerImageException(ImageError.EmptyArchive, $"{Name} holds no image: its '{IndexFile}' is empty.");
    }

    // Docker 25 to 28 lists an image that was saved by its ID beside named ones in its own manifest.json alone.
    private List<SourceRoot> FindUnlisted(List<SourceRoot> roots)
    {
        if (_archive.Find(DockerArchiveSource.ManifestFile) is null)
        {
            return [];
        }

        try
        {
            var listed = new HashSet<Digest>(roots
                .SelectMany(root => RootWalk.Manifests(root.Descriptor!, ReadManifest, null))
                .Select(pair => pair.Manifest?.Config.Digest)
                .OfType<Digest>());
            return new DockerArchiveSource(_archive).Roots
                .Where(root => root.Names.Count == 0 && !listed.Contains(root.Assembled!.Config.Digest))
                .ToList();
        }
        catch (ContainerImageException)
        {
            // What is wrong with the layout is said where it is copied; and it may have a file of that name that is another's.
            return [];
        }
    }

    private void CheckVersion()
    {
        // Some writers leave the file out; one that is there must be of a version that is known.
        if (_archive.Find(LayoutFile) is not { } blob)
        {
            return;
        }

        var origin = $"'{LayoutFile}' in {Name}";
        var version = JsonFields.Parse(SmallBlob.Read(blob, origin, Limits.Config), origin).Text("imageLayoutVersion");
        if (version is null || !version.StartsWith("1.", System.StringComparison.Ordinal))
        {
            throw new ContainerImageException(
                ImageError.UnsupportedContent, $"{Name} has the layout version {QuotedText.Quote(version)}, which is not supported.");
        }
    }

    // containerd and Docker write the full name into an annotation of their own, and the tag alone into OCI's. A name
    // outside the grammar names nothing here: the image comes without one.
    private static string? NameOf(Descriptor descriptor)
    {
        foreach (var annotation in new[] { ContainerdName, RefName })
        {
            if (descriptor.Annotations.TryGetValue(annotation, out var text) &&
                ImageReference.TryParseForTag(text, out var name))
            {
                return name.ToString();
            }
        }

        return null;
    }
}
