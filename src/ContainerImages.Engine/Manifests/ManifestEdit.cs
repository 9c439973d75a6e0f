using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using ContainerImages.Content;

namespace ContainerImages.Manifests;

/// <summary>
/// Makes a manifest or an index of another in which some of the descriptors are other ones. Everything else stays: fields that
/// are not known here, their order, annotations. The config is not touched, and with it not the image ID.
/// </summary>
internal static class ManifestEdit
{
    // What these say of a layer is where in its compressed bytes things are (zstd:chunked, eStargz).
    private static readonly string[] _annotationsOfBytes =
        ["io.github.containers.zstd-chunked.", "containerd.io/snapshot/stargz/", "io.containers.estargz."];

    /// <summary>A manifest whose layers were compressed anew. Docker's family has no type for zstd; the manifest becomes OCI's then.</summary>
    /// <param name="manifest">The manifest.</param>
    /// <param name="layers">For each layer what it is now, of one of OCI's types; null for one that stays as it is.</param>
    public static ImageManifest WithLayers(ImageManifest manifest, IReadOnlyList<Descriptor?> layers)
    {
        var isDocker = MediaTypes.IsDocker(manifest.MediaType);
        if (isDocker && layers.Any(layer => layer?.MediaType == MediaTypes.OciLayerZstd))
        {
            (manifest, isDocker) = (ManifestConversion.ToOci(manifest), false);
        }

        var at = 0;
        return (ImageManifest)Edit(manifest, manifest.MediaType, "layers", _ =>
        {
            var layer = layers[at++];
            return layer is null || !isDocker ? layer : new Descriptor(ManifestConversion.ToDockerLayer(layer)!, layer.Digest, layer.Size);
        });
    }

    /// <summary>An index some of whose manifests are other ones now. With a manifest of OCI's, Docker's list becomes an OCI index.</summary>
    /// <param name="index">The index.</param>
    /// <param name="changed">What a manifest became, by the digest that it had.</param>
    /// <param name="mediaType">What the index is to be; null for what its manifests let it be.</param>
    public static ImageIndex WithManifests(ImageIndex index, IReadOnlyDictionary<Digest, Descriptor> changed, string? mediaType = null)
    {
        var needsOci = index.Manifests.Any(
            child => changed.TryGetValue(child.Digest, out var now) && !MediaTypes.IsDocker(now.MediaType));
        return (ImageIndex)Edit(
            index,
            mediaType ?? (needsOci ? MediaTypes.OciIndex : index.MediaType),
            "manifests",
            digest => changed.TryGetValue(digest, out var now) ? now : null);
    }

    private static ManifestDocument Edit(ManifestDocument document, string mediaType, string list, Func<Digest, Descriptor?> replace)
    {
        using var parsed = JsonDocument.Parse(
            document.Bytes.AsMemory(JsonFields.BomLength(document.Bytes)), new JsonDocumentOptions { MaxDepth = Limits.JsonDepth });
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, StoreJson.Options))
        {
            json.WriteStartObject();
            if (document.MediaType != mediaType && !parsed.RootElement.TryGetProperty("mediaType"u8, out _))
            {
                // OCI's may leave it out, and what its descriptor said of it holds no more.
                json.WriteString("mediaType"u8, mediaType);
            }

            foreach (var property in parsed.RootElement.EnumerateObject())
            {
                if (property.NameEquals("mediaType"u8))
                {
                    json.WriteString("mediaType"u8, mediaType);
                }
                else if (property.NameEquals(list))
                {
                    json.WriteStartArray(list);
                    foreach (var item in property.Value.EnumerateArray())
                    {
                        WriteItem(json, item, replace(Digest.Parse(item.GetProperty("digest"u8).GetString()!)));
                    }

                    json.WriteEndArray();
                }
                else
                {
                    property.WriteTo(json);
                }
            }

            json.WriteEndObject();
        }

        return ManifestDocument.Parse(buffer.ToArray(), mediaType, "the manifest made here", document.Digest.Algorithm);
    }

    private static void WriteItem(Utf8JsonWriter json, JsonElement item, Descriptor? now)
    {
        if (now is null)
        {
            item.WriteTo(json);
            return;
        }

        json.WriteStartObject();
        json.WriteString("mediaType"u8, now.MediaType);
        json.WriteString("digest"u8, now.Digest.ToString());
        json.WriteNumber("size"u8, now.Size);
        foreach (var property in item.EnumerateObject())
        {
            switch (property.Name)
            {
                // Where else the bytes are, and the bytes themselves: those are others.
                case "mediaType" or "digest" or "size" or "urls" or "data":
                    break;
                case "annotations" when property.Value.ValueKind == JsonValueKind.Object:
                    WriteAnnotations(json, property.Value);
                    break;
                default:
                    property.WriteTo(json);
                    break;
            }
        }

        json.WriteEndObject();
    }

    private static void WriteAnnotations(Utf8JsonWriter json, JsonElement annotations)
    {
        var kept = annotations.EnumerateObject()
            .Where(annotation => !_annotationsOfBytes.Any(start => annotation.Name.StartsWith(start, StringComparison.Ordinal)))
            .ToList();
        if (kept.Count == 0)
        {
            return;
        }

        json.WriteStartObject("annotations"u8);
        kept.ForEach(annotation => annotation.WriteTo(json));
        json.WriteEndObject();
    }
}
