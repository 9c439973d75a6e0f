using System;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using ContainerImages.Content;
using ContainerImages.Copying;
using ContainerImages.Engine.Tests.Store;
using ContainerImages.Engine.Tests.Transports;
using ContainerImages.Engine.Tests.Verification;
using ContainerImages.Store;
using ContainerImages.Testing;
using ContainerImages.Transports;
using ContainerImages.Verification;
using Xunit;

namespace ContainerImages.Engine.Tests.Durability;

/// <summary>A store on ground that will not have it: what can be read is read, and what cannot be done is said.</summary>
public sealed class BadGroundTests : IDisposable
{
    private const string App = "docker.io/library/app:1";
    private static readonly TestImage _app = new(TestLayer.Of("app", Compression.Gzip)) { Names = [App] };
    private static readonly TestImage _tool = TestImage.Of("tool", "docker.io/library/tool:1");

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [SkippableFact]
    public void On_a_file_system_that_is_read_only_images_are_listed_saved_and_verified_and_nothing_is_written()
    {
        using var disk = new SmallDisk(megabytes: 8);
        using (var writer = ImageStore.Open(disk.Combine("store")))
        {
            writer.Import(_app, _tool);
            File.Delete(writer.Paths.Blob(_tool.Id));
        }

        disk.MakeReadOnly();
        using var store = ImageStore.Open(disk.Combine("store"));

        Assert.Equal(2, store.List().Count);
        Assert.NotNull(store.Find(App).Inspect().Size);
        Save(store, _folder.Combine("saved.tar"));
        Assert.Equal([$"Error BlobMissing {_tool.Id.ShortId}"], store.Verify().Lines());
        AssertRefused(store, disk.Path);
    }

    [SkippableFact]
    public void In_a_folder_that_may_only_be_read_it_is_the_same()
    {
        using (var writer = ImageStore.Open(_folder.Combine("store")))
        {
            writer.Import(_app, _tool);
            File.Delete(writer.Paths.Blob(_tool.Id));
        }

        Open(_folder.Path);
        Unprivileged.Run(() =>
        {
            using var store = ImageStore.Open(_folder.Combine("store"));
            Assert.Equal(2, store.List().Count);
            Assert.Equal(
                [$"Error BlobMissing {_tool.Id.ShortId}"], new StoreVerifier(store, new CopyOptions { ThrottleLimit = 1 }).VerifyStore().Lines());
            AssertRefused(store, store.Path);
        });
    }

    [SkippableFact]
    public void What_may_not_be_looked_at_is_no_empty_store()
    {
        var folder = Directory.CreateDirectory(_folder.Combine("closed")).FullName;
        Open(_folder.Path);
        File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        Unprivileged.Run(() =>
        {
            var error = Assert.Throws<ContainerImageException>(() => ImageStore.Open(Path.Combine(folder, "store")));
            Assert.Equal(ImageError.StoreAccessDenied, error.Error);
            Assert.Contains("may not be changed or read by", error.Message, StringComparison.Ordinal);
            using var absent = ImageStore.Open(_folder.Combine("no/such/store"));
            Assert.Empty(absent.List());
        });
    }

    [SkippableFact]
    public void A_folder_that_may_not_even_be_read_is_named_and_so_is_who_may_not()
    {
        using var owner = ImageStore.Open(_folder.Combine("store"));
        owner.Import(_app);
        Open(_folder.Path);

        // This process knows the index as it was.
        File.AppendAllText(owner.Paths.Index, " ");
        File.SetUnixFileMode(owner.Paths.Index, UnixFileMode.UserRead | UnixFileMode.UserWrite);

        Unprivileged.Run(() =>
        {
            using var store = ImageStore.Open(owner.Path);
            var error = Assert.Throws<ContainerImageException>(() => store.List());
            Assert.Equal(ImageError.StoreAccessDenied, error.Error);
            Assert.Contains(owner.Path, error.Message, StringComparison.Ordinal);
            Assert.Contains(Environment.UserName, error.Message, StringComparison.Ordinal);
        });
    }

