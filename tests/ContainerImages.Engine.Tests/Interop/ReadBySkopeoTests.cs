using System;
using System.IO;
using System.Linq;
using System.Text.Json;
using ContainerImages.Content;
using ContainerImages.Testing;
using Xunit;

namespace ContainerImages.Engine.Tests.Interop;

/// <summary>What we save, skopeo reads and copies: the same manifest, config and layers, to the byte.</summary>
public sealed class ReadBySkopeoTests : IDisposable
{
    private const string DockerManifest = "application/vnd.docker.distribution.manifest.v2+json";

    private readonly Workbench _bench = new();

    public static TheoryData<string, string> InEachFormat => InteropSources.InEachFormat;

    public void Dispose() => _bench.Dispose();

    [SkippableTheory]
    [MemberData(nameof(InEachFormat))]
    public void Skopeo_reads_what_was_saved(string format, string source)
    {
        var export = InteropSources.Get(source);
        var expected = InteropSources.ForThisHost(export);
        _bench.Import(export);
        var image = _bench.Store.Find(expected.Id);
        var name = image.Names[0];

        var saved = _bench.Save(format, _bench.Item(name, name));

        // By a name in a layout it looks for OCI manifests only.
        var isDockerInOci = image.ManifestType == DockerManifest && format.StartsWith("oci-", StringComparison.Ordinal);
        var reference = Workbench.Reference(format, saved, isDockerInOci ? null : name);
        Assert.Equal(expected.ConfigBytes, _bench.Peers.Skopeo("inspect", "--config", "--raw", reference).Bytes);
        var manifest = _bench.Peers.Skopeo("inspect", "--raw", reference);
        if (format is "docker-dir" or "docker-archive")
        {
            Assert.Equal(DockerManifest, manifest.Json.GetProperty("mediaType").GetString());
            Assert.Equal("sha256:" + expected.Id, manifest.Json.GetProperty("config").GetProperty("digest").GetString());
            Assert.Equal(expected.DiffIds.Count, manifest.Json.GetProperty("layers").GetArrayLength());
        }
        else
        {
            Assert.Equal(image.Index ?? image.Manifest, manifest.Output);
        }
    }

    /// <summary>For a copy skopeo reads every blob, and sees that each has its size and digest.</summary>
    [SkippableTheory]
    [MemberData(nameof(InEachFormat))]
    public void Skopeo_copies_what_was_saved_and_every_layer_is_whole(string format, string source)
    {
        var export = InteropSources.Get(source);
        _bench.Import(export);
        var name = _bench.Store.Find(InteropSources.ForThisHost(export).Id).Names[0];
        var saved = _bench.Save(format, _bench.Item(name, name));

        var copy = _bench.Combine("copy");
        _bench.Peers.Skopeo("copy", "--all", Workbench.Reference(format, saved), $"dir:{copy}");

        _bench.Import(copy, "docker.io/library/again:1");
        var expected = export.Images.Length == 1 || format.StartsWith("docker", StringComparison.Ordinal)
            ? [InteropSources.ForThisHost(export)]
            : export.Images;
        foreach (var image in expected)
        {
            Assert.Contains("docker.io/library/again:1", _bench.Store.Find(image.Id).Names);
        }
    }

    [SkippableTheory]
    [InlineData(InteropSources.DockerArchive)]
    [InlineData(InteropSources.GzipLayout)]
    [InlineData(InteropSources.PlainLayout)]
    public void The_Docker_manifest_made_of_an_OCI_manifest_says_what_skopeos_says(string source)
    {
        var export = InteropSources.Get(source);
        _bench.Import(export);
        var name = _bench.Store.Find(export.Image.Id).Names[0];
        var layout = _bench.Save("oci-dir", _bench.Item(name, name));
        var converted = _bench.Combine("converted");
        _bench.Peers.Skopeo("copy", "--format", "v2s2", $"oci:{layout}", $"dir:{converted}");

        var saved = _bench.Save("docker-dir", _bench.Item(name, name));

        var ours = ReadJson(saved, "manifest.json");
        Assert.True(JsonElement.DeepEquals(ReadJson(converted, "manifest.json"), ours), $"Ours says {ours}.");
        Assert.Equal(Names(converted), Names(saved));
        foreach (var file in Names(saved).Where(file => file != "manifest.json"))
        {
            Assert.Equal(File.ReadAllBytes(Path.Combine(converted, file)), File.ReadAllBytes(Path.Combine(saved, file)));
        }
    }

    [SkippableTheory]
    [InlineData(InteropSources.GzipLayout)]
    [InlineData(InteropSources.ZstdLayout)]
    [InlineData(InteropSources.DockerFolder)]
    [InlineData(InteropSources.MultiPlatform)]
    public void A_dir_folder_is_the_one_that_skopeo_writes(string source)
    {
        var export = InteropSources.Get(source);
        _bench.Import(export);
        var name = _bench.Store.Find(InteropSources.ForThisHost(export).Id).Names[0];
        var copied = _bench.Combine("copied");
        var transport = File.Exists(Path.Combine(export.Path, "oci-layout")) ? "oci" : "dir";
        _bench.Peers.Skopeo("copy", "--all", $"{transport}:{export.Path}", $"dir:{copied}");

        var saved = _bench.Save("dir", _bench.Item(name, name));

        Assert.Equal(Names(copied), Names(saved));
        foreach (var file in Names(saved))
        {
            Assert.Equal(File.ReadAllBytes(Path.Combine(copied, file)), File.ReadAllBytes(Path.Combine(saved, file)));
        }
    }

    [SkippableFact]
    public void A_layer_in_zstd_cannot_go_into_a_Docker_folder()
    {
        _bench.Import(PeerImages.Shared.ZstdOciLayout);
        var name = PeerImages.Shared.OciApp.Names[0];

        var error = Assert.Throws<ContainerImageException>(() => _bench.Save("docker-dir", _bench.Item(name, name)));

        Assert.Equal(ImageError.UnsupportedConversion, error.Error);
        Assert.False(Directory.Exists(_bench.Combine("saved-1")));
    }

    private static JsonElement ReadJson(string folder, string file) =>
        JsonElement.Parse(File.ReadAllBytes(Path.Combine(folder, file)));

    private static string[] Names(string folder) =>
        [.. Directory.EnumerateFiles(folder).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];
}
