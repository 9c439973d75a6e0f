using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Text.Json.Nodes;
using ContainerImages.Content;
using ContainerImages.Engine.Tests.Content;
using ContainerImages.Engine.Tests.Hostile;
using ContainerImages.Engine.Tests.Store;
using ContainerImages.Store;
using ContainerImages.Testing;
using Xunit;

namespace ContainerImages.Engine.Tests.Transports;

/// <summary>
/// Archives that are broken, or made to do harm: the documented error, which names the archive and what of it, and a store
/// as it was. Each is tried as a file and as a stream.
/// </summary>
public sealed class HostileArchiveTests : IDisposable
{
    private const string Docker = "docker";
    private const string Oci = "oci";

    private static readonly TestLayer _lower = TestLayer.Of("lower", Compression.Gzip);
    private static readonly TestLayer _upper = TestLayer.Of("upper");
    private static readonly TestImage _image = new(_lower, _upper) { Names = ["docker.io/library/hostile:1"] };
    private static readonly string _config = TestArchive.ConfigPath(_image);
    private static readonly string _layer = TestArchive.LayerPath(_lower);
    private static readonly string _layerBlob = TestArchive.BlobPath(_lower.Digest);
    private static readonly string _manifestBlob = TestArchive.BlobPath(_image.Digest);
    private static readonly string _configBlob = TestArchive.BlobPath(_image.Id);

