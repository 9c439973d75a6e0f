using System;
using System.IO;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.Engine.Tests.Transports;
using ContainerImages.Store;
using Xunit;
using static ContainerImages.Engine.Tests.Store.OptimizedStore;

namespace ContainerImages.Engine.Tests.Store;

/// <summary>Images that nobody has any use for, and go whenever a store is made smaller.</summary>
public sealed class StoreOptimizationTests : IDisposable
{
    private readonly OptimizedStore _test = new();

    private ImageStore Store => _test.Store;

    public void Dispose() => _test.Dispose();

    [Fact]
    public void A_store_that_is_not_there_has_nothing_to_give_back_and_is_not_made()
    {
        var optimization = StoreOptimization.Read(Store, OptimizationOptions.None, default);

        Assert.False(optimization.HasUnreferenced);
        Assert.Empty(optimization.Choose((_, _) => true));
        Assert.Equivalent(new { ImageCount = 0, TotalBytes = 0L, ReclaimableBytes = 0L }, Store.Measure(default));
        Assert.False(Directory.Exists(Store.Path));
    }

    [Fact]
    public void Images_without_names_go_with_all_that_they_were_built_on()
    {
        var first = TestImage.Of("first");
        var second = first.Child("ENV second", null);
        var third = second.Child("RUN third", TestLayer.Of("third"));
        var named = TestImage.Of("named", "docker.io/x/named:1");
        Store.Import(first, second, third, named);

        var removal = Assert.Single(_test.Optimize());

        Assert.Equal(third.Id.Hex, removal.Id);
        Assert.Equal([second.Id.Hex, first.Id.Hex], removal.RemovedParents);
        _test.AssertLeft("named:1");
    }

