using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using ContainerImages.Content;
using ContainerImages.Engine.Tests.Transports;
using ContainerImages.Store;
using Xunit;

namespace ContainerImages.Engine.Tests.Store;

/// <summary>Leases: where they stand, what becomes of them, and what they keep.</summary>
public sealed class ImageLeaseTests : IDisposable
{
    private const string Name = "docker.io/library/app:1";
    private static readonly DateTimeOffset _now = new(2026, 5, 6, 7, 8, 9, TimeSpan.Zero);
    private static readonly TestImage _base = TestImage.Of("base");
    private static readonly TestImage _app = _base.Child("RUN app", TestLayer.Of("app"), Name);
    private static readonly TestImage _tool = TestImage.Of("tool", "docker.io/library/tool:1");

    private readonly TestStore _test = new();
    private DateTimeOffset _clock = _now;

    public ImageLeaseTests() => Store = ImageStore.Open(_test.Path, new StoreOptions { Clock = () => _clock });

    private ImageStore Store { get; }

    public void Dispose()
    {
        Store.Dispose();
        _test.Dispose();
    }

    [Fact]
    public void A_lease_says_what_was_said_of_it()
    {
        Store.Import(_app, _tool);

        var made = Assert.Single(Lease("app:1", "web1", _now.AddHours(1).ToOffset(TimeSpan.FromHours(5)), "behind the proxy"));

        Assert.Equal(("web1", _app.Id.Hex, Name, "behind the proxy"), (made.Name, made.Id, made.Reference, made.Comment));
        Assert.Equal((_now, _now.AddHours(1), TimeSpan.Zero), (made.Created, made.Until, made.Until!.Value.Offset));
        Assert.False(made.Expired);
        Assert.Equal(Store.Path, made.StorePath);
        Assert.Equivalent(made, Assert.Single(Leases()), strict: true);
    }

    [Fact]
    public void An_image_has_several_leases_and_a_name_holds_several_images()
    {
        Store.Import(_app, _tool);

        Lease(["app:1", "tool:1"], "web1");
        Lease("app:1", "Batch");

        Assert.Equal(
            [("Batch", _app.Id.Hex), ("web1", _app.Id.Hex), ("web1", _tool.Id.Hex)],
            Leases().Select(lease => (lease.Name, lease.Id)).OrderBy(pair => pair.Name).ThenBy(pair => pair.Id != _app.Id.Hex));
    }

    [Fact]
    public void The_same_name_and_image_again_renews_the_lease()
    {
        Store.Import(_app);
        Lease("app:1", "web1", _now.AddHours(1), "first");

        _clock = _now.AddMinutes(30);
        Lease("app:1", "WEB1", null, "second");

        var renewed = Assert.Single(Leases());
        Assert.Equal(("web1", (DateTimeOffset?)_now, (DateTimeOffset?)null, "second"), (renewed.Name, renewed.Created, renewed.Until, renewed.Comment));
    }

    [Fact]
    public void A_lease_that_has_ended_is_made_anew()
    {
        Store.Import(_app);
        Lease("app:1", "web1", _now.AddHours(1));

        _clock = _now.AddHours(1);
        Assert.True(Assert.Single(Leases()).Expired);
        Lease("app:1", "web1", _now.AddHours(2));

        Assert.Equal(_clock, Assert.Single(Leases()).Created);
    }

