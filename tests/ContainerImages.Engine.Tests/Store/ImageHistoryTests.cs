using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using ContainerImages.Content;
using ContainerImages.Engine.Tests.Transports;
using ContainerImages.Store;
using ContainerImages.Testing;
using Xunit;

namespace ContainerImages.Engine.Tests.Store;

public sealed class ImageHistoryTests
{
    private static readonly TestLayer _a = TestLayer.Of("a");
    private static readonly TestLayer _b = TestLayer.Of(new string('b', 50_000), Compression.Gzip);

    public static TheoryData<string> Archives => ["docker", "oci"];

    [SkippableTheory]
    [MemberData(nameof(Archives))]
    public void Images_of_peers_have_the_history_that_podman_shows(string format)
    {
        Peers.Require(Peer.Podman);
        var export = format == "docker" ? PeerImages.Shared.MultiImageDockerArchive : PeerImages.Shared.PodmanOciArchive;
        AssertLikePodman(export.Path, export.Images.Select(image => image.Id));
    }

    [SkippableFact]
    public void A_base_that_is_present_shows_where_podman_shows_it()
    {
        using var folder = new TempFolder();
        ConfigImage[] images =
        [
            Image("docker.io/x/base:1", [_a], "A", "-CMD"),
            Image("docker.io/x/child:1", [_a, _b], "A", "-CMD", "-ENV", "B", "-ENV", "-CMD"),
            Image("docker.io/x/stranger:1", [_a, _b, _a], "other A", "other B", "A again"),
        ];
        AssertLikePodman(ConfigArchive.WriteDocker(folder.Combine("a.tar"), images), images.Select(image => image.Id.Hex));
    }

    [SkippableFact]
    public void Layers_that_no_step_is_left_for_are_passed_over_as_podman_does()
    {
        using var folder = new TempFolder();
        ConfigImage[] images =
        [
            Image("docker.io/x/more:1", [_a, _b], "B"),
            Image("docker.io/x/none:1", [_b]),
            Image("docker.io/x/twice:1", [_b, _a, _a], "B", "A", "A again"),
        ];
        AssertLikePodman(ConfigArchive.WriteDocker(folder.Combine("a.tar"), images), images.Select(image => image.Id.Hex));
    }

    [Fact]
    public void Of_images_that_end_at_one_layer_each_shows_at_its_own_step_and_the_one_asked_for_on_top()
    {
        using var store = new TestStore();
        var parent = Image("docker.io/x/parent:1", [_a], "A");
        var image = Image("docker.io/x/image:1", [_a], "A", "-ENV", "-CMD");
        var stranger = Image("docker.io/x/stranger:1", [_a], "other");
        Import(store, parent, image, stranger);

        var history = History(store, "x/image:1");

        Assert.Equal([image.Id.Hex, ImageHistoryEntry.MissingId, parent.Id.Hex], history.Select(entry => entry.Id));
        Assert.All(history, entry => Assert.Equal(
            ["docker.io/x/image:1", "docker.io/x/parent:1", "docker.io/x/stranger:1"], entry.Tags.Order()));
        Assert.All(history, entry => Assert.Equal((image.Id.Hex, store.Path), (entry.ImageId, entry.StorePath)));
    }

    [Fact]
    public void An_image_without_layers_shows_itself_alone()
    {
        using var store = new TestStore();
        var image = Image("docker.io/x/image:1", [], "-ENV", "-CMD");
        Import(store, Image("docker.io/x/parent:1", [], "-ENV"), image);

        var history = History(store, "x/image:1");

        Assert.Equal([image.Id.Hex, ImageHistoryEntry.MissingId], history.Select(entry => entry.Id));
        Assert.Equal([1, 0], history.Select(entry => entry.Tags.Count));
        Assert.All(history, entry => Assert.Equal((0L, 0L, null, null), (entry.Size, entry.CompressedSize, entry.LayerDigest, entry.DiffId)));
    }

    [Fact]
    public void Each_step_tells_its_layer_by_digest_diff_ID_and_both_sizes()
    {
        using var store = new TestStore();
        ImportOci(store);

        var history = History(store, "x/image:1");

        Assert.Equal(["-CMD", "B", "A"], history.Select(entry => entry.CreatedBy));
        Assert.Equal([true, false, false], history.Select(entry => entry.EmptyLayer));
        Assert.Equal([0, _b.Plain.Length, _a.Plain.Length], history.Select(entry => entry.Size));
        Assert.Equal([0, _b.Bytes.Length, _a.Bytes.Length], history.Select(entry => entry.CompressedSize));
        Assert.Equal([null, $"{_b.Digest}", $"{_a.Digest}"], history.Select(entry => entry.LayerDigest));
        Assert.Equal([null, $"{_b.DiffId}", $"{_a.DiffId}"], history.Select(entry => entry.DiffId));
        Assert.Equal("B", history[1].ToString());
    }

    [Fact]
    public void A_size_that_the_index_does_not_tell_is_worked_out_from_the_layer()
    {
        using var store = new TestStore();
        ImportOci(store);
        store.ForgetSummaries();

        Assert.Equal([0, _b.Plain.Length, _a.Plain.Length], History(store, "x/image:1").Select(entry => entry.Size));
    }

