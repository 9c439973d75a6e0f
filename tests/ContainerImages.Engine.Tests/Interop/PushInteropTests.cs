using System;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json.Nodes;
using ContainerImages.Content;
using ContainerImages.Copying;
using ContainerImages.Engine.Tests.Store;
using ContainerImages.Engine.Tests.Transports;
using ContainerImages.Engine.Tests.Transports.Registry;
using ContainerImages.References;
using ContainerImages.Testing;
using ContainerImages.Transports;
using Xunit;

namespace ContainerImages.Engine.Tests.Interop;

/// <summary>What we push is had by podman and skopeo as the same image, and skopeo pushes what we pulled.</summary>
public sealed class PushInteropTests : IDisposable
{
    private readonly PullBench _bench = new();
    private readonly Workbench _work = new();

    public void Dispose()
    {
        _work.Dispose();
        _bench.Dispose();
    }

    [SkippableTheory]
    [InlineData("")]
    [InlineData("docker")]
    [InlineData("zstd")]
    public void Podman_pulls_what_we_push_as_the_image_that_it_is(string how)
    {
        var export = PeerImages.Shared.PodmanDockerArchive;
        _bench.Store.ImportFile(export.Path);
        var name = $"{_bench.Registry.Address}/team/app:1";

        var pushed = _bench.Publish(PeerImages.Shared.App.Names[0], name, request => how switch
        {
            "docker" => request with { Family = ManifestFamily.Docker },
            "zstd" => request with { Changes = new() { Encoding = LayerEncoding.Of(Compression.Zstd) } },
            _ => request,
        });

        _work.Peers.Podman("pull", "--tls-verify=false", name);
        var inspected = _work.Peers.Podman("image", "inspect", name).Json[0];
        Assert.Equal(PeerImages.Shared.App.Id, inspected.GetProperty("Id").GetString());
        Assert.Equal(pushed.Digest, inspected.GetProperty("Digest").GetString());
    }

    [SkippableTheory]
    [InlineData(InteropSources.GzipLayout)]
    [InlineData(InteropSources.MultiPlatform)]
    public void Skopeo_pushes_what_we_pulled_and_the_digest_stays(string source)
    {
        var export = InteropSources.Get(source);
        _work.Import(export);
        var first = _work.Store.ReadSnapshot().Names.First();
        using (var access = _bench.Access())
        {
            new ImagePush(access, new CopyOptions()).Run(
                new PushRequest(_work.Store, _work.Store.Match(first), ImageReference.Parse(_bench.Name)));
        }

        var pulled = _bench.Pull(new PullRequest(_bench.Name) { AllPlatforms = true });

        _work.Peers.Skopeo(
            "copy", "--all", "--preserve-digests", "--dest-tls-verify=false", $"oci:{_bench.Store.Path}:{_bench.Name}", $"docker://{_bench.Registry.Address}/team/again:1");
        Assert.Equal(
            pulled[0].RootDigest,
            _work.Peers.Skopeo("inspect", "--tls-verify=false", "--format", "{{.Digest}}", $"docker://{_bench.Registry.Address}/team/again:1").Output);
    }

    [SkippableFact]
    public void Blobs_known_by_SHA_512_keep_their_digests()
    {
        var layer = TestLayer.Of("content", Compression.Gzip);
        var digest = Digest.Compute(layer.Bytes, "sha512");
        var image = new TestImage(layer) { EditManifest = manifest => manifest["layers"]![0]!["digest"] = digest.ToString() };
        var folder = Directory.CreateDirectory(_work.Combine("layout")).FullName;
        Write(image.Digest, image.Bytes);
        Write(image.Id, image.ConfigBytes);
        Write(digest, layer.Bytes);
        File.WriteAllText(Path.Combine(folder, "oci-layout"), """{"imageLayoutVersion":"1.0.0"}""");
        File.WriteAllText(
            Path.Combine(folder, "index.json"),
            new JsonObject { ["schemaVersion"] = 2, ["manifests"] = new JsonArray(image.ToDescriptor()) }.ToJsonString(),
            new UTF8Encoding(false));
        _bench.Store.ImportFile(folder, "docker.io/team/app:1");

        var pushed = _bench.Publish("team/app:1");

        Assert.Equal(image.Digest.ToString(), pushed.Digest);
        _bench.Store.Remove(["team/app:1"]);
        Assert.Equal(digest.ToString(), Assert.Single(_bench.Pull()).Layers[0].Digest);

        void Write(Digest name, byte[] bytes)
        {
            Directory.CreateDirectory(Path.Combine(folder, "blobs", name.Algorithm));
            File.WriteAllBytes(Path.Combine(folder, "blobs", name.Algorithm, name.Hex), bytes);
        }
    }
}
