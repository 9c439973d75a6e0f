using System;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using ContainerImages.Content;
using ContainerImages.Engine.Tests.Interop;
using ContainerImages.Engine.Tests.Store;
using ContainerImages.Testing;
using ContainerImages.Transports;
using Xunit;

namespace ContainerImages.Engine.Tests.Transports.Registry;

/// <summary>Pushing to the real registry: what is sent, what is not, in which order, and what is there afterwards.</summary>
public sealed class ImagePushTests : IDisposable
{
    private readonly PullBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [SkippableTheory]
    [InlineData(InteropSources.GzipLayout)]
    [InlineData(InteropSources.ZstdLayout)]
    [InlineData(InteropSources.DockerFolder)]
    [InlineData(InteropSources.MultiPlatform)]
    public void What_is_pushed_is_what_skopeo_pulls_to_the_byte(string source)
    {
        var export = InteropSources.Get(source);
        using var bench = new Workbench();
        _bench.Store.ImportFile(export.Path, export.Images.All(image => image.Names.Count == 0) ? ["docker.io/team/app:1"] : []);
        var image = _bench.Store.Find(_bench.Store.ReadSnapshot().Names.First());

        var pushed = _bench.Publish(image.Reference!, threads: 4);

        Assert.Equal((_bench.Name, image.RootDigest), (pushed.Reference, pushed.Digest));
        Assert.Equal(image.Platforms, pushed.Platforms);
        bench.Peers.Skopeo(
            "copy", "--all", "--preserve-digests", "--src-tls-verify=false", $"docker://{_bench.Registry.Address}/team/app:1", $"dir:{bench.Combine("pulled")}");
        Assert.Equal(File.ReadAllBytes(_bench.Store.Paths.Blob(Digest.Parse(image.RootDigest!))), File.ReadAllBytes(bench.Combine("pulled/manifest.json")));
        Assert.All(Directory.GetFiles(bench.Combine("pulled")).Where(file => Path.GetFileName(file).Length == 64), file =>
            Assert.Equal(File.ReadAllBytes(_bench.Store.Paths.Blob(Digest.Parse($"sha256:{Path.GetFileName(file)}"))), File.ReadAllBytes(file)));
        _bench.Store.AssertSound();
    }

    [SkippableFact]
    public void What_is_there_is_not_sent_again()
    {
        var image = Image("1");
        _bench.Store.Import(image, new TestImage(image.Layers[0], Layer("2")) { Names = ["docker.io/team/other:1"] });
        _bench.Publish("team/app:1");
        var first = _bench.Sent().Count;

        _bench.Publish("team/app:1");
        Assert.Equal(["PUT team/app/manifests/1"], _bench.Sent().Skip(first));

        _bench.Publish("team/other:1", $"{_bench.Proxy.Address}/team/app:2");
        Assert.Equal(2, _bench.Sent().Skip(first + 1).Count(line => line.StartsWith("POST", StringComparison.Ordinal)));
    }

    [SkippableFact]
    public void A_blob_that_another_repository_has_is_taken_from_there()
    {
        var image = Image("1");
        var from = $"{_bench.Proxy.Address}/team/base:1";
        _bench.Store.Import(image);
        _bench.Publish("team/app:1", from);
        _bench.Store.Tag("team/app:1", from);
        var first = _bench.Proxy.Requests.Count;

        _bench.Publish("team/app:1");

        var posts = _bench.Proxy.Requests.Skip(first).Where(request => request.Method == "POST").ToList();
        Assert.Equal(
            image.Layers.Select(layer => layer.Digest.ToString()).Append(image.Id.ToString()).Order(),
            posts.Select(request => request.Query("mount")).Order());
        Assert.All(posts, request => Assert.Equal("team/base", request.Query("from")));
        Assert.Equal("PUT team/app/manifests/1", _bench.Sent()[^1]);
        Assert.DoesNotContain(_bench.Proxy.Requests.Skip(first), request => request.Method is "PUT" && request.Path.Contains("/blobs/", StringComparison.Ordinal));
    }

    [SkippableFact]
    public void A_repository_that_has_it_no_more_is_asked_once_and_the_upload_it_begins_is_used()
    {
        var image = Image("1");
        _bench.Store.Import(image);
        _bench.Store.Tag("team/app:1", $"{_bench.Proxy.Address}/team/gone:1");

        _bench.Publish("team/app:1");

        Assert.Equal(3, _bench.Sent().Count(line => line.StartsWith("POST", StringComparison.Ordinal)));
        Assert.Equal(image.Digest.ToString(), DigestThere());
    }