    /// <summary>What is done to the archive, the error, and what the message must name beside the archive.</summary>
    private static readonly Dictionary<string, (string Format, Action<TestArchive> Break, ImageError Error, string Named)> _cases = new()
    {
        ["no manifest"] = (Docker, a => a.Remove("manifest.json"), ImageError.UnknownArchiveFormat, "manifest.json"),
        ["no files"] = (Docker, a => a.Names.ToList().ForEach(name => a.Remove(name)), ImageError.UnknownArchiveFormat, "without files"),
        ["manifest is null"] = (Docker, a => a["manifest.json"] = "null"u8.ToArray(), ImageError.EmptyArchive, "manifest.json"),
        ["manifest is empty"] = (Docker, a => a["manifest.json"] = "[]"u8.ToArray(), ImageError.EmptyArchive, "manifest.json"),
        ["manifest is no list"] = (Docker, a => a["manifest.json"] = "{}"u8.ToArray(), ImageError.InvalidArchive, "manifest.json"),
        ["manifest is no JSON"] = (Docker, a => a["manifest.json"] = "[{"u8.ToArray(), ImageError.InvalidArchive, "manifest.json"),
        ["manifest of numbers"] = (Docker, a => a["manifest.json"] = "[1]"u8.ToArray(), ImageError.InvalidArchive, "manifest.json"),
        ["manifest without config"] = (Docker, a => a.EditJson("manifest.json", j => j[0]!.AsObject().Remove("Config")), ImageError.InvalidArchive, "Config"),
        ["config is a number"] = (Docker, a => a.EditJson("manifest.json", j => j[0]!["Config"] = 1), ImageError.InvalidArchive, "Config"),
        ["layers are text"] = (Docker, a => a.EditJson("manifest.json", j => j[0]!["Layers"] = "x"), ImageError.InvalidArchive, "Layers"),
        ["a layer is null"] = (Docker, a => a.EditJson("manifest.json", j => j[0]!["Layers"]![0] = null), ImageError.InvalidArchive, "Layers[0]"),
        ["a tag is no name"] = (Docker, a => a.EditJson("manifest.json", j => j[0]!["RepoTags"]![0] = "Not A Name"), ImageError.InvalidArchive, "Not A Name"),
        ["a tag is half a character"] = (Docker, a => a["manifest.json"] = Ascii(Text(a["manifest.json"]).Replace("docker.io/library/hostile:1", "\\ud800", StringComparison.Ordinal)), ImageError.InvalidArchive, "RepoTags"),
        ["a layer too few"] = (Docker, a => a.EditJson("manifest.json", j => j[0]!["Layers"]!.AsArray().RemoveAt(0)), ImageError.InvalidArchive, "1 layer files"),
        ["config missing"] = (Docker, a => a.Remove(_config), ImageError.ContentMissing, _config),
        ["config of another digest"] = (Docker, a => a[_config] = [.. a[_config], (byte)' '], ImageError.ContentMismatch, _config),
        ["config no JSON"] = (Docker, a => Rename(a, _config, "config.json", "no JSON"u8.ToArray()), ImageError.InvalidArchive, "config.json"),
        ["config nested deep"] = (Docker, a => Rename(a, _config, "config.json", Ascii("{\"x\":" + new string('[', 9999) + new string(']', 9999) + "}")), ImageError.InvalidArchive, "config.json"),
        ["config huge"] = (Docker, a => Rename(a, _config, "config.json", new byte[Limits.Config + 1]), ImageError.ContentTooLarge, "config.json"),
        ["config with a bad diff ID"] = (Docker, a => Rename(a, _config, "config.json", "{\"rootfs\":{\"diff_ids\":[\"sha256:0\",\"x\"]}}"u8.ToArray()), ImageError.InvalidArchive, "diff_ids"),
        ["config with a bad date"] = (Docker, a => Rename(a, _config, "config.json", "{\"created\":\"yesterday\"}"u8.ToArray()), ImageError.InvalidArchive, "created"),
        ["config with a key that is half a character"] = (Docker, a => Rename(a, _config, "config.json", Ascii("{\"config\":{\"Labels\":{\"\\ud800\":\"x\"},\"\\udc00\":1}}")), ImageError.InvalidArchive, "config.json"),
        ["config that is no UTF-8"] = (Docker, a => Rename(a, _config, "config.json", [.. "{\"author\":\""u8, 0xFF, 0xC0, .. "\"}"u8]), ImageError.InvalidArchive, "config.json"),
        ["layer missing"] = (Docker, a => a.Remove(_layer), ImageError.ContentMissing, _layer),
        ["layer of another diff ID"] = (Docker, a => a[_layer] = TestLayer.Of("another", Compression.Gzip).Bytes, ImageError.ContentMismatch, _layer),
        ["plain layer of another diff ID"] = (Docker, a => a.Garble(TestArchive.LayerPath(_upper)), ImageError.ContentMismatch, TestArchive.LayerPath(_upper)),
        ["layer cut short"] = (Docker, a => a[_layer] = TestLayer.Compress(_lower.Plain[..^20], Compression.Gzip), ImageError.ContentMismatch, _layer),
        ["layer no gzip after its head"] = (Docker, a => a[_layer] = [.. a[_layer][..12], .. new byte[64]], ImageError.InvalidArchive, _layer),
        ["layer empty"] = (Docker, a => a[_layer] = [], ImageError.ContentMismatch, _layer),
        ["two files of one name"] = (Docker, a => a.Add(_layer, a[_layer]), ImageError.InvalidArchive, _layer),
        ["two files of one name but for its form"] = (Docker, a => a.Add("./" + _config, a[_config]), ImageError.InvalidArchive, _config),
        ["a name that climbs"] = (Docker, a => a.Add("../../etc/passwd", []), ImageError.InvalidArchive, "../../etc/passwd"),
        ["a name that climbs within"] = (Docker, a => a.Add("a/../b", []), ImageError.InvalidArchive, "a/../b"),
        ["an absolute name"] = (Docker, a => a.Add("/etc/passwd", []), ImageError.InvalidArchive, "/etc/passwd"),
        ["a name of Windows"] = (Docker, a => a.Add("..\\..\\x", []), ImageError.InvalidArchive, "..\\..\\x"),
        ["a link that climbs"] = (Docker, a => a.Remove(_layer).AddLink(_layer, "../../../etc/passwd"), ImageError.InvalidArchive, "/etc/passwd"),
        ["an absolute link"] = (Docker, a => a.Remove(_layer).AddLink(_layer, "/etc/passwd"), ImageError.InvalidArchive, "/etc/passwd"),
        ["links at each other"] = (Docker, a => a.Remove(_layer).AddLink(_layer, "b").AddLink("b", _layer), ImageError.InvalidArchive, "circle"),
        ["a link at itself"] = (Docker, a => a.Remove(_config).AddLink(_config, _config), ImageError.InvalidArchive, "circle"),
        ["a layer path that climbs"] = (Docker, a => a.EditJson("manifest.json", j => j[0]!["Layers"]![0] = "../x.tar"), ImageError.InvalidArchive, "../x.tar"),
        ["thousands of layers"] = (Docker, a => a.EditJson("manifest.json", j => j[0]!["Layers"] = Many(_layer)), ImageError.ContentTooLarge, "Layers"),

        ["index no JSON"] = (Oci, a => a["index.json"] = "{"u8.ToArray(), ImageError.InvalidArchive, "index.json"),
        ["index of no images"] = (Oci, a => a.EditJson("index.json", j => j["manifests"] = new JsonArray()), ImageError.EmptyArchive, "index.json"),
        ["index without list"] = (Oci, a => a.EditJson("index.json", j => j.AsObject().Remove("manifests")), ImageError.EmptyArchive, "index.json"),
        ["index with a list of text"] = (Oci, a => a.EditJson("index.json", j => j["manifests"] = new JsonArray("x")), ImageError.InvalidArchive, "manifests[0]"),
        ["descriptor with a bad digest"] = (Oci, a => a.EditJson("index.json", j => j["manifests"]![0]!["digest"] = "sha256:../../x"), ImageError.InvalidArchive, "digest"),
        ["descriptor with a negative size"] = (Oci, a => a.EditJson("index.json", j => j["manifests"]![0]!["size"] = -1), ImageError.InvalidArchive, "size"),
        ["descriptor with another size"] = (Oci, a => a.EditJson("index.json", j => j["manifests"]![0]!["size"] = 1), ImageError.ContentMismatch, _image.Digest.ToString()),
        ["annotations of numbers"] = (Oci, a => a.EditJson("index.json", j => j["manifests"]![0]!["annotations"] = new JsonObject { ["x"] = 1 }), ImageError.InvalidArchive, "annotations"),
        ["annotation with a key that is half a character"] = (Oci, a => a["index.json"] = Ascii(Text(a["index.json"]).Replace("org.opencontainers.image.ref.name", "\\ud800", StringComparison.Ordinal)), ImageError.InvalidArchive, "index.json"),
        ["layout of another version"] = (Oci, a => a["oci-layout"] = "{\"imageLayoutVersion\":\"2.0.0\"}"u8.ToArray(), ImageError.UnsupportedContent, "2.0.0"),
        ["layout without version"] = (Oci, a => a["oci-layout"] = "{}"u8.ToArray(), ImageError.UnsupportedContent, "version"),
        ["manifest missing"] = (Oci, a => a.Remove(_manifestBlob), ImageError.ContentMissing, _image.Digest.ToString()),
        ["manifest garbled"] = (Oci, a => a.Garble(_manifestBlob), ImageError.ContentMismatch, _image.Digest.ToString()),
        ["manifest of schema 1"] = (Oci, a => SetManifest(a, j => j["schemaVersion"] = 1), ImageError.UnsupportedContent, "schema 1"),
        ["manifest of another type"] = (Oci, a => SetManifest(a, j => j["mediaType"] = "text/html"), ImageError.InvalidArchive, "text/html"),
        ["manifest of both kinds"] = (Oci, a => SetManifest(a, j => j["manifests"] = new JsonArray()), ImageError.InvalidArchive, "at once"),
        ["OCI manifest without config"] = (Oci, a => SetManifest(a, j => j.AsObject().Remove("config")), ImageError.InvalidArchive, "config"),
        ["manifest with a layer too few"] = (Oci, a => SetManifest(a, j => j["layers"]!.AsArray().RemoveAt(0)), ImageError.ContentMismatch, "layers"),
        ["manifest with thousands of layers"] = (Oci, a => SetManifest(a, j => j["layers"] = Many(j["layers"]![0]!)), ImageError.ContentTooLarge, "layers"),
        ["layer of an unknown type"] = (Oci, a => SetManifest(a, j => j["layers"]![0]!["mediaType"] = MediaTypes.OciLayer + "+brotli"), ImageError.UnsupportedContent, "brotli"),
        ["layer with another size"] = (Oci, a => SetManifest(a, j => j["layers"]![0]!["size"] = 1), ImageError.ContentMismatch, _lower.Digest.ToString()),
        ["layer with a size past all bounds"] = (Oci, a => SetManifest(a, j => j["layers"]![0]!["size"] = long.MaxValue), ImageError.ContentMismatch, _lower.Digest.ToString()),
        ["layer that is not there"] = (Oci, a => a.Remove(_layerBlob), ImageError.ContentMissing, _lower.Digest.ToString()),
        ["layer garbled"] = (Oci, a => a.Garble(_layerBlob), ImageError.ContentMismatch, _lower.Digest.ToString()),
        ["one layer with two diff IDs"] = (Oci, a => SetManifest(a, j => j["layers"]![1] = j["layers"]![0]!.DeepClone()), ImageError.ContentMismatch, _lower.Digest.ToString()),
        ["config that is not there"] = (Oci, a => a.Remove(_configBlob), ImageError.ContentMissing, _image.Id.ToString()),
        ["config garbled"] = (Oci, a => a.Garble(_configBlob), ImageError.ContentMismatch, _image.Id.ToString()),
        ["config with a size past all bounds"] = (Oci, a => SetManifest(a, j => j["config"]!["size"] = long.MaxValue), ImageError.ContentMismatch, _image.Id.ToString()),
    };

