using System;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using ContainerImages.Content;
using ContainerImages.Engine.Tests.Store;
using ContainerImages.Testing;
using ContainerImages.Transports;
using Xunit;

namespace ContainerImages.Engine.Tests.Transports.Copy;

/// <summary>
/// Lists of what refers to an image outlive what they list: the image, and what is there, are copied all the same, and what
/// is not is told.
/// </summary>
public sealed class CopyLostReferrersTests : IDisposable
{
    private static readonly TransferRequest _withReferrers = new() { IncludesReferrers = true };

    private readonly CopyBench _bench = new();
    private readonly TestImage _image = new(TestLayer.Of("one")) { Names = ["docker.io/team/app:1"], Architecture = Platform.Host.Architecture, Variant = Platform.Host.Variant };
    private readonly TestArtifact _kept;
    private readonly TestArtifact _lost;

    public CopyLostReferrersTests()
    {
        _kept = TestArtifact.About(_image, "a note");
        _lost = TestArtifact.About(_image, "a note that vanished");
    }

    public void Dispose() => _bench.Dispose();

    private string From => $"docker://{_bench.Remote.Name}";

    [SkippableTheory]
    [InlineData(true, "docker")]
    [InlineData(true, "store")]
    [InlineData(false, "docker")]
    [InlineData(false, "oci-archive")]
    public async Task Of_a_registry_what_its_list_names_in_vain_stays_behind(bool hasLists, string destination)
    {
        await PushAsync(hasLists);
        _bench.Remote.Proxy.Answer("GET", $"/manifests/{_lost.Digest}", new ServerReply(404));
        var to = destination switch
        {
            "docker" => $"docker://{_bench.Remote.Proxy.Address}/copied:1",
            "store" => "store:copied:1",
            _ => $"{destination}:{_bench.Combine("to")}:copied:1",
        };

        var copies = _bench.Copy(From, to, _withReferrers);

        Assert.Equal(_image.Digest.ToString(), copies[0].Digest);
        AssertToldOf(_lost.Digest);
        if (destination == "docker")
        {
            Assert.Equal([_kept.Digest.ToString()], _bench.Read($"{_bench.Remote.Proxy.Address}/copied@{_kept.Digest}").Digests);
            return;
        }

        using var judge = new TestStore();
        var store = destination == "store" ? _bench.Store : judge.Store;
        if (destination != "store")
        {
            store.ImportFile(_bench.Combine("to"));
        }

        Assert.Equal(
            new[] { _image.Digest, _kept.Digest }.Select(digest => digest.ToString()).Order(),
            store.ReadSnapshot().Roots.Select(root => root.Digest.ToString()).Order());
        store.AssertSound();
    }

    [SkippableFact]
    public async Task Of_a_registry_what_nobody_knows_how_to_read_stays_behind()
    {
        // Of a draft of OCI's that some registries still have.
        const string type = "application/vnd.oci.artifact.manifest.v1+json";
        var bytes = Encoding.UTF8.GetBytes(new JsonObject { ["mediaType"] = type, ["blobs"] = new JsonArray(), ["subject"] = _image.ToDescriptor() }.ToJsonString());
        var digest = Digest.Compute(bytes);
        await _bench.Remote.PushAsync(_image);
        List(hasLists: true, TestRoot.Describe(type, digest, bytes.Length));
        _bench.Remote.Proxy.Answer("GET", $"/manifests/{digest}", new ServerReply(200, bytes).With("Content-Type", type));

        _bench.Copy(From, "store:copied:1", _withReferrers);

        AssertToldOf(digest);
        Assert.Equal(_image.Digest.ToString(), Assert.Single(_bench.Store.ReadSnapshot().Roots).Digest.ToString());
    }

    [SkippableTheory]
    [InlineData("docker")]
    [InlineData("oci")]
    [InlineData("oci-archive")]
    public void Of_a_store_what_its_index_names_in_vain_stays_behind(string destination)
    {
        _bench.Store.Import(_image, _kept, _lost);
        File.Delete(_bench.Store.Blobs.Find(_lost.Digest, _lost.Bytes.Length)!);
        var to = destination == "docker" ? $"docker://{_bench.Remote.Proxy.Address}/copied:1" : $"{destination}:{_bench.Combine("to")}:copied:1";

        var copies = _bench.Copy("store:team/app:1", to, _withReferrers);

        Assert.Equal(_image.Digest.ToString(), copies[0].Digest);
        AssertToldOf(_lost.Digest);
    }

    [SkippableFact]
    public async Task Of_a_registry_that_is_not_to_be_had_nothing_is_taken_for_lost()
    {
        await PushAsync(hasLists: true);
        _bench.Remote.Proxy.Answer("GET", $"/manifests/{_lost.Digest}", new ServerReply(500), times: 9);

        Assert.Equal(ImageError.RegistryProtocol, Assert.ThrowsAny<ContainerImageException>(() => _bench.Copy(From, "store:copied:1", _withReferrers)).Error);
        Assert.Empty(_bench.Store.List());
    }

    private void AssertToldOf(Digest referrer)
    {
        var warning = Assert.Single(_bench.Warnings);
        Assert.Contains(referrer.ToString(), warning, StringComparison.Ordinal);
        Assert.Contains(_image.Digest.ToString(), warning, StringComparison.Ordinal);
    }

    private async Task PushAsync(bool hasLists)
    {
        var registry = _bench.Remote.Registry;
        await _bench.Remote.PushAsync(_image);
        foreach (var artifact in new[] { _kept, _lost })
        {
            foreach (var (_, bytes) in artifact.Blobs.Where(blob => blob.Digest != artifact.Digest))
            {
                registry.PutBlob("team/app", bytes);
            }

            registry.PutManifest("team/app", null, artifact.MediaType, artifact.Bytes);
        }

        List(hasLists, _lost.ToDescriptor(), _kept.ToDescriptor());
    }

    private void List(bool hasLists, params JsonNode[] referrers)
    {
        var list = new JsonObject
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = MediaTypes.OciIndex,
            ["manifests"] = new JsonArray(referrers),
        }.ToJsonString();
        if (hasLists)
        {
            _bench.Remote.Proxy.Answer("GET", $"/referrers/{_image.Digest}", new ServerReply(200, list).With("Content-Type", MediaTypes.OciIndex));
        }
        else
        {
            _bench.Remote.Registry.PutManifest("team/app", _image.Digest.ToString().Replace(':', '-'), MediaTypes.OciIndex, Encoding.UTF8.GetBytes(list));
        }
    }
}