    [SkippableFact]
    public void Children_come_before_the_index_and_the_tag_last()
    {
        var (amd64, arm64, s390x) = (Image("a"), Image("b", "arm64"), Image("c", "s390x"));
        var inner = new TestIndex(s390x);
        var index = new TestIndex(amd64, arm64, inner) { Names = ["docker.io/team/multi:1"] };
        _bench.Store.Import(index);

        var pushed = _bench.Publish("team/multi:1", threads: 4);

        Assert.Equal(["linux/amd64", "linux/arm64", "linux/s390x"], pushed.Platforms);
        Assert.Equal(index.Digest.ToString(), pushed.Digest);
        var manifests = _bench.Asked("PUT", "/manifests/").ToList();
        Assert.Equal(
            new[] { amd64.Digest, arm64.Digest, inner.Digest, s390x.Digest }.Select(digest => digest.ToString()).Order(), manifests.Take(4).Order());
        Assert.True(manifests.IndexOf(s390x.Digest.ToString()) < manifests.IndexOf(inner.Digest.ToString()));
        Assert.Equal("1", manifests[^1]);
        Assert.Equal(5, manifests.Count);
        var sent = _bench.Sent().ToList();
        Assert.True(
            sent.FindLastIndex(line => line.Contains("/blobs/", StringComparison.Ordinal)) <
            sent.FindIndex(line => line.Contains("/manifests/", StringComparison.Ordinal)));
    }

    [SkippableFact]
    public async Task An_index_that_is_not_all_here_goes_as_one_platform_with_a_warning()
    {
        var index = await PullOneOfTwoAsync("linux/arm64");

        var pushed = _bench.Publish(_bench.Name, Other());

        Assert.Equal((index.Children[1].Digest.ToString(), MediaTypes.OciManifest), (pushed.Digest, pushed.MediaType));
        Assert.Equal(["linux/arm64"], pushed.Platforms);
        Assert.Equal(
            $"Index {index.Digest} cannot be pushed whole: neither the store nor '{_bench.Proxy.Address}/team/other' has linux/amd64; linux/arm64 alone is pushed.",
            Assert.Single(_bench.Warnings));
    }

    [SkippableFact]
    public async Task All_platforms_are_refused_with_those_that_are_missing()
    {
        await PullOneOfTwoAsync("linux/arm64");

        var error = _bench.Store.AssertRefused(
            ImageError.PlatformNotFound, _ => _bench.Publish(_bench.Name, Other(), request => request with { AllPlatforms = true }));

        Assert.Equal(["linux/amd64"], error.Candidates);
        Assert.Empty(_bench.Sent());
    }

    [SkippableFact]
    public async Task An_index_goes_whole_where_the_registry_has_the_rest()
    {
        var index = await PullOneOfTwoAsync("linux/arm64");
        await _bench.PushAsync(index.Children[0], "only-amd64", "team/other");

        var pushed = _bench.Publish(_bench.Name, Other(), request => request with { AllPlatforms = true });

        Assert.Equal(index.Digest.ToString(), pushed.Digest);
        Assert.Empty(_bench.Warnings);
    }

    [SkippableFact]
    public void One_platform_goes_alone_where_it_is_asked_for()
    {
        var arm64 = Image("b", "arm64");
        _bench.Store.Import(new TestIndex(Image("a"), arm64) { Names = ["docker.io/team/multi:1"] });

        var pushed = _bench.Publish(
            "team/multi:1", edit: request => request with { Image = _bench.Store.Match("team/multi:1", "linux/arm64"), OnePlatform = true });

        Assert.Equal(arm64.Digest.ToString(), pushed.Digest);
        Assert.Equal(6, _bench.Sent().Count(line => line.StartsWith('P') && line.Contains("/blobs/", StringComparison.Ordinal)));
    }

    [SkippableFact]
    public void A_digest_is_a_destination_for_what_has_it()
    {
        var image = Image("1");
        _bench.Store.Import(image);
        var name = $"{_bench.Proxy.Address}/team/app@{image.Digest}";

        var pushed = _bench.Publish("team/app:1", name);

        Assert.Equal((name, null, image.Digest.ToString()), (pushed.Reference, pushed.Tag, pushed.Digest));
        Assert.Equal($"PUT team/app/manifests/{image.Digest}", _bench.Sent()[^1]);
        var other = Digest.Compute("another"u8.ToArray());
        _bench.Store.AssertRefused(
            ImageError.UnsupportedConversion, _ => _bench.Publish("team/app:1", $"{_bench.Proxy.Address}/team/app@{other}"));
    }

