using System.IO;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.Engine.Tests.Store;
using ContainerImages.Testing;
using Xunit;

namespace ContainerImages.Engine.Tests.Interop;

/// <summary>Umoci tags, changes and collects in the store's folder: that shows, and is never taken for work of ours.</summary>
public sealed class UmociWritesTests : ForeignWriter
{
    [SkippableFact]
    public void A_tag_of_umocis_is_a_name_of_the_same_image()
    {
        ImportOurs();

        Bench.Peers.Umoci("tag", "--image", $"{Store.Path}:{Ours}", Theirs);

        Assert.Equal(PeerImages.Shared.App.Id, Store.Find(Theirs).Id);
        Assert.Equal([Ours, Theirs], Store.Find(Ours).Names.Intersect([Ours, Theirs]));
        Assert.Equal(SummaryOf(Ours), SummaryOf(Theirs));
        Bench.Peers.Umoci("rm", "--image", $"{Store.Path}:{Ours}");
        Assert.DoesNotContain(Ours, Store.Find(Theirs).Names);
        Assert.Equal(PeerImages.Shared.App.Id, Store.Find(Theirs).Id);
        Store.AssertSound();
    }

    [SkippableFact]
    public void A_short_tag_of_umocis_is_a_name_as_it_would_be_in_an_archive()
    {
        ImportOurs();

        Bench.Peers.Umoci("tag", "--image", $"{Store.Path}:{Ours}", "short");

        Assert.Contains("localhost/short:latest", Store.Find("short").Names);
        Store.Tag("short", "docker.io/library/more:1");
        Assert.Contains("short", Bench.Peers.Umoci("ls", "--layout", Store.Path).Lines);
        Store.Untag("localhost/short:latest");
        Assert.DoesNotContain("short", Bench.Peers.Umoci("ls", "--layout", Store.Path).Lines);
        Store.AssertSound();
    }

    [SkippableFact]
    public void A_summary_that_umoci_copies_to_another_image_is_known_to_be_stale()
    {
        ImportOurs();
        var (id, size) = (Store.Find(Ours).Id, Store.Find(Ours).Size);

        Bench.Peers.Umoci("config", "--image", $"{Store.Path}:{Ours}", "--tag", Theirs, "--author", "them");

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

        Bench.Peers.Umoci("config", "--image", $"{Store.Path}:{Ours}", "--author", "them");

        Assert.NotEqual(id, Store.Find(Ours).Id);
        Assert.Equal("them", Store.Find(Ours).Author);
        Store.Tag(Ours, "docker.io/library/more:1");
        Assert.Equal("them", Store.Find("more:1").Author);
        Assert.Equal(
            Store.Find("more:1").Manifest.TrimEnd('\n'),
            Bench.Peers.Skopeo("inspect", "--raw", $"oci:{Store.Path}:{Ours}").Output);
    }

    [SkippableFact]
    public void A_collection_by_umoci_keeps_a_store_with_OCI_images_and_a_copy_under_way()
    {
        ImportOurs();
        CopyIn(PeerImages.Shared.OciLayout, Theirs);
        Bench.Import(PeerImages.Shared.MultiPlatformLayout);
        var before = Store.BlobNames();
        using var copy = Store.BeginIngest(default);
        copy.Put(Digest.Compute("under way"u8.ToArray()), "under way"u8.ToArray());
        var underWay = Directory.EnumerateFiles(Store.Paths.Ingests, "*", SearchOption.AllDirectories).ToList();

        Bench.Peers.Umoci("gc", "--layout", Store.Path);

        Assert.Equal(before.Order(), Store.BlobNames().Order());
        Assert.All(underWay, file => Assert.True(File.Exists(file), file));
        copy.Dispose();
        Store.AssertSound();
    }

    [SkippableFact]
    public void A_collection_by_umoci_takes_what_it_does_not_know_as_the_help_warns()
    {
        Bench.Import(PeerImages.Shared.CompressedDockerFolder, Ours);
        var image = Store.Find(Ours);

        Bench.Peers.Umoci("gc", "--layout", Store.Path);

        // What is left can still be seen and removed.
        Assert.DoesNotContain(image.Id, Store.BlobNames());
        Assert.Contains(image.Digest!["sha256:".Length..], Store.BlobNames());
        Assert.True(Assert.Single(Store.Remove([Ours])).Removed);
        Assert.Empty(Store.BlobNames());
    }
}
