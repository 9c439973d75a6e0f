using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using ContainerImages.Engine.Tests.Store;
using ContainerImages.Store;
using ContainerImages.Testing;
using Xunit;

namespace ContainerImages.Engine.Tests.Interop;

/// <summary>Skopeo and umoci write into the store's folder: what they do shows, and neither side loses the other's.</summary>
public sealed class ForeignWriterTests : IDisposable
{
    private const string Ours = PeerImages.AppName;
    private const string Theirs = "docker.io/theirs/image:1";

    private readonly Workbench _bench = new();

    private ImageStore Store => _bench.Store;

    public void Dispose() => _bench.Dispose();

    [SkippableFact]
    public void An_image_that_skopeo_copies_in_shows_and_ours_stays_as_it_was()
    {
        ImportOurs();
        var before = SummaryOf(Ours);
        Assert.NotNull(before);

        CopyIn(PeerImages.Shared.OciLayout, Theirs);

        var theirs = Store.Find(Theirs);
        Assert.Equal(PeerImages.Shared.OciApp.Id, theirs.Id);
        Assert.Equal([Theirs], theirs.Names);
        Assert.Equal(PeerImages.Shared.OciApp.Digest, theirs.Digest);
        Assert.Equal(PeerImages.Shared.OciApp.DiffIds, theirs.RootFS.Layers);
        Assert.True(theirs.Size > 0);
        Assert.Equal(2, Store.List().Count);
        Assert.Equal(PeerImages.Shared.App.Id, Store.Find(Ours).Id);
        Assert.Equal(before, SummaryOf(Ours));
        Store.AssertSound();
    }

    [SkippableFact]
    public void An_image_that_skopeo_copies_into_an_empty_store_is_all_there_is()
    {
        CopyIn(PeerImages.Shared.MultiPlatformLayout, Theirs, "--all");

        Assert.Equal([Theirs], Assert.Single(Store.List()).Names);
        Assert.Equal(PeerImages.PlatformArchitectures, Store.Find(Theirs).PresentPlatforms.Select(platform => platform.Split('/')[1]));
        Store.Tag(Theirs, "docker.io/library/more:1");
        Assert.Equal([Theirs, "docker.io/library/more:1"], Store.Find("more:1").Names);
        Store.AssertSound();
    }

    [SkippableFact]
    public void Our_next_commit_keeps_every_byte_of_their_descriptors()
    {
        ImportOurs();
        CopyIn(PeerImages.Shared.OciLayout, Theirs);
        _bench.Peers.Umoci("tag", "--image", $"{Store.Path}:{Theirs}", "docker.io/theirs/second:1");
        EditIndex(index =>
        {
            index["annotations"] = new JsonObject { ["org.example.of-index"] = "<1>" };
            Descriptor(index, Theirs)["org.example.member"] = new JsonObject { ["ä"] = 1.50 };
            Descriptor(index, Theirs)["annotations"]!["org.example.of-image"] = "<2>";
        });
        var (index, descriptor) = (ReadIndex(), Descriptor(ReadIndex(), Theirs));

        Store.Tag(Ours, "docker.io/library/more:1");
        Store.Untag("docker.io/library/more:1");
        Store.Tag(Ours, "docker.io/library/again:1");

        var now = ReadIndex();
        Assert.True(JsonNode.DeepEquals(index["annotations"], now["annotations"]));
        Assert.True(JsonNode.DeepEquals(descriptor, Descriptor(now, Theirs)));
        Assert.Contains("1.50", Store.IndexText(), StringComparison.Ordinal);
        Assert.Equal([Theirs, "docker.io/theirs/second:1"], Store.Find(Theirs).Names);
        Store.AssertSound();
    }

