using System;
using System.IO;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.Engine.Tests.Transports;
using ContainerImages.Store;
using Xunit;
using static ContainerImages.Engine.Tests.Store.OptimizedStore;

namespace ContainerImages.Engine.Tests.Store;

/// <summary>Content that no image leads to: what of it goes whenever a store is made smaller, and what stays.</summary>
public sealed class UnreferencedContentTests : IDisposable
{
    private readonly OptimizedStore _test = new();

    private ImageStore Store => _test.Store;

    public void Dispose() => _test.Dispose();

    [Fact]
    public void A_blob_that_nothing_leads_to_goes_when_it_is_an_hour_old()
    {
        Store.Import(TestImage.Of("named", "docker.io/x/named:1"));
        var (old, young) = (_test.PutBlob("old", TimeSpan.FromMinutes(61)), _test.PutBlob("young", TimeSpan.FromMinutes(59)));
        var other = Path.Combine(Store.Paths.BlobFolder("sha256"), "notes");
        File.WriteAllText(other, "none of ours");
        File.SetLastWriteTimeUtc(other, _test.Clock.UtcDateTime.AddDays(-1));

        Assert.Empty(_test.Optimize());
        Assert.Null(Store.Blobs.Find(old, 3));
        Assert.NotNull(Store.Blobs.Find(young, 5));
        Assert.True(File.Exists(other));

        _test.Optimize(new OptimizationOptions { Force = true });
        Assert.Null(Store.Blobs.Find(young, 5));
    }

    [Fact]
    public void What_a_copy_under_way_relies_on_stays_until_it_is_over()
    {
        var blob = _test.PutBlob("orphan", TimeSpan.FromDays(1));
        var image = TestImage.Of("image");
        Store.Import(image);
        using (var copy = Store.BeginIngest(default))
        {
            copy.Rely([blob, image.Layers[0].Digest], default);

            Assert.Equal(image.Bytes.Length + image.ConfigBytes.Length, Store.Measure(default).ReclaimableBytes);
            Assert.Equal(1, Store.Measure(default).IngestCount);
            _test.Optimize(new OptimizationOptions { Force = true });

            Assert.Equal([blob.Hex, image.Layers[0].Digest.Hex], Store.BlobNames().OrderBy(hex => hex != blob.Hex));
            Assert.True(StoreOptimization.Read(Store, OptimizationOptions.None, default) is { HasUnreferenced: false });
        }

        _test.Optimize();
        Assert.Empty(Store.BlobNames());
    }

    [Fact]
    public void A_platform_dropped_while_a_copy_read_it_goes_once_the_copy_is_over()
    {
        var (arm, s390) = (new TestImage(TestLayer.Of("arm")) { Architecture = "arm64" }, new TestImage(TestLayer.Of("s390x")) { Architecture = "s390x" });
        Store.Import(new TestIndex(arm, s390) { Names = ["docker.io/x/multi:1"] });
        long own = arm.Bytes.Length + arm.ConfigBytes.Length + arm.Layers[0].Bytes.Length;
        using (var copy = Store.BeginIngest(default))
        {
            copy.Rely([arm.Digest, arm.Id, arm.Layers[0].Digest], default);
            Drop("linux/arm64");
            _test.Optimize();
            Assert.NotNull(Store.Blobs.Find(arm.Digest, arm.Bytes.Length));
        }

        Assert.Equal(own, Store.Measure(default).ReclaimableBytes);
        Assert.Equal(own, _test.Optimize(OptimizationOptions.None, out var unreferenced).Sum(removal => removal.FreedBytes) + unreferenced);
        Assert.Null(Store.Blobs.Find(arm.Digest, arm.Bytes.Length));
        _test.AssertLeft("multi:1");
    }

    [Fact]
    public void A_dropped_platform_that_came_back_meanwhile_stays()
    {
        var (arm, s390) = (new TestImage(TestLayer.Of("arm")) { Architecture = "arm64" }, new TestImage(TestLayer.Of("s390x")) { Architecture = "s390x" });
        var index = new TestIndex(arm, s390) { Names = ["docker.io/x/multi:1"] };
        Store.Import(index);
        using (var copy = Store.BeginIngest(default))
        {
            copy.Rely([arm.Digest, arm.Id, arm.Layers[0].Digest], default);
            Drop("linux/arm64");
            Store.Import(index);
        }

        Assert.Empty(_test.Optimize(new OptimizationOptions { Force = true }));

        Assert.Equal(2, Store.Find("multi:1").PresentPlatforms.Count);
        Store.AssertSound();
    }

    [Fact]
    public void What_dead_copies_have_left_goes()
    {
        Store.Import(TestImage.Of("named", "docker.io/x/named:1"));
        var moved = _test.PutBlob("moved before its copy died", TimeSpan.Zero);
        var dead = Directory.CreateDirectory(Path.Combine(Store.Paths.Ingests, Guid.NewGuid().ToString("N"))).FullName;
        File.WriteAllText(Path.Combine(dead, "lock"), "");
        File.WriteAllText(Path.Combine(dead, "1"), "half a blob");
        File.WriteAllText(Path.Combine(dead, "list"), $"{moved}\n");
        Assert.Equal(26 + 11, Store.Measure(default).ReclaimableBytes);
        Assert.Equal(0, Store.Measure(default).IngestCount);

        _test.Optimize(OptimizationOptions.None, out var unreferenced);

        Assert.Equal(26 + 11, unreferenced);
        Assert.False(Directory.Exists(dead));
        _test.AssertLeft("named:1");
    }

    [Fact]
    public void Downloads_that_were_cut_off_go_when_they_are_a_day_old()
    {
        Store.Import(Dated(1, "a:1"));
        var (old, young) = (Partial(5, TimeSpan.FromHours(25)), Partial(7, TimeSpan.FromHours(23)));
        var held = Partial(11, TimeSpan.FromHours(25));
        using var download = Store.OperatingSystem.TryLock(held + ".lock");
        Assert.Equal(5, Store.Measure(default).ReclaimableBytes);

        _test.Optimize(OptimizationOptions.None, out var unreferenced);

        Assert.Equal(5, unreferenced);
        Assert.Equal((false, true, true), (File.Exists(old), File.Exists(young), File.Exists(held)));

        string Partial(int size, TimeSpan age)
        {
            var path = Path.Combine(Directory.CreateDirectory(Store.Paths.Partials).FullName, $"sha256-{size}");
            File.WriteAllBytes(path, new byte[size]);
            File.SetLastWriteTimeUtc(path, (_test.Clock - age).UtcDateTime);
            return path;
        }
    }

    [Fact]
    public void Layers_that_a_damaged_manifest_may_need_stay()
    {
        var image = new TestImage(Shared) { Names = ["docker.io/x/damaged:1"] };
        Store.Import(image);
        File.Delete(Store.Paths.Blob(image.Digest));
        _test.Clock += TimeSpan.FromDays(1);

        _test.Optimize();

        Assert.NotNull(Store.Blobs.Find(Shared.Digest, Shared.Bytes.Length));
    }

    [Fact]
    public void With_a_broken_index_nothing_is_collected()
    {
        Store.Import(TestImage.Of("named", "docker.io/x/named:1"));
        File.WriteAllText(Store.Paths.Index, "{");

        Store.AssertRefused(ImageError.StoreInvalid, store => StoreOptimization.Read(store, new OptimizationOptions { Force = true }, default));
    }

    private void Drop(string platform) => Store.Remove(
        [new RemovalPlan(Store, Store.ReadSnapshot(), force: false, prune: true).PlanPlatform(Store.Match("x/multi:1", platform))], default);
}
