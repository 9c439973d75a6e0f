using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using ContainerImages.Content;

namespace ContainerImages.Manifests;

/// <summary>An OCI image manifest or a Docker manifest of schema 2: a config and its layers.</summary>
public sealed class ImageManifest : ManifestDocument
{
    internal ImageManifest(byte[] bytes, Digest digest, string mediaType, JsonFields fields)
        : base(bytes, digest, mediaType, fields)
    {
        Config = Descriptor.Read(fields.RequiredObject("config"));
        Layers = (fields.Array("layers", Limits.Layers) ?? []).Select(Descriptor.Read).ToList();
        IsImage = MediaTypes.IsImageConfig(Config.MediaType) &&
            (Layers.Count == 0 || Layers.Any(layer => MediaTypes.TryGetLayerCompression(layer.MediaType, out _)));
    }

    /// <summary>The config; its digest is the image's ID.</summary>
    public Descriptor Config { get; }

    /// <summary>The layers, the lowest first.</summary>
    public IReadOnlyList<Descriptor> Layers { get; }

    /// <summary>
    /// Whether this is an image. An artifact has another kind of config; an attestation as buildkit writes it has an image's
    /// config and no layer of an image.
    /// </summary>
    public bool IsImage { get; }

    /// <summary>Config and layers: every blob the manifest names.</summary>
    public IEnumerable<Descriptor> Blobs => Layers.Prepend(Config);

    /// <summary>Bytes of the manifest and of all that it names, each blob once.</summary>
    public long TotalSize => Blobs.GroupBy(blob => blob.Digest).Select(group => group.First().Size).Append(Bytes.Length).Total();

    /// <summary>
    /// Makes the manifest for a config and layers that came without one, in one fixed form: the same image gives the same
    /// digest everywhere.
    /// </summary>
    /// <param name="mediaType">OCI's manifest type or Docker's.</param>
    /// <param name="config">The config.</param>
    /// <param name="layers">The layers, the lowest first.</param>
    internal static ImageManifest Create(string mediaType, Descriptor config, IEnumerable<Descriptor> layers) =>
        Create(mediaType, config, layers, Descriptor.NoAnnotations, saysType: true);

    /// <summary>
    /// Makes the manifest of an image that is new, and not brought from elsewhere. It does not say its own type, as
    /// <c>podman import</c> leaves it out: the digest is the same then, and so the image is told from one of a docker-archive.
    /// </summary>
    /// <param name="config">The config.</param>
    /// <param name="layers">The layers, the lowest first.</param>
    /// <param name="annotations">Annotations, in their order; empty for none.</param>
    internal static ImageManifest CreateNew(
        Descriptor config, IEnumerable<Descriptor> layers, IReadOnlyCollection<KeyValuePair<string, string>> annotations) =>
        Create(MediaTypes.OciManifest, config, layers, annotations, saysType: false);

    private static ImageManifest Create(
        string mediaType,
        Descriptor config,
        IEnumerable<Descriptor> layers,
        IReadOnlyCollection<KeyValuePair<string, string>> annotations,
        bool saysType)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, StoreJson.Options))
        {
            json.WriteStartObject();
            json.WriteNumber("schemaVersion", 2);
            if (saysType)
            {
                json.WriteString("mediaType", mediaType);
            }

            json.WritePropertyName("config");
            config.Write(json);
            json.WriteStartArray("layers");
            foreach (var layer in layers)
            {
                layer.Write(json);
            }

            json.WriteEndArray();
            Descriptor.WriteAnnotations(json, annotations);
            json.WriteEndObject();
        }

        return (ImageManifest)Parse(buffer.ToArray(), mediaType, "the manifest made here");
    }
}
