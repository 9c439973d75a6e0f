using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.Copying;
using ContainerImages.Engine.Tests.Transports;
using ContainerImages.Fuzz;
using ContainerImages.References;
using ContainerImages.Store;
using ContainerImages.Testing;
using ContainerImages.Transports;
using Xunit;

namespace ContainerImages.Engine.Tests.Store;

/// <summary>What tests do to a store, and what they look for in its folder.</summary>
internal static class StoreProbe
{
    public static IReadOnlyList<ContainerImage> Import(this ImageStore store, TestArchive archive, params string[] references)
    {
        using var folder = new TempFolder();
        return store.ImportFile(archive.WriteTar(folder.Combine("images.tar")), references);
    }

    /// <summary>Brings in the images of a layout made of these roots.</summary>
    public static IReadOnlyList<ContainerImage> Import(this ImageStore store, params TestRoot[] roots) =>
        store.Import(TestArchive.OciLayout(roots));

    public static IReadOnlyList<ContainerImage> ImportFile(this ImageStore store, string path, params string[] references) =>
        new ImageImport(store, new CopyOptions()).Run(
            ingest => ImageSources.Open(path, $"'{path}'", ingest, new CopyOptions()),
            new ImportSelection { References = references });

    public static IReadOnlyList<ContainerImage> ImportStream(this ImageStore store, Stream stream, string name = "The stream") =>
        new ImageImport(store, new CopyOptions()).Run(
            ingest => ImageSources.Open(stream, name, ingest, new CopyOptions()), new ImportSelection());

    public static void Tag(this ImageStore store, string image, params string[] names)
    {
        var match = store.Match(image);
        store.Tag([.. names.Select(name => (match, ImageReference.ParseForTag(name)))], default);
    }

    public static void Untag(this ImageStore store, params string[] names)
    {
        var snapshot = store.ReadSnapshot();
        var full = names.Select(name => ImageReference.ParseForTag(name).ToString());
        store.Untag([.. full.Select(name => (name, snapshot.FindByName(name)?.Present.First().Id ?? default))], default);
    }

    /// <summary>Removes as one call of the cmdlet does.</summary>
    public static IReadOnlyList<ImageRemoval> Remove(this ImageStore store, string[] targets, bool force = false, bool prune = true)
    {
        var snapshot = store.ReadSnapshot();
        var planner = new RemovalPlan(store, snapshot, force, prune);
        var plans = targets
            .SelectMany(target => store.Select(snapshot, ImageTarget.OfText(target)))
            .GroupBy(match => match.Manifest.Id)
            .Select(group => planner.Plan([.. group]))
            .ToList();
        planner.AddParents(plans);
        return store.Remove(plans, default);
    }

    public static ImageMatch Match(this ImageStore store, string text, string? platform = null) =>
        new ImageResolver(store.ReadSnapshot(), platform is null ? null : PlatformPattern.Parse(platform), null).Resolve(text);

    /// <summary>Every file of the store but locks, by its path, with a digest of its bytes.</summary>
    public static SortedDictionary<string, string> Files(this ImageStore store)
    {
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var path in Directory.EnumerateFiles(store.Path, "*", SearchOption.AllDirectories))
        {
            if (Path.GetFileName(path) is not ("lock" or "store.lock"))
            {
                files.Add(Path.GetRelativePath(store.Path, path), Digest.Compute(File.ReadAllBytes(path)).Hex);
            }
        }

        return files;
    }

    public static IReadOnlyCollection<string> BlobNames(this ImageStore store) =>
        [.. store.Files().Keys.Where(name => name.StartsWith("blobs/", StringComparison.Ordinal)).Select(Path.GetFileName)!];

    public static string IndexText(this ImageStore store) => File.ReadAllText(store.Paths.Index);

    /// <summary>
    /// Walks the whole store: every blob has the digest of its name, whatever a root needs is there, nothing else is, and no
    /// copy has left anything behind.
    /// </summary>
    public static void AssertSound(this ImageStore store, bool mayHaveDownloads = false) =>
        Assert.Empty(StoreCheck.Flaws(store, mayHaveDownloads));

    /// <summary>What must fail with this kind of error, and leave the store as it was. The answer is the error, for more to be asked of it.</summary>
    public static ContainerImageException AssertRefused(this ImageStore store, ImageError error, Action<ImageStore> action)
    {
        var before = store.Files();
        var thrown = Assert.ThrowsAny<ContainerImageException>(() => action(store));
        Assert.True(error == thrown.Error, $"{error} was expected, and there was {thrown.Error}: {thrown.Message}");
        Assert.Equal(before, store.Files());
        if (Directory.Exists(store.Paths.Ingests))
        {
            Assert.Empty(Directory.EnumerateFileSystemEntries(store.Paths.Ingests));
        }

        return thrown;
    }
}
