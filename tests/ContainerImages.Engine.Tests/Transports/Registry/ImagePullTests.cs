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

/// <summary>Pulling from the real registry: which bytes come, which do not, and what is in the store afterwards.</summary>
public sealed class ImagePullTests : IDisposable
{
    private readonly PullBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [SkippableTheory]
    [InlineData(InteropSources.GzipLayout)]
    [InlineData(InteropSources.ZstdLayout)]
    [InlineData(InteropSources.PlainLayout)]
    [InlineData(InteropSources.DockerFolder)]
    [InlineData(InteropSources.MultiPlatform)]
    public void What_skopeo_pushes_is_pulled_with_the_digests_that_skopeo_names(string source)
    {
        var export = InteropSources.Get(source);
        using var bench = new Workbench();
        var from = source == InteropSources.DockerFolder ? $"dir:{export.Path}" : $"oci:{export.Path}";
        bench.Peers.Skopeo("copy", "--all", "--preserve-digests", "--dest-tls-verify=false", from, $"docker://{_bench.Registry.Address}/team/app:1");
        var digest = bench.Peers.Skopeo("inspect", "--tls-verify=false", "--format", "{{.Digest}}", $"docker://{_bench.Registry.Address}/team/app:1").Output;

        var image = Assert.Single(_bench.Pull());

        var wanted = InteropSources.ForThisHost(export);
        Assert.Equal(digest, image.RootDigest);
        Assert.Equal((wanted.Id, wanted.Digest), (image.Id, image.Digest));
        Assert.Equal(_bench.Name, image.Reference);
        Assert.Equal([_bench.Name], image.RepoTags);
        Assert.Equal(
            new[] { digest, wanted.Digest }.Distinct().Select(known => $"{_bench.Proxy.Address}/team/app@{known}").Order(),
            image.RepoDigests);
        Assert.Equal(wanted.ManifestBytes, File.ReadAllBytes(_bench.Store.Paths.Blob(Digest.Parse(wanted.Digest))));
        _bench.Store.AssertSound();
    }

    [SkippableFact]
    public async Task Of_an_index_one_platform_comes_and_the_index_stays_whole()
    {
        var (amd64, arm64) = (Large("amd64"), Large("arm64"));
        var index = new TestIndex(amd64, arm64);
        await _bench.PushAsync(index);

        var image = Assert.Single(_bench.Pull(new PullRequest(_bench.Name) { Platforms = [PlatformPattern.Parse("linux/arm64")] }));

        Assert.Equal((arm64.Id.Hex, arm64.Digest.ToString(), index.Digest.ToString()), (image.Id, image.Digest, image.RootDigest));
        Assert.Equal(["linux/amd64", "linux/arm64"], image.Platforms);
        Assert.Equal(["linux/arm64"], image.PresentPlatforms);
        Assert.DoesNotContain(amd64.Digest.ToString(), _bench.Asked("GET", "/manifests/"));
        _bench.Store.AssertSound();

        // The other joins it, and nothing is fetched twice.
        var other = Assert.Single(_bench.Pull(new PullRequest(_bench.Name) { Platforms = [PlatformPattern.Parse("linux/amd64")] }));
        Assert.Equal(["linux/amd64", "linux/arm64"], other.PresentPlatforms);
        Assert.Equal(4, _bench.Asked("GET", "/blobs/").Count);
        Assert.Single(_bench.Asked("HEAD", "/manifests/1"));
        _bench.Store.AssertSound();
    }

    [SkippableFact]
    public async Task All_platforms_come_where_all_are_wanted()
    {
        var index = new TestIndex(Large("amd64"), Large("arm64"), new TestIndex(Large("s390x")));
        await _bench.PushAsync(index);

        var images = _bench.Pull(new PullRequest(_bench.Name) { AllPlatforms = true });

        Assert.Equal(["linux/amd64", "linux/arm64", "linux/s390x"], images.Select(image => image.Platform));
        Assert.All(images, image => Assert.Equal(index.Digest.ToString(), image.RootDigest));
        _bench.Store.AssertSound();
    }

    [SkippableFact]
    public async Task Wildcards_choose_several_platforms()
    {
        await _bench.PushAsync(new TestIndex(Large("amd64"), Large("arm64"), Large("s390x")));

        var images = _bench.Pull(new PullRequest(_bench.Name) { Platforms = [PlatformPattern.Parse("linux/*64")] });

        Assert.Equal(["linux/amd64", "linux/arm64"], images.Select(image => image.Platform));
    }

