using System.Collections.Generic;
using System.IO;
using System.Text;
using ContainerImages.Content;
using ContainerImages.Copying;
using ContainerImages.Manifests;

namespace ContainerImages.Transports;

/// <summary>
/// A <c>dir:</c> folder of containers/image: one image or index, with its manifest as it is or as Docker's. It has no place
/// for a name.
/// </summary>
internal sealed class DirectoryDestination(FolderOutput output, string name, bool docker) : LayoutDestination(output)
{
    private readonly List<ManifestDocument> _documents = [];
    private Descriptor? _root;

    public override DestinationTraits Traits { get; } = new(name, output.MaxParallel, DockerOnly: docker);

    public static bool IsImageFolder(string folder) => File.Exists(Path.Combine(folder, DirectorySource.VersionFile));

    public override void PutRoot(Descriptor root, IReadOnlyList<string> names)
    {
        if (_root is not null && _root.Digest != root.Digest)
        {
            throw new ContainerImageException(
                ImageError.UnsupportedConversion, $"{Traits.Name} holds one image, and several are to be written; oci-dir holds any number.");
        }

        _root = root;
    }

    protected override string BlobPath(Digest digest) => DirectorySource.FileName(digest);

    // Which of the documents is the root is known at the end, and decides the name of its file.
    protected override void PutDocument(ManifestDocument document) => _documents.Add(document);

    protected override void Finish()
    {
        foreach (var document in _documents)
        {
            var path = document.Digest == _root!.Digest ? DirectorySource.ManifestFile : BlobPath(document.Digest) + ".manifest.json";
            PutBytes(document.Digest, path, document.Bytes);
        }

        var version = _root!.Digest.Algorithm == Digest.Sha256 ? "1.1" : "1.2";
        PutFile(DirectorySource.VersionFile, Encoding.ASCII.GetBytes($"Directory Transport Version: {version}\n"));
    }
}
