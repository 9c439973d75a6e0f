using System;
using System.Collections.Generic;
using System.Formats.Tar;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ContainerImages.Testing;

internal enum DockerdStyle
{
    /// <summary>Up to version 24: <c>&lt;id&gt;/layer.tar</c>, each a file.</summary>
    Legacy,

    /// <summary>Up to version 24, where layers that recur are links to the first.</summary>
    LegacyWithLinks,

    /// <summary>From version 25 on: blobs, and the files of a docker-archive and of an OCI layout over them.</summary>
    Modern,
}

/// <summary>An image in Docker's format and the <c>dir:</c> folder that holds its config and its layers, plain.</summary>
internal sealed record DockerdImage(PeerImage Image, string Folder);

/// <summary>
/// Writes archives as dockerd does (moby's tarexport), which is no peer that runs here: it lays files out in a folder and
/// then packs the folder, so that entries come in the order of their names, folders among them.
/// </summary>
internal sealed class DockerdArchiveWriter(DockerdStyle style)
{
    private static readonly JsonSerializerOptions _json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly SortedDictionary<string, TarEntry> _entries = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _firstPathOfLayer = [];

    public void Write(string path, IReadOnlyList<DockerdImage> images)
    {
        var items = images.Select(image => style == DockerdStyle.Modern ? AddModern(image) : AddLegacy(image)).ToArray();
        AddJsonLine("manifest.json", items.Select(item => item.ManifestItem));
        AddJsonLine("repositories", Repositories(items));
        if (style == DockerdStyle.Modern)
        {
            AddFile("oci-layout", """{"imageLayoutVersion": "1.0.0"}"""u8.ToArray());
            AddFile("index.json", Json(new
            {
                schemaVersion = 2,
                mediaType = "application/vnd.oci.image.index.v1+json",
                manifests = items.SelectMany(item => item.Descriptors),
            }));
        }

        using var file = File.Create(path);
        using var writer = new TarWriter(file, TarEntryFormat.Ustar);
        foreach (var entry in _entries.Values)
        {
            writer.WriteEntry(entry);
        }
    }

    private Item AddModern(DockerdImage saved)
    {
        var image = saved.Image;
        var layers = image.DiffIds.Select(diffId =>
        {
            var content = File.ReadAllBytes(Path.Combine(saved.Folder, Hex(diffId)));
            AddBlob(content);
            return new { mediaType = "application/vnd.oci.image.layer.v1.tar", digest = diffId, size = content.Length };
        }).ToArray();

        // What docker before 1.9 wanted of each layer; a reader meets blobs here that nothing names.
        foreach (var v1 in V1Images(image))
        {
            AddBlob(v1.Json);
        }

        AddBlob(image.ConfigBytes);
        var manifest = AddBlob(Json(new
        {
            schemaVersion = 2,
            mediaType = "application/vnd.oci.image.manifest.v1+json",
            config = new
            {
                mediaType = "application/vnd.oci.image.config.v1+json",
                digest = "sha256:" + image.Id,
                size = image.ConfigBytes.Length,
            },
            layers,
        }));

        var item = new
        {
            Config = Blob(image.Id),
            RepoTags = image.Names.Select(Familiar),
            Layers = image.DiffIds.Select(diffId => Blob(Hex(diffId))),
            LayerSources = layers.DistinctBy(layer => layer.digest).ToDictionary(layer => layer.digest),
        };
        var descriptors = image.Names.Select(name => new
        {
            mediaType = "application/vnd.oci.image.manifest.v1+json",
            digest = "sha256:" + manifest.Hex,
            size = manifest.Size,
            annotations = new Dictionary<string, string>
            {
                ["io.containerd.image.name"] = name,
                ["org.opencontainers.image.ref.name"] = Tag(name),
            },
        });
        return new Item(image.Names, Hex(image.DiffIds[^1]), item, descriptors);
    }

