using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.Engine.Tests.Store;
using ContainerImages.Engine.Tests.Transports;
using ContainerImages.Testing;

namespace ContainerImages.Engine.Tests.Durability;

/// <summary>
/// A store, and archives for workers to import: of both formats and all compressions, with layers in common. Some are compressed
/// as a whole, and so are read as streams are.
/// </summary>
internal sealed class WorkFolder : IDisposable
{
    private readonly TempFolder _folder = new();

    public WorkFolder()
    {
        Archives = _folder.NewFolder("archives");
        foreach (var (root, archive) in Make())
        {
            var isCompressed = Directory.GetFiles(Archives).Length % 2 == 1;
            File.WriteAllBytes(
                StoreWorker.Archives.PathOf(Archives, root), TestLayer.Compress(archive.ToTar(), isCompressed ? Compression.Gzip : Compression.None));
        }
    }

    public string Store => _folder.Combine("store");

    public string Archives { get; }

    /// <summary>What workers have saved.</summary>
    public IEnumerable<string> Saved => Directory.EnumerateFiles(Archives, "saved-*.tar");

    public IReadOnlyList<string> Roots => StoreWorker.Archives.List(Archives);

    /// <summary>
    /// The repository of a worker's names; where there is a registry one that has all the images, for the worker to pull.
    /// </summary>
    public string RepositoryOf(int worker, LocalRegistry? registry)
    {
        var path = $"worker/app{worker}";
        if (registry is null)
        {
            return "docker.io/" + path;
        }

        Push(registry, path);
        return $"{registry.Address}/{path}";
    }

    /// <summary>Reads what was saved as a whole, into a store of its own, and takes it away.</summary>
    public void CheckSaved()
    {
        foreach (var path in Saved.ToList())
        {
            using var test = new TestStore();
            test.Store.ImportFile(path);
            test.Store.AssertSound();
            File.Delete(path);
        }
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>Puts the images into a registry as well, by the tags that workers pull.</summary>
    private void Push(LocalRegistry registry, string repository)
    {
        for (var i = 0; i < Roots.Count; i++)
        {
            using var scratch = new TestStore();
            scratch.Store.ImportFile(StoreWorker.Archives.PathOf(Archives, Roots[i]));
            foreach (var name in scratch.Store.BlobNames())
            {
                registry.PutBlob(repository, File.ReadAllBytes(scratch.Store.Paths.Blob(Digest.Parse("sha256:" + name))));
            }

            var root = scratch.Store.ReadSnapshot().Roots.Single();
            foreach (var manifest in root.Images.Where(image => image.Manifest.Digest != root.Digest))
            {
                Put(manifest.Manifest, tag: null);
            }

            Put(root.Descriptor, StoreWorker.Script.PulledTag(i));

            void Put(Descriptor descriptor, string? tag) => registry.PutManifest(
                repository, tag, descriptor.MediaType, File.ReadAllBytes(scratch.Store.Paths.Blob(descriptor.Digest)));
        }
    }

    private static IEnumerable<(string Root, TestArchive Archive)> Make()
    {
        TestLayer[] layers =
        [
            TestLayer.OfBytes(Noise(1, 600_000)), TestLayer.OfBytes(Noise(2, 300_000), Compression.Gzip),
            TestLayer.OfBytes(Noise(3, 1_000_000), Compression.Zstd), TestLayer.Of("small"),
        ];
        var plain = new TestImage(layers[0], layers[3]);
        using var scratch = new TestStore();
        scratch.Store.Import(TestArchive.Docker(plain), "docker.io/library/plain:1");
        yield return (scratch.Store.ReadSnapshot().Roots.Single().Digest.ToString(), TestArchive.Docker(plain));
        foreach (var image in new[] { new TestImage(layers[0], layers[1]), new TestImage(layers[1], layers[2]), new TestImage(layers[2]) })
        {
            yield return (image.Digest.ToString(), TestArchive.OciLayout(image));
        }

        // None is built on another: what nobody needs any more then goes at once.
        var index = new TestIndex(
            new TestImage(layers[0]) { Architecture = "amd64", EditConfig = config => config["history"]![0]!["created_by"] = "ADD another" }, new TestImage(layers[1], layers[3]) { Architecture = "arm64" });
        yield return (index.Digest.ToString(), TestArchive.OciLayout(index));
    }

    private static byte[] Noise(int seed, int length)
    {
        // A tar of one file, as a layer is; its content does not compress.
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        using var tar = new MemoryStream();
        var writer = new TarWriter(tar, leaveOpen: true);
        writer.WriteFile("noise", bytes);
        writer.Finish();
        return tar.ToArray();
    }
}
