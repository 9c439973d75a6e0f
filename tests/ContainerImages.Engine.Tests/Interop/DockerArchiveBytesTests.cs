using System;
using System.Collections.Generic;
using System.Formats.Tar;
using System.IO;
using System.Linq;
using System.Text.Json;
using ContainerImages.Testing;
using ContainerImages.Transports;
using Xunit;

namespace ContainerImages.Engine.Tests.Interop;

/// <summary>A docker-archive of ours is, byte for byte, what podman and skopeo write for the same images and names.</summary>
public sealed class DockerArchiveBytesTests : IDisposable
{
    private const string Format = "docker-archive";
    private const string Zstd = "zstd OCI layout";

    private static readonly Dictionary<string, Func<PeerImages, PeerExport>> _archives = new()
    {
        ["podman, two names"] = peers => peers.PodmanDockerArchive,
        ["skopeo, two names"] = peers => peers.SkopeoDockerArchive,
        ["podman, an OCI image"] = peers => peers.OciAppDockerArchive,
        ["podman, several images with shared layers"] = peers => peers.MultiImageDockerArchive,
        ["podman, no name"] = peers => peers.UntaggedDockerArchive,
    };

    private static readonly Dictionary<string, Func<PeerImages, PeerExport>> _sources = new()
    {
        ["gzip OCI layout"] = peers => peers.OciLayout,
        [Zstd] = peers => peers.ZstdOciLayout,
        ["plain OCI layout"] = peers => peers.PlainOciLayout,
        ["OCI layout with a config that skopeo rewrote"] = peers => peers.ConvertedOciLayout,
        ["multi-platform layout"] = peers => peers.MultiPlatformLayout,
        ["umoci's layout"] = peers => peers.UmociLayout,
        ["oci-archive"] = peers => peers.SkopeoOciArchive,
        ["OCI folder"] = peers => peers.OciFolder,
        ["Docker folder"] = peers => peers.DockerFolder,
        ["gzip Docker folder"] = peers => peers.CompressedDockerFolder,
        ["Docker folder that calls plain layers gzip"] = peers => peers.MislabelledDockerFolder,
    };

    private readonly Workbench _bench = new();

    public static TheoryData<string> Archives => [.. _archives.Keys];

    public static TheoryData<string> Sources => [.. _sources.Keys];

    public void Dispose() => _bench.Dispose();

    [SkippableTheory]
    [MemberData(nameof(Archives))]
    public void A_peers_archive_comes_out_as_it_went_in(string archive)
    {
        var export = _archives[archive](PeerImages.Shared);
        _bench.Import(export.Path);

        var saved = _bench.Save(Format, ItemsOf(export.Path));

        AssertSameBytes(export.Path, saved);
    }

    [SkippableTheory]
    [MemberData(nameof(Sources))]
    public void What_came_in_another_format_is_saved_as_skopeo_copies_it(string source)
    {
        const string Name = "registry.example.com:5000/team/copy:1";
        var export = _sources[source](PeerImages.Shared);

        // Skopeo cannot copy zstd into this format, but the same image it can.
        var (copied, expected) = (source == Zstd ? PeerImages.Shared.OciLayout.Path : export.Path, _bench.Combine("skopeo"));
        var transport = export.Path.EndsWith("Archive", StringComparison.Ordinal) ? "oci-archive"
            : File.Exists(Path.Combine(export.Path, "oci-layout")) ? "oci"
            : "dir";
        PeerImages.Shared.Sandbox.Skopeo("copy", $"{transport}:{copied}", $"{Format}:{expected}:{Name}");
        _bench.Import(export.Path, Name);

        var saved = _bench.Save(Format, _bench.Item(Name, Name));

        AssertSameBytes(expected, saved);
    }

    [SkippableFact]
    public void What_dockerd_wrote_is_saved_as_podman_saves_it()
    {
        var peers = PeerImages.Shared;
        foreach (var export in new[] { peers.LegacyDockerdArchive, peers.LinkedDockerdArchive, peers.ModernDockerdArchive })
        {
            using var bench = new Workbench();
            bench.Import(export.Path);

            var names = RepoTags(peers.PodmanDockerArchive.Path)[0];

            AssertSameBytes(peers.PodmanDockerArchive.Path, bench.Save(Format, bench.Item(peers.App.Id, names)));
        }
    }

    [SkippableFact]
    public void The_image_under_test_has_a_layer_twice()
    {
        var app = PeerImages.Shared.App;

        Assert.True(app.DiffIds.Distinct().Count() < app.DiffIds.Count);
        Assert.Equal(app.DiffIds, PeerImages.Shared.PodmanDockerArchive.Image.DiffIds);
    }

    [SkippableFact]
    public void Podman_writes_the_first_of_several_names_last_and_so_do_we_if_told()
    {
        var peers = PeerImages.Shared;
        string[] names = [.. peers.App.Names];
        Assert.Equal(3, names.Length);
        var expected = SaveByPodman(peers.Sandbox, "podman", names);
        _bench.Import(peers.PodmanDockerArchive.Path);

        string[] podmansOrder = [names[1], names[2], names[0]];
        var saved = _bench.Save(Format, _bench.Item(peers.App.Id, podmansOrder));

        Assert.Equal(podmansOrder, RepoTags(expected)[0]);
        AssertSameBytes(expected, saved);
    }

