using System;
using System.Linq;
using System.Text.Json.Nodes;
using ContainerImages.Engine.Tests.Transports;
using ContainerImages.References;
using ContainerImages.Store;
using Xunit;
using static ContainerImages.Engine.Tests.Store.OptimizedStore;

namespace ContainerImages.Engine.Tests.Store;

/// <summary>What else goes when it is asked for: images with names, all but the newest tags, the oldest, and only some of them.</summary>
public sealed class OptimizationChoiceTests : IDisposable
{
    private readonly OptimizedStore _test = new();

    private ImageStore Store => _test.Store;

    public void Dispose() => _test.Dispose();

    [Fact]
    public void Everything_goes_where_everything_is_meant()
    {
        Store.Import(Dated(1, "a:1", "b:1"), Dated(2), new TestIndex(Dated(3), Dated(4)) { Names = ["docker.io/x/multi:1"] });

        var removals = _test.Optimize(new OptimizationOptions { All = true });

        Assert.Equal(["docker.io/x/a:1", "docker.io/x/b:1", "docker.io/x/multi:1"], removals.SelectMany(removal => removal.Untagged));
        Assert.All(removals, removal => Assert.True(removal.Removed));
        Assert.Empty(Store.BlobNames());
    }

    [Theory]
    [InlineData(true, 1, "a:1 b:3 2")]
    [InlineData(true, 2, "b:3 2")]
    [InlineData(true, 3, "b:3")]
    [InlineData(true, 4, "")]
    [InlineData(false, 2, "a:1 b:3 2")]
    [InlineData(false, 4, "a:1 b:3")]
    public void Only_images_made_before_a_date_go(bool all, int day, string left)
    {
        Store.Import(Dated(1, "a:1"), Dated(2), Dated(3, "b:3"));

        _test.Optimize(new OptimizationOptions { All = all, Until = DayOf(day) });

        _test.AssertLeft([.. left.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(name => name == "2" ? Dated(2).Id.Hex : name)]);
    }

    [Fact]
    public void Only_images_with_the_labels_go()
    {
        var labelled = new TestImage(TestLayer.Of("labelled"))
        {
            Names = ["docker.io/x/labelled:1"],
            EditConfig = json => json["config"]!["Labels"] = new JsonObject { ["stage"] = "build-17" },
        };
        Store.Import(labelled, Dated(1, "a:1"), Dated(2));

        Assert.Empty(_test.Optimize(new OptimizationOptions { All = true, Labels = ["stage=test*"] }));
        Assert.Equal([labelled.Id.Hex], _test.Optimize(new OptimizationOptions { All = true, Labels = ["stage=build-*"] }).Select(removal => removal.Id));
        _test.AssertLeft("a:1", Dated(2).Id.Hex);
    }

    [Fact]
    public void Patterns_narrow_to_the_names_they_cover()
    {
        Store.Import(Dated(1, "a:1", "b:1"), Dated(2, "b:2"), Dated(3));

        var removals = _test.Optimize(new OptimizationOptions { All = true, References = [new ReferencePattern("x/b*")] });

        Assert.Equal([("docker.io/x/b:1", false), ("docker.io/x/b:2", true)], removals.Select(removal => (removal.Untagged.Single(), removal.Removed)));
        _test.AssertLeft("a:1", Dated(3).Id.Hex);
    }

    [Fact]
    public void The_newest_tags_of_each_repository_are_kept()
    {
        Store.Import(Dated(3, "a:3"), Dated(1, "a:1", "b:old"), Dated(2, "a:2"), Dated(9, "b:new"), Dated(5));

        var removals = _test.Optimize(new OptimizationOptions { Keep = 2 });

        // The dangling one, as always; and the oldest tag of a, whose image stays by its other name.
        Assert.Equal(
            [("docker.io/x/a:1", false), ("", true)],
            removals.Select(removal => (removal.Untagged.FirstOrDefault() ?? "", removal.Removed)));
        _test.AssertLeft("a:2", "a:3", "b:new", "b:old");

        _test.Optimize(new OptimizationOptions { Keep = 1 });
        _test.AssertLeft("a:3", "b:new");
    }

