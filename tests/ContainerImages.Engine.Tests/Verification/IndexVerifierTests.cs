using System;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using ContainerImages.Content;
using ContainerImages.Engine.Tests.Store;
using ContainerImages.Engine.Tests.Transports;
using ContainerImages.Store;
using Xunit;

namespace ContainerImages.Engine.Tests.Verification;

/// <summary>What the verification of a store finds in its index, and beside its images.</summary>
public sealed class IndexVerifierTests : IDisposable
{
    private static readonly TestImage _app = new(TestLayer.Of("app", Compression.Gzip)) { Names = ["docker.io/library/app:1"] };
    private static readonly TestImage _tool = TestImage.Of("tool", "docker.io/library/tool:1");

    private readonly TestStore _test = new();

    public IndexVerifierTests() => Store.Import(_app, _tool);

    private ImageStore Store => _test.Store;

    public void Dispose() => _test.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("""{"schemaVersion":2}""")]
    [InlineData("""{"manifests":[{"mediaType":"x","digest":"sha256:0","size":1}]}""")]
    public void A_broken_index_is_a_flaw_and_blobs_are_held_against_their_names(string text)
    {
        File.WriteAllText(Store.Paths.Index, text);
        Assert.Equal(["Error IndexInvalid index.json"], Store.Verify().Lines());

        Store.Damage(_app.Id);
        Assert.Equal(["Error DigestMismatch " + _app.Id.ShortId, "Error IndexInvalid index.json"], Store.Verify().Lines().Order());
    }

    [Fact]
    public void A_size_or_a_type_that_the_index_has_wrong_can_be_mended()
    {
        Store.EditIndex(roots => roots[0]!["size"] = _app.Bytes.Length + 1);
        Assert.Equal([$"Error IndexInvalid {_app.Digest.ShortId}"], Store.Verify().Lines());

        Store.EditIndex(roots =>
        {
            roots[0]!["size"] = _app.Bytes.Length;
            roots[0]!["mediaType"] = MediaTypes.OciIndex;
        });
        Assert.Equal([$"Error IndexInvalid {_app.Digest.ShortId}"], Store.Verify().Lines());
    }

    [Fact]
    public void Entries_of_one_root_that_contradict_each_other_are_found()
    {
        Store.Tag("app:1", "app:2");
        Store.EditIndex(roots => roots[2]!["size"] = 1);

        Assert.Equal([$"Error IndexInvalid {_app.Digest.ShortId}"], Store.Verify().Lines());
    }

    [Fact]
    public void A_name_that_stands_twice_is_a_warning_and_one_for_two_images_an_error()
    {
        Store.EditIndex(roots => roots.Add(roots[0]!.DeepClone()));
        Assert.Equal([$"Warning IndexInvalid {_app.Digest.ShortId}"], Store.Verify().Lines());

        Store.EditIndex(roots => SetName(roots[2]!, "index.docker.io/library/app:1"));
        Assert.Equal([$"Warning IndexInvalid {_app.Digest.ShortId}"], Store.Verify().Lines());

        Store.EditIndex(roots => SetName(roots[1]!, "docker.io/library/app:1"));
        var finding = Assert.Single(Store.Verify().Findings(), f => f.Severity == "Error");
        Assert.Contains(_app.Digest.ToString(), finding.Message, StringComparison.Ordinal);
        Assert.Contains(_tool.Digest.ToString(), finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_outside_the_grammar_is_a_warning()
    {
        Store.EditIndex(roots => SetName(roots[0]!, "Not a name"));

        Assert.Equal([$"Warning IndexInvalid {_app.Digest.ShortId} for good"], Store.Verify().Lines());
        Assert.Contains("'Not a name'", Store.Verify().Findings()[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_summary_that_is_not_there_is_no_flaw()
    {
        _test.ForgetSummaries();

        Assert.Empty(Store.Verify().Flaws);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("1 nonsense;")]
    [InlineData("")]
    public void A_summary_that_makes_no_sense_is_a_warning(string summary)
    {
        Store.EditIndex(roots => roots[0]!["annotations"]![RootSummary.Annotation] = summary);

        Assert.Equal([$"Warning IndexInvalid {_app.Digest.ShortId}"], Store.Verify().Lines());
    }

    [Fact]
    public void A_summary_that_another_tool_copied_from_another_image_is_a_warning()
    {
        Store.EditIndex(roots => roots[0]!["annotations"]![RootSummary.Annotation] = roots[1]!["annotations"]![RootSummary.Annotation]!.DeepClone());

        Assert.Equal([$"Warning IndexInvalid {_app.Digest.ShortId}"], Store.Verify().Lines());
    }

    [Fact]
    public void Any_part_of_a_summary_that_is_not_so_is_a_warning()
    {
        var summary = RootSummary.Decode(Store.ReadSnapshot().FindRoot(_app.Digest)!.SummaryText, _app.Digest)!;
        var image = summary.Manifests[0];
        ManifestSummary[] wrong =
        [
            image with { Created = image.Created!.Value.AddDays(1) },
            image with { Platform = "linux/arm64" },
            image with { Id = _tool.Id },
            image with { ConfigSize = 1 },
            image with { TopChain = "" },
            image with { History = "" },
            image with { Layers = [image.Layers[0] with { Size = 1 }] },
            image with { Layers = [image.Layers[0], image.Layers[0]] },
            new ManifestSummary(ManifestSummary.Artifact, image.Manifest) { Id = _app.Digest },
        ];
        foreach (var manifest in wrong)
        {
            Store.EditIndex(roots => roots[0]!["annotations"]![RootSummary.Annotation] = new RootSummary(_app.Digest, null, [manifest]).Encode());
            Assert.Equal([$"Warning IndexInvalid {_app.Digest.ShortId}"], Store.Verify().Lines());
        }

        Store.EditIndex(roots => roots[0]!["annotations"]![RootSummary.Annotation] = new RootSummary(_app.Digest, _tool.Digest, [image]).Encode());
        Assert.Equal([$"Warning IndexInvalid {_app.Digest.ShortId}"], Store.Verify().Lines());

        // What it does not know it does not say wrongly.
        Store.EditIndex(roots => roots[0]!["annotations"]![RootSummary.Annotation] =
            new RootSummary(_app.Digest, null, [image with { Layers = [image.Layers[0] with { Size = null }] }]).Encode());
        Assert.Empty(Store.Verify().Flaws);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("{}")]
    [InlineData("""[{"name":"held"}]""")]
    public void Leases_that_cannot_be_read_are_a_warning(string leases)
    {
        Store.EditIndex(roots => roots[0]!["annotations"]![StoredLease.Annotation] = leases);

        Assert.Equal([$"Warning IndexInvalid {_app.Digest.ShortId} for good"], Store.Verify().Lines());
    }

    [Fact]
    public void A_lease_of_an_image_that_is_not_here_is_a_warning_until_it_is_cleared()
    {
        Store.Lease([Store.Match("app:1")], "held", null, "", default);
        Assert.Empty(Store.Verify().Flaws);

        Store.EditIndex(roots => roots[0]!["annotations"]![StoredLease.Annotation] =
            ((string)roots[0]!["annotations"]![StoredLease.Annotation]!).Replace(_app.Id.Hex, new string('0', 64), StringComparison.Ordinal));
        Assert.Equal([$"Warning IndexInvalid {_app.Digest.ShortId}"], Store.Verify().Lines());

        Assert.True(Assert.Single(Store.Repair().Flaws).Finding.Repaired);
        Assert.Empty(Store.Verify().Flaws);
    }

    [Fact]
    public void What_no_image_leads_to_is_found_once_it_is_old()
    {
        var layer = TestLayer.Of("orphan");
        Store.AddOldBlob(layer.Digest.Hex, layer.Bytes);
        Store.AddOldBlob("README", [1]);
        Store.AddOldBlob(layer.Digest.Hex[1..] + "0", [2]);
        File.WriteAllBytes(Store.Paths.Blob(Digest.Compute([3])), [3]);

        Assert.Equal(
            [
                $"Warning OrphanBlob {layer.Digest.ShortId}",
                "Warning OrphanBlob README for good",
                $"Warning OrphanBlob {Digest.Parse("sha256:" + layer.Digest.Hex[1..] + "0").ShortId}",
            ],
            Store.Verify().Lines().Order(StringComparer.Ordinal));
        Assert.True(Store.Verify().IsSound);
    }

    [Fact]
    public void What_a_copy_under_way_relies_on_is_no_orphan()
    {
        var layer = TestLayer.Of("relied on");
        Store.AddOldBlob(layer.Digest.Hex, layer.Bytes);
        using (var ingest = Store.BeginIngest(default))
        {
            ingest.Rely([layer.Digest], default);
            Assert.Empty(Store.Verify().Flaws);
        }

        Assert.Single(Store.Verify().Flaws);
    }

    [Fact]
    public void What_a_damaged_image_may_need_is_no_orphan()
    {
        var index = new TestIndex(TestImage.Of("amd"), new TestImage(TestLayer.Of("arm")) { Architecture = "arm64" });
        Store.Import(index);
        Store.Damage(_app.Digest);
        Store.Damage(index.Digest);

        // By then all of it is old.
        using var later = ImageStore.Open(Store.Path, new StoreOptions { Clock = () => DateTimeOffset.UtcNow.AddHours(2) });
        Assert.Equal(
            [$"Error DigestMismatch {_app.Digest.ShortId}", $"Error DigestMismatch {index.Digest.ShortId}"],
            later.Verify().Lines());
        Assert.Empty(later.Repair().Done);
    }

    [Fact]
    public void What_dead_copies_left_is_found_and_what_live_ones_have_is_not()
    {
        var dead = Directory.CreateDirectory(Path.Combine(Store.Paths.Ingests, Guid.NewGuid().ToString("N"))).FullName;
        File.WriteAllText(Path.Combine(dead, "1"), "half a blob");
        Directory.CreateDirectory(Path.Combine(Store.Paths.Ingests, "partial"));
        File.WriteAllText(Store.Paths.NewIndex, "{");
        using var live = Store.BeginIngest(default);

        var result = Store.Verify();

        Assert.Equal([dead, Store.Paths.NewIndex], result.Flaws.Select(flaw => flaw.Path!));
        Assert.All(result.Lines(), line => Assert.StartsWith("Warning LeftoverIngest", line, StringComparison.Ordinal));
        Assert.True(Directory.Exists(dead));
    }

    [Fact]
    public void What_the_next_collection_will_look_at_is_no_flaw()
    {
        var layer = TestLayer.Of("spared by a collection, since a copy read it");
        File.WriteAllBytes(Store.Paths.Blob(layer.Digest), layer.Bytes);
        Ingest.NoteOrphans(Store, [layer.Digest, _app.Digest]);

        Assert.Empty(Store.Verify().Flaws);
    }

    private static void SetName(JsonNode root, string name) => root["annotations"]![IndexEntry.NameAnnotation] = name;
}
