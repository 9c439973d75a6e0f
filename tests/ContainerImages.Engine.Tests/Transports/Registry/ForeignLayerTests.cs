using System;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using ContainerImages.Content;
using ContainerImages.Copying;
using ContainerImages.Engine.Tests.Store;
using ContainerImages.Testing;
using ContainerImages.Transports;
using Xunit;

namespace ContainerImages.Engine.Tests.Transports.Registry;

/// <summary>Layers that are not to be distributed: the registry lacks them, and the manifest says where they are to be had.</summary>
public sealed class ForeignLayerTests : IDisposable
{
    private static readonly TestLayer _layer = TestLayer.Of("not to be distributed", Compression.Gzip);

    private readonly Lazy<PullBench> _lazy = new(() => new PullBench(new LocalRegistryOptions { HasBasicAuth = true }) { Credential = RegistryBench.Account });
    private readonly LoopbackServer _elsewhere = new(request => new ServerReply(request.Path == "/layer" ? 200 : 404, request.Path == "/layer" ? _layer.Bytes : []));

    public void Dispose()
    {
        _elsewhere.Dispose();
        if (_lazy.IsValueCreated)
        {
            Bench.Dispose();
        }
    }

    private PullBench Bench => _lazy.Value;

    private string Address => $"{_elsewhere.Url}/layer";

    [SkippableFact]
    public void They_are_fetched_from_where_the_manifest_says_and_no_log_in_is_shown_there()
    {
        var image = Push("ftp://layers.example.com/layer", "relative", $"{_elsewhere.Url}/gone", Address);

        var pulled = Assert.Single(Bench.Pull());

        Assert.Equal((image.Id.Hex, image.Digest.ToString()), (pulled.Id, pulled.Digest));
        Assert.All(pulled.Layers, layer => Assert.True(layer.Present));
        Assert.Equal(["/gone", "/layer"], _elsewhere.Requests.Select(request => request.Path));
        Assert.All(_elsewhere.Requests, request => Assert.Null(request.Header("Authorization")));
        Bench.Store.AssertSound();

        // They are here now, and are asked for nowhere.
        Bench.Pull();
        Assert.Equal(2, _elsewhere.Requests.Count);
    }

    [SkippableFact]
    public void Not_even_the_registry_is_shown_a_log_in_for_an_address_that_a_manifest_names()
    {
        Push($"http://{Bench.Proxy.Address}/v2/private/app/blobs/{_layer.Digest}");

        Refuse(ImageError.RegistryUnauthorized);

        var asked = Assert.Single(Bench.Proxy.Requests, request => request.Path.StartsWith("/v2/private/", StringComparison.Ordinal));
        Assert.Null(asked.Header("Authorization"));
    }

    [SkippableTheory]
    [InlineData("other bytes", ImageError.ContentMismatch)]
    [InlineData("more bytes", ImageError.ContentMismatch)]
    [InlineData("nothing", ImageError.ContentMissing)]
    [InlineData("no address", ImageError.ContentMissing)]
    public void What_is_not_to_be_had_or_another_is_an_error_and_nothing_comes(string fault, ImageError error)
    {
        using var server = new LoopbackServer(_ => fault switch
        {
            "other bytes" => new ServerReply(200, [.. _layer.Bytes.Reverse()]),
            "more bytes" => new ServerReply(200, [.. _layer.Bytes, 0]),
            _ => new ServerReply(404),
        });
        Push(fault == "no address" ? "ftp://layers.example.com/layer" : $"{server.Url}/layer");

        Refuse(error);
    }

