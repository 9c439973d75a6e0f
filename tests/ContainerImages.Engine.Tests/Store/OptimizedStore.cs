using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using ContainerImages.Content;
using ContainerImages.Engine.Tests.Transports;
using ContainerImages.Store;
using Xunit;

namespace ContainerImages.Engine.Tests.Store;

/// <summary>A store that is to be made smaller, with a clock of its own; names are below <c>docker.io/x</c>.</summary>
internal sealed class OptimizedStore : IDisposable
{
    private const string Prefix = "docker.io/x/";

    private readonly TestStore _test = new();

    public OptimizedStore(IStoreSystem? system = null) => Store = ImageStore.Open(
        _test.Path, new StoreOptions { Clock = () => Clock, System = system ?? StoreSystem.Current });

    public static TestLayer Shared { get; } = TestLayer.Of("shared");

    public ImageStore Store { get; }

    public DateTimeOffset Clock { get; set; } = DateTimeOffset.UtcNow;

    public static DateTimeOffset DayOf(int day) => new(2026, 1, day, 0, 0, 0, TimeSpan.Zero);

    /// <summary>An image made on a day of January 2026, of the layer that all share and one of its own.</summary>
    public static TestImage Dated(int day, params string[] names) => new(Shared, TestLayer.Of($"of day {day}"))
    {
        Created = DayOf(day),
        Names = [.. names.Select(name => Prefix + name)],
    };

    /// <summary>What such an image does not share.</summary>
    public static long OwnBytes(TestImage image) => image.Bytes.Length + image.ConfigBytes.Length + image.Layers[1].Bytes.Length;

    /// <summary>Puts a blob there that nothing leads to.</summary>
    public Digest PutBlob(string content, TimeSpan age)
    {
        Directory.CreateDirectory(Store.Paths.BlobFolder(Digest.Sha256));
        var digest = Digest.Compute(Encoding.UTF8.GetBytes(content));
        File.WriteAllText(Store.Paths.Blob(digest), content);
        File.SetLastWriteTimeUtc(Store.Paths.Blob(digest), (Clock - age).UtcDateTime);
        return digest;
    }

    public IReadOnlyList<ImageRemoval> Optimize() => Optimize(OptimizationOptions.None);

    public IReadOnlyList<ImageRemoval> Optimize(OptimizationOptions options) => Optimize(options, out _);

    /// <summary>Does it as the cmdlet does where all questions are answered by yes.</summary>
    public IReadOnlyList<ImageRemoval> Optimize(OptimizationOptions options, out long unreferenced)
    {
        var optimization = StoreOptimization.Read(Store, options, default);
        optimization.DropUnreferenced();
        var chosen = optimization.Choose((_, _) => true);
        (var removals, unreferenced, _) = Store.Optimize(chosen, optimization.EndedLeases, optimization.IsOld, default);
        return removals;
    }

    /// <summary>These names are left, and of images without any, these IDs.</summary>
    public void AssertLeft(params string[] expected) => Assert.Equal(
        expected.Order(),
        Store.ReadSnapshot().Roots
            .SelectMany(root => root.Names.Select(name => name[Prefix.Length..]).DefaultIfEmpty(root.Present.First().Id.Hex))
            .Order());

    public void Dispose()
    {
        Store.Dispose();
        _test.Dispose();
    }
}