    [SkippableFact]
    public async Task A_platform_that_is_not_there_is_an_error_that_lists_those_that_are()
    {
        await _bench.PushAsync(new TestIndex(Large("amd64"), Large("arm64")));

        var error = _bench.Store.AssertRefused(
            ImageError.PlatformNotFound, _ => _bench.Pull(new PullRequest(_bench.Name) { Platforms = [PlatformPattern.Parse("linux/riscv64")] }));

        Assert.Equal($"'{_bench.Name}' has no platform 'linux/riscv64'; it has linux/amd64, linux/arm64.", error.Message);
        Assert.Equal(["linux/amd64", "linux/arm64"], error.Candidates);
        Assert.Empty(_bench.Asked("GET", "/blobs/"));
    }

    [SkippableFact]
    public async Task An_image_for_another_machine_comes_with_a_warning_and_not_for_a_platform_that_was_asked_for()
    {
        await _bench.PushAsync(Large("s390x"));

        Assert.Single(_bench.Pull());

        Assert.Equal($"'{_bench.Name}' is an image for linux/s390x alone, and this machine is {Platform.Host}.", Assert.Single(_bench.Warnings));
        _bench.Store.AssertRefused(
            ImageError.PlatformNotFound, _ => _bench.Pull(new PullRequest(_bench.Name) { Platforms = [PlatformPattern.Parse("linux/amd64")] }));
    }

    [SkippableFact]
    public async Task A_digest_is_a_name_of_its_own()
    {
        var image = Large("amd64");
        await _bench.PushAsync(image);
        var name = $"{_bench.Proxy.Address}/team/app@{image.Digest}";

        var pulled = Assert.Single(_bench.Pull(name));

        Assert.Equal(name, pulled.Reference);
        Assert.Empty(pulled.RepoTags);
        Assert.Equal([name], pulled.RepoDigests);
        Assert.Equal(image.Id.Hex, _bench.Store.Find(name).Id);
    }

    [SkippableFact]
    public async Task What_is_here_is_not_fetched_again()
    {
        var (shared, first, second) = (Layer(), Layer(), Layer());
        await _bench.PushAsync(new TestImage(shared, first));
        await _bench.PushAsync(new TestImage(shared, second), "2");
        _bench.Pull();
        _bench.Pull($"{_bench.Proxy.Address}/team/app:2");

        Assert.Equal(
            new[] { shared, first, second }.Select(layer => layer.Digest.ToString()).Order(),
            _bench.Asked("GET", "/blobs/").Where(blob => _bench.Proxy.Requests.Count > 0).Where(IsLayer).Order());
        var before = _bench.Proxy.Requests.Count;

        _bench.Pull();

        Assert.Equal(["GET /v2/", "HEAD /v2/team/app/manifests/1"], _bench.Proxy.Requests.Skip(before).Select(request => request.ToString()));

        bool IsLayer(string digest) => new[] { shared, first, second }.Any(layer => layer.Digest.ToString() == digest);
    }

    [SkippableFact]
    public async Task A_tag_that_has_moved_on_leaves_the_old_image_without_a_name()
    {
        var (old, young) = (Large("amd64"), Large("amd64"));
        await _bench.PushAsync(old);
        _bench.Pull();
        await _bench.PushAsync(young);

        Assert.Equal(young.Id.Hex, Assert.Single(_bench.Pull()).Id);

        Assert.Empty(_bench.Store.Find(old.Id.Hex).Names);
        _bench.Store.AssertSound();
    }

