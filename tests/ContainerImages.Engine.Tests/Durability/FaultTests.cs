using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.Engine.Tests.Store;
using ContainerImages.Engine.Tests.Transports;
using ContainerImages.Engine.Tests.Verification;
using ContainerImages.Store;
using ContainerImages.Testing;
using Xunit;

namespace ContainerImages.Engine.Tests.Durability;

/// <summary>
/// Each call to the operating system fails once, in each way, in each operation: after it the store opens, verifies clean, and
/// shows what it was before or what it is after; and the next change clears whatever was left.
/// </summary>
public sealed class FaultTests : IDisposable
{
    private const string First = "docker.io/library/first:1";
    private const string Second = "docker.io/library/second:1";

    private static readonly TestLayer _shared = TestLayer.Of("shared", Compression.Gzip);
    private static readonly TestImage _first = new(_shared, TestLayer.Of("first")) { Names = [First] };
    private static readonly TestImage _second = new(_shared, TestLayer.Of("second")) { Names = [Second] };
    private static readonly TestImage _arm = new(TestLayer.Of("arm")) { Architecture = "arm64" };
    private static readonly TestIndex _multi = new(TestImage.Of("amd"), _arm) { Names = ["docker.io/library/multi:1"] };

    private readonly TempFolder _folder = new();

    public static TheoryData<string> Operations => [.. Acts.Keys];

