using System;
using System.Collections.Generic;
using System.Formats.Tar;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace ContainerImages.Tests.Cmdlets;

/// <summary>An image made by hand, always of the same bytes: a layer for each text, and a config.</summary>
internal sealed class ArchiveImage
{
    private readonly Lazy<byte[]> _config;

    public ArchiveImage(params string[] layers)
    {
        Layers = [.. layers.Select(text => ArchiveFixture.Tar(("etc/content", Encoding.UTF8.GetBytes(text))))];
        _config = new Lazy<byte[]>(MakeConfig);
    }

    /// <summary>Full names; none for an image without.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    public string Architecture { get; init; } = "amd64";

    /// <summary>The day of January 2026 on which it was made; null for no date.</summary>
    public int? Day { get; init; } = 1;

    public IReadOnlyList<byte[]> Layers { get; }

    public byte[] Config => _config.Value;

    public string Id => ArchiveFixture.Hash(Config);

    public string ShortId => Id[..12];

    private byte[] MakeConfig() => ArchiveFixture.Json(new JsonObject
    {
        ["architecture"] = Architecture,
        ["os"] = "linux",
        ["created"] = Day is null ? null : $"2026-01-{Day:00}T00:00:00Z",
        ["config"] = new JsonObject { [nameof(Labels)] = ArchiveFixture.Map(Labels) },
        ["rootfs"] = new JsonObject
        {
            ["type"] = "layers",
            ["diff_ids"] = ArchiveFixture.List(Layers.Select(layer => "sha256:" + ArchiveFixture.Hash(layer))),
        },

        // Of an image that is built on another the first steps are the other's.
        ["history"] = new JsonArray([.. Layers.Select((layer, i) => new JsonObject
        {
            ["created"] = $"2026-01-01T00:00:0{i}Z",
            ["created_by"] = $"COPY {ArchiveFixture.Hash(layer)[..6]}",
        })]),
    });
}

/// <summary>Writes images as archives and folders, and damages none of them: that is for the tests to do.</summary>
internal static class ArchiveFixture
{
    private const string ManifestType = "application/vnd.oci.image.manifest.v1+json";
    private const string IndexType = "application/vnd.oci.image.index.v1+json";

    /// <summary>A docker-archive, as <c>docker save</c> and <c>podman save</c> write it.</summary>
    public static byte[] DockerArchive(params ArchiveImage[] images)
    {
        JsonArray items = [.. images.Select(image => new JsonObject
        {
            ["Config"] = image.Id + ".json",
            ["RepoTags"] = List(image.Names),
            ["Layers"] = List(image.Layers.Select(layer => Hash(layer) + ".tar")),
        })];
        return Tar(
        [
            .. images.SelectMany(image => image.Layers)
                .Select(layer => (Name: Hash(layer) + ".tar", Content: layer))
                .DistinctBy(entry => entry.Name),
            .. images.Select(image => (image.Id + ".json", image.Config)),
            ("manifest.json", Json(items)),
        ]);
    }

    /// <summary>Writes an OCI layout folder with one name for one index of images, each of another platform.</summary>
    public static void WriteOciLayout(string folder, string name, params ArchiveImage[] platforms)
    {
        string blobs = Directory.CreateDirectory(Path.Combine(folder, "blobs", "sha256")).FullName;
        JsonObject index = Blob(blobs, IndexType, Json(new JsonObject
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = IndexType,
            ["manifests"] = new JsonArray([.. platforms.Select(image => Manifest(blobs, image))]),
        }));
        index["annotations"] = new JsonObject { ["org.opencontainers.image.ref.name"] = name };
        File.WriteAllText(Path.Combine(folder, "oci-layout"), """{"imageLayoutVersion":"1.0.0"}""");
        File.WriteAllBytes(
            Path.Combine(folder, "index.json"),
            Json(new JsonObject { ["schemaVersion"] = 2, ["manifests"] = new JsonArray(index) }));
    }

    /// <summary>A tar with these files.</summary>
    public static byte[] Tar(params (string Name, byte[] Content)[] files)
    {
        using MemoryStream tar = new();
        using (TarWriter writer = new(tar, TarEntryFormat.Ustar, leaveOpen: true))
        {
            foreach ((string name, byte[] content) in files)
            {
                writer.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name)
                {
                    DataStream = new MemoryStream(content),
                    ModificationTime = DateTimeOffset.UnixEpoch,
                });
            }
        }

        return tar.ToArray();
    }

    public static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    public static byte[] Json(JsonNode node) => Encoding.UTF8.GetBytes(node.ToJsonString());

    public static JsonArray List(IEnumerable<string> texts) => [.. texts.Select(text => JsonValue.Create(text))];

    public static JsonObject Map(IReadOnlyDictionary<string, string> map) =>
        new(map.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value)));

    private static JsonObject Manifest(string blobs, ArchiveImage image)
    {
        JsonObject manifest = Blob(blobs, ManifestType, Json(new JsonObject
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = ManifestType,
            ["config"] = Blob(blobs, "application/vnd.oci.image.config.v1+json", image.Config),
            ["layers"] = new JsonArray(
                [.. image.Layers.Select(layer => Blob(blobs, "application/vnd.oci.image.layer.v1.tar", layer))]),
        }));
        manifest["platform"] = new JsonObject { ["os"] = "linux", ["architecture"] = image.Architecture };
        return manifest;
    }

    private static JsonObject Blob(string folder, string mediaType, byte[] bytes)
    {
        File.WriteAllBytes(Path.Combine(folder, Hash(bytes)), bytes);
        return new JsonObject { ["mediaType"] = mediaType, ["digest"] = "sha256:" + Hash(bytes), ["size"] = bytes.Length };
    }
}