    [Fact]
    public async Task Of_a_registry_with_TLS_no_layer_is_fetched_without_it()
    {
        using var certificates = new TestCertificates();
        using var certificate = certificates.ForServer();
        using var registry = new LoopbackServer(_ => new ServerReply(200), certificate);
        using var secure = new LoopbackServer(_ => new ServerReply(200, _layer.Bytes), certificate);
        using var session = new RegistryBench();
        var client = session.Open(registry.Address, trust: new RegistryTrust([certificates.PublicAuthority], []), isInsecure: false);
        var blob = new Descriptor(MediaTypes.OciForeignLayer + "+gzip", _layer.Digest, _layer.Bytes.Length);

        Assert.Equal(_layer.Bytes, RegistryBench.ReadAll(client.OpenBlob(blob, 0, default, new Uri($"{secure.Url}/layer"))));

        var error = await RegistryBench.FailsAsync(
            ImageError.RegistryProtocol, () => Task.FromResult(RegistryBench.ReadAll(client.OpenBlob(blob, 0, default, new Uri(Address)))));
        Assert.Contains("over plain HTTP", error.Message, StringComparison.Ordinal);
        Assert.Empty(_elsewhere.Requests);
    }

    [SkippableFact]
    public void Copies_take_them_along_but_for_registries()
    {
        var image = Push(Address);
        using var access = Bench.Access();
        using var folder = new TempFolder();
        var ends = new CopyEnds(() => Bench.Store, path => ContainerImages.Store.ImageStore.Open(path), access, access);
        Bench.Proxy.Answer("PUT", "/manifests/", new ServerReply(201), times: 9);
        foreach (var to in new[] { $"oci-archive:{folder.Combine("a.tar")}", $"docker-archive:{folder.Combine("b.tar")}", $"{Bench.Proxy.Address}/team/copied:1" })
        {
            var before = _elsewhere.Requests.Count;

            new ImageTransfer(ends, new TransferRequest(), new CopyOptions()).Run(
                [ImageLocation.Parse(Bench.Name)], ImageLocation.Parse(to), (_, error) => throw error);

            Assert.Equal(to.Contains("archive", StringComparison.Ordinal) ? 1 : 0, _elsewhere.Requests.Count - before);
        }

        using var judge = new TestStore();
        judge.Store.ImportFile(folder.Combine("a.tar"));
        Assert.All(judge.Store.Find(Bench.Name).Layers, layer => Assert.True(layer.Present));
        Assert.Equal(image.Id.Hex, judge.Store.Find(Bench.Name).Id);
    }

    [SkippableFact]
    public void A_registry_that_does_not_allow_for_their_addresses_is_told_as_that()
    {
        Bench.Store.Import(Image(Address));

        var error = Assert.ThrowsAny<ContainerImageException>(() => Bench.Publish("team/app:1"));

        Assert.Contains($"Layer {_layer.Digest} is not to be distributed, and so was not pushed", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Bench.Proxy.Requests, request => request.Path.EndsWith(_layer.Digest.ToString(), StringComparison.Ordinal));
    }

    private void Refuse(ImageError error)
    {
        Assert.Equal(error, Assert.ThrowsAny<ContainerImageException>(() => Bench.Pull()).Error);
        Assert.Empty(Bench.Store.List());
    }

    private static TestImage Image(params string[] addresses) => new(TestLayer.Of("usual"), _layer)
    {
        Names = ["docker.io/team/app:1"],
        EditManifest = manifest =>
        {
            manifest["layers"]![1]!["mediaType"] = MediaTypes.OciForeignLayer + "+gzip";
            manifest["layers"]![1]!["urls"] = new JsonArray([.. addresses.Select(address => (JsonNode)address)]);
        },
    };

    // The registry takes no manifest with such addresses unless it is told to; it is given by the proxy then.
    private TestImage Push(params string[] addresses)
    {
        var image = Image(addresses);
        Bench.Registry.PutBlob("team/app", image.ConfigBytes);
        Bench.Registry.PutBlob("team/app", image.Layers[0].Bytes);
        foreach (var method in new[] { "GET", "HEAD" })
        {
            Bench.Proxy.Answer(method, "/team/app/manifests/", new ServerReply(200, image.Bytes).With("Content-Type", MediaTypes.OciManifest), times: 99);
        }

        return image;
    }
}
