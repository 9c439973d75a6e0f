using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using ContainerImages.Engine.Tests.Transports;
using ContainerImages.Store;
using Xunit;
using static ContainerImages.Engine.Tests.Store.OptimizedStore;

namespace ContainerImages.Engine.Tests.Store;

/// <summary>What a store is measured by.</summary>
public sealed class StoreMeasurementTests : IDisposable
{
    private readonly OptimizedStore _test = new();

    private ImageStore Store => _test.Store;

    public void Dispose() => _test.Dispose();

    [Fact]
    public void Every_number_is_what_it_says()
    {
        // Two images that share a layer, one of them with two names; a dangling one; an index of two platforms that share one.
        var (first, second, dangling) = (Dated(1, "a:1", "b:1"), Dated(2, "a:2"), TestImage.Of("dangling"));
        var both = TestLayer.Of("of both platforms");
        var (amd64, arm64) = (new TestImage(both), new TestImage(both, TestLayer.Of("arm")) { Architecture = "arm64" });
        var index = new TestIndex(amd64, arm64) { Names = ["docker.io/x/multi:1"] };
        Store.Import(first, second, dangling, index);
        var orphan = _test.PutBlob("orphan", TimeSpan.FromMinutes(5));
        Store.Lease([Store.Match("a:1"), Store.Match("a:2")], "web1", null, "", default);

        using var copy = Store.BeginIngest(default);
        using (var file = copy.CreateFile(out _))
        {
            file.Write(new byte[100], 0, 100);
        }

        var found = Store.Measure(default);

        Assert.Equal(Store.Path, found.StorePath);
        Assert.Equal((5, 4, 1, 2, 1), (found.ImageCount, found.TagCount, found.DanglingCount, found.LeaseCount, found.IngestCount));
        Assert.Equal(Store.BlobNames().Count, found.BlobCount);
        Assert.Equal(Shared.Bytes.Length + both.Bytes.Length, found.SharedBytes);
        Assert.Equal(
            new TestImage[] { first, second, dangling, amd64, arm64 }.Sum(image => image.Blobs.Sum(blob => (long)blob.Bytes.Length)) -
            (2 * (Shared.Bytes.Length + both.Bytes.Length)) + index.Bytes.Length,
            found.UniqueBytes);
        Assert.Equal(found.SharedBytes + found.UniqueBytes + "orphan".Length + 100, found.TotalBytes);
        Assert.Equal(dangling.Blobs.Sum(blob => blob.Bytes.Length), found.ReclaimableBytes);
        Assert.NotNull(Store.Blobs.Find(orphan, 6));
    }

    [Fact]
    public void The_counts_are_those_of_the_lists()
    {
        Store.Import(
            Dated(1, "a:1"),
            Dated(2),
            Dated(3).Child("RUN child", TestLayer.Of("child")),
            Dated(3),
            new TestIndex(Dated(4), new TestImage(TestLayer.Of("arm")) { Architecture = "arm64" }));
        var snapshot = Store.ReadSnapshot();

        var found = Store.Measure(default);

        Assert.Equal(snapshot.Images.Count(), found.ImageCount);
        Assert.Equal(
            snapshot.Images.Count(image => new ContainerImage(Store, snapshot, new ImageMatch(snapshot.ManifestsOf(image.Id)[0].Root, image, null)).Dangling),
            found.DanglingCount);
        Assert.Equal(4, found.DanglingCount);
    }

    [Fact]
    public void Measuring_changes_nothing()
    {
        Store.Import(Dated(1, "a:1"), Dated(2));
        _test.PutBlob("orphan", TimeSpan.FromHours(2));
        var dead = Directory.CreateDirectory(Path.Combine(Store.Paths.Ingests, Guid.NewGuid().ToString("N"))).FullName;
        File.WriteAllText(Path.Combine(dead, "1"), "left over");
        var before = Store.Files();

        Assert.True(Store.Measure(default).ReclaimableBytes > 0);

        Assert.Equal(before, Store.Files());
    }

    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, 25)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void What_could_be_given_back_is_what_is_given_back(int seed)
    {
        var random = new Random(seed);
        Fill(random);
        _test.Clock += TimeSpan.FromMinutes(random.Next(120));
        var before = Store.Measure(default);

        var removals = _test.Optimize(OptimizationOptions.None, out var unreferenced);

        var after = Store.Measure(default);
        Assert.Equal(before.ReclaimableBytes, removals.Sum(removal => removal.FreedBytes) + unreferenced);
        Assert.Equal(before.ReclaimableBytes, before.TotalBytes - after.TotalBytes);
        Assert.Equal(0, after.ReclaimableBytes);
        var left = Store.ReadSnapshot();
        Assert.All(left.Images.Where(image => left.IsDangling(image)), image => Assert.Contains(
            left.ManifestsOf(image.Id).SelectMany(pair => pair.Root.Images), platform => left.Leases.Contains(platform.Id)));
    }

    /// <summary>Trees of images, some with names, some leased, some as platforms of indexes, and blobs that belong to none.</summary>
    private void Fill(Random random)
    {
        List<TestImage> images = [Dated(1), Dated(2)];
        for (var i = 0; i < 12; i++)
        {
            var parent = images[random.Next(images.Count)];
            images.Add(parent.Child($"RUN {i}", random.Next(3) == 0 ? null : TestLayer.Of($"layer {random.Next(4)}")));
        }

        var roots = images.Where(_ => random.Next(5) > 0).Select(image => image.Named(random.Next(3) == 0 ? [$"docker.io/x/{image.Id.Hex[..8]}:1"] : []));
        Store.Import([.. roots, new TestIndex(images[random.Next(images.Count)], TestImage.Of("arm"))]);
        foreach (var image in Store.ReadSnapshot().Images.Where(_ => random.Next(8) == 0).ToList())
        {
            Store.Lease([Store.Match(image.Id.Hex)], "held", null, "", default);
        }

        for (var i = 0; i < 5; i++)
        {
            _test.PutBlob($"orphan {i}", TimeSpan.FromMinutes(random.Next(120)));
        }
    }
}
