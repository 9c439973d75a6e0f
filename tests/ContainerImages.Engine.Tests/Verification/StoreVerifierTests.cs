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

/// <summary>What the verification of images and stores finds, and what it does not take for a flaw.</summary>
public sealed class StoreVerifierTests : IDisposable
{
    private const string Name = "docker.io/library/app:1";

    private static readonly TestLayer _shared = TestLayer.Of("shared", Compression.Gzip);
    private static readonly TestImage _app = new(_shared, TestLayer.Of("app")) { Names = [Name] };
    private static readonly TestImage _tool = new(_shared, TestLayer.Of("tool", Compression.Zstd)) { Names = ["docker.io/library/tool:1"] };
    private static readonly TestImage _arm = new(TestLayer.Of("arm")) { Architecture = "arm64" };
    private static readonly TestIndex _multi = new(new TestImage(TestLayer.Of("amd")), _arm) { Names = ["docker.io/library/multi:1"] };

    private readonly TestStore _test = new();

    private ImageStore Store => _test.Store;

    public void Dispose() => _test.Dispose();

    [Fact]
    public void A_store_that_is_not_there_is_sound_and_is_not_made()
    {
        Assert.Empty(Store.Verify().Flaws);
        Assert.False(Directory.Exists(Store.Path));
    }

    [Fact]
    public void A_sound_store_has_no_flaw()
    {
        Store.Import(_app, _tool, _multi);
        Store.Import(TestArchive.Docker(TestImage.Of("by docker", "docker.io/library/docker:1")));
        Store.Tag("app:1", "app:2", "quay.io/a/b:3");

        Assert.Empty(Store.Verify().Flaws);
        Assert.Empty(Store.Verify(sizeOnly: true).Flaws);
        Assert.Empty(Store.Verify("*").Flaws);
    }

    [Fact]
    public void An_image_that_is_missing_a_blob_or_has_a_damaged_one_is_found_and_the_others_are_not()
    {
        Store.Import(_app, _tool);
        Store.Damage(_app.Layers[1].Digest);
        File.Delete(Store.Paths.Blob(_tool.Id));

        Assert.Equal([$"Error DigestMismatch {_app.Layers[1].Digest.ShortId}"], Store.Verify("app:1").Lines());
        Assert.Equal([$"Error BlobMissing {_tool.Id.ShortId}"], Store.Verify("tool:1").Lines());
        Assert.Equal(2, Store.Verify().Flaws.Count);
    }

    [Fact]
    public void A_blob_that_several_images_have_is_one_flaw_that_names_them()
    {
        Store.Import(_app, _tool);
        Store.Damage(_shared.Digest);

        var finding = Assert.Single(Store.Verify().Findings());

        Assert.EndsWith("It belongs to docker.io/library/app:1, docker.io/library/tool:1.", finding.Message, StringComparison.Ordinal);
        Assert.Equal(
            ("Error", "DigestMismatch", _shared.Digest.ToString(), _app.Id.Hex, Name, Store.Paths.Blob(_shared.Digest), true, false, Store.Path),
            (finding.Severity, finding.Kind, finding.Digest, finding.Id, finding.Reference, finding.Path, finding.Repairable, finding.Repaired, finding.StorePath));
    }