    [SkippableFact]
    public void A_blob_that_may_not_be_read_is_a_flaw_of_its_image()
    {
        using var owner = ImageStore.Open(_folder.Combine("store"));
        owner.Import(_app, _tool);
        Open(_folder.Path);
        File.SetUnixFileMode(owner.Paths.Blob(_app.Layers[0].Digest), UnixFileMode.UserRead);

        Unprivileged.Run(() =>
        {
            using var store = ImageStore.Open(owner.Path);
            Assert.Equal(
                [$"Error DigestMismatch {_app.Layers[0].Digest.ShortId}"],
                new StoreVerifier(store, new CopyOptions { ThrottleLimit = 1 }).VerifyStore().Lines());
        });
    }

    [SkippableFact]
    public void A_store_that_cannot_be_made_is_empty_and_says_why_it_cannot()
    {
        Open(_folder.Path);
        Unprivileged.Run(() =>
        {
            using var store = ImageStore.Open(_folder.Combine("new", "store"));
            Assert.Empty(store.List());
            var error = Assert.Throws<ContainerImageException>(() => store.BeginIngest(default));
            Assert.Equal(ImageError.StoreAccessDenied, error.Error);
            Assert.Contains(store.Path, error.Message, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void A_lock_that_another_program_holds_is_waited_for_and_named_as_far_as_it_says_who_it_is()
    {
        using var store = ImageStore.Open(_folder.Combine("store"), new StoreOptions { LockTimeout = TimeSpan.FromMilliseconds(30) });
        store.Import(_app);
        File.Delete(store.Paths.Lock);
        using var held = StoreSystem.Current.TryLock(store.Paths.Lock);

        var error = store.AssertRefused(ImageError.StoreBusy, busy => busy.Tag("app:1", "app:2"));

        Assert.Contains($"The store '{store.Path}' is busy: its lock is held; waited 0", error.Message, StringComparison.Ordinal);
        Assert.Single(store.List());
    }

    [Fact]
    public async Task A_commit_waits_out_an_index_that_another_tool_is_just_writing()
    {
        using var store = ImageStore.Open(_folder.Combine("store"), new StoreOptions { TornIndexPatience = TimeSpan.FromMinutes(5) });
        store.Import(_app);
        var whole = File.ReadAllBytes(store.Paths.Index);
        File.WriteAllBytes(store.Paths.Index, whole[..(whole.Length / 2)]);

        var tag = Task.Run(() => store.Commit("test", null, editor => editor.SetName("quay.io/a:1", editor.Snapshot.FindByName(App)!.Descriptor, null), default));
        SpinWait.SpinUntil(() => File.Exists(store.Paths.Lock) && StoreSystem.Current.TryLock(store.Paths.Lock) is var free && free is null | Release(free));
        File.WriteAllBytes(store.Paths.Index, whole);
        await tag;

        Assert.Equal([App, "quay.io/a:1"], store.Find(App).Names);
    }

    private static bool Release(FileStream? file)
    {
        file?.Dispose();
        return false;
    }

    // What can be changed by its owner is not to be by others.
    private static void Open(string folder)
    {
        foreach (var path in Directory.EnumerateDirectories(folder, "*", SearchOption.AllDirectories).Append(folder))
        {
            File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
        }
    }

    private static void Save(ImageStore store, string path) => new ImageSave(new CopyOptions()).Run(
        [new SaveItem(store, store.Match(App), [App])], "docker-archive", path, force: false, onePlatform: false);

    private static void AssertRefused(ImageStore store, string place)
    {
        Action<ImageStore>[] changes =
        [
            s => s.Import(TestImage.Of("new")),
            s => s.Tag(App, "docker.io/library/app:2"),
            s => s.Untag(App),
            s => s.Remove([App]),
            s => s.Repair(force: true),
        ];
        foreach (var change in changes)
        {
            var error = store.AssertRefused(ImageError.StoreAccessDenied, change);
            Assert.Contains(place, error.Message, StringComparison.Ordinal);
        }
    }
}
