using System;
using System.Collections.Generic;
using System.Linq;
using ContainerImages.Copying;
using ContainerImages.Engine.Tests.Transports;
using ContainerImages.Store;
using ContainerImages.Testing;
using ContainerImages.Transports;
using Xunit;

namespace ContainerImages.Engine.Tests.Store;

/// <summary>Work on one image opens the files of that image, however many others the store has.</summary>
public sealed class ReadingCostTests : IDisposable
{
    private const string Name = "docker.io/library/app:0";

    private readonly TempFolder _folder = new();

    public static TheoryData<string, int> Works => new()
    {
        { "find", 0 },
        { "list", 0 },
        { "tag", 1 },
        { "untag", 0 },
        { "inspect", 2 },
        { "history", 2 },
        { "lease", 0 },
    };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Works))]
    public void As_many_files_are_opened_as_the_image_has_of_its_own(string work, int files)
    {
        Assert.Equal(files, FilesOpened(work, images: 2).Distinct().Count());
        Assert.Equal(FilesOpened(work, images: 2), FilesOpened(work, images: 40));
    }

    [Theory]
    [InlineData("docker-archive")]
    [InlineData("oci-archive")]
    [InlineData("oci-dir")]
    [InlineData("dir")]
    public void A_save_opens_the_files_of_its_image_alone(string format)
    {
        var opened = FilesOpened(format, images: 40);

        Assert.Equal([.. Image(0).Blobs.Select(blob => blob.Digest.Hex).Order()], opened.Distinct().Order());
        Assert.Equal(FilesOpened(format, images: 2), opened);
    }

    [Fact]
    public void One_removal_reads_what_the_others_lead_to_and_the_next_knows_it()
    {
        var system = new CountingSystem();
        using var store = ImageStore.Open(_folder.Combine("store"), new StoreOptions { System = system });
        store.Import([.. Enumerable.Range(0, 40).Select(Image)]);
        system.Clear();

        Assert.True(Assert.Single(store.Remove(["app:1"])).Removed);

        Assert.Equal([.. Enumerable.Range(0, 40).Select(i => Image(i).Digest.Hex).Order()], system.BlobsRead.Order());
        system.Clear();

        Assert.True(Assert.Single(store.Remove(["app:2"])).Removed);

        Assert.Empty(system.BlobsRead);
        Assert.Equal(38 * 3 + 1, store.BlobNames().Count);
        store.AssertSound();
    }

    [Fact]
    public void What_is_known_of_a_manifest_does_not_count_once_it_is_gone()
    {
        var shared = TestLayer.Of("shared");
        var (arm, s390) = (new TestImage(shared) { Architecture = "arm64" }, new TestImage(TestLayer.Of("s390x")) { Architecture = "s390x" });
        using var store = ImageStore.Open(_folder.Combine("store"));
        store.Import(new TestIndex(arm, s390) { Names = ["docker.io/library/multi:1"] }, Image(1), Image(2));
        store.Remove(["app:1"]);
        store.Remove([new RemovalPlan(store, store.ReadSnapshot(), force: false, prune: true).PlanPlatform(store.Match("multi:1", "linux/arm64"))], default);
        Assert.Contains(shared.Digest.Hex, store.BlobNames());

        store.Remove(["app:2"]);

        Assert.DoesNotContain(shared.Digest.Hex, store.BlobNames());
        store.AssertSound();
    }

    private IReadOnlyList<string> FilesOpened(string work, int images)
    {
        var system = new CountingSystem();
        using var store = ImageStore.Open(_folder.Combine(Guid.NewGuid().ToString("N")), new StoreOptions { System = system });
        store.Import([.. Enumerable.Range(0, images).Select(Image)]);
        system.Clear();
        switch (work)
        {
            case "find":
                Assert.NotNull(store.Find("app:0").Size);
                break;
            case "list":
                Assert.Equal(images, store.List().Count(image => image.Size > 0 && image.Platform.Length > 0));
                break;
            case "tag":
                store.Tag("app:0", "docker.io/library/other:1");
                break;
            case "untag":
                store.Untag(Name);
                break;
            case "inspect":
                Assert.NotEmpty(store.Find("app:0").Inspect().ToJson());
                break;
            case "history":
                Assert.NotEmpty(ImageHistory.Read(store, store.ReadSnapshot(), store.Match("app:0")));
                break;
            case "lease":
                store.Lease([store.Match("app:0")], "web", null, "", default);
                break;
            default:
                new ImageSave(new CopyOptions()).Run(
                    [new SaveItem(store, store.Match("app:0"), [Name])], work, _folder.Combine(Guid.NewGuid().ToString("N")), force: false, onePlatform: false);
                break;
        }

        return [.. system.BlobsRead.Order()];
    }

    // All of them share a layer.
    private static TestImage Image(int number) =>
        new(TestLayer.Of("shared"), TestLayer.Of($"own {number}")) { Names = [Name.Replace("0", $"{number}", StringComparison.Ordinal)] };
}
