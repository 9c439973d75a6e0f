using System.Collections.Generic;
using System.Formats.Tar;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json.Nodes;
using ContainerImages.Content;
using ContainerImages.Engine.Tests.Transports;

namespace ContainerImages.Engine.Tests.Store;

/// <summary>An image whose config is given as text, to the last byte.</summary>
internal sealed record ConfigImage(string Config, IReadOnlyList<TestLayer> Layers, params string[] Names)
{
    public byte[] ConfigBytes => Encoding.UTF8.GetBytes(Config);

    public Digest Id => Digest.Compute(ConfigBytes);
}

/// <summary>Writes such images as archives that our import and podman's load both take.</summary>
internal sealed class ConfigArchive
{
    private readonly Dictionary<string, byte[]> _files = [];

    public static string WriteDocker(string path, params ConfigImage[] images)
    {
        var archive = new ConfigArchive();
        var items = new JsonArray();
        foreach (var image in images)
        {
            archive._files[$"{image.Id.Hex}.json"] = image.ConfigBytes;
            foreach (var layer in image.Layers)
            {
                archive._files[$"{layer.DiffId.Hex}.tar"] = layer.Plain;
            }

            items.Add(new JsonObject
            {
                ["Config"] = $"{image.Id.Hex}.json",
                ["RepoTags"] = new JsonArray([.. image.Names.Select(name => (JsonNode)name)]),
                ["Layers"] = new JsonArray([.. image.Layers.Select(layer => (JsonNode)$"{layer.DiffId.Hex}.tar")]),
            });
        }

        archive._files["manifest.json"] = Encoding.UTF8.GetBytes(items.ToJsonString());
        return archive.Write(path);
    }

    public static string WriteOci(string path, ConfigImage image)
    {
        var archive = new ConfigArchive();
        var manifest = Encoding.UTF8.GetBytes(new JsonObject
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = MediaTypes.OciManifest,
            ["config"] = archive.Add(MediaTypes.OciConfig, image.ConfigBytes),
            ["layers"] = new JsonArray([.. image.Layers.Select(layer => archive.Add(layer.MediaType, layer.Bytes))]),
            ["annotations"] = new JsonObject { ["b"] = "<&>", ["a"] = "ü" },
        }.ToJsonString());
        var root = archive.Add(MediaTypes.OciManifest, manifest);
        root["annotations"] = new JsonObject { ["org.opencontainers.image.ref.name"] = image.Names[0] };
        var index = new JsonObject { ["schemaVersion"] = 2, ["manifests"] = new JsonArray(root) };
        archive._files["index.json"] = Encoding.UTF8.GetBytes(index.ToJsonString());
        archive._files["oci-layout"] = Encoding.UTF8.GetBytes("""{"imageLayoutVersion":"1.0.0"}""");
        return archive.Write(path);
    }

    private JsonObject Add(string mediaType, byte[] bytes)
    {
        var digest = Digest.Compute(bytes);
        _files[$"blobs/sha256/{digest.Hex}"] = bytes;
        return new JsonObject { ["mediaType"] = mediaType, ["digest"] = digest.ToString(), ["size"] = bytes.Length };
    }

    private string Write(string path)
    {
        using var file = File.Create(path);
        using var writer = new System.Formats.Tar.TarWriter(file, TarEntryFormat.Ustar);
        foreach (var (name, bytes) in _files)
        {
            writer.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(bytes) });
        }

        return path;
    }
}
