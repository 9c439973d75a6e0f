using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using ContainerImages.Content;
using ContainerImages.Engine.Tests.Store;
using ContainerImages.Manifests;
using ContainerImages.Store;
using Xunit;

namespace ContainerImages.Engine.Tests.Transports.Copy;

/// <summary>From every kind of place to every other: the image is the same, and so is its manifest where both sides have one.</summary>
public sealed class CopyPairTests : IDisposable
{
    private const string Name = "registry.example.com/team/app:1";

    private static readonly TestImage _image = new(
        TestLayer.Of("plain"), TestLayer.Of("gzip", Compression.Gzip), TestLayer.Of("other", Compression.Gzip)) { Names = [Name] };

    private readonly CopyBench _bench = new();

    public void Dispose() => _bench.Dispose();

    public static TheoryData<string, string> Pairs()
    {
        string[] sources = ["docker-archive", "docker-archive.gz", "oci-archive", "oci-archive.gz", "oci", "oci-store", "dir", "store", "docker"];
        string[] destinations = ["docker-archive", "oci-archive", "oci", "oci-store", "dir", "store", "docker"];
        TheoryData<string, string> pairs = [];
        foreach (var source in sources)
        {
            foreach (var destination in destinations)
            {
                pairs.Add(source, destination);
            }
        }

        return pairs;
    }

    [SkippableTheory]
    [MemberData(nameof(Pairs))]
    public async Task An_image_is_the_same_on_both_sides(string source, string destination)
    {
        var from = await PutAsync(source);
        var to = Destination(destination);

        var copy = Assert.Single(_bench.Copy(from, to));

        var (digests, names) = _bench.Read(to);
        var hadManifest = source is not ("docker-archive" or "docker-archive.gz");
        var expected = destination == "docker-archive" ? _image.Id : hadManifest ? _image.Digest : Made();
        Assert.Equal([expected.ToString()], digests);
        Assert.Equal(destination == "dir" ? [] : [Named(destination)], names);
        Assert.Equal((to, "linux/amd64"), (copy.Destination, Assert.Single(copy.Platforms)));
        if (destination != "docker-archive")
        {
            Assert.Equal(expected.ToString(), copy.Digest);
        }

        long size = _image.Layers.Sum(layer => hadManifest ? layer.Bytes.Length : layer.Plain.Length);

        // The very store has it, and so has the other repository of the registry.
        var isThere = source == destination && (source is "store" or "docker");
        Assert.Equal(isThere ? (0, size) : (size, 0), (copy.CopiedBytes, copy.SkippedBytes));

        // All of it is there, each byte as it is to be: that is seen when it goes into a store.
        using var judge = new TestStore();
        judge.Store.Import(TestImage.Of("beside", "localhost/beside:1"));
        _bench.Copy(to, $"oci:{judge.Path}");
        Assert.Contains(_image.Id.Hex, judge.Store.List().Select(image => image.Id));
        judge.Store.AssertSound();
    }

    // Docker's archives hold no manifest: one is made over the layers as they are there, which is plain.
    private static Digest Made() => ImageManifest.Create(
        MediaTypes.OciManifest,
        new Descriptor(MediaTypes.OciConfig, _image.Id, _image.ConfigBytes.Length),
        _image.Layers.Select(layer => new Descriptor(MediaTypes.OciLayer, layer.DiffId, layer.Plain.Length))).Digest;

    private string Named(string destination) => destination == "docker" ? $"{_bench.Remote.Proxy.Address}/copied:2" : "registry.example.com/copied:2";

    private string Destination(string kind)
    {
        if (kind == "oci-store")
        {
            using var other = ImageStore.Open(_bench.Combine("to-store"));
            other.Import(TestImage.Of("another", "localhost/another:1"));
        }

        return kind switch
        {
            "docker" => $"docker://{Named(kind)}",
            "dir" => $"dir:{_bench.Combine("to")}",
            "store" => $"store:{Named(kind)}",
            "oci-store" => $"oci:{_bench.Combine("to-store")}:{Named(kind)}",
            _ => $"{kind}:{_bench.Combine("to")}:{Named(kind)}",
        };
    }

    private async Task<string> PutAsync(string kind)
    {
        var path = _bench.Combine("from");
        switch (kind)
        {
            case "docker":
                await _bench.Remote.PushAsync(_image);
                return $"docker://{_bench.Remote.Name}";
            case "dir":
                TestArchive.Dir(_image).WriteFolder(path);
                return $"dir:{path}";
            case "oci":
                TestArchive.OciLayout(_image).WriteFolder(path);
                return $"oci:{path}";
            case "store":
                _bench.Store.Import(_image);
                return $"store:{Name}";
            case "oci-store":
                ImageStore.Open(path).Import(_image, TestImage.Of("beside", "localhost/beside:1"));
                return $"oci:{path}:team/app:1";
        }

        var tar = kind.StartsWith("docker", StringComparison.Ordinal) ? TestArchive.Docker(Plain()).ToTar() : TestArchive.OciLayout(_image).ToTar();
        File.WriteAllBytes(path, kind.EndsWith(".gz", StringComparison.Ordinal) ? TestLayer.Compress(tar, Compression.Gzip) : tar);
        return $"{kind.Replace(".gz", "", StringComparison.Ordinal)}:{path}";
    }

    // As podman and docker write them.
    private static TestImage Plain() => new([.. _image.Layers.Select(layer => TestLayer.OfBytes(layer.Plain))]) { Names = [Name] };
}
