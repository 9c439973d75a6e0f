using System;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using ContainerImages.Engine.Tests.Store;
using ContainerImages.Store;
using ContainerImages.Testing;
using Xunit;

namespace ContainerImages.Engine.Tests.Interop;

/// <summary>Skopeo copies images into the store's folder: they show, and what was there stays.</summary>
public sealed class SkopeoWritesTests : ForeignWriter
{
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
        Assert.Equal(PeerImages.Shared.OciLayout.Image.Digest, theirs.Digest);
        Assert.Equal(PeerImages.Shared.OciApp.DiffIds, theirs.RootFS.Layers);
        Assert.Null(theirs.Size);
        Assert.Equal(2, Store.List().Count);
        Assert.Equal(PeerImages.Shared.App.Id, Store.Find(Ours).Id);
        Assert.Equal(before, SummaryOf(Ours));
        Store.AssertSound();
    }

    [SkippableFact]
    public void The_size_of_an_image_that_skopeo_copied_in_is_worked_out_once_and_kept()
    {
        using var other = new Workbench();
        other.Import(PeerImages.Shared.OciLayout);
        var size = other.Store.Find(PeerImages.OciAppName).Size;
        Assert.True(size > 0);
        CopyIn(PeerImages.Shared.OciLayout, Theirs);

        Assert.Equal(size, Store.Find(Theirs).Inspect().Size);
        Store.Tag(Theirs, "docker.io/library/more:1");

        Assert.Equal([size, size], [Store.Find(Theirs).Size, Store.Find("more:1").Size]);
        Assert.NotNull(SummaryOf(Theirs));
    }

    [SkippableFact]
    public void An_image_without_a_name_that_skopeo_names_is_one_image()
    {
        Bench.Import(PeerImages.Shared.UntaggedDockerArchive.Path);
        var image = Assert.Single(Store.List());
        var layout = Bench.Save("oci-dir", Bench.Item(image.Id));

        Bench.Peers.Skopeo("copy", "--preserve-digests", $"oci:{layout}", $"oci:{Store.Path}:{Theirs}");

        var named = Assert.Single(Store.List());
        Assert.Equal((image.Id, image.Digest), (named.Id, named.Digest));
        Assert.Equal([Theirs], named.Names);
        Store.AssertSound();
    }

    [SkippableFact]
    public void An_image_that_skopeo_copies_into_an_empty_store_is_all_there_is()
    {
        CopyIn(PeerImages.Shared.MultiPlatformLayout, Theirs, "--all");

        Assert.Equal([Theirs], Assert.Single(Store.List()).Names);
        Assert.Equal(
            PeerImages.PlatformArchitectures, Store.Find(Theirs).PresentPlatforms.Select(platform => platform.Split('/')[1]));
        Store.Tag(Theirs, "docker.io/library/more:1");
        Assert.Equal([Theirs, "docker.io/library/more:1"], Store.Find("more:1").Names);
        Assert.Equal(
            Store.Find(Theirs).Index,
            Bench.Peers.Skopeo("inspect", "--raw", $"oci:{Store.Path}:docker.io/library/more:1").Output);
    }

    [SkippableFact]
    public void A_name_that_skopeo_gives_to_another_image_is_that_images()
    {
        ImportOurs();
        Assert.Equal(PeerImages.Shared.App.Id, Store.Find(Ours).Id);

        CopyIn(PeerImages.Shared.OciLayout, Ours);

        Assert.Equal(PeerImages.Shared.OciApp.Id, Store.Find(Ours).Id);
        Assert.Equal([Ours], Store.Find(Ours).Names);
        Assert.Equal([Ours], Store.List().SelectMany(image => image.Names));
    }

    [SkippableFact]
    public void While_skopeo_copies_in_one_image_after_another_our_readers_see_whole_images()
    {
        ImportOurs();
        var peers = PeerImages.Shared;

        // Each has a manifest of its own: one that is there skopeo writes again in place, so that it is cut short for a moment.
        PeerExport[] layouts = [peers.OciLayout, peers.ZstdOciLayout, peers.PlainOciLayout, peers.ConvertedOciLayout];
        using var done = new ManualResetEventSlim();
        var reader = Task.Run(() =>
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
            for (var i = 0; i < layouts.Length; i++)
            {
                CopyIn(layouts[i], $"docker.io/theirs/image:{i}");
            }
        }
        finally
        {
            done.Set();
        }

        Assert.True(reader.Result > 0);
        Assert.All(layouts, layout => Assert.Contains(layout.Image.Id, Store.List().Select(image => image.Id)));
        Assert.Equal(3, Store.Find(peers.OciApp.Id).Names.Count);
        Assert.Equal(PeerImages.Shared.App.Id, Store.Find(Ours).Id);
    }

    /// <summary>Our blobs are read-only, which root does not mind, and which keeps skopeo from cutting one short.</summary>
    [SkippableFact]
    public void A_user_who_is_not_root_cannot_copy_in_what_is_there_by_skopeo_and_can_tag_it_by_umoci()
    {
        Skip.IfNot(Environment.IsPrivilegedProcess, "To become another user is for root.");
        ImportOurs();
        var (store, layout) = (Bench.Combine("store"), Bench.Save("oci-dir", Bench.Item(Ours)));
        Bench.Peers.Run("cp", ["-rp", Store.Path, store]);
        Bench.Peers.Run("chown", ["-R", "65534:65534", store, layout]);
        string[] asNobody = ["--reuid=65534", "--regid=65534", "--clear-groups"];

        var refused = Bench.Peers.Run(
            "setpriv",
            [.. asNobody, Peers.Path(Peer.Skopeo), "copy", "--preserve-digests", $"oci:{layout}", $"oci:{store}:{Theirs}"],
            mustSucceed: false);
        Bench.Peers.Run(
            "setpriv", [.. asNobody, Peers.Path(Peer.Umoci), "tag", "--image", $"{store}:{Ours}", "docker.io/library/tag:1"]);

        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("permission denied", refused.Error, StringComparison.Ordinal);
        using var copy = ImageStore.Open(store);
        Assert.Equal([Ours, "docker.io/library/tag:1"], copy.Find(PeerImages.Shared.App.Id).Names);
        copy.AssertSound();
    }
}