    [SkippableFact]
    public void Images_without_layers_and_artifacts_are_pushed_like_others()
    {
        var empty = new TestImage { Names = ["docker.io/team/empty:1"] };
        var note = TestArtifact.About(empty, "a note", "docker.io/team/note:1");
        _bench.Store.Import(empty, note);

        Assert.Equal(empty.Digest.ToString(), _bench.Publish("team/empty:1").Digest);
        Assert.Equal(note.Digest.ToString(), _bench.Publish("team/note:1", $"{_bench.Proxy.Address}/team/app:note").Digest);

        Assert.Equal(empty.Id.Hex, Assert.Single(_bench.Pull()).Id);
    }

    [SkippableFact]
    public void A_layer_to_be_had_elsewhere_is_named_and_not_sent()
    {
        var image = new TestImage(Layer("1"))
        {
            Names = ["docker.io/team/app:1"],
            EditManifest = manifest =>
            {
                manifest["layers"]![0]!["mediaType"] = MediaTypes.OciForeignLayer;
                manifest["layers"]![0]!["urls"] = new JsonArray("https://layers.example.com/1");
            },
        };
        _bench.Store.Import(image);

        // The registry takes no such addresses unless it is told to.
        _bench.Proxy.Answer("PUT", "/manifests/1", new ServerReply(201));

        Assert.Equal(image.Digest.ToString(), _bench.Publish("team/app:1").Digest);

        Assert.Single(_bench.Sent(), line => line.StartsWith("POST", StringComparison.Ordinal));
    }

    [SkippableFact]
    public void Each_family_of_manifests_is_had_for_the_asking_and_the_image_stays_the_same()
    {
        var images = new[] { Image("a", compression: Compression.Gzip), Image("b", "arm64", Compression.Gzip) };
        _bench.Store.Import(new TestIndex(images) { Names = ["docker.io/team/multi:1"], Edit = index => index.Remove("mediaType") });

        var docker = _bench.Publish("team/multi:1", edit: request => request with { Family = ManifestFamily.Docker });
        Assert.Equal(MediaTypes.DockerManifestList, docker.MediaType);
        _bench.Store.Remove(["team/multi:1"]);
        var pulled = _bench.Pull(new PullRequest(_bench.Name) { AllPlatforms = true });
        Assert.Equal(images.Select(image => image.Id.Hex), pulled.Select(image => image.Id));
        Assert.All(pulled, image => Assert.Equal(MediaTypes.DockerManifest, image.ManifestType));

        var oci = _bench.Publish(_bench.Name, Other(), request => request with { Family = ManifestFamily.Oci });
        Assert.Equal(MediaTypes.OciIndex, oci.MediaType);
        _bench.Store.AssertSound();
    }

    [SkippableFact]
    public void A_push_can_be_traced()
    {
        var image = Image("1");
        _bench.Store.Import(image);
        var seen = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "ContainerImages",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                if ((string?)activity.GetTagItem("store.path") == _bench.Store.Path && activity.OperationName == "push")
                {
                    seen.Enqueue(activity);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);

        _bench.Publish("team/app:1");
        _bench.Publish("team/app:1");
        _bench.Proxy.Answer("PUT", "/manifests/", new ServerReply(403));
        Assert.ThrowsAny<ContainerImageException>(() => _bench.Publish("team/app:1"));

        Assert.Equal(
            [$"1 {image.Layers.Sum(layer => layer.Bytes.Length)} ", "1 0 ", "  RegistryDenied"],
            seen.Select(activity => $"{activity.GetTagItem("image.count")} {activity.GetTagItem("image.bytes")} {activity.GetTagItem("error.type")}"));
        Assert.All(seen, activity => Assert.Equal((_bench.Name, ActivityKind.Client), (activity.GetTagItem("image.reference"), activity.Kind)));
    }

    private string Other() => $"{_bench.Proxy.Address}/team/other:1";

    private string? DigestThere(string tag = "1")
    {
        using var access = _bench.Access();
        return access.OpenDirect(_bench.Registry.Address, "team/app", isForPush: false, default).FindManifestAsync(tag, default).Result?.Digest.ToString();
    }

    private async Task<TestIndex> PullOneOfTwoAsync(string platform)
    {
        var index = new TestIndex(Image("a"), Image("b", "arm64"));
        await _bench.PushAsync(index);
        _bench.Pull(new PullRequest(_bench.Name) { Platforms = [PlatformPattern.Parse(platform)] });
        return index;
    }

    private static TestImage Image(string content, string architecture = "amd64", Compression compression = Compression.Gzip) =>
        new(Layer(content + " below", compression), Layer(content, compression)) { Architecture = architecture, Names = ["docker.io/team/app:1"] };

    private static TestLayer Layer(string content, Compression compression = Compression.Gzip) => TestLayer.Of(content, compression);
}
