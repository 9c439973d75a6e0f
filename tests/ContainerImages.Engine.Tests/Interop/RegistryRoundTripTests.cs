using System;
using ContainerImages.Engine.Tests.Store;
using ContainerImages.Testing;
using Xunit;

namespace ContainerImages.Engine.Tests.Interop;

/// <summary>From a registry through our store and back, with skopeo as the carrier: the registry's digest stays.</summary>
public sealed class RegistryRoundTripTests : IDisposable
{
    private readonly Workbench _bench = new();

    public void Dispose() => _bench.Dispose();

    [SkippableTheory]
    [InlineData(InteropSources.GzipLayout)]
    [InlineData(InteropSources.ZstdLayout)]
    [InlineData(InteropSources.MultiPlatform)]
    [InlineData(InteropSources.DockerFolder)]
    public void What_was_pulled_is_pushed_with_the_same_digest(string source)
    {
        var export = InteropSources.Get(source);
        using var registry = LocalRegistry.Start();
        var isDocker = source == InteropSources.DockerFolder;
        var (pulledFrom, pushedTo) = ($"{registry.Address}/team/first:1", $"{registry.Address}/team/second:1");
        Copy(isDocker ? $"dir:{export.Path}" : $"oci:{export.Path}", $"docker://{pulledFrom}");
        var digest = DigestInRegistry(pulledFrom);

        // Skopeo would turn a Docker manifest into OCI's on its way into a layout.
        var pulled = isDocker ? $"dir:{_bench.Combine("pulled")}" : $"oci:{_bench.Combine("pulled")}:{pulledFrom}";
        Copy($"docker://{pulledFrom}", pulled);
        _bench.Import(_bench.Combine("pulled"), pulledFrom);
        Assert.Equal(digest, _bench.Store.Find(pulledFrom).RootDigest);
        var saved = _bench.Save("oci-archive", _bench.Item(pulledFrom, pushedTo));
        Copy($"oci-archive:{saved}", $"docker://{pushedTo}");

        Assert.Equal(digest, DigestInRegistry(pushedTo));
        _bench.Store.AssertSound();
    }

    [SkippableFact]
    public void An_image_from_a_docker_archive_is_pushed_from_the_store_as_it_lies()
    {
        var peers = PeerImages.Shared;
        using var registry = LocalRegistry.Start();
        _bench.Import(peers.PodmanDockerArchive);
        var image = _bench.Store.Find(peers.App.Id);
        var name = $"{registry.Address}/team/app:1";

        Copy($"oci:{_bench.Store.Path}:{image.Names[0]}", $"docker://{name}");

        Assert.Equal(image.Digest, DigestInRegistry(name));
        var config = _bench.Peers.Skopeo("inspect", "--tls-verify=false", "--config", "--raw", $"docker://{name}");
        Assert.Equal(image.ImageConfig, config.Output);
    }

    private void Copy(string source, string destination) => _bench.Peers.Skopeo(
        "copy", "--all", "--preserve-digests", "--src-tls-verify=false", "--dest-tls-verify=false", source, destination);

    private string DigestInRegistry(string name) =>
        _bench.Peers.Skopeo("inspect", "--tls-verify=false", "--format", "{{.Digest}}", $"docker://{name}").Output;
}
