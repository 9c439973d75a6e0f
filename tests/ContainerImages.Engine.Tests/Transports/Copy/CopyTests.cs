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

/// <summary>Which platforms, names and referrers are copied, and how several images come together.</summary>
public sealed class CopyTests : IDisposable
{
    private const string Multi = "registry.example.com/team/multi:1";

    private static readonly TransferRequest _all = new() { AllPlatforms = true };
    private static readonly TransferRequest _withReferrers = new() { AllPlatforms = true, IncludesReferrers = true };

    private readonly CopyBench _bench = new();
    private readonly TestImage _host = new(TestLayer.Of("host")) { Architecture = Platform.Host.Architecture, Variant = Platform.Host.Variant };
    private readonly TestImage _other = new(TestLayer.Of("other")) { Architecture = "s390x" };
    private readonly TestIndex _index;

    public CopyTests() => _index = new TestIndex(_other, _host) { Names = [Multi] };

    public void Dispose() => _bench.Dispose();

    private string From => $"docker://{_bench.Remote.Name}";

    private string To => $"docker://{_bench.Remote.Proxy.Address}/copied:2";

    private static TransferRequest Of(TestImage image) => new() { Platform = PlatformPattern.Parse($"linux/{image.Architecture}") };

    [SkippableTheory]
    [InlineData("oci-archive")]
    [InlineData("oci")]
    [InlineData("dir")]
    [InlineData("docker")]
    public async Task From_a_registry_the_manifest_of_one_platform_comes_by_itself(string destination)
    {
        await _bench.Remote.PushAsync(_index);
        var (usual, asked, all) = (At(destination, "usual"), At(destination, "asked"), At(destination, "all"));

        _bench.Copy(From, usual);
        _bench.Copy(From, asked, Of(_other));
        var copied = Assert.Single(_bench.Copy(From, all, _all));

        Assert.Equal([_host.Digest.ToString()], _bench.Read(usual).Digests);
        Assert.Equal([_other.Digest.ToString()], _bench.Read(asked).Digests);
        Assert.Equal([_index.Digest.ToString()], _bench.Read(all).Digests);
        Assert.Equal(["linux/s390x", Platform.Host.ToString()], copied.Platforms);
        Assert.Equal(_index.Digest.ToString(), copied.Digest);
    }

    [SkippableFact]
    public async Task Into_a_store_the_index_comes_whole_and_of_its_platforms_those_that_are_meant()
    {
        await _bench.Remote.PushAsync(_index);

        Assert.Equal([Platform.Host.ToString()], Assert.Single(_bench.Copy(From, "store:multi:1")).Platforms);

        var image = _bench.Store.Find("multi:1");
        Assert.Equal(_index.Digest.ToString(), image.RootDigest);
        Assert.Equal([Platform.Host.ToString()], image.PresentPlatforms);
        _bench.Copy(From, "store:multi:1", Of(_other));
        Assert.Equal(2, _bench.Store.Find("multi:1").PresentPlatforms.Count);
        _bench.Store.AssertSound();
    }

    [Fact]
    public void From_elsewhere_all_platforms_come_where_there_is_a_place_for_them()
    {
        _bench.Store.Import(_index);

        foreach (var kind in new[] { "oci-archive", "oci", "dir" })
        {
            var (all, asked) = (At(kind, $"all.{kind}"), At(kind, $"asked.{kind}"));
            _bench.Copy("store:multi:1", all);
            _bench.Copy("store:multi:1", asked, Of(_other));

            Assert.Equal([_index.Digest.ToString()], _bench.Read(all).Digests);
            Assert.Equal([_other.Digest.ToString()], _bench.Read(asked).Digests);
        }

        _bench.Copy("store:multi:1", At("docker-archive", "one"));
        Assert.Equal([_host.Id.ToString()], _bench.Read(At("docker-archive", "one")).Digests);
        Assert.Equal(
            ImageError.UnsupportedConversion, Refused("store:multi:1", At("docker-archive", "two"), _all).Error);
    }

    [SkippableFact]
    public void What_lacks_platforms_goes_to_a_registry_as_one_of_them_unless_all_are_insisted_on()
    {
        _bench.Store.Import(TestArchive.OciLayout(_index).Remove(TestArchive.BlobPath(_other.Digest)));

        Assert.Equal(_host.Digest.ToString(), Assert.Single(_bench.Copy("store:multi:1", To)).Digest);
        Assert.Contains(" has linux/s390x of ", Assert.Single(_bench.Warnings), StringComparison.Ordinal);

        var error = Refused("store:multi:1", To, _all);
        Assert.Equal((ImageError.PlatformNotFound, "linux/s390x"), (error.Error, Assert.Single(error.Candidates)));
    }