    [SkippableFact]
    public void A_name_that_skopeo_gives_to_another_image_is_that_images()
    {
        ImportOurs();
        Assert.Equal(PeerImages.Shared.App.Id, Store.Find(Ours).Id);

        CopyIn(PeerImages.Shared.OciLayout, Ours);

        Assert.Equal(PeerImages.Shared.OciApp.Id, Store.Find(Ours).Id);
        Assert.Equal([Ours], Store.Find(Ours).Names);
        Assert.DoesNotContain(Ours, Store.List().Where(image => image.Id == PeerImages.Shared.App.Id).SelectMany(image => image.Names));
    }

    [SkippableFact]
    public void A_tag_of_umocis_is_a_name_of_the_same_image()
    {
        ImportOurs();

        _bench.Peers.Umoci("tag", "--image", $"{Store.Path}:{Ours}", Theirs);

        Assert.Equal(PeerImages.Shared.App.Id, Store.Find(Theirs).Id);
        Assert.Equal([Ours, Theirs], Store.Find(Ours).Names.Intersect([Ours, Theirs]));
        Assert.Equal(SummaryOf(Ours), SummaryOf(Theirs));
        _bench.Peers.Umoci("rm", "--image", $"{Store.Path}:{Ours}");
        Assert.DoesNotContain(Ours, Store.Find(Theirs).Names);
        Assert.Equal(PeerImages.Shared.App.Id, Store.Find(Theirs).Id);
        Store.AssertSound();
    }

    [SkippableFact]
    public void A_short_tag_of_umocis_is_a_name_as_it_would_be_in_an_archive()
    {
        ImportOurs();

        _bench.Peers.Umoci("tag", "--image", $"{Store.Path}:{Ours}", "short");

        Assert.Contains("localhost/short:latest", Store.Find("short").Names);
        Store.Tag("short", "docker.io/library/more:1");
        Assert.Contains("short", _bench.Peers.Umoci("ls", "--layout", Store.Path).Lines);
        Store.Untag("localhost/short:latest");
        Assert.DoesNotContain("short", _bench.Peers.Umoci("ls", "--layout", Store.Path).Lines);
        Store.AssertSound();
    }

    [SkippableFact]
    public void A_summary_that_umoci_copies_to_another_image_is_known_to_be_stale()
    {
        ImportOurs();
        var (id, size) = (Store.Find(Ours).Id, Store.Find(Ours).Size);

        _bench.Peers.Umoci("config", "--image", $"{Store.Path}:{Ours}", "--tag", Theirs, "--author", "them", "--clear", "config.labels");

        var theirs = Store.Find(Theirs);
        Assert.NotEqual(id, theirs.Id);
        Assert.Equal("them", theirs.Author);
        Assert.Equal([Theirs], theirs.Names);
        Assert.Equal(PeerImages.Shared.App.DiffIds, theirs.RootFS.Layers);
        Assert.Equal(id, Store.Find(Ours).Id);
        Assert.Equal(size, Store.Find(Ours).Size);
        Store.AssertSound();
    }

    [SkippableFact]
    public void An_image_that_umoci_changes_under_its_name_is_seen_as_changed()
    {
        ImportOurs();
        var id = Store.Find(Ours).Id;

        _bench.Peers.Umoci("config", "--image", $"{Store.Path}:{Ours}", "--author", "them");

        Assert.NotEqual(id, Store.Find(Ours).Id);
        Assert.Equal("them", Store.Find(Ours).Author);
        Store.Tag(Ours, "docker.io/library/more:1");
        Assert.Equal("them", Store.Find("more:1").Author);
        Assert.Equal(_bench.Store.Find("more:1").Manifest, _bench.Peers.Skopeo("inspect", "--raw", $"oci:{Store.Path}:{Ours}").Output);
    }

