using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json;
using ContainerImages.Content;
using ContainerImages.Copying;
using ContainerImages.Manifests;

namespace ContainerImages.Transports;

/// <summary>
/// An OCI image layout, as a folder or a tar: manifests and digests unchanged, any number of images and platforms. The same
/// images in the same order give the same bytes.
/// </summary>
/// <param name="output">Where it is written.</param>
/// <param name="name">What it is, for messages.</param>
/// <param name="ociOnly">Whether Docker's manifests become OCI's.</param>
internal sealed class OciLayoutDestination(IOutput output, string name, bool ociOnly = false) : LayoutDestination(output)
{
    private readonly List<Descriptor> _manifests = [];

    public override DestinationTraits Traits { get; } = new(
        name, output.MaxParallel, RecodesInOrder: output.WritesUnknownInOrder, OciOnly: ociOnly);

    /// <summary>Whether a folder is a layout and holds nothing else; a store, which holds its lock too, is no such folder.</summary>
    public static bool IsLayout(string folder) =>
        File.Exists(Path.Combine(folder, OciLayoutSource.LayoutFile)) &&
        System.IO.Directory.EnumerateFileSystemEntries(folder).All(entry =>
            Path.GetFileName(entry) is OciLayoutSource.LayoutFile or OciLayoutSource.IndexFile or "blobs");

    // containerd and Docker read the name from an annotation of their own, podman and skopeo from OCI's.
    public override void PutRoot(Descriptor root, IReadOnlyList<string> names)
    {
        // What several images are referred to by comes once for each of their stores.
        if (names.Count == 0 && !_manifests.Exists(manifest => manifest.Digest == root.Digest))
        {
            _manifests.Add(root);
        }

        foreach (var fullName in names)
        {
            _manifests.Add(new Descriptor(root.MediaType, root.Digest, root.Size)
            {
                Annotations = new Dictionary<string, string>
                {
                    [OciLayoutSource.ContainerdName] = fullName,
                    [OciLayoutSource.RefName] = fullName,
                },
            });
        }
    }

    protected override string BlobPath(Digest digest) => $"blobs/{digest.Algorithm}/{digest.Hex}";

    protected override void PutDocument(ManifestDocument document) =>
        PutBytes(document.Digest, BlobPath(document.Digest), document.Bytes);

    protected override void Finish()
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, StoreJson.Options))
        {
            json.WriteStartObject();
            json.WriteNumber("schemaVersion", 2);
            json.WriteString("mediaType", MediaTypes.OciIndex);
            json.WriteStartArray("manifests");
            _manifests.ForEach(manifest => manifest.Write(json));
            json.WriteEndArray();
            json.WriteEndObject();
        }

        PutFile(OciLayoutSource.IndexFile, buffer.ToArray());
        PutFile(OciLayoutSource.LayoutFile, Encoding.ASCII.GetBytes("{\"imageLayoutVersion\":\"1.0.0\"}"));
    }
}