    [SkippableFact]
    public async Task What_lacks_platforms_that_the_registry_has_goes_whole()
    {
        await _bench.Remote.PushAsync(_index, repository: "copied", tag: "before");
        _bench.Store.Import(TestArchive.OciLayout(_index).Remove(TestArchive.BlobPath(_other.Digest)));

        Assert.Equal(_index.Digest.ToString(), Assert.Single(_bench.Copy("store:multi:1", To, _all)).Digest);
        Assert.Empty(_bench.Warnings);
    }

    [SkippableTheory]
    [InlineData("linux/riscv64", "oci")]
    [InlineData("linux/riscv64", "docker")]
    [InlineData("linux/riscv64", "docker-archive")]
    public async Task A_platform_that_is_not_there_is_told_with_those_that_are(string platform, string destination)
    {
        await _bench.Remote.PushAsync(_index);
        _bench.Store.Import(_index);
        var request = new TransferRequest { Platform = PlatformPattern.Parse(platform) };

        foreach (var from in new[] { From, "store:multi:1" })
        {
            var error = Refused(from, At(destination, "to"), request);

            Assert.Equal(ImageError.PlatformNotFound, error.Error);
            Assert.Equal(["linux/s390x", Platform.Host.ToString()], error.Candidates);
        }

        Assert.Empty(_bench.Entries());
    }

    [SkippableTheory]
    [InlineData(true, "docker")]
    [InlineData(false, "docker")]
    [InlineData(true, "oci-archive")]
    [InlineData(true, "store")]
    public async Task What_refers_to_an_image_comes_along_where_it_is_wanted(bool hasLists, string destination)
    {
        var ofIndex = TestArtifact.About(_index, "of the index");
        var ofPlatform = TestArtifact.About(_other, "of a platform");
        var ofArtifact = TestArtifact.About(ofIndex, "of an artifact");
        await _bench.Remote.PushAsync(_index);
        TestArtifact[] artifacts = [ofIndex, ofPlatform, ofArtifact];
        foreach (var artifact in artifacts)
        {
            PushArtifact(artifact, hasLists);
        }

        var to = destination == "store" ? "store:multi:1" : At(destination, "to");
        _bench.Copy(From, to, _withReferrers);

        if (destination == "docker")
        {
            Assert.All(artifacts, artifact => Assert.Equal([artifact.Digest.ToString()], _bench.Read($"{_bench.Remote.Proxy.Address}/to@{artifact.Digest}").Digests));
            return;
        }

        using var judge = new TestStore();
        var store = destination == "store" ? _bench.Store : judge.Store;
        if (destination != "store")
        {
            store.ImportFile(_bench.Combine("to"));
        }

        Assert.Equal(
            artifacts.Select(artifact => artifact.Digest).Append(_index.Digest).Select(digest => digest.ToString()).Order(),
            store.ReadSnapshot().Roots.Select(root => root.Digest.ToString()).Order());
        store.AssertSound();
    }

    [SkippableFact]
    public void What_is_no_image_is_copied_too()
    {
        var artifact = TestArtifact.About(_host, "a note");
        PushArtifact(artifact, hasLists: true, tag: "note");
        var from = $"{_bench.Remote.Proxy.Address}/team/app:note";

        var copy = Assert.Single(_bench.Copy(from, To));
        _bench.Copy(from, At("oci-archive", "note.tar"));

        Assert.Equal(artifact.Digest.ToString(), copy.Digest);
        Assert.Empty(copy.Platforms);
        Assert.Equal([artifact.Digest.ToString()], _bench.Read(At("oci-archive", "note.tar")).Digests);
        Assert.Equal(ImageError.UnsupportedConversion, Refused(from, At("docker-archive", "note")).Error);
    }

    [SkippableFact]
    public async Task Of_another_repository_of_the_same_registry_no_byte_is_sent()
    {
        await _bench.Remote.PushAsync(_index);
        var before = _bench.Remote.Proxy.Requests.Count;

        var copy = Assert.Single(_bench.Copy(From, To, _all));

        var requests = _bench.Remote.Proxy.Requests.Skip(before).ToList();
        Assert.DoesNotContain(requests, request => request.Method is "PUT" or "PATCH" && request.Path.Contains("/blobs/", StringComparison.Ordinal));
        Assert.All(requests.Where(request => request.Method == "POST"), request => Assert.Equal("team/app", request.Query("from")));
        Assert.DoesNotContain(requests, request => request.Method == "GET" && request.Path.EndsWith(_host.Layers[0].Digest.ToString(), StringComparison.Ordinal));
        Assert.Equal((0, _host.Layers[0].Bytes.Length + _other.Layers[0].Bytes.Length), (copy.CopiedBytes, copy.SkippedBytes));
    }