    [Fact]
    public void A_lease_stays_with_its_image_whatever_becomes_of_its_names()
    {
        Store.Import(_app, _tool);
        Lease("app:1", "web1");

        Store.Tag("app:1", "app:2");
        Store.Untag(Name);
        AssertHeld();
        Store.Tag("tool:1", "app:2");
        Assert.Empty(Store.Find(_app.Id.Hex).Names);
        AssertHeld();
        Store.Tag(_app.Id.Hex, "app:3", "app:4");
        Store.Untag("app:3", "app:4");
        AssertHeld();
        Assert.DoesNotContain(StoredLease.Annotation, EntryOf(_tool).ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_name_of_the_image_carries_the_lease()
    {
        Store.Import(_app);
        Store.Tag("app:1", "app:2");
        Lease("app:1", "web1");
        Store.Tag("app:1", "app:3");

        // Another tool drops the descriptors of two names.
        EditIndex(entries => entries.Where(entry => !Annotations(entry!).ToJsonString().Contains("app:3", StringComparison.Ordinal)).ToList()
            .ForEach(entry => entries.Remove(entry)));

        AssertHeld();
    }

    [Fact]
    public void A_lease_that_another_tool_left_at_one_name_only_moves_on_with_the_others()
    {
        Store.Import(_app);
        Store.Tag("app:1", "app:2");
        Lease("app:1", "web1");
        EditIndex(entries => Annotations(entries[1]!).Remove(StoredLease.Annotation));

        Store.Untag(Name);

        AssertHeld();
    }

    [Fact]
    public void What_another_tool_takes_out_of_a_summary_or_writes_beside_it_does_not_harm_a_lease()
    {
        Store.Import(_app);
        Lease("app:1", "web1");
        _test.ForgetSummaries();
        EditIndex(entries => Annotations(entries[0]!)["com.example.x"] = "y");

        AssertHeld();
        Store.Learn(_app.Digest, [.. _app.Layers.Select(layer => (long?)layer.Plain.Length)]);
        Store.Tag("app:1", "app:2");
        AssertHeld();
        Assert.Equal("y", (string?)Annotations(EntryOf(_app))["com.example.x"]);
    }

    [Fact]
    public void A_lease_that_another_tool_copied_to_another_image_still_means_its_own()
    {
        Store.Import(_app, _tool);
        Lease("app:1", "web1");
        EditIndex(entries =>
        {
            Annotations(entries[1]!)[StoredLease.Annotation] = (string?)Annotations(entries[0]!)[StoredLease.Annotation];
            Annotations(entries[0]!).Remove(StoredLease.Annotation);
        });

        AssertHeld();
        Assert.True(Assert.Single(Store.Remove(["tool:1"])).Removed);
        AssertHeld();
        Store.Remove(["app:1"], force: true);
        Store.Import(_app);
        Assert.Empty(Leases());
    }

    [Theory]
    [InlineData("")]
    [InlineData("web1")]
    [InlineData("[")]
    [InlineData("{}")]
    [InlineData("[1, null, {\"name\":1}, {}]")]
    [InlineData("[{\"name\":\"a b\",\"id\":\"ID\",\"created\":\"2026-01-01T00:00:00Z\"}]")]
    [InlineData("[{\"name\":\"a\",\"id\":\"8f\",\"created\":\"2026-01-01T00:00:00Z\"}]")]
    [InlineData("[{\"name\":\"a\",\"id\":\"ID\"}]")]
    [InlineData("[{\"name\":\"a\",\"id\":\"ID\",\"created\":\"2026-01-01T00:00:00Z\",\"until\":\"tomorrow\"}]")]
    public void What_is_no_lease_holds_nothing_and_breaks_nothing(string text)
    {
        Store.Import(_app);
        EditIndex(entries => Annotations(entries[0]!)[StoredLease.Annotation] = text.Replace("ID", _app.Id.Hex, StringComparison.Ordinal));

        Assert.Empty(Leases());
        Lease("app:1", "web1");
        AssertHeld();
    }

    [Fact]
    public void The_annotation_is_a_list_with_what_there_is_to_say()
    {
        Store.Import(_app);
        Lease("app:1", "web1");
        Lease("app:1", "job", _now.AddTicks(15_000_000), "a \"b\" / é");

        Assert.Equal(
            $$"""[{"name":"web1","id":"{{_app.Id.Hex}}","created":"2026-05-06T07:08:09Z"},""" +
            $$"""{"name":"job","id":"{{_app.Id.Hex}}","created":"2026-05-06T07:08:09Z","until":"2026-05-06T07:08:10.5Z","comment":"a \"b\" / é"}]""",
            (string?)Annotations(EntryOf(_app))[StoredLease.Annotation]);
    }

    [Fact]
    public void An_ID_of_another_algorithm_is_written_with_it()
    {
        var id = Digest.Compute("x"u8.ToArray(), "sha512");
        var lease = new StoredLease("a", id, _now, null, "");

        Assert.Contains(id.ToString(), StoredLease.Encode([lease])!, StringComparison.Ordinal);
        Assert.Equal([lease], StoredLease.Decode(StoredLease.Encode([lease])));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-a")]
    [InlineData(".a")]
    [InlineData("a b")]
    [InlineData("a/b")]
    [InlineData("a*")]
    [InlineData("é")]
    [InlineData("a\n")]
    [InlineData("a23456789-123456789-123456789-123456789-123456789-123456789-12345")]
    public void A_name_outside_the_grammar_is_refused(string name)
    {
        Store.Import(_app);

        Store.AssertRefused(ImageError.InvalidLeaseName, store => Lease("app:1", name));
    }

    [Fact]
    public void The_longest_name_is_taken() => StoredLease.CheckName("A_.-" + new string('0', 60));

    [Fact]
    public void An_image_that_is_gone_meanwhile_gets_no_lease_and_neither_do_the_others()
    {
        Store.Import(_app, _tool);
        var matches = new[] { Store.Match("tool:1"), Store.Match("app:1") };
        _test.Store.Remove(["app:1"]);

        Store.AssertRefused(ImageError.ImageNotFound, store => store.Lease(matches, "web1", null, "", default));
        Assert.Empty(Leases());
    }

    [Fact]
    public void Released_leases_are_gone_and_the_others_stay()
    {
        Store.Import(_app, _tool);
        Lease(["app:1", "tool:1"], "web1");
        Lease("app:1", "web2");

        var released = Store.Release([.. Leases().Where(lease => lease.Id == _app.Id.Hex && lease.Name == "web1")], default);

        Assert.Equal(["web1"], released.Select(lease => lease.Name));
        Assert.Equal([("web1", _tool.Id.Hex), ("web2", _app.Id.Hex)], Leases().Select(lease => (lease.Name, lease.Id)));
        Assert.Empty(Store.Release(released, default));
    }

    [Fact]
    public void A_leased_image_is_not_removed_and_the_error_names_its_leases()
    {
        Store.Import(_app);
        Lease("app:1", "web1");
        Lease("app:1", "web2");

        var error = Store.AssertRefused(ImageError.ImageInUse, store => store.Remove(["app:1"]));

        Assert.Equal(["web1", "web2"], error.Candidates);
        Assert.Contains("the leases web1, web2 hold it", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_of_several_names_may_go_from_a_leased_image_and_the_last_may_not()
    {
        Store.Import(_app);
        Store.Tag("app:1", "app:2");
        Lease("app:1", "web1");

        Assert.False(Assert.Single(Store.Remove(["app:2"])).Removed);

        Store.AssertRefused(ImageError.ImageInUse, store => store.Remove(["app:1"]));
        AssertHeld();
    }

    [Fact]
    public void Force_removes_the_image_and_its_leases_do_not_come_back_with_it()
    {
        Store.Import(_app);
        Lease("app:1", "web1");

        Assert.True(Assert.Single(Store.Remove(["app:1"], force: true)).Removed);

        Assert.Empty(Store.BlobNames());
        Store.Import(_app);
        Assert.Empty(Leases());
    }

    [Fact]
    public void What_has_ended_or_was_released_holds_nothing()
    {
        Store.Import(_app, _tool);
        Lease("app:1", "web1", _now.AddHours(1));
        Lease("tool:1", "web1");
        Store.Release([.. Leases().Where(lease => lease.Id == _tool.Id.Hex)], default);

        _clock = _now.AddHours(1);

        Assert.All(Store.Remove(["app:1", "tool:1"]), removal => Assert.True(removal.Removed));
    }

    [Fact]
    public void A_leased_parent_outlives_its_children()
    {
        Store.Import(_base, _app);
        Lease(_base.Id.Hex, "base");

        var removal = Assert.Single(Store.Remove(["app:1"]));

        Assert.Empty(removal.RemovedParents);
        Assert.Equal([_base.Id.Hex], Store.List().Select(image => image.Id));
        Store.AssertSound();
    }

    [Fact]
    public void An_image_leased_between_the_question_and_the_commit_stays()
    {
        Store.Import(_app);
        var snapshot = Store.ReadSnapshot();
        var plan = new RemovalPlan(Store, snapshot, force: false, prune: true).Plan(Store.Select(snapshot, ImageTarget.OfText("app:1")));
        Lease("app:1", "web1");

        Store.AssertRefused(ImageError.ImageInUse, store => store.Remove([plan], default));
        AssertHeld();
    }

    [Fact]
    public void A_parent_leased_between_the_question_and_the_commit_stays()
    {
        Store.Import(_base, _app);
        var snapshot = Store.ReadSnapshot();
        var planner = new RemovalPlan(Store, snapshot, force: false, prune: true);
        var plan = planner.Plan(Store.Select(snapshot, ImageTarget.OfText("app:1")));
        planner.AddParents([plan]);
        Assert.Single(plan.Parents);
        Lease(_base.Id.Hex, "base");

        var removal = Assert.Single(Store.Remove([plan], default));

        Assert.True(removal.Removed);
        Assert.Empty(removal.RemovedParents);
        Assert.Equal([_base.Id.Hex], Store.List().Select(image => image.Id));
    }

    [Fact]
    public void A_lease_of_an_image_with_two_manifests_passes_to_the_one_that_stays()
    {
        // The same config under another manifest, which came after the lease was made.
        var again = new TestImage(_tool.Layers[0]) { EditManifest = json => json["annotations"] = new JsonObject { ["x"] = "y" }, Names = ["quay.io/tool:1"] };
        Assert.Equal(_tool.Id, again.Id);
        Store.Import(_tool);
        Lease("docker.io/library/tool:1", "web1");
        Store.Import(again);

        Store.Remove(["docker.io/library/tool:1"]);

        Assert.Equal([again.Digest.ToString()], Store.List().Select(image => image.Digest));
        Assert.Equal(_tool.Id.Hex, Assert.Single(Leases()).Id);
        Store.AssertRefused(ImageError.ImageInUse, store => store.Remove(["quay.io/tool:1"]));
    }

    [Fact]
    public void Of_a_multi_platform_image_the_leased_platform_stays_and_others_may_go()
    {
        var (arm, s390) = (new TestImage(TestLayer.Of("arm")) { Architecture = "arm64" }, new TestImage(TestLayer.Of("s390x")) { Architecture = "s390x" });
        Store.Import(new TestIndex(arm, s390) { Names = ["docker.io/library/multi:1"] });
        Lease([Store.Match("multi:1", "linux/s390x")], "web1");

        var whole = Store.AssertRefused(ImageError.ImageInUse, store => store.Remove(["multi:1"]));
        Assert.Contains("web1", whole.Message, StringComparison.Ordinal);
        Store.AssertRefused(ImageError.ImageInUse, store => Drop("linux/s390x", force: false));
        Drop("linux/arm64", force: false);
        Assert.Equal(["linux/s390x"], Store.Find("multi:1").PresentPlatforms);

        Drop("linux/s390x", force: true);
        Store.Import(new TestIndex(arm, s390) { Names = ["docker.io/library/multi:1"] });
        Assert.Empty(Leases());

        void Drop(string platform, bool force) => Store.Remove(
            [new RemovalPlan(Store, Store.ReadSnapshot(), force, prune: true).PlanPlatform(Store.Match("multi:1", platform))], default);
    }

    private void AssertHeld()
    {
        using var fresh = ImageStore.Open(Store.Path);
        var snapshot = fresh.ReadSnapshot();
        Assert.Equal([("web1", _app.Id.Hex)], fresh.Leases(snapshot).Select(lease => (lease.Name, lease.Id)));
        Assert.Throws<ContainerImageException>(() => new RemovalPlan(fresh, snapshot, force: false, prune: true).Plan(
            [fresh.Match(_app.Id.Hex) with { MatchedNames = snapshot.NamesOf(_app.Id) }]));
    }

    private IReadOnlyList<ImageLease> Leases() => Store.Leases(Store.ReadSnapshot());

    private IReadOnlyList<ImageLease> Lease(string image, string name, DateTimeOffset? until = null, string comment = "") =>
        Store.Lease([Store.Match(image)], name, until, comment, default);

    private IReadOnlyList<ImageLease> Lease(string[] images, string name) => Lease([.. images.Select(image => Store.Match(image))], name);

    private IReadOnlyList<ImageLease> Lease(ImageMatch[] images, string name) => Store.Lease(images, name, null, "", default);

    private void EditIndex(Action<JsonArray> edit)
    {
        var index = JsonNode.Parse(File.ReadAllBytes(Store.Paths.Index))!;
        edit(index["manifests"]!.AsArray());
        File.WriteAllText(Store.Paths.Index, index.ToJsonString());
    }

    private JsonNode EntryOf(TestImage image) => JsonNode.Parse(File.ReadAllBytes(Store.Paths.Index))!["manifests"]!.AsArray()
        .First(entry => (string?)entry!["digest"] == image.Digest.ToString())!;

    private static JsonObject Annotations(JsonNode entry) => entry["annotations"]!.AsObject();
}