    private Item AddLegacy(DockerdImage saved)
    {
        var image = saved.Image;
        var layers = new List<string>();
        foreach (var (v1, diffId) in V1Images(image).Zip(image.DiffIds))
        {
            AddFolder(v1.Id);
            AddFile($"{v1.Id}/VERSION", "1.0"u8.ToArray());
            AddFile($"{v1.Id}/json", v1.Json);
            AddLegacyLayer($"{v1.Id}/layer.tar", diffId, saved.Folder);
            layers.Add($"{v1.Id}/layer.tar");
        }

        AddFile($"{image.Id}.json", image.ConfigBytes);
        var item = new { Config = $"{image.Id}.json", RepoTags = image.Names.Select(Familiar), Layers = layers };
        return new Item(image.Names, layers[^1].Split('/')[0], item, []);
    }

    private void AddLegacyLayer(string path, string diffId, string folder)
    {
        var first = _firstPathOfLayer.TryAdd(diffId, path) ? path : _firstPathOfLayer[diffId];
        if (_entries.ContainsKey(path))
        {
            return;
        }

        if (style == DockerdStyle.Legacy || first == path)
        {
            AddFile(path, File.ReadAllBytes(Path.Combine(folder, Hex(diffId))));
        }
        else
        {
            _entries[path] = new UstarTarEntry(TarEntryType.SymbolicLink, path)
            {
                LinkName = "../" + first,
                Mode = (UnixFileMode)0b111_111_111,
                ModificationTime = DateTimeOffset.UnixEpoch,
            };
        }
    }

    private static IEnumerable<V1Image> V1Images(PeerImage image)
    {
        var parent = string.Empty;
        for (var i = 0; i < image.DiffIds.Count; i++)
        {
            // Only the ID of the top one depends on more than the layers, so that images share the folders below it.
            var top = i == image.DiffIds.Count - 1 ? image.Id : string.Empty;
            var id = Hash(Encoding.ASCII.GetBytes(string.Join(' ', image.DiffIds.Take(i + 1).Append(top))));
            yield return new V1Image(id, Json(new { id, parent, created = "1970-01-01T00:00:00Z", os = "linux" }));
            parent = id;
        }
    }

    private static Dictionary<string, Dictionary<string, string>> Repositories(IEnumerable<Item> items) => items
        .SelectMany(item => item.Names.Select(name => (Repository: Familiar(Repository(name)), Tag: Tag(name), item.Top)))
        .GroupBy(entry => entry.Repository, StringComparer.Ordinal)
        .ToDictionary(group => group.Key, group => group.ToDictionary(entry => entry.Tag, entry => entry.Top));

    private (string Hex, int Size) AddBlob(byte[] content)
    {
        AddFolder("blobs");
        AddFolder("blobs/sha256");
        AddFile(Blob(Hash(content)), content);
        return (Hash(content), content.Length);
    }

    private void AddFolder(string name) => _entries[name + "/"] = new UstarTarEntry(TarEntryType.Directory, name + "/")
    {
        Mode = (UnixFileMode)0b111_101_101,
        ModificationTime = DateTimeOffset.UnixEpoch,
    };

    private void AddFile(string name, byte[] content) => _entries[name] = new UstarTarEntry(TarEntryType.RegularFile, name)
    {
        DataStream = new MemoryStream(content),
        Mode = (UnixFileMode)0b110_100_100,
        ModificationTime = DateTimeOffset.UnixEpoch,
    };

    private void AddJsonLine(string name, object value) => AddFile(name, [.. Json(value), (byte)'\n']);

    private static byte[] Json(object value) => JsonSerializer.SerializeToUtf8Bytes(value, _json);

    private static string Blob(string hex) => "blobs/sha256/" + hex;

    private static string Hex(string digest) => digest["sha256:".Length..];

    private static string Hash(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    private static string Repository(string name) => name[..name.LastIndexOf(':')];

    private static string Tag(string name) => name[(name.LastIndexOf(':') + 1)..];

    /// <summary>As docker shows a name and writes it here, though not in the OCI index.</summary>
    private static string Familiar(string name)
    {
        const string Hub = "docker.io/";
        const string Official = Hub + "library/";
        return name.StartsWith(Official, StringComparison.Ordinal) ? name[Official.Length..]
            : name.StartsWith(Hub, StringComparison.Ordinal) ? name[Hub.Length..]
            : name;
    }

    private sealed record V1Image(string Id, byte[] Json);

    private sealed record Item(IReadOnlyList<string> Names, string Top, object ManifestItem, IEnumerable<object> Descriptors);
}