    [SkippableFact]
    public async Task Policies_say_when_the_registry_is_asked()
    {
        var (old, young) = (Large("amd64"), Large("amd64"));
        _bench.Store.AssertRefused(ImageError.ImageNotFound, _ => _bench.Pull(new PullRequest(_bench.Name) { Policy = PullPolicy.Never }));
        await _bench.PushAsync(old);
        Assert.Equal(old.Id.Hex, Assert.Single(_bench.Pull(new PullRequest(_bench.Name) { Policy = PullPolicy.IfMissing })).Id);
        await _bench.PushAsync(young);
        var asked = _bench.Proxy.Requests.Count;

        Assert.Equal(old.Id.Hex, Assert.Single(_bench.Pull(new PullRequest(_bench.Name) { Policy = PullPolicy.IfMissing })).Id);
        Assert.Equal(old.Id.Hex, Assert.Single(_bench.Pull(new PullRequest(_bench.Name) { Policy = PullPolicy.Never })).Id);
        Assert.Equal(asked, _bench.Proxy.Requests.Count);
        Assert.Equal(young.Id.Hex, Assert.Single(_bench.Pull(new PullRequest(_bench.Name) { Policy = PullPolicy.Newer })).Id);

        // Another platform is missing, whatever the name.
        _bench.Store.AssertRefused(ImageError.PlatformNotFound, _ => _bench.Pull(
            new PullRequest(_bench.Name) { Policy = PullPolicy.IfMissing, Platforms = [PlatformPattern.Parse("linux/arm64")] }));

        _bench.Proxy.Answer("GET", "/v2/", new ServerReply(503), times: 100);
        Assert.Equal(young.Id.Hex, Assert.Single(_bench.Pull(new PullRequest(_bench.Name) { Policy = PullPolicy.Newer })).Id);
        Assert.EndsWith("What is here is taken instead.", Assert.Single(_bench.Warnings), StringComparison.Ordinal);
        _bench.Store.AssertRefused(ImageError.RegistryProtocol, _ => _bench.Pull());
    }

    [SkippableFact]
    public async Task A_label_that_is_wanted_is_looked_for_before_any_layer()
    {
        var image = new TestImage(Layer())
        {
            EditConfig = config => config["config"]!["Labels"] = new JsonObject { ["tier"] = "base" },
        };
        await _bench.PushAsync(image);

        var error = _bench.Store.AssertRefused(
            ImageError.RemoteImageNotFound, _ => _bench.Pull(new PullRequest(_bench.Name) { RequiredLabels = ["tier", "team=a*"] }));

        Assert.Equal($"'{_bench.Name}' for linux/amd64 has no label 'team=a*'; it has 'tier=base'.", error.Message);
        Assert.Equal([image.Id.ToString()], _bench.Asked("GET", "/blobs/"));
        Assert.Single(_bench.Pull(new PullRequest(_bench.Name) { RequiredLabels = ["tier=b*"] }));
    }

    [SkippableFact]
    public async Task An_artifact_is_no_image()
    {
        await _bench.PushAsync(new TestImage(Layer()) { EditManifest = manifest => manifest["config"]!["mediaType"] = "application/vnd.example.chart" });
        await _bench.PushAsync(new TestIndex(), "2");

        var error = _bench.Store.AssertRefused(ImageError.UnsupportedContent, _ => _bench.Pull());
        Assert.Contains("application/vnd.example.chart", error.Message, StringComparison.Ordinal);
        _bench.Store.AssertRefused(ImageError.PlatformNotFound, _ => _bench.Pull($"{_bench.Proxy.Address}/team/app:2"));
    }

    [SkippableFact]
    public async Task Layers_come_several_at_once_and_in_the_order_of_the_image()
    {
        var layers = Enumerable.Range(0, 12).Select(_ => Layer()).ToArray();
        var image = new TestImage([.. layers, layers[3]]);
        await _bench.PushAsync(image);

        var pulled = Assert.Single(_bench.Pull(new PullRequest(_bench.Name), threads: 4));

        Assert.Equal(image.Layers.Select(layer => layer.Digest.ToString()), pulled.Layers.Select(layer => layer.Digest));
        Assert.Equal(13, _bench.Asked("GET", "/blobs/").Count);
        _bench.Store.AssertSound();
    }

    [SkippableFact]
    public async Task A_pull_can_be_traced()
    {
        var image = Large("amd64");
        await _bench.PushAsync(image);
        var heard = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == Tracing.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                if (activity.OperationName == Tracing.Pull && Equals(activity.GetTagItem(Tracing.StoreTag), _bench.Store.Path))
                {
                    heard.Enqueue(activity);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);

        _bench.Pull();
        Assert.ThrowsAny<ContainerImageException>(() => _bench.Pull("localhost/none"));

        Assert.Equal(
            [
                $"{_bench.Name} Client 1 {image.Layers[0].Bytes.Length} ",
                "localhost/none Client   RemoteImageNotFound",
            ],
            heard.Select(activity => $"{activity.GetTagItem(Tracing.ReferenceTag)} {activity.Kind} {activity.GetTagItem(Tracing.ImagesTag)} " +
                $"{activity.GetTagItem(Tracing.BytesTag)} {activity.GetTagItem(Tracing.ErrorTag)}"));
    }

    private static TestLayer Layer() => TestLayer.Of(Guid.NewGuid().ToString(), Compression.Gzip);

    private static TestImage Large(string architecture) => new(Layer()) { Architecture = architecture };
}
