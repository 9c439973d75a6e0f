using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Text.Json.Nodes;
using ContainerImages.Content;
using ContainerImages.Fuzz.Mutation;

namespace ContainerImages.Engine.Tests.Hostile;

/// <summary>Digests, sizes, media types, URLs and data of every descriptor, and digests wherever else they stand.</summary>
internal static class DescriptorCases
{
    private static readonly string _hex = Digest.Compute("nothing"u8.ToArray()).Hex;

    private static readonly string[] _digests =
    [
        "", ":", "sha256", "sha256:", _hex, "sha256:" + _hex[..63], "sha256:" + _hex + "0", "sha256:" + _hex.ToUpperInvariant(), "SHA256:" + _hex, "sha256-" + _hex,
        "sha256:" + new string('0', 64), "sha256:" + _hex, "sha512:" + _hex, "sha512:" + _hex + _hex, "sha384:" + _hex, "md5:" + _hex[..32], "sha1:" + _hex[..40], "blake3:" + _hex,
        "sha256+b64:" + _hex, "sha256:../../../../etc/passwd", "../" + _hex, "sha256:" + "../" + _hex[3..], "sha256:" + _hex[..62] + "/x", "sha256:" + _hex[..63] + "\0", "sha256:" + _hex[..63] + "\n",
        "sha256:" + _hex[..60] + "\u00e9\u00e9", "sha256: " + _hex[1..], " sha256:" + _hex, "sha256:" + new string('a', 100_000),
    ];

    private static readonly string[] _types =
    [
        "", " ", "x", "text/html", "application/json", "application/octet-stream", MediaTypes.OciManifest, MediaTypes.OciIndex, MediaTypes.OciConfig, MediaTypes.OciLayer, MediaTypes.OciLayerZstd,
        MediaTypes.OciForeignLayer, MediaTypes.DockerManifest, MediaTypes.DockerManifestList, MediaTypes.DockerConfig, MediaTypes.DockerLayerGzip, MediaTypes.DockerForeignLayerGzip,
        "application/vnd.docker.distribution.manifest.v1+json", "application/vnd.docker.distribution.manifest.v1+prettyjws", MediaTypes.OciLayer + "+brotli", MediaTypes.OciLayer + "+gzip+encrypted",
        MediaTypes.OciManifest.ToUpperInvariant(), MediaTypes.OciManifest + "; charset=utf-8", "\u001b[2J", new string('x', 50_000),
    ];

    private static readonly long[] _sizes = [0, 1, -1, int.MaxValue, uint.MaxValue, long.MaxValue, long.MinValue];

    public static IEnumerable<HostileCase> All() => [.. Descriptors(), .. DiffIds(), .. Elsewhere()];

    private static IEnumerable<HostileCase> Descriptors() =>
        from place in new (string Document, Func<JsonNode, JsonObject> Find)[]
        {
            ("index.json", json => json["manifests"]![0]!.AsObject()),
            ("manifest", json => json["config"]!.AsObject()),
            ("manifest", json => json["layers"]![0]!.AsObject()),
            ("manifest", json => json["layers"]![1]!.AsObject()),
            ("manifest", json => (json["subject"] = json["config"]!.DeepClone()).AsObject()),
        }
        from change in Changes()
        select HostileCase.OfArchive($"{place.Document} {place.Find(Manifest(place.Document)).GetPath()} {change.Name}", () => Oci(place.Document, json => change.Edit(place.Find(json))));

