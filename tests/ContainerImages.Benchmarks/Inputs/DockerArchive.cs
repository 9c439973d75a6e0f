using System;
using System.Collections.Generic;
using System.Formats.Tar;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ContainerImages.Benchmarks.Inputs;

/// <summary>An image with plain layers, of which all blobs are in one layout.</summary>
internal sealed record PlainImage(string Name, Blob Config, IReadOnlyList<Layer> Layers);

/// <summary>Writes docker-archives under the entry names that podman and skopeo give.</summary>
internal static class DockerArchive
{
    public static void Write(string path, LayoutWriter layout, IReadOnlyList<PlainImage> images)
    {
        using var file = File.Create(path);
        using var writer = new TarWriter(file, TarEntryFormat.Ustar);
        foreach (var layer in images.SelectMany(image => image.Layers).DistinctBy(layer => layer.Blob.Hex))
        {
            AddBlob(writer, LayerEntry(layer), layout.BlobPath(layer.Blob.Hex));
        }

        foreach (var image in images)
        {
            AddBlob(writer, ConfigEntry(image), layout.BlobPath(image.Config.Hex));
        }

        var manifest = new JsonArray([.. images.Select(image => new JsonObject
        {
            ["Config"] = ConfigEntry(image),
            ["RepoTags"] = new JsonArray(image.Name),
            ["Layers"] = new JsonArray([.. image.Layers.Select(layer => JsonValue.Create(LayerEntry(layer)))]),
        })]);
        using var content = new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(manifest));
        Add(writer, "manifest.json", content);
    }

    private static string LayerEntry(Layer layer) => layer.Blob.Hex + ".tar";

    private static string ConfigEntry(PlainImage image) => image.Config.Hex + ".json";

    private static void AddBlob(TarWriter writer, string name, string path)
    {
        using var content = File.OpenRead(path);
        Add(writer, name, content);
    }

    private static void Add(TarWriter writer, string name, Stream content) =>
        writer.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name)
        {
            DataStream = content,
            Mode = (UnixFileMode)0x124,
            ModificationTime = DateTimeOffset.UnixEpoch,
        });
}
