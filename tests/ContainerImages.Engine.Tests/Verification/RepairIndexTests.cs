using System;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using ContainerImages.Content;
using ContainerImages.Copying;
using ContainerImages.Engine.Tests.Store;
using ContainerImages.Engine.Tests.Transports;
using ContainerImages.Store;
using ContainerImages.Verification;
using Xunit;

namespace ContainerImages.Engine.Tests.Verification;

/// <summary>What a repair does to a store's index and to what lies beside it.</summary>
public sealed class RepairIndexTests : IDisposable
{
    private const string App = "docker.io/library/app:1";
    private const string Tool = "docker.io/library/tool:1";
    private static readonly TestImage _app = new(TestLayer.Of("app", Compression.Gzip)) { Names = [App] };
    private static readonly TestImage _tool = TestImage.Of("tool", Tool);

    private readonly TestStore _test = new();

    public RepairIndexTests() => Store.Import(_app, _tool);

    private ImageStore Store => _test.Store;

    private string[] Aside => Directory.GetFiles(Store.Path, "index.json.broken-*");

    public void Dispose() => _test.Dispose();

    [Fact]
    public void Sizes_types_and_summaries_are_put_right_and_what_others_wrote_stays()
    {
        Store.Tag("app:1", "app:2");
        var right = Entries();
        Store.EditIndex(roots =>
        {
            roots[0]!["size"] = 1;
            roots[0]!["annotations"]!["com.example.note"] = "kept";
            roots[1]!["mediaType"] = MediaTypes.OciIndex;
            roots[1]!["annotations"]![RootSummary.Annotation] = "nonsense";
            roots[2]!["annotations"]![RootSummary.Annotation] = roots[1]!["annotations"]![RootSummary.Annotation]!.DeepClone();
        });
        var notes = Store.Verify().Flaws.Count;

        var (done, flaws) = Store.Repair();

        Assert.Equal(["RebuildIndex"], done);
        Assert.Equal(notes, flaws.Count(flaw => flaw.Finding.Repaired));
        Assert.Empty(Store.Verify().Flaws);
        Assert.Equal(right, Entries());
        Assert.Contains("\"com.example.note\":\"kept\"", Store.IndexText(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_that_stands_twice_is_left_to_what_it_means_here_and_the_other_image_stays()
    {
        Store.EditIndex(roots =>
        {
            roots.Add(roots[0]!.DeepClone());
            roots[1]!["annotations"]![IndexEntry.NameAnnotation] = App;
        });

        Store.Repair();

        Assert.Empty(Store.Verify().Flaws);
        Assert.Equal(_app.Id.Hex, Store.Find(App).Id);
        Assert.Empty(Store.Find(_tool.Id.Hex).Names);
        Assert.Equal(2, StoreIndex.Parse(File.ReadAllBytes(Store.Paths.Index), "").Entries.Count);
    }

    [Fact]
    public void A_name_outside_the_grammar_is_taken_away_by_force_alone()
    {
        Store.EditIndex(roots => roots[0]!["annotations"]![IndexEntry.NameAnnotation] = "Not a name");
        Assert.Empty(Store.Repair().Done);

        Assert.Equal(["RebuildIndex"], Store.Repair(force: true).Done);

        Assert.Empty(Store.Verify().Flaws);
        Assert.Equal(2, Store.List().Count);
    }

    [Fact]
    public void Images_that_another_tool_wrote_get_their_summaries_and_damaged_ones_do_not()
    {
        _test.ForgetSummaries();
        Store.Damage(_tool.Id);

        Store.Repair();

        Assert.True(Store.ReadSnapshot().FindByName(App)!.IsSummaryStored);
        Assert.NotNull(Store.Find(App).Size);
        Assert.False(Store.ReadSnapshot().FindByName(Tool)!.IsSummaryStored);
    }

    [Fact]
    public void An_image_whose_layers_are_not_those_of_its_config_is_not_vouched_for()
    {
        var wrong = new TestImage(TestLayer.Of("wrong", Compression.Gzip)) { EditConfig = c => c["rootfs"]!["diff_ids"]![0] = _app.Layers[0].DiffId.ToString() };
        Directory.Delete(Store.Path, recursive: true);
        TestArchive.OciLayout(wrong, _app).WriteFolder(Store.Path);

        Store.Repair();

        Assert.True(Store.ReadSnapshot().FindRoot(_app.Digest)!.IsSummaryStored);
        Assert.False(Store.ReadSnapshot().FindRoot(wrong.Digest)!.IsSummaryStored);
    }

    [Fact]
    public void Leftovers_are_cleared_and_what_is_young_or_alive_or_foreign_is_not()
    {
        var orphan = Store.AddOldBlob(TestLayer.Of("orphan").Digest.Hex, TestLayer.Of("orphan").Bytes);
        var young = Store.Paths.Blob(Digest.Compute([1]));
        File.WriteAllBytes(young, [1]);
        var foreign = Store.AddOldBlob("README", [2]);
        var dead = Directory.CreateDirectory(Path.Combine(Store.Paths.Ingests, Guid.NewGuid().ToString("N"))).FullName;
        File.WriteAllText(Path.Combine(dead, "1"), "half a blob");
        File.WriteAllText(Store.Paths.NewIndex, "{");
        using var live = Store.BeginIngest(default);

        var (done, flaws) = Store.Repair();

        Assert.Equal(["RemoveLeftovers"], done);
        Assert.Equal([false, true, true, true], flaws.Select(flaw => flaw.Finding.Repaired).Order());
        Assert.False(File.Exists(orphan));
        Assert.True(File.Exists(young));
        Assert.True(File.Exists(foreign));
        Assert.False(Directory.Exists(dead));
        Assert.False(File.Exists(Store.Paths.NewIndex));

        Store.Repair(force: true);
        Assert.False(File.Exists(foreign));
        Assert.True(File.Exists(young));
    }

    [Fact]
    public void What_somebody_names_before_the_commit_is_no_orphan()
    {
        var third = TestImage.Of("third", "docker.io/library/third:1");
        foreach (var (digest, bytes) in third.Blobs)
        {
            Store.AddOldBlob(digest.Hex, bytes);
        }

        var options = new CopyOptions();
        using (var repair = new StoreRepair(Store))
        {
            repair.Begin(options);
            var rest = repair.OfferRest();
            Assert.Single(rest).IsApproved = true;
            Store.Import(third);
            repair.Commit(rest, options);
        }

        Assert.Empty(Store.Verify().Flaws);
        Assert.Equal(3, Store.List().Count);
    }

    [Fact]
    public void A_broken_index_from_which_nothing_is_lost_is_rebuilt_and_kept_aside()
    {
        Store.Tag("app:1", "app:2");
        var right = Entries();
        var broken = Store.IndexText().Replace("{\"schemaVersion\"", "{schemaVersion\"");
        File.WriteAllText(Store.Paths.Index, broken);

        var (done, flaws) = Store.Repair();

        Assert.Equal(["RebuildIndex"], done);
        Assert.True(Assert.Single(flaws).Finding.Repaired);
        Assert.Equal(right, Entries());
        Assert.Empty(Store.Verify().Flaws);
        Assert.Equal(broken, File.ReadAllText(Assert.Single(Aside)));
        Assert.Matches(@"\.broken-\d{8}T\d{6}Z$", Aside[0]);
    }

    [Fact]
    public void An_index_that_loses_names_is_rebuilt_by_force_alone_and_no_image_is_lost()
    {
        var text = Store.IndexText();
        File.WriteAllText(Store.Paths.Index, text[..(text.IndexOf(_tool.Digest.ToString(), StringComparison.Ordinal) - 20)]);
        var before = Store.Files();

        var (done, flaws) = Store.Repair();
        Assert.Empty(done);
        Assert.Contains("ends too early", Assert.Single(flaws).WhyOpen, StringComparison.Ordinal);
        Assert.Equal(before, Store.Files());

        Store.Repair(force: true);
        Assert.Equal(_app.Id.Hex, Store.Find(App).Id);
        Assert.Empty(Store.Find(_tool.Id.Hex).Names);
        Assert.Empty(Store.Verify().Flaws);
        Assert.Single(Aside);
    }

    [Fact]
    public void A_second_one_kept_aside_does_not_replace_the_first()
    {
        using var store = ImageStore.Open(Store.Path, new StoreOptions { Clock = () => new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero) });
        foreach (var text in new[] { "first", "second" })
        {
            File.WriteAllText(Store.Paths.Index, text);
            store.Repair(force: true);
        }

        Assert.Equal("first", File.ReadAllText(Store.Paths.Index + ".broken-20260102T030405Z"));
        Assert.Equal("second", File.ReadAllText(Store.Paths.Index + ".broken-20260102T030405Z-2"));
    }

    [Fact]
    public void An_index_that_is_gone_is_rebuilt_by_force()
    {
        File.Delete(Store.Paths.Index);
        Assert.Equal(["Error IndexInvalid index.json"], Store.Verify().Lines());
        Assert.Empty(Store.Repair().Done);
        Assert.False(File.Exists(Store.Paths.Index));

        Store.Repair(force: true);

        Assert.Equal(new[] { _app.Id.Hex, _tool.Id.Hex }.Order(), Store.List().Select(image => image.Id).Order());
        Assert.Empty(Store.Verify().Flaws);
        Assert.Empty(Aside);
    }

    [Fact]
    public void In_a_broken_index_damaged_images_are_mended_too()
    {
        using var folder = new Testing.TempFolder();
        Store.Damage(_app.Layers[0].Digest);
        File.WriteAllText(Store.Paths.Index, Store.IndexText()[1..]);

        var (done, _) = Store.Repair(from: TestArchive.OciLayout(_app).WriteTar(folder.Combine("a.tar")));

        Assert.Equal([$"Fetch {_app.Layers[0].Digest.ShortId} from a.tar", "RebuildIndex"], done);
        Assert.Empty(Store.Verify().Flaws);
        Assert.Equal(2, Store.List().Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_blob_alone_is_mended_only_if_the_index_can_be(bool force)
    {
        using var folder = new Testing.TempFolder();
        Store.Damage(_app.Layers[0].Digest);
        var only = Store.Verify().Findings();
        File.WriteAllText(Store.Paths.Index, Store.IndexText()[..30]);

        var (_, flaws) = Store.Repair(force, only, TestArchive.OciLayout(_app).WriteTar(folder.Combine("a.tar")));

        // By force the image has no name any more, and its blob is another finding.
        Assert.Equal(force, flaws.All(flaw => flaw.Finding.Repaired));
        Assert.Equal(force ? 0 : 2, Store.Verify().Flaws.Count);
        Assert.Equal(force ? [] : ["the store's index has to be rebuilt first"], flaws
            .Where(flaw => !flaw.Finding.Repaired && flaw.Finding.Digest is not null).Select(flaw => flaw.WhyOpen));
    }

    [Fact]
    public void An_index_that_another_tool_writes_whole_meanwhile_is_left_to_it()
    {
        var text = Store.IndexText();
        File.WriteAllText(Store.Paths.Index, text[..20]);
        var options = new CopyOptions();
        using (var repair = new StoreRepair(Store) { Force = true })
        {
            repair.Begin(options);
            var rest = repair.OfferRest();
            rest.ToList().ForEach(action => action.IsApproved = true);
            File.WriteAllText(Store.Paths.Index, text);
            repair.Commit(rest, options);
        }

        Assert.Equal(2, Store.List().Sum(image => image.Names.Count));
        Assert.Empty(Aside);
    }

    [Fact]
    public void Nothing_of_ours_overwrites_a_broken_index()
    {
        File.WriteAllText(Store.Paths.Index, "{");
        using var impatient = ImageStore.Open(Store.Path, new StoreOptions { TornIndexPatience = TimeSpan.Zero });

        impatient.AssertRefused(ImageError.StoreInvalid, store => store.Import(_app));
        impatient.AssertRefused(ImageError.StoreInvalid, store => store.List());
        impatient.AssertRefused(ImageError.StoreInvalid, store => store.Commit("test", null, _ => { }, default));
        Assert.Equal("{", Store.IndexText());
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("{}}")]
    [InlineData(null)]
    public void The_layout_file_is_written_anew(string? text)
    {
        File.Delete(Store.Paths.Layout);
        if (text is not null)
        {
            File.WriteAllText(Store.Paths.Layout, text);
        }

        using (var broken = ImageStore.Open(Store.Path, new StoreOptions { OpensBroken = true }))
        {
            Assert.Equal(["RebuildIndex"], broken.Repair().Done);
        }

        using var store = ImageStore.Open(Store.Path);
        Assert.Empty(store.Verify().Flaws);
        Assert.Equal(2, store.List().Count);
    }

    private string[] Entries() =>
    [
        .. JsonNode.Parse(File.ReadAllBytes(Store.Paths.Index))!["manifests"]!.AsArray()
            .Select(root => JsonNode.Parse(root!.ToJsonString())!.AsObject())
            .Select(root =>
            {
                root["annotations"]!.AsObject().Remove("com.example.note");
                return string.Join("\n", root.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}: {Sorted(pair.Value!)}"));
            })
            .Order(StringComparer.Ordinal),
    ];

    private static string Sorted(JsonNode node) => node is JsonObject map
        ? string.Join(",", map.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={pair.Value}"))
        : node.ToJsonString();
}
