using System;
using System.Globalization;
using System.IO;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.Engine.Tests.Transports;
using ContainerImages.Store;
using Xunit;

namespace ContainerImages.Engine.Tests.Store;

/// <summary>The summary that a descriptor of the index carries: a cache, and nothing to be trusted.</summary>
public class RootSummaryTests
{
    private static readonly Digest _root = Digest.Compute("root"u8.ToArray());
    private static readonly Digest _other = Digest.Compute("other"u8.ToArray());
    private static readonly Digest _long = Digest.Compute("long"u8.ToArray(), "sha512");

    [Theory]
    [InlineData("", 1L)]
    [InlineData("5 7", 13L)]
    [InlineData("5 ?", null)]
    [InlineData("9223372036854775807 9", long.MaxValue)]
    public void A_size_is_that_of_all_its_parts_and_costs_no_memory(string layers, long? size)
    {
        var image = new ManifestSummary(ManifestSummary.Image, new Descriptor(MediaTypes.OciManifest, _root, 0))
        {
            ConfigSize = 1,
            Layers = [.. layers.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(text => new LayerSummary("01234567", text == "?" ? null : long.Parse(text, CultureInfo.InvariantCulture)))],
        };
        Assert.Equal(size, image.Size);

        var before = GC.GetAllocatedBytesForCurrentThread();
        var again = image.Size;

        Assert.Equal((0, size), (GC.GetAllocatedBytesForCurrentThread() - before, again));
    }

    [Fact]
    public void It_reads_back_as_it_was_written()
    {
        var written = new RootSummary(_root, _long,
        [
            new ManifestSummary(ManifestSummary.Image, new Descriptor(MediaTypes.DockerManifest, _root, 700))
            {
                Id = _other,
                ConfigSize = 1234,
                Created = new DateTimeOffset(2026, 5, 4, 3, 2, 1, TimeSpan.Zero).AddTicks(1),
                Platform = "li nux;x/amd,64/v=8",
                Layers = [new LayerSummary("01234567", 0), new LayerSummary("89abcdef", null)],
                TopChain = _other.Hex,
                ParentChain = "00112233445566778899aabbccddeeff",
                History = "ff112233445566778899aabbccddeeff",
                ParentHistory = "ee112233445566778899aabbccddeeff",
            },
            new ManifestSummary(ManifestSummary.Image, new Descriptor(MediaTypes.OciManifest, _other, 1)) { Id = _long },
            new ManifestSummary(ManifestSummary.Artifact, new Descriptor(MediaTypes.OciManifest, _long, 9)) { Id = _long },
            new ManifestSummary(ManifestSummary.Artifact, new Descriptor(MediaTypes.OciManifest, _other, 9)) { Id = _other },
            new ManifestSummary(ManifestSummary.Absent, new Descriptor("", _other, 0)) { Platform = "linux/arm64" },
        ]);

        var read = RootSummary.Decode(written.Encode(), _root)!;

        Assert.Equal(written.Encode(), read.Encode());
        Assert.Equal(_long, read.Subject);
        Assert.Equivalent(written.Manifests.Select(Shown), read.Manifests.Select(Shown), strict: true);
        Assert.False(read.IsComplete);
    }

    [Fact]
    public void A_usual_image_takes_some_400_characters()
    {
        using var test = new TestStore();
        test.Store.Import(new TestImage([.. Enumerable.Range(0, 6).Select(i => TestLayer.Of($"layer {i}"))]));

        var text = test.Store.ReadSnapshot().Index.Entries.Single().SummaryText!;

        Assert.InRange(text.Length, 200, 500);
        Assert.True(RootSummary.Decode(text, test.Store.ReadSnapshot().Roots.Single().Digest)!.IsComplete);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(";;;")]
    [InlineData("2")]
    [InlineData("3 ROOT;x = linux/amd64")]
    [InlineData("1 ROOT OTHER;x = linux/amd64")]
    [InlineData("2 ROOT ;x = linux/amd64")]
    [InlineData("2 ROOT OTHER OTHER;x = linux/amd64")]
    [InlineData("2 ROOT nodigest;x = linux/amd64")]
    [InlineData("2 OTHER;x = linux/amd64")]
    [InlineData("2 nodigest;x = linux/amd64")]
    [InlineData("2 ROOT;")]
    [InlineData("2 ROOT;q =")]
    [InlineData("2 ROOT;i = o")]
    [InlineData("2 ROOT;i = o 1 2 OTHER - linux/amd64 - - - -")]
    [InlineData("2 ROOT;i = o -1 2 OTHER - linux/amd64 - - - - -")]
    [InlineData("2 ROOT;i = o 99999999999999999999 2 OTHER - linux/amd64 - - - - -")]
    [InlineData("2 ROOT;i = o 1 2 nodigest - linux/amd64 - - - - -")]
    [InlineData("2 ROOT;i = o 1 2 OTHER yesterday linux/amd64 - - - - -")]
    [InlineData("2 ROOT;i = o 1 2 OTHER - linux/amd64 short:1 - - - -")]
    [InlineData("2 ROOT;i = o 1 2 OTHER - linux/amd64 0123456789:1 - - - -")]
    [InlineData("2 ROOT;a = o")]
    [InlineData("2 ROOT;x")]
    public void What_is_stale_or_no_summary_counts_as_none(string? text) => Assert.Null(RootSummary.Decode(
        text?.Replace("ROOT", _root.Hex, StringComparison.Ordinal).Replace("OTHER", _other.Hex, StringComparison.Ordinal), _root));

