using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using ContainerImages.Content;
using ContainerImages.Copying;
using ContainerImages.Engine.Tests.Store;
using ContainerImages.Engine.Tests.Transports;
using ContainerImages.Store;
using ContainerImages.Verification;
using Xunit;

namespace ContainerImages.Engine.Tests.Verification;

/// <summary>What others change while a store is verified is no flaw.</summary>
public sealed class VerifyWhileChangingTests : IDisposable
{
    private static readonly TestImage _app = new(TestLayer.Of("first"), TestLayer.Of("second")) { Names = ["docker.io/library/app:1"] };
    private static readonly TestImage _tool = TestImage.Of("tool", "docker.io/library/tool:1");

    private readonly TestStore _test = new();

    private ImageStore Store => _test.Store;

    public void Dispose() => _test.Dispose();

    [Fact]
    public void An_image_that_is_removed_meanwhile_has_no_flaw_and_is_gone()
    {
        Store.Import(_app, _tool);

        var result = VerifyWhile(() => Store.Remove(["app:1"]));

        Assert.Empty(result.Flaws);
        Assert.True(result.Scopes.Single(scope => scope.Root.Digest == _app.Digest).IsGone);
        Assert.False(result.Scopes.Single(scope => scope.Root.Digest == _tool.Digest).IsGone);
    }

    [Fact]
    public void What_is_flawed_is_still_found_while_others_change_the_store()
    {
        Store.Import(_app, _tool);
        Store.Damage(_tool.Layers[0].Digest);

        var result = VerifyWhile(() => Store.Remove(["app:1"]));

        Assert.Equal([$"Error DigestMismatch {_tool.Layers[0].Digest.ShortId}"], result.Lines());
    }

    [Fact]
    public void An_image_that_is_removed_and_brought_in_again_meanwhile_has_no_flaw()
    {
        Store.Import(_app);
        var before = Store.IndexText();

        // Between the looks at its blobs it is away, and at the end the index is what it was.
        var steps = new Queue<Action>([() => Store.Remove(["app:1"]), () => Store.Import(_app)]);
        var result = VerifyWhile(() => steps.Dequeue()(), times: 2);

        Assert.Empty(steps);
        Assert.Equal(before, Store.IndexText());
        Assert.Empty(result.Flaws);
    }

    [Fact]
    public void A_platform_that_is_dropped_meanwhile_has_no_flaw()
    {
        var arm = new TestImage(TestLayer.Of("arm 1"), TestLayer.Of("arm 2")) { Architecture = "arm64" };
        var index = new TestIndex(_app, arm) { Names = ["docker.io/library/multi:1"] };
        Store.Import(index);

        var result = VerifyWhile(() => Store.Commit("test", null, editor => editor.DropManifest(index.Digest, arm.Digest), default));

        Assert.Empty(result.Flaws);
        Assert.False(result.Scopes[0].IsGone);
    }

    [Fact]
    public void A_store_that_never_rests_is_verified_in_the_end()
    {
        Store.Import(_app, _tool);
        File.Delete(Store.Paths.Blob(_tool.Id));
        var rounds = 0;
        var reads = 0;
        var verifier = new StoreVerifier(Store, new CopyOptions())
        {
            ReadIndex = () =>
            {
                // Under the lock nobody could; before it, somebody always has.
                if (reads++ > 0 && rounds < 20)
                {
                    File.WriteAllText(Store.Paths.Index, Store.IndexText() + " ");
                    rounds++;
                }

                return Store.ReadSnapshot(isFresh: true);
            },
        };

        Assert.Equal([$"Error BlobMissing {_tool.Id.ShortId}"], verifier.VerifyStore().Lines());
        Assert.InRange(rounds, 2, 10);
    }

    [Fact]
    public async Task However_many_import_name_and_remove_images_nobody_sees_a_flaw()
    {
        TestLayer[] layers = [.. Enumerable.Range(0, 4).Select(i => TestLayer.Of($"shared layer {i}", (Compression)(i % 3)))];
        var errors = new ConcurrentBag<string>();
        var isOver = false;
        var changes = Task.WhenAll(Enumerable.Range(0, 3).Select(thread => Task.Factory.StartNew(
            () =>
            {
                using var store = ImageStore.Open(Store.Path);
                var random = new Random(thread);
                for (var round = 0; round < 15; round++)
                {
                    var name = $"docker.io/t{thread}/r:1";
                    store.Import(new TestImage([.. layers.Take(1 + random.Next(layers.Length))]) { Names = [name] });
                    store.Tag(name, $"docker.io/t{thread}/r:2");
                    store.Remove([name, $"docker.io/t{thread}/r:2"]);
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)));
        var verifying = Task.Factory.StartNew(
            () =>
            {
                using var store = ImageStore.Open(Store.Path);
                while (!Volatile.Read(ref isOver))
                {
                    foreach (var line in store.Verify().Lines())
                    {
                        errors.Add(line);
                    }
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);

        await changes;
        Volatile.Write(ref isOver, true);
        await verifying;

        Assert.Empty(errors);
    }

    /// <summary>Verifies the whole store on one thread, and lets others act as its first blobs are read.</summary>
    private VerificationResult VerifyWhile(Action action, int times = 1)
    {
        var reports = 0;
        var progress = new Listener(() =>
        {
            if (reports++ < times)
            {
                action();
            }
        });
        return new StoreVerifier(Store, new CopyOptions { Progress = progress, ThrottleLimit = 1 }).VerifyStore();
    }

    private sealed class Listener(Action report) : IProgress<CopyProgress>
    {
        public void Report(CopyProgress value)
        {
            if (value.IsFinished)
            {
                report();
            }
        }
    }
}