    [SkippableFact]
    public async Task A_mirror_is_read_in_the_place_of_the_registry()
    {
        await _bench.Remote.PushAsync(_host);
        _bench.Remote.RegistriesConf = $"""
            [[registry]]
            prefix = "registry.invalid/team"
            location = "registry.invalid/team"
            [[registry.mirror]]
            location = "{_bench.Remote.Proxy.Address}/team"
            insecure = true
            """;

        var copy = Assert.Single(_bench.Copy("docker://registry.invalid/team/app:1", At("oci-archive", "to")));

        Assert.Equal(("docker://registry.invalid/team/app:1", _host.Digest.ToString()), (copy.Source, copy.Digest));
        Assert.Equal(["registry.invalid/team/app:1"], _bench.Read($"oci-archive:{_bench.Combine("to")}").Names);
    }

    [Theory]
    [InlineData("docker-archive", "docker.io/library/a:1 docker.io/library/b:1 docker.io/library/b:2")]
    [InlineData("oci-archive", "docker.io/library/a:1 docker.io/library/b:1 docker.io/library/b:2")]
    [InlineData("oci", "docker.io/library/a:1 docker.io/library/b:1 docker.io/library/b:2")]
    public void Several_images_go_into_one_archive_by_their_own_names(string destination, string names)
    {
        _bench.Store.Import(TestImage.Of("a", "docker.io/library/a:1"));
        TestArchive.Docker(TestImage.Of("b", "docker.io/library/b:1", "docker.io/library/b:2")).WriteTar(_bench.Combine("b.tar"));
        var to = $"{destination}:{_bench.Combine("to")}";

        var copies = _bench.Copy($"store:a:1 docker-archive:{_bench.Combine("b.tar")}", to);

        Assert.Equal(names.Split(' '), _bench.Read(to).Names);
        Assert.Equal([$"{to}:docker.io/library/a:1", $"{to}:docker.io/library/b:1"], copies.Select(copy => copy.Destination));
        Assert.Equal(
            ["store:docker.io/library/a:1", $"docker-archive:{_bench.Combine("b.tar")}:docker.io/library/b:1"], copies.Select(copy => copy.Source));
    }

    [Theory]
    [InlineData("b:2", "docker.io/library/b:2")]
    [InlineData("@1", "docker.io/library/b:1 docker.io/library/b:2")]
    public void One_image_of_an_archive_is_chosen_by_name_or_place(string name, string names)
    {
        WriteTwo();

        _bench.Copy($"docker-archive:{_bench.Combine("two.tar")}:{name}", $"oci:{_bench.Combine("to")}");

        Assert.Equal(names.Split(' '), _bench.Read($"oci:{_bench.Combine("to")}").Names);
    }

    [Fact]
    public void Several_images_cannot_get_one_name()
    {
        WriteTwo();

        var error = Refused($"docker-archive:{_bench.Combine("two.tar")}", "store:one:1");

        Assert.Equal(ImageError.AmbiguousImage, error.Error);
        Assert.Equal(["docker.io/library/a:1", "docker.io/library/b:1"], error.Candidates);
        Assert.Equal(ImageError.UnsupportedConversion, Refused($"docker-archive:{_bench.Combine("two.tar")}", $"dir:{_bench.Combine("to")}").Error);
        Assert.Equal(["two.tar"], _bench.Entries());
    }

    [Fact]
    public void One_name_of_two_images_is_an_error_where_both_would_have_it()
    {
        TestArchive.Docker(TestImage.Of("a", "docker.io/library/a:1")).WriteTar(_bench.Combine("first.tar"));
        TestArchive.Docker(TestImage.Of("b", "docker.io/library/a:1")).WriteTar(_bench.Combine("second.tar"));
        var both = $"docker-archive:{_bench.Combine("first.tar")} docker-archive:{_bench.Combine("second.tar")}";

        Assert.Equal(ImageError.AmbiguousReference, Refused(both, $"oci-archive:{_bench.Combine("to")}").Error);
        Assert.Equal(["first.tar", "second.tar"], _bench.Entries());
        _bench.Copy(both, "store:");
        Assert.Equal(TestImage.Of("b").Id.Hex, _bench.Store.Find("docker.io/library/a:1").Id);
    }

    [SkippableFact]
    public void Below_a_prefix_each_image_has_its_own_repository_and_all_its_tags()
    {
        WriteTwo();
        var prefix = $"{_bench.Remote.Proxy.Address}/mirror/";

        _bench.Copy($"docker-archive:{_bench.Combine("two.tar")}", prefix);

        foreach (var name in new[] { "library/a:1", "library/b:1", "library/b:2" })
        {
            Assert.Equal([prefix + name], _bench.Read(prefix + name).Names);
        }
    }

