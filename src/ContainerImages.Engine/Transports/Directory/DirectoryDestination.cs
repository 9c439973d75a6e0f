using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using ContainerImages.Content;
using ContainerImages.Copying;
using ContainerImages.Manifests;

namespace ContainerImages.Transports;

/// <summary>
/// A <c>dir:</c> folder of containers/image: one image or index, with its manifest as it is or as Docker's. It has no place
/// for a name.
/// </summary>
internal sealed class DirectoryDestination(FolderOutput output, string name, ManifestFamily family) : LayoutDestination(output)
{
    private const string VersionStart = "Directory Transport Version: ";

    // The version file is shorter than the hex digits of any digest.
    private const int LongestVersion = 64;

    private readonly List<ManifestDocument> _documents = [];
    private Descriptor? _root;

    public override DestinationTraits Traits { get; } = new(
        name,
        output.MaxParallel,
        DockerOnly: family == ManifestFamily.Docker,
        RecodesInOrder: output.WritesUnknownInOrder,
        OciOnly: family == ManifestFamily.Oci);

    /// <summary>Whether a folder is of this format and holds nothing else.</summary>
    public static bool IsImageFolder(string folder)
    {
        var version = Path.Combine(folder, DirectorySource.VersionFile);
        return File.Exists(version) &&
            new FileInfo(version).Length <= LongestVersion &&
            File.ReadAllText(version).StartsWith(VersionStart, StringComparison.Ordinal) &&
            System.IO.Directory.EnumerateFileSystemEntries(folder).All(entry => IsOwnFile(Path.GetFileName(entry)));
    }

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
        PutFile(DirectorySource.VersionFile, Encoding.ASCII.GetBytes($"{VersionStart}{version}\n"));
    }

    private static bool IsOwnFile(string name) =>
        name is DirectorySource.ManifestFile or DirectorySource.VersionFile ||
        name.StartsWith("signature-", StringComparison.Ordinal) ||
        (name.Length >= LongestVersion && name.Substring(name.IndexOf('-') + 1).TakeWhile(c => c != '.').All(c =>
            c is (>= '0' and <= '9') or (>= 'a' and <= 'f')));
}
