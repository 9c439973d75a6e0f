using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.Copying;
using ContainerImages.Engine.Tests.Store;
using ContainerImages.Engine.Tests.Transports;
using ContainerImages.Store;
using ContainerImages.Testing;
using ContainerImages.Transports;
using ContainerImages.Verification;
using Xunit;

namespace ContainerImages.Engine.Tests.Verification;

/// <summary>What a repair mends, out of what, and what it leaves alone.</summary>
public sealed class StoreRepairTests : IDisposable
{
    private const string App = "docker.io/library/app:1";

    private static readonly TestLayer _gzip = TestLayer.Of("gzip", Compression.Gzip);
    private static readonly TestLayer _plain = TestLayer.Of("plain");
    private static readonly TestImage _app = new(_gzip, _plain) { Names = [App] };
    private static readonly TestImage _tool = new(_gzip, TestLayer.Of("tool")) { Names = ["docker.io/library/tool:1"] };
    private static readonly TestImage _arm = new(TestLayer.Of("arm")) { Architecture = "arm64" };
    private static readonly TestIndex _multi = new(TestImage.Of("amd"), _arm) { Names = ["docker.io/library/multi:1"] };

    private readonly TestStore _test = new();
    private readonly TempFolder _folder = new();

    private ImageStore Store => _test.Store;