    [Fact]
    public void Of_tags_of_one_age_those_given_last_are_kept()
    {
        Store.Import(Dated(1, "a:latest"));
        Store.Tag("x/a:latest", "docker.io/x/a:1", "docker.io/x/a:2");

        _test.Optimize(new OptimizationOptions { Keep = 2 });

        _test.AssertLeft("a:1", "a:2");
    }

    [Fact]
    public void Patterns_say_which_tags_are_counted_and_dates_and_labels_which_of_the_rest_may_go()
    {
        Store.Import(Dated(1, "a:rc1"), Dated(2, "a:rc2"), Dated(3, "a:1"), Dated(4, "a:2"));

        _test.Optimize(new OptimizationOptions { Keep = 1, References = [new ReferencePattern("x/a:rc*")] });
        _test.AssertLeft("a:1", "a:2", "a:rc2");

        _test.Optimize(new OptimizationOptions { Keep = 1, Until = DayOf(3) });
        _test.AssertLeft("a:1", "a:2");
    }

    [Fact]
    public void A_tag_that_a_lease_needs_stays_beyond_those_that_are_kept()
    {
        Store.Import(Dated(1, "a:1"), Dated(2, "a:2"), Dated(3, "a:3"));
        Store.Lease([Store.Match("x/a:1")], "web1", null, "", default);

        _test.Optimize(new OptimizationOptions { Keep = 1 });

        _test.AssertLeft("a:1", "a:3");
    }

    [Fact]
    public void The_oldest_go_until_the_store_fits()
    {
        TestImage[] images = [.. Enumerable.Range(1, 5).Select(day => Dated(day, $"a:{day}"))];
        Store.Import(images[3], images[0], images[4], images[2], images[1]);
        var size = images.Sum(OwnBytes) + Shared.Bytes.Length;
        Assert.Equal(size, Store.Measure(default).TotalBytes);

        Assert.Empty(_test.Optimize(new OptimizationOptions { MaximumSize = size }));
        Assert.Equal(["docker.io/x/a:1"], _test.Optimize(new OptimizationOptions { MaximumSize = size - 1 }).SelectMany(removal => removal.Untagged));
        _test.Optimize(new OptimizationOptions { MaximumSize = size - images.Take(3).Sum(OwnBytes) });
        _test.AssertLeft("a:4", "a:5");
        Assert.Equal(size - images.Take(3).Sum(OwnBytes), Store.Measure(default).TotalBytes);
    }

    [Fact]
    public void What_nobody_needs_goes_before_an_image_does()
    {
        Store.Import(Dated(1, "a:1"), Dated(9));
        _test.PutBlob(new string('x', 5000), TimeSpan.FromDays(1));
        var size = OwnBytes(Dated(1)) + Shared.Bytes.Length;

        _test.Optimize(new OptimizationOptions { MaximumSize = size });

        _test.AssertLeft("a:1");
        Assert.Equal(size, Store.Measure(default).TotalBytes);
    }

    [Fact]
    public void A_store_that_cannot_fit_loses_what_it_may_and_says_how_much_is_too_much()
    {
        Store.Import(Dated(1, "a:1"), Dated(2, "b:1", "c:1"), Dated(3, "d:1"));
        Store.Lease([Store.Match("x/a:1")], "web1", null, "", default);
        var options = new OptimizationOptions { MaximumSize = 10, References = [new ReferencePattern("x/[ab]*"), new ReferencePattern("x/d*")] };

        var optimization = StoreOptimization.Read(Store, options, default);
        var chosen = optimization.Choose((_, _) => true);

        // One is leased, and of another only one name is meant.
        Assert.Equal(["docker.io/x/d:1"], chosen.SelectMany(plan => plan.Names));
        Assert.Equal(Shared.Bytes.Length + OwnBytes(Dated(1)) + OwnBytes(Dated(2)) - 10, optimization.ExcessBytes);
    }

    [Fact]
    public void What_is_declined_stays_and_counts()
    {
        TestImage[] images = [.. Enumerable.Range(1, 4).Select(day => Dated(day, $"a:{day}"))];
        Store.Import(images);
        var size = Store.Measure(default).TotalBytes;
        var optimization = StoreOptimization.Read(Store, new OptimizationOptions { MaximumSize = size - 1 }, default);

        var chosen = optimization.Choose((plan, _) => plan.Names[0].EndsWith('3'));
        Store.Optimize(chosen, [], null, default);

        _test.AssertLeft("a:1", "a:2", "a:4");
    }
}
