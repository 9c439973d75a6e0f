using System;
using System.IO;
using ContainerImages.Engine.Tests.Transports.Copy;
using ContainerImages.Transports;
using Xunit;

namespace ContainerImages.Engine.Tests.Interop;

/// <summary>The same copy by skopeo and by us: what is there afterwards has the same digest, and skopeo reads it.</summary>
public sealed class CopyInteropTests : IDisposable
{
    private readonly CopyBench _bench = new();
    private readonly Workbench _peers = new();

    public void Dispose()
    {
        _bench.Dispose();
        _peers.Dispose();
    }

    private string Registry => _bench.Other.Address;

    private string From => $"docker://{Registry}/team/app:1";

    [SkippableTheory]
    [InlineData(InteropSources.GzipLayout, "docker", true)]
    [InlineData(InteropSources.ZstdLayout, "docker", true)]
    [InlineData(InteropSources.DockerFolder, "docker", true)]
    [InlineData(InteropSources.MultiPlatform, "docker", true)]
    [InlineData(InteropSources.MultiPlatform, "docker", false)]
    [InlineData(InteropSources.GzipLayout, "oci", false)]
    [InlineData(InteropSources.MultiPlatform, "oci", true)]
    [InlineData(InteropSources.MultiPlatform, "oci", false)]
    [InlineData(InteropSources.ZstdLayout, "oci-archive", false)]
    [InlineData(InteropSources.MultiPlatform, "oci-archive", false)]
    [InlineData(InteropSources.DockerFolder, "dir", false)]
    [InlineData(InteropSources.MultiPlatform, "dir", true)]
    [InlineData(InteropSources.MultiPlatform, "dir", false)]
    public void Out_of_a_registry_comes_what_skopeo_copies(string source, string destination, bool all)
    {
        Seed(source);
        var (theirs, ours) = (At(destination, "theirs"), At(destination, "ours"));

        Skopeo(all, From, theirs);
        var copy = Assert.Single(_bench.Copy(From, ours, new TransferRequest { AllPlatforms = all }));

        Assert.Equal(Raw(theirs), Raw(ours));
        Assert.Equal(Digest(ours), copy.Digest);

        // All of it is there.
        Skopeo(all, ours, $"dir:{_peers.Combine("read")}");
    }

    [SkippableTheory]
    [InlineData(InteropSources.GzipLayout)]
    [InlineData(InteropSources.MultiPlatform)]
    [InlineData(InteropSources.DockerFolder)]
    public void A_docker_archive_is_that_of_skopeo_to_the_byte(string source)
    {
        Seed(source);
        var name = $"{Registry}/copied/app:2";

        _peers.Peers.Skopeo("copy", "--src-tls-verify=false", From, $"docker-archive:{_peers.Combine("theirs")}:{name}");
        _bench.Copy(From, $"docker-archive:{_peers.Combine("ours")}:{name}");

        Assert.Equal(File.ReadAllBytes(_peers.Combine("theirs")), File.ReadAllBytes(_peers.Combine("ours")));
    }

    [SkippableTheory]
    [InlineData(InteropSources.GzipLayout, "oci")]
    [InlineData(InteropSources.ZstdLayout, "oci")]
    [InlineData(InteropSources.MultiPlatform, "oci")]
    [InlineData(InteropSources.DockerFolder, "dir")]
    public void Into_a_registry_goes_what_skopeo_copies(string source, string transport)
    {
        var from = $"{transport}:{InteropSources.Get(source).Path}";

        Skopeo(true, from, At("docker", "theirs"));
        _bench.Copy(from, At("docker", "ours"), new TransferRequest { AllPlatforms = true, PacksPlain = true });

        Assert.Equal(Raw(At("docker", "theirs")), Raw(At("docker", "ours")));
    }

    [SkippableTheory]
    [InlineData(InteropSources.GzipLayout, "oci")]
    [InlineData(InteropSources.MultiPlatform, "oci")]
    [InlineData(InteropSources.DockerFolder, "dir")]
    public void What_skopeo_puts_beside_ours_into_a_layout_is_there_and_ours_too(string source, string transport)
    {
        var from = $"{transport}:{InteropSources.Get(source).Path}";
        var layout = _peers.Combine("layout");

        _bench.Copy(from, $"oci:{layout}:registry.example.com/ours:1", new TransferRequest { Family = ManifestFamily.Oci });
        _peers.Peers.Skopeo("copy", "--all", from, $"oci:{layout}:registry.example.com/theirs:1");
        _bench.Copy($"oci:{layout}:registry.example.com/theirs:1", $"oci:{layout}:registry.example.com/again:1");

        Assert.Equal(Raw($"oci:{layout}:registry.example.com/theirs:1"), Raw($"oci:{layout}:registry.example.com/again:1"));
        Skopeo(true, $"oci:{layout}:registry.example.com/ours:1", $"dir:{_peers.Combine("read")}");
    }

    private void Seed(string source)
    {
        var export = InteropSources.Get(source);
        Skopeo(true, source == InteropSources.DockerFolder ? $"dir:{export.Path}" : $"oci:{export.Path}", From);
    }

    private string At(string kind, string name) => kind switch
    {
        "docker" => $"docker://{Registry}/copied/{name}:2",
        "dir" => $"dir:{_peers.Combine(name)}",
        _ => $"{kind}:{_peers.Combine(name)}:registry.example.com/copied:2",
    };

    private void Skopeo(bool all, string from, string to)
    {
        string[] options = ["--preserve-digests", "--src-tls-verify=false", "--dest-tls-verify=false"];
        _peers.Peers.Skopeo(["copy", .. all ? ["--all"] : Array.Empty<string>(), .. options, from, to]);
    }

    private string Raw(string place) => _peers.Peers.Skopeo("inspect", "--tls-verify=false", "--raw", place).Output;

    private string Digest(string place) => "sha256:" + Convert.ToHexStringLower(
        System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(Raw(place))));
}
