using System.Collections.Generic;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.Manifests;

namespace ContainerImages.Transports;

/// <summary>
/// The metadata that loaders from before <c>manifest.json</c> read: an ID and a JSON file for each layer. They are made as
/// containers/image makes them, byte for byte.
/// </summary>
internal static class LegacyLayers
{
    private static readonly string[] TopLayerAttributes =
        ["architecture", "config", "container", "container_config", "created", "docker_version", "os"];

    /// <summary>For each layer, the lowest first, its ID and its JSON.</summary>
    public static IEnumerable<(string Id, byte[] Json)> Of(ImageConfig config)
    {
        string? parent = null;
        var chain = ChainIds.OfLayers(config.DiffIds);
        for (var i = 0; i < chain.Count; i++)
        {
            var fields = new Dictionary<string, System.ReadOnlyMemory<byte>?>();
            if (parent is not null)
            {
                fields["parent"] = Text(parent);
            }

            if (i == chain.Count - 1)
            {
                AddTopLayer(fields, config);
            }

            // The ID is the digest of the fields with the chain ID among them, which is then taken out again.
            fields["layer_id"] = Text(chain[i].ToString());
            var id = Digest.Compute(GoJson.MarshalMap(fields)).Hex;
            fields.Remove("layer_id");
            fields["id"] = Text(id);
            yield return (id, GoJson.MarshalMap(fields));
            parent = id;
        }
    }

    private static void AddTopLayer(Dictionary<string, System.ReadOnlyMemory<byte>?> fields, ImageConfig config)
    {
        // Of a key that stands there twice the last counts, as in all of JSON's readers.
        var values = JsonPiece.Of(config.Bytes).Where(piece => piece.Key is not null).GroupBy(piece => piece.Key!).ToDictionary(group => group.Key, group => group.Last().Value);
        foreach (var attribute in TopLayerAttributes)
        {
            // The type is named, as an array that is null would become bytes that are none, which is another thing.
            fields[attribute] = values.TryGetValue(attribute, out var value) ? (System.ReadOnlyMemory<byte>?)value : null;
        }
    }

    private static System.ReadOnlyMemory<byte> Text(string ascii) => System.Text.Encoding.ASCII.GetBytes($"\"{ascii}\"");
}
