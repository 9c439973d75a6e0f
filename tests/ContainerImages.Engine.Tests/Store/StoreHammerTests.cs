using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using ContainerImages.Content;
using ContainerImages.Engine.Tests.Transports;
using ContainerImages.Store;
using Xunit;

namespace ContainerImages.Engine.Tests.Store;

/// <summary>
/// Many users of one store at once. Each thread has an ImageStore of its own, and with it lock files of its own, as a process
/// has: flock counts by open file.
/// </summary>
public class StoreHammerTests
{
    private const int Threads = 8;
    private const int Rounds = 12;

    [Fact]
    public void No_update_is_lost_and_no_blob_is_missing_however_many_change_the_store()
    {
        using var test = new TestStore();
        TestLayer[] layers = [.. Enumerable.Range(0, 4).Select(i => TestLayer.Of($"shared layer {i}", (Compression)(i % 3)))];
        var expected = new ConcurrentDictionary<string, string>();
        var errors = new ConcurrentBag<string>();

        Parallel.For(0, Threads, new ParallelOptions { MaxDegreeOfParallelism = Threads }, thread =>
        {
            using var store = ImageStore.Open(test.Path);
            var random = new Random(thread);
            for (var round = 0; round < Rounds; round++)
            {
                try
                {
                    Step(store, random, layers, $"docker.io/t{thread}/r{round}:1", expected);
                }
                catch (ContainerImageException e)
                {
                    errors.Add(e.ToString());
                }
            }
        });

        Assert.Empty(errors);
        using var fresh = ImageStore.Open(test.Path);
        Assert.Equal(expected.OrderBy(pair => pair.Key), NamesOf(fresh).OrderBy(pair => pair.Key));
        fresh.Import(TestImage.Of("the last commit collects what the last removal left"));
        fresh.AssertSound();
    }

    /// <summary>Everybody imports, names and removes images of the same few layers, and clears up now and then; the names are each thread's own.</summary>
    private static void Step(
        ImageStore store, Random random, TestLayer[] layers, string name, ConcurrentDictionary<string, string> expected)
    {
        // Six images in all: threads meet at the same manifests and configs, in either format.
        var image = new TestImage([.. layers.Take(1 + random.Next(layers.Length))]) { Architecture = random.Next(2) == 0 ? "amd64" : "arm64" };
        store.Import(random.Next(2) == 0 ? TestArchive.OciLayout(image.Named(name)) : TestArchive.Docker(image.Named(name)));
        if (random.Next(4) == 0)
        {
            // By force, so that of what others are just bringing in nothing is spared for its age.
            var optimization = StoreOptimization.Read(store, new OptimizationOptions { Force = true }, default);
            store.Optimize(optimization.Choose((_, _) => true), [], optimization.IsOld, default);
        }

        switch (random.Next(4))
        {
            case 0:
                store.Remove([name]);
                break;
            case 1:
                store.Tag(name, name + ".1", name + ".2");
                store.Untag(name + ".1");
                expected[name] = expected[name + ".2"] = image.Id.Hex;
                break;
            case 2:
                store.Tag(name, name + ".1");
                store.Remove([name]);
                expected[name + ".1"] = image.Id.Hex;
                break;
            default:
                expected[name] = image.Id.Hex;
                break;
        }
    }

    private static Dictionary<string, string> NamesOf(ImageStore store) => store.List()
        .SelectMany(image => image.Names, (image, name) => (image.Id, Name: name))
        .ToDictionary(pair => pair.Name, pair => pair.Id);
}
