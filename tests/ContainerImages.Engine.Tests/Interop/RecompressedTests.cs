using System;
using System.IO;
using System.Linq;
using System.Text.Json;
using ContainerImages.Content;
using ContainerImages.Copying;
using ContainerImages.Testing;
using Xunit;

namespace ContainerImages.Engine.Tests.Interop;

/// <summary>What we save in another compression, the peers read: skopeo every byte, podman and umoci every file.</summary>
public sealed class RecompressedTests : IDisposable
{
    private readonly Workbench _bench = new();

    public static TheoryData<string, string, Compression> Cases
    {
        get
        {
            var data = new TheoryData<string, string, Compression>();
            foreach (var source in new[] { InteropSources.GzipLayout, InteropSources.ZstdLayout, InteropSources.PlainLayout })
            {
                foreach (var compression in new[] { Compression.None, Compression.Gzip, Compression.Zstd })
                {
                    data.Add(source, "oci-archive", compression);
                    data.Add(source, compression == Compression.Zstd ? "oci-dir" : "docker-dir", compression);
                }
            }

            data.Add(InteropSources.DockerFolder, "oci-archive", Compression.Zstd);
            data.Add(InteropSources.MultiPlatform, "oci-dir", Compression.Gzip);
            data.Add(InteropSources.MultiPlatform, "oci-archive", Compression.Zstd);
            data.Add(InteropSources.MultiPlatform, "dir", Compression.None);
            return data;
        }
    }

    public void Dispose() => _bench.Dispose();

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public void Skopeo_copies_it_and_every_layer_is_whole(string source, string format, Compression compression)
    {
        var (export, saved) = Save(source, format, compression);

        // It reads every blob, sees to its digest, and writes all of it plain for us to compare.
        var copy = _bench.Combine("copy");
        _bench.Peers.Skopeo("copy", "--all", Workbench.Reference(format, saved), $"dir:{copy}");

        _bench.Import(copy, "docker.io/library/again:1");
        foreach (var image in format == "docker-dir" ? [InteropSources.ForThisHost(export)] : export.Images)
        {
            var again = _bench.Store.Find(image.Id);
            Assert.Contains("docker.io/library/again:1", again.Names);
            Assert.Equal(image.DiffIds, again.RootFS.Layers);
        }

        var manifest = _bench.Peers.Skopeo("inspect", "--raw", $"dir:{copy}").Json;
        if (manifest.TryGetProperty("layers", out var layers))
        {
            Assert.All(layers.EnumerateArray(), layer => Assert.True(
                MediaTypes.TryGetLayerCompression(layer.GetProperty("mediaType").GetString()!, out var found) && found == compression));
        }
    }

    [SkippableTheory]
    [InlineData(Compression.None)]
    [InlineData(Compression.Gzip)]
    [InlineData(Compression.Zstd)]
    public void Podman_loads_it(Compression compression)
    {
        var (export, saved) = Save(InteropSources.GzipLayout, "oci-archive", compression, level: 1);

        _bench.Peers.Podman("load", "--quiet", "--input", saved);

        var loaded = _bench.Peers.Podman("image", "inspect", export.Image.Id).Json[0];
        Assert.Equal(export.Image.DiffIds, loaded.GetProperty("RootFS").GetProperty("Layers").Deserialize<string[]>());
        Assert.Equal(export.Image.Names, loaded.GetProperty("RepoTags").Deserialize<string[]>()!);
    }

    [SkippableTheory]
    [InlineData(Compression.None)]
    [InlineData(Compression.Gzip)]
    public void Umoci_unpacks_it(Compression compression)
    {
        Skip.IfNot(Environment.IsPrivilegedProcess, "Files of all owners are for root.");
        var (export, saved) = Save(InteropSources.ZstdLayout, "oci-dir", compression);
        var (_, before) = Save(InteropSources.GzipLayout, "oci-dir", null);
        string Unpack(string layout, string name)
        {
            _bench.Peers.Umoci("unpack", "--image", $"{layout}:{export.Image.Names[0]}", _bench.Combine(name));
            return Path.Combine(_bench.Combine(name), "rootfs");
        }

        Assert.Equal(FileTree.Describe(Unpack(before, "expected")), FileTree.Describe(Unpack(saved, "found")));
    }

    [SkippableFact]
    public void It_is_no_larger_than_what_skopeo_makes()
    {
        Peers.Require(Peer.Skopeo);
        var export = InteropSources.Get(InteropSources.PlainLayout);
        foreach (var compression in new[] { Compression.Gzip, Compression.Zstd })
        {
            var name = CompressionFormat.NameOf(compression);
            var theirs = _bench.Combine(name);
            _bench.Peers.Skopeo("copy", "--dest-compress-format", name, $"oci:{export.Path}", $"oci:{theirs}");
            var (_, ours) = Save(InteropSources.PlainLayout, "oci-dir", compression);

            Assert.True(Bytes(ours) < 1.05 * Bytes(theirs), $"{Bytes(ours)} bytes, where skopeo has {Bytes(theirs)}.");
        }
    }

    private (PeerExport Export, string Saved) Save(string source, string format, Compression? compression, int? level = null)
    {
        var export = InteropSources.Get(source);
        _bench.Import(export);
        var name = _bench.Store.Find(InteropSources.ForThisHost(export).Id).Names[0];
        var changes = compression is { } asked
            ? new CopyChanges { Encoding = LayerEncoding.Of(asked, level), RecodesAll = level is not null }
            : new CopyChanges();
        return (export, _bench.Save(format, changes, _bench.Item(name, name)));
    }

    private static long Bytes(string folder) =>
        new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);
}