    public void Dispose()
    {
        _test.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_sound_store_is_left_as_it_is()
    {
        Assert.Empty(Store.Repair().Done);
        Store.Import(_app, _tool, _multi);
        var before = Store.Files();

        var (done, flaws) = Store.Repair(force: true);

        Assert.Empty(done);
        Assert.Empty(flaws);
        Assert.Equal(before, Store.Files());
    }

    [Theory]
    [InlineData("archive")]
    [InlineData("folder")]
    [InlineData("compressed")]
    public void Exactly_the_bad_blobs_are_fetched_whatever_they_are(string form)
    {
        Store.Import(_app, _tool, _multi);
        var before = Store.Files();
        Store.Damage(_app.Digest);
        File.Delete(Store.Paths.Blob(_app.Id));
        Store.Damage(_gzip.Digest);
        VerificationProbe.Edit(Store.Paths.Blob(_tool.Layers[1].Digest), bytes => bytes[..100]);
        File.Delete(Store.Paths.Blob(_arm.Digest));
        var inode = File.GetCreationTimeUtc(Store.Paths.Blob(_tool.Digest));

        var (done, flaws) = Store.Repair(from: Write(form, TestArchive.OciLayout(_app, _tool, _multi)));

        Assert.Equal(
            new[] { _app.Digest, _app.Id, _gzip.Digest, _tool.Layers[1].Digest, _arm.Digest }.Select(digest => digest.ShortId).Order(),
            done.Select(line => line.Split(' ')[1]).Order());
        Assert.All(flaws, flaw => Assert.True(flaw.Finding.Repaired));
        Assert.Equal(before, Store.Files());
        Assert.Equal(inode, File.GetCreationTimeUtc(Store.Paths.Blob(_tool.Digest)));
        Store.AssertSound();
        Assert.Empty(Store.Verify().Flaws);
    }

    [Fact]
    public void What_a_manifest_that_comes_back_needs_is_fetched_too()
    {
        Store.Import(_app);
        Directory.EnumerateFiles(Store.Paths.Blobs, "*", SearchOption.AllDirectories).ToList().ForEach(File.Delete);

        var (done, flaws) = Store.Repair(from: Write("archive", TestArchive.OciLayout(_app)));

        // Before the manifest is back nobody knows of the rest.
        Assert.StartsWith($"Fetch {_app.Digest.ShortId}", done[0], StringComparison.Ordinal);
        Assert.Equal(4, done.Count);
        Assert.All(flaws, flaw => Assert.True(flaw.Finding.Repaired));
        Store.AssertSound();
        Assert.Empty(Store.Verify().Flaws);
    }

    [Fact]
    public void A_dir_folder_will_do()
    {
        Store.Import(_multi);
        Store.Damage(_arm.Digest);
        Store.Damage(_arm.Id);
        Store.Damage(_arm.Layers[0].Digest);

        Store.Repair(from: TestArchive.Dir(_multi).WriteFolder(_folder.Combine("dir")));

        Assert.Empty(Store.Verify().Flaws);
    }

    [Theory]
    [InlineData("archive")]
    [InlineData("compressed")]
    public void A_docker_archive_gives_plain_layers_configs_and_the_manifest_that_is_made_of_it(string form)
    {
        var image = new TestImage(_plain, TestLayer.Of("another")) { Names = [App] };
        Store.Import(TestArchive.Docker(image));
        var manifest = Store.ReadSnapshot().FindByName(App)!.Digest;
        var before = Store.Files();
        Directory.EnumerateFiles(Store.Paths.Blobs, "*", SearchOption.AllDirectories).ToList().ForEach(File.Delete);

        var (done, _) = Store.Repair(from: Write(form, TestArchive.Docker(image)));

        Assert.Contains(done, line => line.StartsWith($"Fetch {manifest.ShortId}", StringComparison.Ordinal));
        Assert.Equal(before, Store.Files());
        Assert.Empty(Store.Verify().Flaws);
    }

    [Fact]
    public void A_compressed_layer_in_a_docker_archive_is_known_by_its_bytes()
    {
        Store.Import(_app);
        Store.Damage(_gzip.Digest);
        var archive = TestArchive.Docker(new TestImage(_gzip, _plain));

        Store.Repair(from: Write("archive", archive));

        Assert.Empty(Store.Verify().Flaws);
    }

    [Fact]
    public void A_plain_layer_is_made_of_a_compressed_one_by_its_diff_ID()
    {
        var zipped = new TestImage(TestLayer.OfBytes(_plain.Plain, Compression.Zstd));
        Store.Import(_app);
        File.Delete(Store.Paths.Blob(_plain.Digest));

        var (done, _) = Store.Repair(from: Write("archive", TestArchive.OciLayout(zipped)));

        Assert.Equal([$"Fetch {_plain.Digest.ShortId} from archive.tar"], done);
        Assert.Empty(Store.Verify().Flaws);
    }

    [Fact]
    public void What_is_damaged_in_the_source_too_is_not_taken_and_the_next_source_is_asked()
    {
        Store.Import(_app);
        Store.Damage(_gzip.Digest);
        Store.Damage(_app.Digest);
        var bad = Write("bad", TestArchive.OciLayout(_app).Garble(TestArchive.BlobPath(_gzip.Digest)).Garble(TestArchive.BlobPath(_app.Digest)));
        var good = Write("good", TestArchive.OciLayout(_app));

        var (_, open) = Store.Repair(from: bad);
        Assert.All(open, flaw => Assert.Equal((false, "none of the sources has it"), (flaw.Finding.Repaired, flaw.WhyOpen)));

        Store.Repair(from: [bad, good]);
        Assert.Empty(Store.Verify().Flaws);
        Store.AssertSound();
    }

    [Fact]
    public void Without_a_source_what_is_bad_stays_and_is_told()
    {
        Store.Import(_app, _tool);
        Store.Damage(_tool.Layers[1].Digest);
        var before = Store.Files();

        var (done, flaws) = Store.Repair();

        Assert.Empty(done);
        Assert.Equal((false, false, "there is no source to fetch it from"), Assert.Single(flaws) is var f ? (f.Finding.Repaired, f.IsDeclined, f.WhyOpen) : default);
        Assert.Equal(before, Store.Files());
    }

    [Fact]
    public void By_force_the_image_that_is_beyond_repair_goes_and_no_other()
    {
        Store.Import(_app, _tool);
        Store.Damage(_tool.Layers[1].Digest);

        var (done, flaws) = Store.Repair(force: true);

        Assert.Equal([$"Drop {_tool.Digest.ShortId}"], done);
        Assert.True(Assert.Single(flaws).Finding.Repaired);
        Assert.Equal([App], Store.List().SelectMany(image => image.Names));
        Assert.Empty(Store.Verify().Flaws);
        Store.AssertSound();
    }

    [Fact]
    public void What_can_be_mended_is_not_dropped_by_force()
    {
        Store.Import(_app, _tool);
        Store.Damage(_app.Id);
        Store.Damage(_tool.Id);

        var (done, _) = Store.Repair(force: true, from: Write("archive", TestArchive.OciLayout(_app)));

        Assert.Equal([$"Fetch {_app.Id.ShortId} from archive.tar", $"Drop {_tool.Digest.ShortId}"], done);
        Assert.Equal([App], Store.List().SelectMany(image => image.Names));
        Store.AssertSound();
    }

    [Fact]
    public void An_image_whose_manifest_is_lost_takes_its_layers_along()
    {
        Store.Import(_app, _tool);
        Store.Damage(_tool.Digest);

        Store.Repair(force: true);

        Store.AssertSound();
        Assert.Null(Store.Blobs.Find(_tool.Layers[1].Digest, _tool.Layers[1].Bytes.Length));
        Assert.NotNull(Store.Blobs.Find(_gzip.Digest, _gzip.Bytes.Length));
    }

    [Theory]
    [InlineData("layer")]
    [InlineData("config")]
    [InlineData("manifest")]
    [InlineData("manifest gone")]
    public void Of_several_platforms_only_the_one_that_is_damaged_goes(string what)
    {
        Store.Import(_multi);
        if (what == "manifest gone")
        {
            File.Delete(Store.Paths.Blob(_arm.Digest));
        }
        else
        {
            Store.Damage(what switch { "layer" => _arm.Layers[0].Digest, "config" => _arm.Id, _ => _arm.Digest });
        }

        var (done, _) = Store.Repair(force: true);

        Assert.Equal([$"Drop {_multi.Digest.ShortId} {_arm.Digest.ShortId}"], done);
        Assert.Empty(Store.Verify().Flaws);
        Assert.Equal(["linux/amd64"], Store.Find("multi:1").PresentPlatforms);
        Assert.DoesNotContain(_arm.Layers[0].Digest.Hex, Store.BlobNames());
        Assert.DoesNotContain(_arm.Digest.Hex, Store.BlobNames());
    }

    [Fact]
    public void An_index_that_is_damaged_or_all_of_whose_platforms_are_goes_as_a_whole()
    {
        Store.Import(_multi, _app);
        Store.Damage(_arm.Id);
        Store.Damage(((TestImage)_multi.Children[0]).Id);
        Assert.Equal([$"Drop {_multi.Digest.ShortId}"], Store.Repair(force: true).Done);
        Store.AssertSound();

        Store.Import(_multi);
        Store.Damage(_multi.Digest);
        Assert.Equal([$"Drop {_multi.Digest.ShortId}"], Store.Repair(force: true).Done);
        Store.AssertSound();
        Assert.Equal([App], Store.List().SelectMany(image => image.Names));
    }

    [Fact]
    public void What_was_wrong_when_it_was_made_goes_by_force_alone()
    {
        var wrong = new TestImage(_plain) { Names = ["docker.io/library/wrong:1"], EditConfig = c => c["rootfs"]!["diff_ids"]![0] = _gzip.DiffId.ToString() };
        TestArchive.OciLayout(wrong, _app).WriteFolder(Store.Path);

        var (_, flaws) = Store.Repair();
        Assert.Equal("it was so when it was made", Assert.Single(flaws, flaw => !flaw.Finding.Repaired).WhyOpen);

        Store.Repair(force: true);
        Assert.Equal([App], Store.List().SelectMany(image => image.Names));
        Assert.Empty(Store.Verify().Flaws);
    }

    [Fact]
    public void Findings_narrow_what_is_mended()
    {
        Store.Import(_app, _tool);
        Store.Damage(_plain.Digest);
        Store.Damage(_tool.Layers[1].Digest);
        Store.AddOldBlob(new string('0', 64), [1]);
        var only = Store.Verify().Findings().Where(finding => finding.Digest == _plain.Digest.ToString()).ToList();

        var (done, flaws) = Store.Repair(force: true, only: only, from: Write("archive", TestArchive.OciLayout(_app, _tool)));

        Assert.Equal([$"Fetch {_plain.Digest.ShortId} from archive.tar"], done);
        Assert.Equal([_plain.Digest.ToString()], flaws.Select(flaw => flaw.Finding.Digest));
        Assert.Equal(
            [$"Error DigestMismatch {_tool.Layers[1].Digest.ShortId}", "Warning OrphanBlob 000000000000"],
            Store.Verify().Lines());
    }

    [Fact]
    public void A_finding_that_is_mended_already_is_no_reason_to_do_anything()
    {
        Store.Import(_app);
        Store.Damage(_plain.Digest);
        var only = Store.Verify().Findings();
        Store.Repair(from: Write("archive", TestArchive.OciLayout(_app)));
        var before = Store.Files();

        var (done, flaws) = Store.Repair(force: true, only: only);

        Assert.Empty(done);
        Assert.Empty(flaws);
        Assert.Equal(before, Store.Files());
    }

    [Fact]
    public void An_image_that_is_removed_before_the_commit_gets_no_blob_back()
    {
        Store.Import(_app, _tool);
        Store.Damage(_plain.Digest);
        var archive = Write("archive", TestArchive.OciLayout(_app));
        var options = new CopyOptions();
        using (var repair = new StoreRepair(Store))
        {
            repair.Begin(options);
            repair.AddSupply(ingest => new SourceSupply(ImageSources.Open(archive, "x", ingest, options)), options);
            var offers = repair.OfferBlobs();
            offers.ToList().ForEach(offer => offer.IsApproved = true);
            repair.Fetch(offers, options);
            Store.Remove(["app:1"]);
            repair.Commit([], options);
        }

        Assert.DoesNotContain(_plain.Digest.Hex, Store.BlobNames());
        Store.AssertSound();
    }

    [Fact]
    public void What_is_declined_is_not_done_and_is_not_asked_for_again()
    {
        Store.Import(_app);
        Store.Damage(_plain.Digest);
        var before = Store.Files();
        var options = new CopyOptions();
        IReadOnlyList<RepairedFlaw> outcome;
        using (var repair = new StoreRepair(Store) { Force = true })
        {
            repair.Begin(options);
            foreach (var name in new[] { "one", "two" })
            {
                var archive = Write(name, TestArchive.OciLayout(_app));
                repair.AddSupply(ingest => new SourceSupply(ImageSources.Open(archive, "x", ingest, options)), options);
            }

            repair.Fetch(repair.OfferBlobs(), options);
            Assert.Empty(repair.OfferBlobs());
            outcome = repair.Commit(repair.OfferRest(), options);
        }

        Assert.True(Assert.Single(outcome).IsDeclined);
        Assert.Equal(before, Store.Files());
    }

    [Fact]
    public void What_was_left_over_when_it_was_found_and_is_not_any_more_stays()
    {
        Store.Import(_app);
        var (again, relied, left) = (TestLayer.Of("put there again"), TestLayer.Of("relied on"), TestLayer.Of("left over"));
        foreach (var layer in new[] { again, relied, left })
        {
            Store.AddOldBlob(layer.Digest.Hex, layer.Bytes);
        }

        using var repair = new StoreRepair(Store);
        repair.Begin(new CopyOptions());
        var actions = repair.OfferRest();
        actions.ToList().ForEach(action => action.IsApproved = true);
        File.SetLastWriteTimeUtc(Store.Paths.Blob(again.Digest), DateTime.UtcNow);
        using (var copy = Store.BeginIngest(default))
        {
            copy.Rely([relied.Digest], default);

            repair.Commit(actions, new CopyOptions());
        }

        Assert.Equal([true, true, false], new[] { again, relied, left }.Select(layer => File.Exists(Store.Paths.Blob(layer.Digest))));
    }

    [Fact]
    public void Left_over_files_are_deleted_while_nobody_else_may_write_them()
    {
        var isLocked = false;
        var lockPath = Store.Paths.Lock;
        using var store = ImageStore.Open(Store.Path, new StoreOptions
        {
            System = new CountingSystem
            {
                Deleting = _ =>
                {
                    using var other = StoreSystem.Current.TryLock(lockPath);
                    isLocked = other is null;
                },
            },
        });
        store.Import(_app);
        var file = store.Paths.Layout + ".new";
        File.WriteAllText(file, "{");

        Assert.Equal(["RemoveLeftovers"], store.Repair().Done);

        Assert.False(File.Exists(file));
        Assert.True(isLocked);
    }

    private string Write(string name, TestArchive archive)
    {
        var path = _folder.Combine(name + ".tar");
        switch (name)
        {
            case "folder":
                return archive.WriteFolder(_folder.Combine(name));
            case "compressed":
                File.WriteAllBytes(path, TestLayer.Compress(archive.ToTar(), Compression.Gzip));
                return path;
            default:
                return archive.WriteTar(path);
        }
    }
}