    [Fact]
    public void Many_images_that_suffer_are_counted()
    {
        Store.Import([.. Enumerable.Range(0, 6).Select(i => (TestRoot)new TestImage(_shared) { Created = _app.Created.AddDays(i), Names = [$"docker.io/a/b:{i}"] })]);
        Store.Damage(_shared.Digest);

        Assert.EndsWith("docker.io/a/b:2 and 3 more.", Assert.Single(Store.Verify().Findings()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void A_blob_of_another_length_is_found_without_hashing_too(int change)
    {
        Store.Import(_app);
        foreach (var blob in new[] { _app.Digest, _app.Id, _shared.Digest, _app.Layers[1].Digest })
        {
            var bytes = File.ReadAllBytes(Store.Paths.Blob(blob));
            VerificationProbe.Edit(Store.Paths.Blob(blob), _ => change > 0 ? [.. bytes, 0] : bytes[..^1]);

            Assert.Equal([$"Error SizeMismatch {blob.ShortId}"], Store.Verify().Lines());
            Assert.Equal([$"Error SizeMismatch {blob.ShortId}"], Store.Verify(sizeOnly: true).Lines());
            VerificationProbe.Edit(Store.Paths.Blob(blob), _ => bytes);
        }

        Assert.Empty(Store.Verify().Flaws);
    }

    [Fact]
    public void Without_hashing_damage_that_keeps_the_length_is_not_found()
    {
        Store.Import(_app);
        Store.Damage(_shared.Digest);

        Assert.Empty(Store.Verify(sizeOnly: true).Flaws);
    }

    [Fact]
    public void What_is_said_wrongly_of_sound_blobs_is_nothing_that_can_be_mended()
    {
        // Import refuses these; another tool does not.
        var size = TestImage.Of("size") is var s ? Edited(s, m => m["layers"]![0]!["size"] = s.Layers[0].Bytes.Length + 1) : null!;
        var diffId = new TestImage(TestLayer.Of("diff ID")) { EditConfig = c => c["rootfs"]!["diff_ids"]![0] = _shared.DiffId.ToString() };
        var noGzip = new TestImage(TestLayer.OfBytes([0x1F, 0x8B, 8, 0, 1, 2, 3, 4]));
        var fewer = new TestImage(TestLayer.Of("fewer")) { EditManifest = m => m["layers"]!.AsArray().Clear() };
        var config = new TestImage(TestLayer.Of("config")) { EditConfig = c => c["rootfs"] = "no object" };
        var manifest = new TestImage(TestLayer.Of("manifest")) { EditManifest = m => m["schemaVersion"] = 3 };
        var schema1 = new TestImage(TestLayer.Of("schema 1")) { EditManifest = m => m["schemaVersion"] = 1 };

        PutForeign(size, diffId, noGzip, fewer, config, manifest, schema1);

        Assert.Equal(
            [
                $"Error SizeMismatch {size.Layers[0].Digest.ShortId} for good",
                $"Error DiffIdMismatch {diffId.Layers[0].Digest.ShortId} for good",
                $"Error DiffIdMismatch {noGzip.Layers[0].Digest.ShortId} for good",
                $"Error DiffIdMismatch {fewer.Digest.ShortId} for good",
                $"Error ConfigInvalid {config.Id.ShortId} for good",
                $"Error ManifestInvalid {manifest.Digest.ShortId} for good",
                $"Warning ManifestInvalid {schema1.Digest.ShortId} for good",
            ],
            Store.Verify().Lines());
    }

    [Fact]
    public void A_history_that_is_too_long_is_an_error_one_that_is_too_short_a_warning_and_none_is_right()
    {
        var longer = TestImage.Of("longer") is var l ? WithHistory(l, 2) : null!;
        var shorter = new TestImage(TestLayer.Of("1"), TestLayer.Of("2")) is var s ? WithHistory(s, 1) : null!;
        var none = WithHistory(TestImage.Of("none"), 0);
        PutForeign(longer, shorter, none);

        Assert.Equal(
            [$"Error HistoryMismatch {longer.Id.ShortId} for good", $"Warning HistoryMismatch {shorter.Id.ShortId} for good"],
            Store.Verify().Lines());
    }

    [Fact]
    public void One_layer_that_two_configs_know_by_different_diff_IDs_is_wrong_for_one_of_them()
    {
        var wrong = new TestImage(_shared)
        {
            Names = ["docker.io/library/wrong:1"],
            EditConfig = c => c["rootfs"]!["diff_ids"]![0] = _app.Layers[1].DiffId.ToString(),
        };
        PutForeign(_app, wrong);

        var finding = Assert.Single(Store.Verify().Findings());

        Assert.Equal(("DiffIdMismatch", "docker.io/library/wrong:1"), (finding.Kind, finding.Reference));
        Assert.Empty(Store.Verify("app:1").Flaws);
    }

    [Fact]
    public void Diff_IDs_may_be_of_other_algorithms_and_of_several_for_one_layer()
    {
        var sha512 = new TestImage(_shared)
        {
            EditConfig = c => c["rootfs"]!["diff_ids"]![0] = Digest.Compute(_shared.Plain, "sha512").ToString(),
        };
        PutForeign(_app, sha512);
        Assert.Empty(Store.Verify().Flaws);

        var wrong = new TestImage(_shared)
        {
            EditConfig = c => c["rootfs"]!["diff_ids"]![0] = Digest.Compute([1], "sha512").ToString(),
        };
        PutForeign(_app, wrong);

        Assert.Equal([$"Error DiffIdMismatch {_shared.Digest.ShortId} for good"], Store.Verify().Lines());
    }

    [Fact]
    public void Platforms_that_are_not_here_are_no_flaw()
    {
        Store.Import(TestArchive.OciLayout(_multi).Remove(TestArchive.BlobPath(_arm.Digest)));

        Assert.Empty(Store.Verify().Flaws);
        Assert.Empty(Store.Verify("multi:1").Flaws);
    }

    [Fact]
    public void A_platform_that_was_here_and_whose_manifest_is_gone_is_a_flaw()
    {
        Store.Import(_multi);
        File.Delete(Store.Paths.Blob(_arm.Digest));

        Assert.Equal([$"Error BlobMissing {_arm.Digest.ShortId}"], Store.Verify("multi:1").Lines());
        Assert.Empty(Store.Verify("multi:1", "linux/amd64").Flaws);
    }

    [Fact]
    public void A_platform_is_verified_alone()
    {
        Store.Import(_multi);
        Store.Damage(_arm.Layers[0].Digest);

        Assert.Empty(Store.Verify("multi:1", "linux/amd64").Flaws);
        Assert.Single(Store.Verify("multi:1", "linux/arm64").Flaws);
        Assert.Single(Store.Verify("multi:1").Flaws);
        Assert.False(Store.Verify("multi:1", "linux/s390x").Scopes[0].HasImage);
        Assert.True(Store.Verify("multi:1", "linux/*").Scopes[0].HasImage);
    }

    [Fact]
    public void A_layer_that_is_kept_elsewhere_may_be_absent_and_one_that_says_no_place_may_not()
    {
        var foreign = TestImage.Of("foreign") is var f ? Edited(f, m =>
        {
            m["layers"]![0]!["mediaType"] = MediaTypes.OciForeignLayer;
            m["layers"]![0]!["urls"] = new JsonArray("https://registry.example.com/layer");
        }) : null!;
        PutForeign(foreign);
        File.Delete(Store.Paths.Blob(foreign.Layers[0].Digest));
        Assert.Empty(Store.Verify().Flaws);

        // Where it is here, it is verified like any other.
        File.WriteAllText(Store.Paths.Blob(foreign.Layers[0].Digest), "x");
        Assert.Single(Store.Verify().Flaws);
    }

    [Fact]
    public void Layers_that_are_kept_elsewhere_may_claim_any_size()
    {
        var image = Edited(new TestImage(TestLayer.Of("one"), TestLayer.Of("two")) { Names = [Name] }, manifest =>
        {
            foreach (var layer in manifest["layers"]!.AsArray())
            {
                layer!["mediaType"] = MediaTypes.OciForeignLayer;
                layer["urls"] = new JsonArray("https://registry.example.com/layer");
                layer["size"] = long.MaxValue;
            }
        });
        PutForeign(image);
        image.Layers.ToList().ForEach(layer => File.Delete(Store.Paths.Blob(layer.Digest)));

        Assert.Empty(Store.Verify().Flaws);
        var found = Store.Find(Name);
        Assert.Equal([long.MaxValue, long.MaxValue, long.MaxValue], new[] { found.CompressedSize, found.Size, found.UniqueSize });
        Assert.Equal(0, found.SharedSize);
        Assert.Equal(long.MaxValue, found.Inspect().Size);
    }

    [Fact]
    public void Artifacts_and_what_is_said_of_an_image_are_verified_too()
    {
        var artifact = new TestImage(TestLayer.Of("a signature"))
        {
            EditManifest = m => m["config"]!["mediaType"] = "application/vnd.oci.empty.v1+json",
        };
        PutForeign(artifact);
        Assert.Empty(Store.Verify().Flaws);

        Store.Damage(artifact.Id);

        Assert.Equal([$"Error DigestMismatch {artifact.Id.ShortId}"], Store.Verify().Lines());
    }

    [Fact]
    public void An_index_that_names_itself_or_nests_too_deep_is_no_endless_way()
    {
        TestRoot root = _arm;
        for (var i = 0; i < Limits.IndexDepth + 2; i++)
        {
            root = new TestIndex(root);
        }

        PutForeign(root);

        Assert.Equal([$"Error ManifestInvalid {root.Digest.ShortId} for good"], Store.Verify().Lines());
    }

    [Fact]
    public void A_file_that_cannot_be_read_is_damaged()
    {
        Store.Import(_app);
        File.Delete(Store.Paths.Blob(_shared.Digest));
        Directory.CreateDirectory(Store.Paths.Blob(_shared.Digest));
        Assert.Equal([$"Error BlobMissing {_shared.Digest.ShortId}"], Store.Verify().Lines());

        // A read of it fails: it is the memory of a process, of which nothing is at 0.
        Directory.Delete(Store.Paths.Blob(_shared.Digest));
        File.CreateSymbolicLink(Store.Paths.Blob(_shared.Digest), "/proc/self/mem");
        Assert.Equal([$"Error DigestMismatch {_shared.Digest.ShortId}"], Store.Verify().Lines());
    }

    [Fact]
    public void Progress_counts_every_byte_once_and_verification_can_be_stopped()
    {
        Store.Import(_app, _tool);
        var seen = new ProgressLog();

        new StoreVerifier(Store, new CopyOptions { Progress = seen }).VerifyStore();

        Assert.Equal(_shared.Bytes.Length + _app.Layers[1].Bytes.Length + _tool.Layers[1].Bytes.Length, seen.Last.TotalDone);
        Assert.Equal(seen.Last.TotalSize, seen.Last.TotalDone);
        using var stop = new System.Threading.CancellationTokenSource();
        stop.Cancel();
        var stopped = new StoreVerifier(Store, new CopyOptions { Cancellation = stop.Token });
        Assert.Throws<OperationCanceledException>(stopped.VerifyStore);
    }

    private static TestImage Edited(TestImage image, Action<JsonObject> edit) =>
        new([.. image.Layers]) { EditManifest = edit, Names = image.Names };

    private static TestImage WithHistory(TestImage image, int steps) => new([.. image.Layers])
    {
        EditConfig = c => c["history"] = new JsonArray([.. Enumerable.Range(0, steps).Select(i => new JsonObject { ["created_by"] = $"step {i}" })]),
    };

    /// <summary>Makes the store's folder hold these, as another tool would write it.</summary>
    private void PutForeign(params TestRoot[] roots)
    {
        if (Directory.Exists(Store.Path))
        {
            Directory.Delete(Store.Path, recursive: true);
        }

        TestArchive.OciLayout(roots).WriteFolder(Store.Path);
    }

    private sealed class ProgressLog : IProgress<CopyProgress>
    {
        public CopyProgress Last { get; private set; } = null!;

        public void Report(CopyProgress value)
        {
            lock (this)
            {
                Last = Last?.TotalDone > value.TotalDone ? Last : value;
            }
        }
    }
}