    [Fact]
    public void Parents_of_what_stays_stay_and_children_of_one_parent_take_it_along()
    {
        var parent = TestImage.Of("parent");
        var (left, right) = (parent.Child("RUN left", TestLayer.Of("left")), parent.Child("RUN right", TestLayer.Of("right")));
        Store.Import(parent, left, right);
        Store.Tag(right.Id.Hex, "docker.io/x/right:1");

        Assert.Equal([left.Id.Hex], _test.Optimize().Select(removal => removal.Id));
        _test.AssertLeft("right:1", parent.Id.Hex);

        Store.Untag("docker.io/x/right:1");
        Assert.Equal([(right.Id.Hex, parent.Id.Hex)], _test.Optimize().Select(removal => (removal.Id, removal.RemovedParents.Single())));
        _test.AssertLeft();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void While_it_cannot_be_told_what_an_image_needs_no_blob_is_deleted(bool isGone)
    {
        var damaged = TestImage.Of("damaged", "docker.io/x/damaged:1");
        var (loose, app) = (TestImage.Of("loose"), TestImage.Of("app", "docker.io/x/app:1"));
        Store.Import(damaged, loose, app);
        var manifest = Store.Paths.Blob(damaged.Digest);
        Damage(manifest, isGone);
        File.WriteAllText(Store.Paths.Index, Store.IndexText().Replace("containerimages.summary", "com.example.summary", StringComparison.Ordinal));
        foreach (var file in Directory.EnumerateFiles(Store.Paths.BlobFolder(Digest.Sha256)))
        {
            File.SetLastWriteTimeUtc(file, new DateTime(2026, 1, 1));
        }

        var optimization = StoreOptimization.Read(Store, OptimizationOptions.None, default);
        Assert.Equal([damaged.Digest], optimization.Unreadable.Select(root => root.Digest));
        Assert.Equal(0, optimization.UnreferencedBytes);
        Assert.Equal(0, Store.Measure(default).ReclaimableBytes);

        _test.Optimize(new OptimizationOptions { Force = true }, out var unreferenced);
        Store.Remove(["x/app:1"]);

        Assert.Equal(0, unreferenced);
        _test.AssertLeft("damaged:1");
        foreach (var (digest, bytes) in damaged.Blobs.Concat(app.Blobs).Concat(loose.Blobs).Where(blob => blob.Digest != damaged.Digest))
        {
            Assert.Equal(bytes, File.ReadAllBytes(Store.Paths.Blob(digest)));
        }

        // Mended, it keeps its own, and the rest goes with the next commit, whatever that is.
        File.WriteAllBytes(manifest, damaged.Bytes);
        Store.Tag("x/damaged:1", "docker.io/x/mended:1");
        Store.AssertSound();
        Assert.Equal(damaged.Blobs.Select(blob => blob.Digest.Hex).Order(), Store.BlobNames().Order());
    }

    [Fact]
    public void An_image_that_cannot_be_read_can_be_removed_and_then_all_that_nothing_leads_to_goes()
    {
        Store.Import(TestImage.Of("damaged", "docker.io/x/damaged:1"));
        Damage(Store.Paths.Blob(TestImage.Of("damaged").Digest), isGone: true);
        File.WriteAllText(Store.Paths.Index, Store.IndexText().Replace("containerimages.summary", "com.example.summary", StringComparison.Ordinal));

        Store.Remove(["x/damaged:1"]);
        _test.Optimize(new OptimizationOptions { Force = true });

        Assert.Empty(Store.BlobNames());
    }

    // It has a digest by which others may ask for the image, which lists it among its own.
    [Fact]
    public void A_manifest_without_a_name_of_an_image_that_has_one_stays_as_long_as_the_image()
    {
        string[] names = ["docker.io/x/app:1"];
        var (plain, zipped) = (new TestImage(TestLayer.Of("app")) { Names = names }, new TestImage(TestLayer.Of("app", Compression.Gzip)) { Names = names });
        Store.Import(plain);
        Store.Import(zipped);

        Assert.Empty(_test.Optimize());
        Assert.Equal(plain.Id.Hex, Store.Find($"x/app@{plain.Digest}").Id);
        Assert.Equal(plain.Id.Hex, Store.Find($"x/app@{zipped.Digest}").Id);

        Assert.True(Assert.Single(Store.Remove(["x/app:1"])).Removed);
        _test.AssertLeft();
        Assert.Empty(Store.BlobNames());
    }

    private static void Damage(string file, bool isGone)
    {
        File.SetAttributes(file, FileAttributes.Normal);
        if (isGone)
        {
            File.Delete(file);
        }
        else
        {
            File.WriteAllText(file, "garbage");
        }
    }

    [Fact]
    public void A_parent_whose_child_is_damaged_goes_in_the_same_run()
    {
        var parent = TestImage.Of("parent");
        var child = parent.Child("RUN child", TestLayer.Of("child"));
        Store.Import(parent, child);
        File.Delete(Store.Paths.Blob(child.Id));

        Assert.Equal([child.Id.Hex, parent.Id.Hex], _test.Optimize().Select(removal => removal.Id));
        _test.AssertLeft();
    }

    [Fact]
    public void An_index_without_a_name_goes_with_its_platforms_but_for_those_that_are_named()
    {
        var (arm, s390) = (new TestImage(TestLayer.Of("arm")) { Architecture = "arm64" }, new TestImage(TestLayer.Of("s390x")) { Architecture = "s390x" });
        Store.Import(new TestIndex(arm, s390), arm.Named("docker.io/x/arm:1"));
        Assert.True(Store.Find(s390.Id.Hex).Dangling);
        Assert.False(Store.Find(arm.Id.Hex).Dangling);

        Assert.Equal([s390.Id.Hex], _test.Optimize().Select(removal => removal.Id));

        _test.AssertLeft("arm:1");
    }

    [Fact]
    public void An_index_without_a_name_stays_while_one_of_its_platforms_is_built_on()
    {
        var (arm, s390) = (new TestImage(TestLayer.Of("arm")) { Architecture = "arm64" }, new TestImage(TestLayer.Of("s390x")) { Architecture = "s390x" });
        Store.Import(new TestIndex(arm, s390), arm.Child("RUN child", TestLayer.Of("child"), "docker.io/x/child:1"));

        Assert.Empty(_test.Optimize());
        Assert.Equal(3, Store.ReadSnapshot().Images.Count());
    }

    [Fact]
    public void Platforms_of_an_index_with_a_name_and_artifacts_are_no_dangling_images()
    {
        var artifact = new TestImage(TestLayer.Of("artifact")) { EditManifest = json => json["config"]!["mediaType"] = "application/vnd.example.config" };
        Store.Import(new TestIndex(TestImage.Of("amd64"), new TestImage(TestLayer.Of("arm")) { Architecture = "arm64" }) { Names = ["docker.io/x/multi:1"] }, artifact);

        Assert.Empty(_test.Optimize());
        Store.AssertSound();
    }

    [Fact]
    public void What_says_something_about_a_dangling_image_goes_with_it()
    {
        var image = TestImage.Of("image");
        var about = Referrer(image, "signature");
        Store.Import(image, about, Referrer(about, "signature of the signature"));

        Assert.Single(_test.Optimize());

        Assert.Empty(Store.BlobNames());
    }

    [Fact]
    public void Leased_images_stay_without_force_and_what_has_ended_is_cleared()
    {
        Store.Import(Dated(1, "a:1"), Dated(2), Dated(3, "c:1"));
        var dangling = Dated(2).Id.Hex;
        Store.Lease([Store.Match("a:1"), Store.Match(dangling)], "web1", null, "", default);
        Store.Lease([Store.Match("c:1")], "old", _test.Clock.AddHours(1), "", default);
        _test.Clock += TimeSpan.FromHours(1);

        Assert.Equal([Dated(3, "c:1").Id.Hex], _test.Optimize(new OptimizationOptions { All = true }).Select(removal => removal.Id));
        _test.AssertLeft("a:1", dangling);
        Assert.Equal(["web1", "web1"], Store.Leases(Store.ReadSnapshot()).Select(lease => lease.Name));

        Assert.Equal(2, _test.Optimize(new OptimizationOptions { All = true, Force = true }).Count);
        _test.AssertLeft();
    }

    [Fact]
    public void A_lease_that_has_ended_is_cleared_though_nothing_else_is_to_be_done()
    {
        Store.Import(Dated(1, "a:1"));
        Store.Lease([Store.Match("a:1")], "old", _test.Clock.AddHours(1), "", default);
        Assert.Equal(1, Store.Measure(default).LeaseCount);
        _test.Clock += TimeSpan.FromHours(1);
        Assert.Equal(0, Store.Measure(default).LeaseCount);

        _test.Optimize();

        Assert.DoesNotContain(StoredLease.Annotation, Store.IndexText(), StringComparison.Ordinal);
        _test.AssertLeft("a:1");
    }

    [Fact]
    public void A_lease_that_was_renewed_meanwhile_is_not_cleared_and_an_image_leased_meanwhile_stays()
    {
        Store.Import(Dated(1, "a:1"), Dated(2));
        Store.Lease([Store.Match("a:1")], "web1", _test.Clock.AddHours(1), "", default);
        _test.Clock += TimeSpan.FromHours(1);
        var optimization = StoreOptimization.Read(Store, OptimizationOptions.None, default);
        var chosen = optimization.Choose((_, _) => true);
        Store.Lease([Store.Match("a:1"), Store.Match(Dated(2).Id.Hex)], "web1", null, "", default);

        Assert.Empty(Store.Optimize(chosen, optimization.EndedLeases, optimization.IsOld, default).Removals);

        Assert.Equal(2, Store.Leases(Store.ReadSnapshot()).Count);
        _test.AssertLeft("a:1", Dated(2).Id.Hex);
    }

    [Fact]
    public void An_image_that_was_named_meanwhile_stays()
    {
        Store.Import(Dated(1));
        var optimization = StoreOptimization.Read(Store, OptimizationOptions.None, default);
        var chosen = optimization.Choose((_, _) => true);
        Store.Tag(Dated(1).Id.Hex, "docker.io/x/a:1");

        Assert.False(Assert.Single(Store.Optimize(chosen, [], optimization.IsOld, default).Removals).Removed);

        _test.AssertLeft("a:1");
    }

    [Fact]
    public void The_bytes_told_before_are_those_given_back()
    {
        var parent = Dated(1);
        Store.Import(
            parent,
            parent.Child("RUN a", TestLayer.Of("a")),
            parent.Child("RUN b", TestLayer.Of("b")),
            Dated(5),
            Dated(6, "named:1"),
            new TestIndex(Dated(7), new TestImage(Shared, TestLayer.Of("arm")) { Architecture = "arm64" }));
        _test.PutBlob("orphan", TimeSpan.FromDays(1));
        var before = Store.Measure(default);
        long told = 0;
        var optimization = StoreOptimization.Read(Store, OptimizationOptions.None, default);
        var chosen = optimization.Choose((_, bytes) =>
        {
            told += bytes;
            return true;
        });

        var (removals, unreferenced, _) = Store.Optimize(chosen, [], optimization.IsOld, default);

        Assert.Equal(told, removals.Sum(removal => removal.FreedBytes));
        Assert.Equal(optimization.UnreferencedBytes, unreferenced);
        Assert.Equal(before.ReclaimableBytes, told + unreferenced);
        var after = Store.Measure(default);
        Assert.Equal(before.TotalBytes - before.ReclaimableBytes, after.TotalBytes);
        Assert.Equal((0, 0L), (after.DanglingCount, after.ReclaimableBytes));
        _test.AssertLeft("named:1");
    }

    [Fact]
    public void One_commit_does_all_of_it()
    {
        var system = new CountingSystem();
        using var test = new OptimizedStore(system);
        test.Store.Import(Dated(1, "a:1"), Dated(2), Dated(3));
        test.Store.Lease([test.Store.Match("a:1")], "old", test.Clock.AddHours(1), "", default);
        test.PutBlob("orphan", TimeSpan.FromHours(2));
        test.Clock += TimeSpan.FromHours(1);
        system.Clear();

        Assert.Equal(3, test.Optimize(new OptimizationOptions { All = true }).Count);

        Assert.Equal(1, system.Commits);
        Assert.Empty(test.Store.BlobNames());
    }

    private static TestImage Referrer(TestImage subject, string content) => new(TestLayer.Of(content))
    {
        EditManifest = json =>
        {
            json["config"]!["mediaType"] = "application/vnd.example.config";
            json["subject"] = subject.ToDescriptor();
        },
    };
}
