using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.Copying;
using ContainerImages.Engine.Tests.Transports;
using ContainerImages.References;
using ContainerImages.Store;
using ContainerImages.Testing;
using ContainerImages.Transports;
using Xunit;

namespace ContainerImages.Engine.Tests.Store;

/// <summary>What a commit makes visible, and what a collection takes away.</summary>
public sealed class StoreCommitTests : IDisposable
{
    private const string Name = "docker.io/library/app:1";
    private static readonly TestLayer _shared = TestLayer.Of("shared");
    private static readonly TestImage _app = new(_shared, TestLayer.Of("app")) { Names = [Name] };
    private static readonly TestImage _tool = new(_shared, TestLayer.Of("tool")) { Names = ["docker.io/library/tool:1"] };

    private readonly TestStore _test = new();
    private readonly TempFolder _folder = new();

    private ImageStore Store => _test.Store;

    public void Dispose()
    {
        _test.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Nothing_of_a_copy_is_seen_before_its_commit()
    {
        Store.Import(_tool);
        var before = Store.Files();

        using (var destination = Copy(_app))
        {
            Assert.Equal([_tool.Id.Hex], Store.List().Select(image => image.Id));
            Assert.Equal(before, Store.Files().Where(file => !file.Key.StartsWith("ingest/", StringComparison.Ordinal)));
            destination.Commit(default);
            Assert.Equal(2, Store.List().Count);
        }

        Store.AssertSound();
    }

    [Fact]
    public void A_copy_that_is_given_up_leaves_nothing()
    {
        Store.Import(_tool);
        var before = Store.Files();

        Copy(_app).Dispose();

        Assert.Equal(before, Store.Files());
        Store.AssertSound();
    }

    [Fact]
    public void A_copy_that_died_is_swept_with_what_it_had_brought_in()
    {
        var moved = TestLayer.Of("moved before the index was written");
        Store.Import(_app);
        File.WriteAllBytes(Store.Paths.Blob(moved.Digest), moved.Bytes);
        var dead = Directory.CreateDirectory(Path.Combine(Store.Paths.Ingests, Guid.NewGuid().ToString("N"))).FullName;
        File.WriteAllText(Path.Combine(dead, "lock"), "");
        File.WriteAllText(Path.Combine(dead, "1"), "half a blob");
        File.WriteAllText(Path.Combine(dead, "list"), $"{moved.Digest}\n{_shared.Digest}\nno digest\n{_app.Id}");

        Store.Tag("app:1", "app:2");

        Assert.False(Directory.Exists(dead));
        Store.AssertSound();
        Assert.NotNull(Store.Blobs.Find(_shared.Digest, _shared.Bytes.Length));
    }

    [Fact]
    public void A_copy_that_died_before_it_had_a_list_is_swept_too()
    {
        Store.Import(_app);
        var dead = Directory.CreateDirectory(Path.Combine(Store.Paths.Ingests, Guid.NewGuid().ToString("N"))).FullName;

        Store.Tag("app:1", "app:2");

        Assert.False(Directory.Exists(dead));
    }

    [Fact]
    public void A_commit_after_which_nothing_can_be_collected_is_done_and_the_next_one_that_can_does_the_rest()
    {
        var told = new List<string>();
        using var store = ImageStore.Open(_test.Path, new StoreOptions { Verbose = told.Add });
        store.Import(_app, _tool);
        var unreadable = Path.Combine(store.Paths.Ingests, Guid.NewGuid().ToString("N"), "lock");
        Directory.CreateDirectory(unreadable);

        store.Tag("tool:1", "tool:2");
        var removal = Assert.Single(store.Remove(["app:1"]));

        Assert.Equal((true, 0), (removal.Removed, removal.FreedBytes));
        Assert.Equal(["docker.io/library/tool:1", "localhost/tool:2"], Assert.Single(store.List()).Names);
        Assert.Contains(told, message => message.Contains("a later commit does the rest", StringComparison.Ordinal));

        Directory.Delete(unreadable);
        store.Untag("tool:2");
        store.AssertSound();
    }

    [Fact]
    public void Folders_that_are_no_copies_are_left_alone()
    {
        Store.Import(_app);
        var other = Directory.CreateDirectory(Path.Combine(Store.Paths.Ingests, "other")).FullName;

        Store.Tag("app:1", "app:2");

        Assert.True(Directory.Exists(other));
    }

    [Fact]
    public void What_a_live_copy_relies_on_outlives_its_image()
    {
        Store.Import(_app);
        using (var live = Store.BeginIngest(default))
        {
            live.Rely([_shared.Digest], default);

            Store.Remove(["app:1"]);

            Assert.Equal([_shared.Digest.Hex], Store.BlobNames());
        }

        // Nothing lists it any more once the copy is over: it waits for a look at all blobs.
        Assert.Empty(Store.List());
    }

    [Fact]
    public void A_live_copy_is_not_swept()
    {
        using var destination = Copy(_app);

        Store.Import(_tool);
        destination.Commit(default);

        Assert.Equal(2, Store.List().Count);
    }

    [Fact]
    public void An_image_removed_while_it_is_imported_again_is_whole_at_the_end()
    {
        Store.Import(_app);
        using (var destination = Copy(_app))
        {
            Store.Remove(["app:1"]);
            Assert.Empty(Store.List());
            destination.Commit(default);
        }

        Store.AssertSound();
        Assert.Equal(_app.Id.Hex, Store.Find(Name).Id);
    }

    [Fact]
    public void A_docker_archive_made_into_a_manifest_that_is_about_to_go_is_whole_at_the_end()
    {
        var unseen = new TestImage(TestLayer.Of("compressed", Compression.Gzip)) { Names = [Name] };
        using (var destination = new StoreDestination(Store, null, default))
        {
            // Between the first look at the store and the end of this copy, another brings the image in, and a third removes it.
            Store.Import(TestArchive.Docker(unseen));
            Copy(TestArchive.Docker(unseen), destination);
            Store.Remove(["app:1"]);
            destination.Commit(default);
        }

        Store.AssertSound();
        Assert.Equal(unseen.Id.Hex, Store.Find(Name).Id);
    }

    [Fact]
    public void Removal_gives_back_what_no_other_image_has_and_says_how_much()
    {
        Store.Import(_app, _tool);
        var own = new[] { _app.Bytes.Length, _app.ConfigBytes.Length, _app.Layers[1].Bytes.Length };

        var removal = Assert.Single(Store.Remove(["app:1"]));

        Assert.True(removal.Removed);
        Assert.Equal(own.Sum(), removal.FreedBytes);
        Assert.Equal([Name], removal.Untagged);
        Store.AssertSound();
        Assert.Equal(
            new[] { _tool.Digest, _tool.Id, _shared.Digest, _tool.Layers[1].Digest }.Select(digest => digest.Hex).Order(),
            Store.BlobNames().Order());
    }

    [Fact]
    public void Images_removed_together_share_out_what_they_shared()
    {
        Store.Import(_app, _tool);
        var all = Directory.EnumerateFiles(Store.Paths.Blobs, "*", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length);

        var removals = Store.Remove(["app:1", "tool:1"]);

        Assert.Equal(all, removals.Sum(removal => removal.FreedBytes));
        Assert.Empty(Store.BlobNames());
    }

    [Fact]
    public void A_blob_that_one_image_calls_a_layer_and_an_index_calls_a_manifest_keeps_all_it_names()
    {
        // The first image names the second one's manifest as if it were a layer.
        var second = TestImage.Of("second");
        var first = new TestImage(TestLayer.OfBytes(second.Bytes)) { Names = ["docker.io/library/first:1"] };
        var index = new TestIndex(second) { Names = ["docker.io/library/index:1"] };
        Store.Import(first, index, _tool);

        Store.Remove(["tool:1"]);
        Store.Import(new TestImage(second.Layers[0]) { Created = _app.Created.AddDays(1), Names = [Name] });
        Store.Remove(["app:1"]);

        Store.AssertSound();
        Assert.NotNull(Store.Blobs.Find(second.Layers[0].Digest, second.Layers[0].Bytes.Length));
    }

    [Fact]
    public void A_platform_whose_descriptor_lacks_a_type_keeps_its_layers()
    {
        var child = new TestImage(_shared);
        var index = new TestIndex(child)
        {
            Names = ["docker.io/library/index:1"],
            Edit = json => json["manifests"]![0]!.AsObject().Remove("mediaType"),
        };
        Store.Import(index, _app);

        Store.Remove(["app:1"]);

        Store.AssertSound();
        Assert.NotNull(Store.Blobs.Find(_shared.Digest, _shared.Bytes.Length));
    }

    [Fact]
    public void Many_names_are_given_in_one_commit_or_none_of_them()
    {
        Store.Import(_app, _tool);
        var (app, tool) = (Store.Match("app:1"), Store.Match("tool:1"));
        using var second = ImageStore.Open(Store.Path);
        second.Remove(["tool:1"]);

        Store.AssertRefused(ImageError.ImageNotFound, store => store.Tag(
            [(app, ImageReference.ParseForTag("quay.io/a:1")), (tool, ImageReference.ParseForTag("quay.io/b:1"))], default));
        Assert.Equal([Name], Store.Find(Name).Names);
    }

    [Fact]
    public void Many_names_are_taken_in_one_commit_or_none_of_them()
    {
        Store.Import(_app);
        Store.Tag("app:1", "app:2", "app:3");

        Store.AssertRefused(ImageError.TagNotFound, store => store.Untag("app:2", "app:3", "app:4"));
        Store.Untag("app:2", "app:3");

        Assert.Equal([Name], Store.Find(Name).Names);
    }

    [Fact]
    public void A_name_that_moves_leaves_its_image_behind_without_one()
    {
        Store.Import(_app, _tool);

        Store.Tag("tool:1", Name);

        Assert.Equal(_tool.Id.Hex, Store.Find(Name).Id);
        var loser = Store.Find(_app.Id.Hex);
        Assert.Empty(loser.Names);
        Assert.True(loser.Dangling);
        Store.AssertSound();
    }

    [Fact]
    public void Naming_an_image_as_it_is_named_writes_nothing()
    {
        Store.Import(_app);
        var before = Store.Files();

        Store.Tag("app:1", Name);

        Assert.Equal(before, Store.Files());
    }

    [Fact]
    public void A_name_that_has_moved_meanwhile_is_not_taken_from_its_new_image()
    {
        Store.Import(_app, _tool);
        var snapshot = Store.ReadSnapshot();
        var plan = new RemovalPlan(Store, snapshot, force: false, prune: true).Plan(Store.Select(snapshot, ImageTarget.OfText("app:1")));
        using var second = ImageStore.Open(Store.Path);
        second.Tag("tool:1", Name);

        Store.Remove([plan], default);

        Assert.Equal(_tool.Id.Hex, Store.Find(Name).Id);
        Assert.Equal(_tool.Id.Hex, Assert.Single(Store.List()).Id);
    }

    [Fact]
    public void An_image_named_meanwhile_is_not_removed()
    {
        Store.Import(_app);
        var snapshot = Store.ReadSnapshot();
        var plan = new RemovalPlan(Store, snapshot, force: false, prune: true).Plan(Store.Select(snapshot, ImageTarget.OfText("app:1")));
        using var second = ImageStore.Open(Store.Path);
        second.Tag("app:1", "kept:1");

        Store.Remove([plan], default);

        Assert.Equal(["localhost/kept:1"], Store.Find(_app.Id.Hex).Names);
        Store.AssertSound();
    }

    [Fact]
    public void A_commit_refuses_a_root_whose_blobs_are_not_there()
    {
        Store.Import(_app);

        var error = Store.AssertRefused(ImageError.ContentMissing, store => store.Commit(
            "test", null, editor => editor.AddRoot(new Descriptor(MediaTypes.OciManifest, _tool.Digest, _tool.Bytes.Length), null), default));

        Assert.Equal([_tool.Digest.ToString()], error.Candidates);
    }

    [Fact]
    public void An_image_that_has_lost_a_blob_is_mended_by_importing_it_again()
    {
        Store.Import(_app);
        File.Delete(Store.Paths.Blob(_shared.Digest));

        Store.Import(_app);

        Store.AssertSound();
        Assert.NotNull(Store.Blobs.Find(_shared.Digest, _shared.Bytes.Length));
    }

    [Fact]
    public void A_damaged_image_can_be_removed()
    {
        Store.Import(_app, _tool);
        File.Delete(Store.Paths.Blob(_app.Id));
        File.SetUnixFileMode(Store.Paths.Blob(_app.Digest), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        File.WriteAllText(Store.Paths.Blob(_app.Digest), "{}");

        Store.Remove(["app:1"]);

        Assert.Equal(_tool.Id.Hex, Assert.Single(Store.List()).Id);
        Assert.NotNull(Store.Blobs.Find(_shared.Digest, _shared.Bytes.Length));
    }

    [Fact]
    public void A_damaged_manifest_keeps_the_layers_by_which_it_can_be_mended()
    {
        var lower = TestLayer.Of("of one image alone");
        var damaged = new TestImage(lower) { Names = ["docker.io/library/damaged:1"] };
        var other = new TestImage(lower, TestLayer.Of("upper")) { Names = ["docker.io/library/other:1"] };
        Store.Import(damaged, other);
        File.Delete(Store.Paths.Blob(damaged.Digest));

        Store.Remove(["other:1"]);

        Assert.NotNull(Store.Blobs.Find(lower.Digest, lower.Bytes.Length));
    }

    [Fact]
    public void Blobs_are_read_only()
    {
        Store.Import(_app);

        Assert.All(
            Directory.EnumerateFiles(Store.Paths.Blobs, "*", SearchOption.AllDirectories),
            file => Assert.Equal(
                UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead, File.GetUnixFileMode(file)));
    }

    [Fact]
    public void Who_waits_too_long_is_told_who_holds_the_store()
    {
        Store.Import(_app);
        using var impatient = ImageStore.Open(Store.Path, new StoreOptions { LockTimeout = TimeSpan.FromMilliseconds(30) });
        using var held = Store.Lock("a long test", default);

        var error = impatient.AssertRefused(ImageError.StoreBusy, store => store.Tag("app:1", "app:2"));

        Assert.Contains(Store.Path, error.Message, StringComparison.Ordinal);
        Assert.Matches($"a long test, process {Environment.ProcessId} on {Environment.MachineName}", error.Message);
        Assert.Single(impatient.List());
    }

    [Fact]
    public void Waiting_for_the_store_can_be_stopped()
    {
        Store.Import(_app);
        using var second = ImageStore.Open(Store.Path);
        using var held = Store.Lock("a long test", default);
        using var stop = new System.Threading.CancellationTokenSource();
        stop.Cancel();

        Assert.Throws<OperationCanceledException>(() => second.BeginIngest(stop.Token));
    }

    private StoreDestination Copy(TestImage image)
    {
        var destination = new StoreDestination(Store, null, default);
        Copy(TestArchive.OciLayout(image), destination);
        return destination;
    }

    private void Copy(TestArchive archive, StoreDestination destination)
    {
        var path = archive.WriteTar(_folder.Combine(Guid.NewGuid().ToString("N")));
        using var source = ImageSources.Open(path, "The archive", destination.Ingest, new CopyOptions());
        new ImageCopier(new CopyOptions()).Copy(source, [.. source.Roots.Select(root => new CopyRequest(root, root.Names, []))], destination);
    }
}