    [Theory]
    [InlineData("garbage")]
    [InlineData("")]
    [InlineData("3 new form")]
    public void An_image_whose_summary_says_nothing_is_read_from_its_own_files(string summary)
    {
        using var test = new TestStore();
        var image = new TestImage(TestLayer.Of("one"), TestLayer.Of("two", Compression.Gzip)) { Names = ["docker.io/library/app:1"] };
        test.Store.Import(image);
        var stored = test.Store.ReadSnapshot().Index.Entries.Single().SummaryText!;
        File.WriteAllText(test.Store.Paths.Index, test.Store.IndexText().Replace(stored, summary, StringComparison.Ordinal));

        using var store = ImageStore.Open(test.Path);
        var found = store.Find("app:1");

        Assert.Equal(image.Id.Hex, found.Id);
        Assert.Equal("linux/amd64", found.Platform);
        Assert.Equal(image.Created, found.Created);
        Assert.Null(found.Size);
    }

    [Fact]
    public void A_summary_copied_to_another_root_is_seen_to_be_another_roots()
    {
        using var test = new TestStore();
        var (mine, foreign) = (TestImage.Of("mine", "docker.io/library/mine:1"), TestImage.Of("foreign"));
        test.Store.Import(mine);
        foreach (var (digest, bytes) in foreign.Blobs)
        {
            File.WriteAllBytes(test.Store.Paths.Blob(digest), bytes);
        }

        var text = test.Store.IndexText()
            .Replace(mine.Digest.ToString(), foreign.Digest.ToString(), StringComparison.Ordinal)
            .Replace("library/mine", "library/foreign", StringComparison.Ordinal);
        File.WriteAllText(test.Store.Paths.Index, text);

        using var store = ImageStore.Open(test.Path);
        Assert.Equal(foreign.Id.Hex, store.Find("foreign:1").Id);
    }

    [Fact]
    public void The_next_import_of_an_image_mends_its_summary()
    {
        using var test = new TestStore();
        var image = new TestImage(TestLayer.Of("one", Compression.Gzip)) { Names = ["docker.io/library/app:1"] };
        TestArchive.OciLayout(image).WriteFolder(test.Path);
        Assert.Null(test.Store.Find("app:1").Size);

        test.Store.Import(image);

        Assert.Equal(image.Layers[0].Plain.Length + image.ConfigBytes.Length + (2 * image.Bytes.Length), test.Store.Find("app:1").Size);
    }

    [Fact]
    public void A_summary_of_the_first_version_is_good_for_all_but_subjects_and_the_next_commit_puts_it_right()
    {
        using var test = new TestStore();
        var subject = TestImage.Of("subject", "docker.io/library/app:1");
        var referrer = TestImage.Of("referrer").About(subject);
        test.Store.Import(subject, referrer);
        File.WriteAllText(test.Store.Paths.Index, test.Store.IndexText()
            .Replace($"\"2 {subject.Digest.Hex};", $"\"1 {subject.Digest.Hex};", StringComparison.Ordinal)
            .Replace($"\"2 {referrer.Digest.Hex} {subject.Digest.Hex};", $"\"1 {referrer.Digest.Hex};", StringComparison.Ordinal));

        using (var store = ImageStore.Open(test.Path))
        {
            var snapshot = store.ReadSnapshot();
            Assert.All(snapshot.Roots, root => Assert.True(root.HasOldSummary && root.IsSummaryStored));
            Assert.Equal([referrer.Digest], snapshot.ReferrersOf(subject.Digest).Select(root => root.Digest));
            Assert.NotNull(store.Find("app:1").Size);
            store.AssertSound();

            store.Tag("app:1", "app:2");
        }

        var after = test.Store.ReadSnapshot();
        Assert.All(after.Roots, root => Assert.False(root.HasOldSummary));
        Assert.Equal([subject.Digest], after.Roots.Select(root => root.Summary.Subject).OfType<Digest>());
        test.Store.AssertSound();
    }

    private static object Shown(ManifestSummary m) => new
    {
        m.Kind, Digest = m.Manifest.Digest.ToString(), m.Manifest.MediaType, Size = m.Kind == ManifestSummary.Absent ? 0 : m.Manifest.Size,
        Id = m.Id.ToString(), m.ConfigSize, m.Created, m.Platform, m.Layers, m.TopChain, m.ParentChain, m.History, m.ParentHistory,
    };
}