    private static IEnumerable<(string Name, Action<JsonObject> Edit)> Changes()
    {
        foreach (var (digest, i) in _digests.Select((digest, i) => (digest, i)))
        {
            yield return ($"digest {i}", descriptor => descriptor["digest"] = digest);
        }

        foreach (var (type, i) in _types.Select((type, i) => (type, i)))
        {
            yield return ($"type {i}", descriptor => descriptor["mediaType"] = type);
        }

        foreach (var size in _sizes)
        {
            yield return ($"size {size}", descriptor => descriptor["size"] = size);
        }

        yield return ("without a type", descriptor => descriptor.Remove("mediaType"));
        yield return ("with data", descriptor => descriptor["data"] = "aGVsbG8=");
        yield return ("with data that is none", descriptor => descriptor["data"] = "!\u0000");
        yield return ("with much data", descriptor => descriptor["data"] = new string('A', 3_000_000));
        yield return ("with URLs of all kinds", descriptor => descriptor["urls"] = new JsonArray("file:///etc/passwd", "http://169.254.169.254/", "javascript:x", "", "\u001b", "//x"));
        yield return ("with 99,999 URLs", descriptor => descriptor["urls"] = new JsonArray([.. Enumerable.Range(0, 99_999).Select(i => (JsonNode)"x")]));
        yield return ("with 100,001 URLs", descriptor => descriptor["urls"] = new JsonArray([.. Enumerable.Range(0, 100_001).Select(i => (JsonNode)"x")]));
        yield return ("with 100,001 annotations", descriptor => descriptor["annotations"] = new JsonObject(Enumerable.Range(0, 100_001).Select(i => KeyValuePair.Create(i.ToString(), (JsonNode?)"x"))));
        yield return ("with a strange platform", descriptor => descriptor["platform"] = new JsonObject { ["os"] = "../x", ["architecture"] = "\u0000", ["variant"] = "/", ["os.version"] = "\u001b" });
        yield return ("with a name of no grammar", descriptor => descriptor["annotations"] = new JsonObject { ["org.opencontainers.image.ref.name"] = "../../x:\u0000" });
        yield return ("with a name of a digest", descriptor => descriptor["annotations"] = new JsonObject { ["org.opencontainers.image.ref.name"] = "x@sha256:" + _hex });
        yield return ("with a summary of ours", descriptor => descriptor["annotations"] = new JsonObject { ["containerimages.summary"] = "1 x;i" });
    }

    private static IEnumerable<HostileCase> DiffIds() =>
        _digests.Select((digest, i) => HostileCase.OfArchive($"diff ID {i}", () => Docker("config.json", json => json["rootfs"]!["diff_ids"]![0] = digest)));

    private static IEnumerable<HostileCase> Elsewhere()
    {
        foreach (var (digest, i) in _digests.Select((digest, i) => (digest, i)).Where(pair => pair.digest.Length < 1000))
        {
            yield return HostileCase.OfArchive($"config called by digest {i}", () => Docker("manifest.json", json => json[0]!["Config"] = digest));
            yield return HostileCase.OfArchive($"layer called by digest {i}", () => Docker("manifest.json", json => json[0]!["Layers"]![0] = "blobs/" + digest.Replace(':', '/')));
            yield return HostileCase.OfArchive($"tag with digest {i}", () => Docker("manifest.json", json => json[0]!["RepoTags"]![0] = "x@" + digest));
            yield return HostileCase.OfArchive($"blob called by digest {i}", () =>
            {
                var files = SoundInputs.Oci();
                files.Add(("blobs/" + digest.Replace(':', '/').Replace("\0", "0", StringComparison.Ordinal), "x"u8.ToArray()));
                return SoundInputs.Tar(files.Select(file => (file.Name.TrimEnd('/'), file.Data)));
            });
        }
    }

    private static JsonNode Manifest(string document) => JsonNode.Parse(SoundInputs.Oci().Single(file => IsIt(file.Name, document)).Data)!;

    private static bool IsIt(string name, string document) => name == document || (document == "manifest" && name.EndsWith(SoundInputs.Image.Digest.Hex, StringComparison.Ordinal));

    private static byte[] Oci(string document, Action<JsonNode> edit) => Edit(SoundInputs.Oci(), name => IsIt(name, document), edit);

    private static byte[] Docker(string document, Action<JsonNode> edit) => Edit(SoundInputs.Docker(), name => name == document, edit);

    private static byte[] Edit(List<(string Name, byte[] Data)> files, Func<string, bool> isIt, Action<JsonNode> edit)
    {
        var at = files.FindIndex(file => isIt(file.Name));
        var json = JsonNode.Parse(files[at].Data)!;
        edit(json);
        ArchiveMutation.Put(files, at, Encoding.UTF8.GetBytes(json.ToJsonString()));
        return SoundInputs.Tar(files);
    }
}