    [Theory]
    [InlineData(nameof(Compression.Gzip))]
    [InlineData(nameof(Compression.Zstd))]
    public void Layers_of_an_archive_that_nobody_has_described_go_anywhere_in_one_pass(string compression)
    {
        var kind = Enum.Parse<Compression>(compression);
        var image = new TestImage(TestLayer.Of("one"), TestLayer.Of("two")) { Names = ["docker.io/library/a:1"] };
        var archive = TestArchive.Docker(image);
        foreach (var layer in image.Layers)
        {
            archive[TestArchive.LayerPath(layer)] = TestLayer.Compress(layer.Bytes, kind);
        }

        archive.WriteTar(_bench.Combine("a.tar"));

        foreach (var destination in new[] { "oci-archive", "oci", "dir", "docker-archive" })
        {
            _bench.Copy($"docker-archive:{_bench.Combine("a.tar")}", $"{destination}:{_bench.Combine(destination)}");
            using var judge = new TestStore();
            judge.Store.ImportFile(_bench.Combine(destination));
            var brought = Assert.Single(judge.Store.List());
            Assert.Equal(image.Id.Hex, brought.Id);
            Assert.All(brought.Layers, layer => Assert.Equal(
                MediaTypes.OciLayerOf(destination == "docker-archive" ? Compression.None : kind), layer.MediaType));
            judge.Store.AssertSound();
        }
    }

    [Fact]
    public void What_is_there_is_replaced_by_force_alone_and_a_layout_is_added_to()
    {
        _bench.Store.Import(TestImage.Of("a", "docker.io/library/a:1"), TestImage.Of("b", "docker.io/library/b:1"));
        foreach (var kind in new[] { "docker-archive", "oci-archive", "dir" })
        {
            _bench.Copy("store:a:1", $"{kind}:{_bench.Combine(kind)}");
            var before = _bench.Read($"{kind}:{_bench.Combine(kind)}").Digests;

            Assert.Equal(ImageError.DestinationExists, Refused("store:b:1", $"{kind}:{_bench.Combine(kind)}").Error);
            Assert.Equal(before, _bench.Read($"{kind}:{_bench.Combine(kind)}").Digests);

            _bench.Copy("store:b:1", $"{kind}:{_bench.Combine(kind)}", new TransferRequest { Force = true });
            Assert.NotEqual(before, _bench.Read($"{kind}:{_bench.Combine(kind)}").Digests);
        }

        _bench.Copy("store:a:1", $"oci:{_bench.Combine("layout")}");
        Assert.Equal(["blobs", "index.json", "oci-layout"], Directory.GetFileSystemEntries(_bench.Combine("layout")).Select(entry => Path.GetFileName(entry)!).Order());
        _bench.Copy("store:b:1", $"oci:{_bench.Combine("layout")}:c:1");
        Assert.Equal(["docker.io/library/a:1", "localhost/c:1"], _bench.Read($"oci:{_bench.Combine("layout")}").Names.Order());
    }

    private void WriteTwo() => TestArchive
        .Docker(TestImage.Of("a", "docker.io/library/a:1"), TestImage.Of("b", "docker.io/library/b:1", "docker.io/library/b:2"))
        .WriteTar(_bench.Combine("two.tar"));

    private string At(string kind, string name) => kind == "docker"
        ? $"docker://{_bench.Remote.Proxy.Address}/{name}:1"
        : $"{kind}:{_bench.Combine(name)}";

    private ContainerImageException Refused(string from, string to, TransferRequest? request = null) =>
        Assert.ThrowsAny<ContainerImageException>(() => _bench.Copy(from, to, request));

    // The registry of the tests keeps lists of referrers in no version; the tag is what the specification says for those.
    private void PushArtifact(TestArtifact artifact, bool hasLists, string? tag = null)
    {
        foreach (var (_, bytes) in artifact.Blobs.Where(blob => blob.Digest != artifact.Digest))
        {
            _bench.Remote.Registry.PutBlob("team/app", bytes);
        }

        _bench.Remote.Registry.PutManifest("team/app", tag, artifact.MediaType, artifact.Bytes);
        var subject = JsonNode.Parse(artifact.Bytes)!["subject"]!["digest"]!.GetValue<string>();
        var list = new JsonObject
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = MediaTypes.OciIndex,
            ["manifests"] = new JsonArray(artifact.ToDescriptor()),
        }.ToJsonString();
        if (hasLists)
        {
            _bench.Remote.Proxy.Answer(
                "GET", $"/team/app/referrers/{subject}", new ServerReply(200, list).With("Content-Type", MediaTypes.OciIndex), times: 1);
        }
        else
        {
            _bench.Remote.Registry.PutManifest("team/app", subject.Replace(':', '-'), MediaTypes.OciIndex, Encoding.UTF8.GetBytes(list));
        }
    }
}
