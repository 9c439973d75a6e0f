using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json.Nodes;
using ContainerImages.Content;

namespace ContainerImages.Engine.Tests.Transports;

/// <summary>
/// The files of an archive or folder in memory, sound as they are made, and open to every kind of damage before they are
/// written.
/// </summary>
internal sealed class TestArchive
{
    private readonly List<(string Name, byte[]? Data, string? Link)> _entries = [];

    /// <summary>The bytes of a file; the first of several of that name.</summary>
    public byte[] this[string name]
    {
        get => _entries.First(entry => entry.Name == name).Data!;
        set
        {
            var at = _entries.FindIndex(entry => entry.Name == name);
            if (at < 0)
            {
                Add(name, value);
            }
            else
            {
                _entries[at] = (name, value, null);
            }
        }
    }

    public IEnumerable<string> Names => _entries.Select(entry => entry.Name);

    /// <summary>A docker-archive as podman lays it out, without the metadata of old loaders.</summary>
    public static TestArchive Docker(params TestImage[] images)
    {
        var archive = new TestArchive();
        var items = new JsonArray();
        foreach (var image in images)
        {
            archive[ConfigPath(image)] = image.ConfigBytes;
            foreach (var layer in image.Layers)
            {
                archive[LayerPath(layer)] = layer.Bytes;
            }

            items.Add(new JsonObject
            {
                ["Config"] = ConfigPath(image),
                ["RepoTags"] = new JsonArray([.. image.Names.Select(name => (JsonNode)name)]),
                ["Layers"] = new JsonArray([.. image.Layers.Select(layer => (JsonNode)LayerPath(layer))]),
            });
        }

        archive["manifest.json"] = Encode(items);
        return archive;
    }

    /// <summary>An OCI layout; a root without names is in its index once.</summary>
    public static TestArchive OciLayout(params TestRoot[] roots)
    {
        var archive = new TestArchive { ["oci-layout"] = "{\"imageLayoutVersion\":\"1.0.0\"}"u8.ToArray() };
        var descriptors = new JsonArray();
        foreach (var root in roots)
        {
            foreach (var (digest, bytes) in root.Blobs)
            {
                archive[BlobPath(digest)] = bytes;
            }

            foreach (var name in root.Names.DefaultIfEmpty())
            {
                var descriptor = root.ToDescriptor();
                if (name is not null)
                {
                    descriptor["annotations"] = new JsonObject { ["org.opencontainers.image.ref.name"] = name };
                }

                descriptors.Add(descriptor);
            }
        }

        archive["index.json"] = Encode(new JsonObject { ["schemaVersion"] = 2, ["manifests"] = descriptors });
        return archive;
    }

    /// <summary>A folder of containers/image's <c>dir:</c> transport.</summary>
    public static TestArchive Dir(TestRoot root)
    {
        var archive = new TestArchive
        {
            ["version"] = "Directory Transport Version: 1.1\n"u8.ToArray(),
            ["manifest.json"] = root.Bytes,
        };
        foreach (var document in (root as TestIndex)?.Children ?? [])
        {
            archive[document.Digest.Hex + ".manifest.json"] = document.Bytes;
        }

        foreach (var image in root is TestIndex index ? index.Children.OfType<TestImage>() : [(TestImage)root])
        {
            archive[image.Id.Hex] = image.ConfigBytes;
            foreach (var layer in image.Layers)
            {
                archive[layer.Digest.Hex] = layer.Bytes;
            }
        }

        return archive;
    }

    public static string ConfigPath(TestImage image) => image.Id.Hex + ".json";

    public static string LayerPath(TestLayer layer) => layer.DiffId.Hex + ".tar";

    public static string BlobPath(Digest digest) => $"blobs/{digest.Algorithm}/{digest.Hex}";

    /// <summary>Adds a file at the end, whether there is one of that name or not.</summary>
    public TestArchive Add(string name, byte[] data)
    {
        _entries.Add((name, data, null));
        return this;
    }

    public TestArchive AddLink(string name, string target)
    {
        _entries.Add((name, null, target));
        return this;
    }

    public TestArchive Remove(string name)
    {
        _entries.RemoveAll(entry => entry.Name == name);
        return this;
    }

    /// <summary>Puts a link where a file was, and the file somewhere else.</summary>
    public TestArchive MoveBehindLink(string name, string newName, string target)
    {
        var data = this[name];
        return Remove(name).Add(newName, data).AddLink(name, target);
    }

    /// <summary>Replaces a file by one of the same length that says something else.</summary>
    public TestArchive Garble(string name)
    {
        this[name] = [.. this[name].Select(b => (byte)(b ^ 0x5A))];
        return this;
    }

    public TestArchive EditJson(string name, Action<JsonNode> edit)
    {
        var json = JsonNode.Parse(this[name])!;
        edit(json);
        this[name] = Encode(json);
        return this;
    }

    /// <summary>Moves the metadata that everything hangs on to the front, or to the end.</summary>
    public TestArchive Reorder(bool metadataFirst)
    {
        bool IsMetadata(string name) => name is "manifest.json" or "index.json" or "oci-layout";
        var sorted = _entries.OrderBy(entry => IsMetadata(entry.Name) != metadataFirst).ToList();
        _entries.Clear();
        _entries.AddRange(sorted);
        return this;
    }

    /// <summary>Puts the entries in the order of their names.</summary>
    public TestArchive SortByName()
    {
        _entries.Sort((left, right) => string.CompareOrdinal(left.Name, right.Name));
        return this;
    }

    public byte[] ToTar()
    {
        using var tar = new MemoryStream();
        var writer = new TarWriter(tar, leaveOpen: true);
        foreach (var (name, data, link) in _entries)
        {
            if (link is not null)
            {
                writer.WriteSymbolicLink(name, link);
            }
            else
            {
                writer.WriteFile(name, data);
            }
        }

        writer.Finish();
        return tar.ToArray();
    }

    public string WriteTar(string path)
    {
        File.WriteAllBytes(path, ToTar());
        return path;
    }

    public string WriteFolder(string path)
    {
        foreach (var (name, data, link) in _entries)
        {
            var file = Path.Combine(path, name);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            if (link is not null)
            {
                File.CreateSymbolicLink(file, link);
            }
            else
            {
                File.WriteAllBytes(file, data!);
            }
        }

        return path;
    }

    private static byte[] Encode(JsonNode json) => Encoding.UTF8.GetBytes(json.ToJsonString());
}
