using System;
using System.Linq;
using System.Threading.Tasks;
using ContainerImages.Content;
using ContainerImages.Engine.Tests.Interop;
using ContainerImages.Engine.Tests.Store;
using ContainerImages.Transports;
using Xunit;

namespace ContainerImages.Engine.Tests.Transports.Copy;

/// <summary>Copies that are to be something else at their destination: compressed otherwise, or of the other family.</summary>
public sealed class CopyChangesTests : IDisposable
{
    private readonly CopyBench _bench = new();
    private readonly TestImage _image = new(TestLayer.Of("plain"), TestLayer.Of("gzip", Compression.Gzip)) { Names = ["docker.io/library/a:1"] };

    public void Dispose() => _bench.Dispose();

    private string Remote => $"docker://{_bench.Other.Address}/copied:2";

    [SkippableTheory]
    [InlineData("oci-archive")]
    [InlineData("oci")]
    [InlineData("dir")]
    [InlineData("store")]
    [InlineData("docker")]
    public async Task Layers_are_compressed_as_is_asked_whatever_the_destination(string destination)
    {
        await _bench.Remote.PushAsync(_image);
        var to = destination switch
        {
            "docker" => Remote,
            "store" => "store:copied:2",
            _ => $"{destination}:{_bench.Combine("to")}",
        };

        var copy = Assert.Single(_bench.Copy(_bench.Remote.Name, to, new TransferRequest { Encoding = LayerEncoding.Of(Compression.Zstd) }));

        Assert.NotEqual(_image.Digest.ToString(), copy.Digest);
        Assert.Equal(copy.Digest, Assert.Single(_bench.Read(to).Digests));
        _bench.Copy(to, "store:judged:1");
        var image = _bench.Store.Find("judged:1");
        Assert.Equal(_image.Id.Hex, image.Id);
        Assert.All(image.Layers, layer => Assert.Equal(MediaTypes.OciLayerZstd, layer.MediaType));
        Assert.Equal(_image.Layers.Select(layer => (long?)layer.Plain.Length), image.Layers.Select(layer => layer.Size));
        _bench.Store.AssertSound();
    }

    [SkippableFact]
    public async Task Plain_layers_from_elsewhere_are_compressed_on_their_way_to_a_registry_and_those_of_a_registry_are_not()
    {
        await _bench.Remote.PushAsync(_image);
        _bench.Store.Import(_image);
        TestArchive.Docker(new TestImage([.. _image.Layers.Select(layer => TestLayer.OfBytes(layer.Plain))]) { Names = _image.Names }).WriteTar(_bench.Combine("a.tar"));
        var usual = new TransferRequest { PacksPlain = true };

        Assert.Equal(_image.Digest.ToString(), Assert.Single(_bench.Copy(_bench.Remote.Name, Remote, usual)).Digest);
        foreach (var from in new[] { "store:a:1", $"docker-archive:{_bench.Combine("a.tar")}" })
        {
            _bench.Copy(from, Remote, usual);
            _bench.Copy(Remote, "store:judged:1");
            Assert.All(_bench.Store.Find("judged:1").Layers, layer => Assert.Equal(MediaTypes.OciLayerGzip, layer.MediaType));
            Assert.Equal(_image.Id.Hex, _bench.Store.Find("judged:1").Id);
        }

        _bench.Store.AssertSound();
    }

    [SkippableTheory]
    [InlineData("docker")]
    [InlineData("dir")]
    public void Manifests_become_dockers_and_the_ID_stays(string destination)
    {
        _bench.Store.Import(_image);
        var to = destination == "docker" ? Remote : $"dir:{_bench.Combine("to")}";

        _bench.Copy("store:a:1", to, new TransferRequest { Family = ManifestFamily.Docker });

        _bench.Copy(to, "store:judged:1");
        var image = _bench.Store.Find("judged:1");
        Assert.Equal((_image.Id.Hex, MediaTypes.DockerManifest), (image.Id, image.ManifestType));
    }

    [SkippableTheory]
    [InlineData("oci-archive")]
    [InlineData("oci")]
    [InlineData("dir")]
    [InlineData("store")]
    [InlineData("docker")]
    public void Manifests_of_dockers_become_OCIs_and_the_ID_stays(string destination)
    {
        var export = InteropSources.Get(InteropSources.DockerFolder);
        var to = destination switch
        {
            "docker" => Remote,
            "store" => "store:copied:2",
            _ => $"{destination}:{_bench.Combine("to")}",
        };

        var copy = Assert.Single(_bench.Copy($"dir:{export.Path}", to, new TransferRequest { Family = ManifestFamily.Oci }));

        Assert.NotEqual(export.Images[0].Digest, copy.Digest);
        _bench.Copy(to, "store:judged:1");
        var image = _bench.Store.Find("judged:1");
        Assert.Equal((export.Images[0].Id, MediaTypes.OciManifest, copy.Digest), (image.Id, image.ManifestType, image.Digest));
        _bench.Store.AssertSound();
    }
}