    [SkippableFact]
    public void Several_images_stand_in_the_order_given_and_names_that_come_later_join_their_image()
    {
        var peers = PeerImages.Shared;
        _bench.Import(peers.MultiImageDockerArchive.Path);
        _bench.Import(peers.OciLayout.Path);
        string[][] orders =
        [
            [peers.ToolImage.Names[0], peers.App.Names[0]],
            [peers.App.Names[1], peers.ToolImage.Names[1], peers.App.Names[0], peers.OciApp.Names[0], peers.ToolImage.Names[0]],
        ];
        foreach (var names in orders)
        {
            var expected = SaveByPodman(peers.Sandbox, $"podman-{names.Length}", ["--multi-image-archive", .. names]);

            var saved = _bench.Save(Format, [.. names.Select(name => _bench.Item(name, name))]);

            AssertSameBytes(expected, saved);
        }
    }

    [SkippableFact]
    public void An_image_without_layers_is_saved_as_the_peers_save_it()
    {
        Peers.Require(Peer.Podman, Peer.Skopeo, Peer.Umoci);
        const string Name = "docker.io/library/zero:1";
        var layout = _bench.Combine("layout");
        _bench.Peers.Umoci("init", "--layout", layout);
        _bench.Peers.Umoci("new", "--image", $"{layout}:zero");
        var bySkopeo = _bench.Combine("skopeo");
        _bench.Peers.Skopeo("copy", $"oci:{layout}:zero", $"{Format}:{bySkopeo}:{Name}");
        _bench.Peers.Podman("load", "--quiet", "--input", bySkopeo);
        _bench.Import(layout, Name);

        var saved = _bench.Save(Format, _bench.Item(Name, Name));

        AssertSameBytes(bySkopeo, saved);
        AssertSameBytes(SaveByPodman(_bench.Peers, "podman", Name), saved);
    }

    [SkippableFact]
    public void What_podman_loads_it_saves_again_as_we_did()
    {
        var name = PeerImages.Shared.OciApp.Names[0];
        _bench.Import(PeerImages.Shared.ZstdOciLayout);

        var saved = _bench.Save(Format, _bench.Item(name, name));
        _bench.Peers.Podman("load", "--quiet", "--input", saved);

        AssertSameBytes(SaveByPodman(_bench.Peers, "again", name), saved);
    }

    [SkippableFact]
    public void Two_stores_with_the_same_images_give_the_same_bytes_again_and_again()
    {
        var peers = PeerImages.Shared;
        using var other = new Workbench();
        _bench.Import(peers.MultiImageDockerArchive.Path);
        other.Import(peers.ZstdOciLayout.Path);
        other.Import(peers.LinkedDockerdArchive.Path);
        SaveItem[] Items(Workbench bench) => [bench.Item(peers.App.Id, "docker.io/library/a:1"), bench.Item(peers.ToolImage.Id)];

        var first = _bench.Save(Format, Items(_bench));

        AssertSameBytes(first, _bench.Save(Format, Items(_bench)));
        AssertSameBytes(first, other.Save(Format, Items(other)));
    }

    private static void AssertSameBytes(string expectedPath, string actualPath)
    {
        // The names first, since they tell more than a place where bytes differ.
        Assert.Equal(Entries(expectedPath), Entries(actualPath));
        Assert.True(File.ReadAllBytes(expectedPath).AsSpan().SequenceEqual(File.ReadAllBytes(actualPath)), "The bytes differ.");
    }

    private static List<string> Entries(string path)
    {
        using var tar = new TarReader(File.OpenRead(path));
        var entries = new List<string>();
        while (tar.GetNextEntry() is { } entry)
        {
            entries.Add($"{entry.Name} {entry.Length} {entry.LinkName}");
        }

        return entries;
    }

    private SaveItem[] ItemsOf(string archive) => ManifestOf(archive)
        .Zip(RepoTags(archive), (item, names) => _bench.Item(item.GetProperty("Config").GetString()!.Split('.')[0], names))
        .ToArray();

    private static string[][] RepoTags(string archive) =>
        [.. ManifestOf(archive).Select(item => item.GetProperty("RepoTags").Deserialize<string[]>()!)];

    private static List<JsonElement> ManifestOf(string archive)
    {
        using var tar = new TarReader(File.OpenRead(archive));
        while (tar.GetNextEntry() is { } entry)
        {
            if (entry.Name == "manifest.json")
            {
                return JsonDocument.Parse(entry.DataStream!).RootElement.Clone().EnumerateArray().ToList();
            }
        }

        throw new InvalidOperationException($"'{archive}' has no manifest.json.");
    }

    private string SaveByPodman(PeerSandbox peers, string file, params string[] arguments)
    {
        var path = _bench.Combine(file);
        peers.Podman(["save", "--quiet", "--output", path, .. arguments]);
        return path;
    }
}