    [Fact]
    public void A_layer_that_is_gone_costs_its_size_only()
    {
        using var store = new TestStore();
        ImportOci(store);
        File.Delete(store.Store.Paths.Blob(_b.Digest));
        Assert.Equal(_b.Plain.Length, History(store, "x/image:1")[1].Size);

        store.ForgetSummaries();

        var step = History(store, "x/image:1")[1];
        Assert.Equal((null, _b.Bytes.Length), (step.Size, step.CompressedSize));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_layer_that_is_damaged_is_found_out_when_it_is_read(bool isStillGzip)
    {
        using var store = new TestStore();
        ImportOci(store);
        store.ForgetSummaries();
        var bytes = (byte[])_b.Bytes.Clone();
        bytes[isStillGzip ? 4 : bytes.Length / 2] ^= 0xFF; // the header's date, or the data
        Overwrite(store, _b.Digest, bytes);

        var error = Assert.Throws<ContainerImageException>(() => History(store, "x/image:1"));

        Assert.Equal(ImageError.ContentMismatch, error.Error);
        Assert.Contains($"{_b.Digest} is damaged", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void More_steps_with_a_layer_than_layers_are_an_error_that_says_so()
    {
        using var store = new TestStore();
        Import(store, Image("docker.io/x/image:1", [_a], "too many", "A"));

        var error = Assert.Throws<ContainerImageException>(() => History(store, "x/image:1"));

        Assert.Equal(ImageError.ContentMismatch, error.Error);
        Assert.EndsWith("2 steps that made a layer, and its config names 1; none is left for 'too many'.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_its_config_an_image_has_no_history()
    {
        using var store = new TestStore();
        var image = Image("docker.io/x/image:1", [_a], "A");
        Import(store, image);
        File.Delete(store.Store.Paths.Blob(image.Id));

        var error = Assert.Throws<ContainerImageException>(() => History(store, "x/image:1"));

        Assert.Equal(ImageError.ContentMissing, error.Error);
    }

    [Fact]
    public void An_entry_can_be_made_by_hand()
    {
        var entry = new ImageHistoryEntry(new Dictionary<string, object?>
        {
            ["id"] = "a", ["CreatedBy"] = "RUN x", ["Size"] = 5, ["Tags"] = "a:1", ["EmptyLayer"] = true, ["Created"] = "2020-01-02T03:04:05Z",
        });

        Assert.Equal(("a", "RUN x", 5, true), (entry.Id, $"{entry}", entry.Size, entry.EmptyLayer));
        Assert.Equal(["a:1"], entry.Tags);
        Assert.Equal(2020, entry.Created!.Value.Year);
        Assert.Equal(ImageHistoryEntry.MissingId, new ImageHistoryEntry(new Dictionary<string, object>()).Id);
        Assert.Throws<ArgumentException>(() => new ImageHistoryEntry(new Dictionary<string, object> { ["Sise"] = 5 }));
    }

    /// <summary>An image whose steps are named; those that begin with a dash make no layer.</summary>
    private static ConfigImage Image(string name, TestLayer[] layers, params string[] steps)
    {
        var config = JsonSerializer.Serialize(new
        {
            os = "linux",
            architecture = "amd64",
            rootfs = new { type = "layers", diff_ids = layers.Select(layer => layer.DiffId.ToString()) },
            history = steps.Select((step, i) => new
            {
                created = $"2020-01-02T03:04:{i:00}.123456789Z",
                created_by = step,
                comment = step == "B" ? "<b>" : null,
                empty_layer = step[0] == '-',
            }),
        });
        return new ConfigImage(config, layers, name);
    }

    private static void Import(TestStore store, params ConfigImage[] images)
    {
        using var folder = new TempFolder();
        store.Import(ConfigArchive.WriteDocker(folder.Combine("a.tar"), images));
    }

    /// <summary>Layers compressed as they are, in an image of three steps.</summary>
    private static void ImportOci(TestStore store)
    {
        using var folder = new TempFolder();
        store.Import(ConfigArchive.WriteOci(folder.Combine("a.tar"), Image("docker.io/x/image:1", [_a, _b], "A", "B", "-CMD")));
    }

    private static IReadOnlyList<ImageHistoryEntry> History(TestStore store, string reference)
    {
        var snapshot = store.Store.ReadSnapshot();
        return ImageHistory.Read(store.Store, snapshot, new ImageResolver(snapshot, null, null).Resolve(reference));
    }

    private static void Overwrite(TestStore store, Digest digest, byte[] bytes)
    {
        var path = store.Store.Paths.Blob(digest);
        File.Delete(path);
        File.WriteAllBytes(path, bytes);
    }

    private static void AssertLikePodman(string archive, IEnumerable<string> ids)
    {
        Peers.Require(Peer.Podman);
        using var folder = new TempFolder();
        using var store = new TestStore();
        var peers = new PeerSandbox(folder.Path);
        peers.Podman("load", "--quiet", "--input", archive);
        store.Import(archive);
        foreach (var id in ids)
        {
            var theirs = peers.Podman("history", "--format", "json", id).Json.EnumerateArray().Select(entry =>
                (Text(entry, "id"), Text(entry, "created"), Text(entry, "CreatedBy"), entry.GetProperty("size").GetInt64(), Text(entry, "comment")));
            var ours = History(store, id).Select(entry =>
                (entry.Id, entry.Created is { } date ? Rfc3339.Format(date) : "", entry.CreatedBy, entry.Size ?? -1, entry.Comment));

            Assert.Equal(theirs, ours);
        }
    }

    /// <summary>A text, or a date in the precision that .NET has; podman leaves out what is empty.</summary>
    private static string Text(JsonElement entry, string name)
    {
        var text = entry.TryGetProperty(name, out var value) ? value.GetString()! : "";
        return name == "created" && Rfc3339.TryParse(text, out var date) ? Rfc3339.Format(date) : text;
    }
}