    private static Dictionary<string, Action<ImageStore, string>> Acts { get; } = new()
    {
        ["import"] = (store, archive) => store.ImportFile(archive),
        ["import of a stream"] = (store, archive) => store.ImportStream(new MemoryStream(TestLayer.Compress(File.ReadAllBytes(archive), Compression.Gzip))),
        ["tag"] = (store, _) => store.Tag("first:1", "docker.io/library/first:2", "quay.io/a/b:3"),
        ["untag"] = (store, _) => store.Untag("docker.io/library/first:1"),
        ["remove"] = (store, _) => store.Remove(["first:1"]),
        ["drop of a platform"] = (store, _) => store.Commit("test", null, editor => editor.DropManifest(_multi.Digest, _arm.Digest), default),
        ["lease"] = (store, _) => store.Lease([store.Match("first:1")], "held", null, "", default),
        ["optimize"] = (store, _) =>
        {
            var optimization = StoreOptimization.Read(store, new OptimizationOptions { All = true }, default);
            store.Optimize(optimization.Choose((_, _) => true), [], optimization.IsOld, default);
        },
        ["first commit"] = (store, archive) =>
        {
            Directory.Delete(store.Path, recursive: true);
            store.ImportFile(archive);
        },
    };

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Operations))]
    public void A_call_that_fails_leaves_the_store_as_it_was_or_as_it_is_to_be(string operation) => FailEach(
        operation, store => store.Import(_first, _multi), Acts[operation]);

    [Fact]
    public void So_does_one_that_fails_while_a_store_is_mended() => FailEach(
        "repair",
        store =>
        {
            store.Import(_first, _second);
            store.Damage(_shared.Digest);
            File.Delete(store.Paths.Blob(_second.Id));
        },
        (store, archive) => store.Repair(force: true, from: archive),
        IsFlawed);

    [Fact]
    public void So_does_one_that_fails_while_a_broken_index_is_rebuilt() => FailEach(
        "rebuild",
        store =>
        {
            store.Import(_first, _second);
            File.WriteAllText(store.Paths.Index, store.IndexText()[..^1]);
        },
        (store, _) => store.Repair(),
        IsFlawed);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_file_system_without_locks_is_read_and_not_written(bool isThere)
    {
        using var healthy = ImageStore.Open(_folder.Combine("store"));
        if (isThere)
        {
            healthy.Import(_first);
        }

        using var store = ImageStore.Open(_folder.Combine("store"), new StoreOptions { System = new FaultySystem(Fault.Before, 1, isLasting: true) });
        var error = Assert.Throws<ContainerImageException>(() => store.Import(_second));

        Assert.Equal(ImageError.StoreAccessDenied, error.Error);
        Assert.Contains(store.Path, error.Message, StringComparison.Ordinal);
        Assert.Equal(isThere ? [First] : [], store.List().SelectMany(image => image.Names));
        Assert.Empty(store.Verify().Flaws);
    }

    // What is flawed before may be flawed still, and no more than that.
    private static IEnumerable<string> IsFlawed(ImageStore store) => store.Verify().Lines();

    private void FailEach(
        string operation, Action<ImageStore> prepare, Action<ImageStore, string> act, Func<ImageStore, IEnumerable<string>>? allowed = null)
    {
        var archive = TestArchive.OciLayout(_second, _first).WriteTar(_folder.Combine("archive.tar"));
        var original = _folder.Combine("original");
        using (var store = ImageStore.Open(original))
        {
            prepare(store);
        }

        var expected = new HashSet<string>();
        var flaws = new HashSet<string>();
        using (var store = Copy(original, "before"))
        {
            expected.Add(State(store));
            flaws.UnionWith(allowed?.Invoke(store) ?? []);
        }

        using (var store = Copy(original, "after"))
        {
            act(store, archive);
            expected.Add(State(store));
            Assert.Empty(store.Verify().Flaws);
        }

        if (operation == "first commit")
        {
            expected.Add("");
        }

        foreach (var fault in Enum.GetValues<Fault>())
        {
            foreach (var isLasting in new[] { false, true })
            {
                var number = 1;
                while (Fail(original, archive, act, fault, number, isLasting, expected, flaws))
                {
                    number++;
                }

                Assert.True(number > 3, $"{operation} makes no calls");
            }
        }
    }

    /// <returns>Whether the call failed; else there are not so many.</returns>
    private bool Fail(
        string original,
        string archive,
        Action<ImageStore, string> act,
        Fault fault,
        int number,
        bool isLasting,
        HashSet<string> expected,
        HashSet<string> flaws)
    {
        var what = $"{fault} at call {number}{(isLasting ? " and after" : "")}";
        var system = new FaultySystem(fault, number, isLasting);
        using var faulty = Copy(original, "faulty", system);
        try
        {
            act(faulty, archive);
        }
        catch (ContainerImageException e)
        {
            Assert.True(e.Error is ImageError.StoreAccessDenied, $"{what}: {e}");
        }

        using var store = ImageStore.Open(faulty.Path, new StoreOptions { TornIndexPatience = TimeSpan.Zero });
        Assert.True(expected.Contains(State(store)), $"{what}: {State(store)}");
        var found = store.Verify().Lines().Except(flaws).ToList();
        Assert.True(found.Count == 0, $"{what}: {string.Join(", ", found)}");

        if (flaws.Count == 0)
        {
            // The next change clears what was left.
            store.Import(TestImage.Of("the next"));
            store.AssertSound();
        }

        return system.HasFailed;
    }

    private ImageStore Copy(string original, string name, IStoreSystem? system = null)
    {
        var path = _folder.Combine(name);
        TempFolder.Delete(path);
        foreach (var file in Directory.EnumerateFiles(original, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(path, Path.GetRelativePath(original, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        return ImageStore.Open(path, new StoreOptions { System = system ?? StoreSystem.Current, TornIndexPatience = TimeSpan.Zero });
    }

    /// <summary>Names, images, platforms and leases, as a list of text; a store that cannot be read is one state too.</summary>
    private static string State(ImageStore store)
    {
        try
        {
            var snapshot = store.ReadSnapshot(isFresh: true);
            return string.Join("\n", snapshot.Roots
                .Select(root => $"{root.Digest} {string.Join(",", root.Names)} {string.Join(",", root.Present.Select(m => m.Id))}")
                .Order(StringComparer.Ordinal)
                .Concat(store.Leases(snapshot).Select(lease => lease.Name)));
        }
        catch (ContainerImageException e)
        {
            return e.Error.ToString();
        }
    }
}