    [SkippableFact]
    public void A_collection_by_umoci_keeps_a_store_with_OCI_images_and_a_copy_under_way()
    {
        ImportOurs();
        CopyIn(PeerImages.Shared.OciLayout, Theirs);
        _bench.Import(PeerImages.Shared.MultiPlatformLayout);
        var before = Store.BlobNames();
        using var copy = Store.BeginIngest(default);
        copy.Put(Content.Digest.Compute("under way"u8.ToArray()), "under way"u8.ToArray());
        var underWay = Directory.EnumerateFiles(Store.Paths.Ingests, "*", SearchOption.AllDirectories).ToList();

        _bench.Peers.Umoci("gc", "--layout", Store.Path);

        Assert.Equal(before.Order(), Store.BlobNames().Order());
        Assert.All(underWay, file => Assert.True(File.Exists(file), file));
        copy.Dispose();
        Store.AssertSound();
    }

    [SkippableFact]
    public void A_collection_by_umoci_takes_what_it_does_not_know_as_the_help_warns()
    {
        _bench.Import(PeerImages.Shared.CompressedDockerFolder, Ours);
        var image = Store.Find(Ours);

        _bench.Peers.Umoci("gc", "--layout", Store.Path);

        // What is left can still be seen and removed.
        Assert.DoesNotContain(image.Id, Store.BlobNames());
        Assert.Contains(image.Digest!["sha256:".Length..], Store.BlobNames());
        Assert.True(Assert.Single(Store.Remove([Ours])).Removed);
        Assert.Empty(Store.BlobNames());
    }

    [SkippableFact]
    public void What_others_left_without_a_name_is_collected_by_our_removal_only_if_it_was_ours()
    {
        ImportOurs();
        CopyIn(PeerImages.Shared.OciLayout, Theirs);
        _bench.Peers.Umoci("rm", "--image", $"{Store.Path}:{Theirs}");

        Store.Remove([Ours], force: true);

        // Theirs is named by nobody; it waits for a collection of all that lies about.
        Assert.Empty(Store.List());
        Assert.Contains(PeerImages.Shared.OciApp.Id, Store.BlobNames());
        Assert.DoesNotContain(PeerImages.Shared.App.Id, Store.BlobNames());
    }

    [SkippableFact]
    public void While_skopeo_copies_in_one_image_after_another_our_readers_see_whole_images()
    {
        ImportOurs();
        using var done = new System.Threading.ManualResetEventSlim();
        var names = Enumerable.Range(1, 4).Select(i => $"docker.io/theirs/image:{i}").ToList();
        var reader = System.Threading.Tasks.Task.Run(() =>
        {
            var reads = 0;
            do
            {
                Assert.All(Store.List(), image => Assert.NotEmpty(image.RootFS.Layers));
                reads++;
            }
            while (!done.Wait(1));

            return reads;
        });

        try
        {
            names.ForEach(name => CopyIn(PeerImages.Shared.OciLayout, name));
        }
        finally
        {
            done.Set();
        }

        Assert.True(reader.Result > 0);
        Assert.Equal(names, Store.Find(names[0]).Names);
        Assert.Equal(PeerImages.Shared.App.Id, Store.Find(Ours).Id);
    }

    private void ImportOurs() => _bench.Import(PeerImages.Shared.PodmanDockerArchive.Path, Ours);

    private void CopyIn(PeerExport layout, string name, params string[] options) => _bench.Peers.Skopeo(
        ["copy", .. options, $"oci:{layout.Path}:{layout.Images[0].Names[0]}", $"oci:{Store.Path}:{name}"]);

    private string? SummaryOf(string name) =>
        (string?)Descriptor(ReadIndex(), name)["annotations"]![RootSummary.Annotation];

    private JsonObject ReadIndex() => JsonNode.Parse(File.ReadAllBytes(Store.Paths.Index))!.AsObject();

    private void EditIndex(Action<JsonObject> edit)
    {
        var index = ReadIndex();
        edit(index);
        File.WriteAllText(Store.Paths.Index, index.ToJsonString());
    }

    private static JsonObject Descriptor(JsonObject index, string name) => index["manifests"]!.AsArray()
        .Select(descriptor => descriptor!.AsObject())
        .Single(descriptor => (string?)descriptor["annotations"]?[IndexEntry.NameAnnotation] == name);
}
