using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using ContainerImages.Content;

namespace ContainerImages.Manifests;

/// <summary>
/// Makes a manifest or an index of another in which some of the descriptors are other ones. Everything else stays as it stands:
/// fields that are not known here, their order, annotations. The config is not touched, and with it not the image ID.
/// </summary>
internal static class ManifestEdit
{
    private const string MediaType = "mediaType";

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
        var pieces = JsonPiece.Of(document.Bytes).ToList();
        var json = new JsonObjectText();
        if (document.MediaType != mediaType && pieces.All(piece => piece.Key != MediaType))
        {
            // OCI's may leave it out, and what its descriptor said of it holds no more.
            json.Add(MediaType, mediaType);
        }

        // Of a key that stands there twice the last counts; an earlier one would say what was.
        var (typeAt, listAt) = (pieces.FindLastIndex(piece => piece.Key == MediaType), pieces.FindLastIndex(piece => piece.Key == list));
        for (var at = 0; at < pieces.Count; at++)
        {
            var piece = pieces[at];
            if (at == typeAt)
            {
                json.Add(MediaType, mediaType);
            }
            else if (at == listAt)
            {
                json.Add(list, JsonPiece.Items(piece.Value).Select(item => Change(item, replace)));
            }
            else if (piece.Key != MediaType && piece.Key != list)
            {
                json.Add(piece);
            }
        }

        return ManifestDocument.Parse(json.ToArray(), mediaType, "the manifest made here", document.Digest.Algorithm);
    }

    private static ReadOnlyMemory<byte> Change(ReadOnlyMemory<byte> item, Func<Digest, Descriptor?> replace)
    {
        var pieces = JsonPiece.Of(item);
        var digest = pieces.Last(piece => piece.Key == "digest").Value;
        if (replace(Digest.Parse(JsonSerializer.Deserialize<string>(digest.Span)!)) is not { } now)
        {
            return item;
        }

        var json = new JsonObjectText();
        json.Add(MediaType, now.MediaType);
        json.Add("digest", now.Digest.ToString());
        json.Add("size", now.Size);
        foreach (var piece in pieces)
        {
            switch (piece.Key)
            {
                // Where else the bytes are, and the bytes themselves: those are others.
                case MediaType or "digest" or "size" or "urls" or "data":
                    break;
                case "annotations":
                    AddAnnotations(json, piece);
                    break;
                default:
                    json.Add(piece);
                    break;
            }
        }

        return json.ToArray();
    }

    private static void AddAnnotations(JsonObjectText json, JsonPiece annotations)
    {
        var pieces = JsonPiece.Of(annotations.Value);
        var kept = pieces.Where(piece => !_annotationsOfBytes.Any(start => piece.Key?.StartsWith(start, StringComparison.Ordinal) == true)).ToList();
        if (kept.Count == pieces.Count)
        {
            json.Add(annotations);
        }
        else if (kept.Count > 0)
        {
            var text = new JsonObjectText();
            kept.ForEach(text.Add);
            json.Add(annotations.Key!, text);
        }
    }
}
