using System;
using System.Linq;
using System.Text.Json;
using ContainerImages.Testing;
using Xunit;

namespace ContainerImages.Engine.Tests.Interop;

/// <summary>What we save, podman loads: the same image ID, layers and, where the format has a place for them, names.</summary>
public sealed class LoadedByPodmanTests : IDisposable
{
    private readonly Workbench _bench = new();

    public static TheoryData<string, string> InSomeFormats => InteropSources.InSomeFormats;

    public void Dispose() => _bench.Dispose();

    [SkippableTheory]
    [MemberData(nameof(InSomeFormats))]
    public void Podman_loads_what_was_saved(string format, string source)
    {
        var export = InteropSources.Get(source);
        var expected = InteropSources.ForThisHost(export);
        _bench.Import(export);
        var name = _bench.Store.Find(expected.Id).Names[0];

        var saved = _bench.Save(format, _bench.Item(name, name));
        _bench.Peers.Podman("load", "--quiet", "--input", saved);

        var loaded = Inspect(expected.Id);
        Assert.Equal(expected.Id, loaded.GetProperty("Id").GetString());
        Assert.Equal(expected.DiffIds, Texts(loaded.GetProperty("RootFS").GetProperty("Layers")));
        if (format.EndsWith("-archive", StringComparison.Ordinal))
        {
            Assert.Equal([name], Texts(loaded.GetProperty("RepoTags")));
        }

        if (format is "oci-archive" or "dir")
        {
            Assert.Equal(_bench.Store.Find(name).RootDigest, loaded.GetProperty("Digest").GetString());
        }
    }

    [SkippableFact]
    public void Podman_loads_all_images_and_names_of_a_docker_archive_with_several()
    {
        var peers = PeerImages.Shared;
        _bench.Import(peers.MultiImageDockerArchive);
        _bench.Import(peers.MultiPlatformLayout);
        var platforms = InteropSources.ForThisHost(peers.MultiPlatformLayout);

        var saved = _bench.Save(
            "docker-archive",
            _bench.Item(peers.App.Id, [.. peers.App.Names]),
            _bench.Item(peers.ToolImage.Id, [.. peers.ToolImage.Names]),
            _bench.Item(platforms.Id));
        var said = _bench.Peers.Podman("load", "--input", saved).Lines;

        string[] names = [.. peers.App.Names, .. peers.ToolImage.Names, "sha256:" + platforms.Id];
        Assert.Equal(names.Select(name => "Loaded image: " + name), said);
        foreach (var image in new[] { peers.App, peers.ToolImage, platforms })
        {
            var loaded = Inspect(image.Id);
            Assert.Equal(image.DiffIds, Texts(loaded.GetProperty("RootFS").GetProperty("Layers")));
            Assert.Equal(image.Names.Where(_ => image != platforms).Order(), Texts(loaded.GetProperty("RepoTags")).Order());
        }
    }

    [SkippableFact]
    public void Podman_takes_an_OCI_archive_with_one_descriptor_only()
    {
        var peers = PeerImages.Shared;
        _bench.Import(peers.OciLayout);
        var name = peers.OciApp.Names[0];

        var saved = _bench.Save("oci-archive", _bench.Item(name, name, "docker.io/library/other:1"));

        var refused = _bench.Peers.Run(Peer.Podman, ["load", "--quiet", "--input", saved], mustSucceed: false);
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("more than one image in oci, choose an image", refused.Error, StringComparison.Ordinal);
        _bench.Peers.Podman("pull", "--quiet", $"oci-archive:{saved}:docker.io/library/other:1");
        Assert.Equal(["docker.io/library/other:1"], Texts(Inspect(peers.OciApp.Id).GetProperty("RepoTags")));
    }

    private JsonElement Inspect(string image) => _bench.Peers.Podman("image", "inspect", image).Json[0];

    private static string[] Texts(JsonElement array) => array.Deserialize<string[]>()!;
}
