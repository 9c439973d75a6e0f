using System;
using System.Collections.Generic;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.Copying;
using ContainerImages.Manifests;

namespace ContainerImages.Transports;

/// <summary>
/// A <c>dir:</c> folder of containers/image: one manifest or index, blobs by their digests, signatures. It knows no name.
/// </summary>
internal sealed class DirectorySource : IImageSource
{
    public const string ManifestFile = "manifest.json";
    public const string VersionFile = "version";

    private readonly FolderArchive _folder;
    private readonly Descriptor _root;
    private readonly byte[] _rootBytes;

    public DirectorySource(FolderArchive folder)
    {
        _folder = folder;
        var blob = folder.Find(ManifestFile) ?? throw new ContainerImageException(
            ImageError.InvalidArchive, $"{folder.Name} is no image folder: it has no '{ManifestFile}'.");
        var name = $"'{ManifestFile}' in {folder.Name}";
        _rootBytes = SmallBlob.Read(blob, name, Limits.Manifest);
        _root = ManifestDocument.Parse(_rootBytes, null, name).ToDescriptor();
        Roots = [new SourceRoot { Descriptor = _root }];
        var signatures = folder.List().Count(file => file.IndexOf("signature-", StringComparison.Ordinal) >= 0);
        LeftBehind = signatures == 0
            ? []
            : [$"{folder.Name} has {signatures} signature file(s), which a store has no place for; they stay where they are."];
    }

    public string Name => _folder.Name;

    public IReadOnlyList<SourceRoot> Roots { get; }

    public IReadOnlyList<string> LeftBehind { get; }

    public ManifestDocument? ReadManifest(Descriptor descriptor)
    {
        var name = $"Manifest {descriptor.Digest} in {Name}";
        byte[] bytes;
        if (descriptor.Digest == _root.Digest)
        {
            bytes = _rootBytes;
        }
        else
        {
            if (_folder.Find(FileName(descriptor.Digest) + ".manifest.json") is not { } blob)
            {
                return null;
            }

            bytes = SmallBlob.Read(blob, name, Limits.Manifest);
            SmallBlob.Check(bytes, descriptor, name);
        }

        return ManifestDocument.Parse(bytes, descriptor.MediaType, name, descriptor.Digest.Algorithm);
    }

    public SourceBlob? FindBlob(Descriptor descriptor) => _folder.Find(FileName(descriptor.Digest));

    public IReadOnlyList<Descriptor> FindReferrers(Digest subject) => [];

    public void Dispose() => _folder.Dispose();

    /// <summary>The file of a blob: its hex digits, with the algorithm before them unless it is SHA-256.</summary>
    internal static string FileName(Digest digest) =>
        digest.Algorithm == Digest.Sha256 ? digest.Hex : $"{digest.Algorithm}-{digest.Hex}";
}