    private readonly TestStore _test = new();
    private readonly TempFolder _folder = new();

    public HostileArchiveTests() => _test.Store.Import(TestImage.Of("there before", "docker.io/library/before:1"));

    public static TheoryData<string, bool> Cases
    {
        get
        {
            var data = new TheoryData<string, bool>();
            foreach (var name in _cases.Keys)
            {
                data.Add(name, false);
                data.Add(name, true);
            }

            return data;
        }
    }

    private ImageStore Store => _test.Store;

    public void Dispose()
    {
        _test.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_broken_archive_is_refused_and_changes_nothing(string name, bool isStream)
    {
        var (format, damage, error, named) = _cases[name];
        var archive = format == Docker ? TestArchive.Docker(_image) : TestArchive.OciLayout(_image);
        damage(archive);

        var thrown = AssertRefused(error, archive.ToTar(), isStream);

        Assert.Contains(named, thrown.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "it is empty")]
    [InlineData("hello", "68 65 6c 6c 6f")]
    public void What_is_no_archive_is_said_to_be_none(string text, string why)
    {
        Assert.All([false, true], isStream =>
            Assert.Contains(why, AssertRefused(ImageError.UnknownArchiveFormat, Ascii(text), isStream).Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Random_bytes_and_a_compressed_text_are_no_archives()
    {
        var random = new byte[5000];
        new Random(1).NextBytes(random);
        random[0] = 0;

        Assert.All([random, TestLayer.Compress(random, Compression.Gzip), TestLayer.Compress(random, Compression.Zstd)], bytes =>
            AssertRefused(ImageError.UnknownArchiveFormat, bytes, isStream: false));
    }

    [Theory]
    [InlineData(Compression.Gzip)]
    [InlineData(Compression.Zstd)]
    public void A_layer_whose_stream_is_cut_short_is_refused(Compression compression)
    {
        var archive = TestArchive.Docker(_image);
        archive[_layer] = TestLayer.Compress(_lower.Plain, compression)[..^20];
        var tar = archive.ToTar();

        Assert.All([false, true], isStream => AssertRefused(ImageError.InvalidArchive, tar, isStream));
    }

    [Theory]
    [InlineData(Docker, Compression.Gzip)]
    [InlineData(Oci, Compression.Gzip)]
    [InlineData(Docker, Compression.Zstd)]
    [InlineData(Docker, Compression.Bzip2)]
    [InlineData(Docker, Compression.Xz)]
    public void An_archive_whose_compression_lacks_its_end_is_refused_though_all_files_are_there(string format, Compression compression)
    {
        var whole = OtherCompressions.Compress((format == Docker ? TestArchive.Docker(_image) : TestArchive.OciLayout(_image)).ToTar(), compression);

        foreach (var missing in new[] { 1, 2, 4, 8 })
        {
            Assert.All([false, true], isStream => AssertRefused(ImageError.InvalidArchive, whole[..^missing], isStream));
        }

        Read(whole, isStream: true);
        Assert.Equal(_image.Id.Hex, Store.Find("hostile:1").Id);
    }

    [Theory]
    [InlineData("real/layer.tar", "real/layer.tar")]
    [InlineData("real/layer.tar", "/real/layer.tar")]
    [InlineData("real/layer.tar", "./real/./layer.tar")]
    public void Links_within_the_archive_are_followed(string target, string link)
    {
        Read(TestArchive.Docker(_image).MoveBehindLink(_layer, target, link).ToTar(), isStream: false);

        Assert.Equal(_image.Id.Hex, Store.Find("hostile:1").Id);
        Store.AssertSound();
    }

    [Theory]
    [InlineData(Docker, false)]
    [InlineData(Docker, true)]
    [InlineData(Oci, false)]
    [InlineData(Oci, true)]
    public void The_metadata_may_come_first_or_last(string format, bool first)
    {
        var archive = (format == Docker ? TestArchive.Docker(_image) : TestArchive.OciLayout(_image)).Reorder(first);

        Read(archive.ToTar(), isStream: true);

        Assert.Equal(_image.Id.Hex, Store.Find("hostile:1").Id);
        Store.AssertSound();
    }

    private static string Text(byte[] bytes) => Encoding.UTF8.GetString(bytes);

    private static byte[] Ascii(string text) => Encoding.ASCII.GetBytes(text);

    private static JsonArray Many(JsonNode item) => new([.. Enumerable.Range(0, Limits.Layers + 1).Select(_ => item.DeepClone())]);

    /// <summary>Gives the config a name that promises no digest, and other bytes.</summary>
    private static void Rename(TestArchive archive, string from, string to, byte[] content)
    {
        archive.Remove(from).Add(to, content).EditJson("manifest.json", json => json[0]!["Config"] = to);
    }

    /// <summary>Changes the manifest and all that hangs on its digest.</summary>
    private static void SetManifest(TestArchive archive, Action<JsonNode> edit)
    {
        archive.EditJson(_manifestBlob, edit);
        var bytes = archive[_manifestBlob];
        var digest = Digest.Compute(bytes);
        archive.Remove(_manifestBlob).Add(TestArchive.BlobPath(digest), bytes).EditJson("index.json", json =>
        {
            json["manifests"]![0]!["digest"] = digest.ToString();
            json["manifests"]![0]!["size"] = bytes.Length;
        });
    }

    private ContainerImageException AssertRefused(ImageError error, byte[] bytes, bool isStream)
    {
        var thrown = Store.AssertRefused(error, _ => Read(bytes, isStream));
        Assert.Contains("archive.tar", thrown.Message, StringComparison.Ordinal);
        return thrown;
    }

    private void Read(byte[] bytes, bool isStream)
    {
        if (isStream)
        {
            using var pipe = new TarBytes.ForwardStream(bytes);
            Store.ImportStream(pipe, "'archive.tar'");
        }
        else
        {
            Store.ImportFile(_folder.NewFile("archive.tar", bytes));
        }
    }
}
