using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;
using ContainerImages.Content;
using ContainerImages.Engine.Tests.Durability;
using ContainerImages.Engine.Tests.Store;
using ContainerImages.Manifests;
using ContainerImages.Store;
using ContainerImages.Testing;
using ContainerImages.Transports;
using Xunit;

namespace ContainerImages.Engine.Tests.Transports.Registry;

/// <summary>Pulling when something goes wrong: what is kept of it, and that nothing wrong is.</summary>
public sealed class ImagePullFaultTests : IDisposable
{
    private const int LayerSize = 2_000_000;
    private const int Cut = 1_500_000;

    private readonly PullBench _bench = new();
    private readonly TestImage _image = new(TestLayer.OfBytes(RegistryBench.NewBlob(LayerSize).Bytes));

    public void Dispose() => _bench.Dispose();

    [SkippableFact]
    public async Task What_another_process_removes_from_the_store_meanwhile_comes_from_the_registry()
    {
        await _bench.PushAsync(new TestIndex(_image));
        using var access = _bench.Access();
        using var source = RegistrySource.Open(access, _bench.Name, access.Resolve(_bench.Name), _ => null, new RemovedBlobs(), default);

        var manifest = (ImageManifest)source.Fetch(((ImageIndex)source.Root).Manifests[0])!;
        using var layer = source.FindBlob(manifest.Layers[0])!.Open();
        using var bytes = new MemoryStream();
        layer.CopyTo(bytes);

        Assert.Equal(_image.Digest, manifest.Digest);
        Assert.Equal(manifest.Layers[0].Digest, Digest.Compute(bytes.ToArray()));
    }

    [SkippableFact]
    public async Task A_download_that_was_cut_off_goes_on_in_the_next_call()
    {
        await _bench.PushAsync(_image);
        CutOff();
        var partial = Assert.Single(Partials());
        Assert.Equal(Cut, new FileInfo(partial).Length);
        Assert.Empty(_bench.Store.ReadSnapshot().Roots);

        Assert.Equal(_image.Id.Hex, Assert.Single(_bench.Pull()).Id);

        Assert.Equal([null, $"bytes={Cut}-"], Ranges());
        Assert.Contains(_bench.Said, line => line.Contains($"is continued after {Cut} of {LayerSize} bytes.", StringComparison.Ordinal));
        _bench.Store.AssertSound();
    }

    [SkippableFact]
    public async Task A_process_that_is_killed_leaves_its_download_to_the_next_one()
    {
        await _bench.PushAsync(_image);
        _bench.Proxy.On("GET", Blob(), reply => reply with { CutAfter = Cut, IsStuck = true });
        using (var first = WorkerProcess.Pull(_bench.Store.Path, _bench.Name))
        {
            var partial = new FileInfo(PartialOf(_image));
            while (!partial.Exists || partial.Length < Cut)
            {
                Assert.False(first.HasExited);
                Thread.Sleep(10);
                partial.Refresh();
            }

            // While it lives the download is its own.
            Assert.Null(PartialDownload.TryOpen(_bench.Store, new Descriptor("", _image.Layers[0].Digest, LayerSize), default));
            first.Kill();
            first.ReadToEnd(out _);
        }

        using (var second = WorkerProcess.Pull(_bench.Store.Path, _bench.Name))
        {
            second.ReadToEnd(out var error);
            Assert.True(second.ExitCode == 0, error);
        }

        Assert.Equal([null, $"bytes={Cut}-"], Ranges());
        Assert.Equal(_image.Id.Hex, _bench.Store.Find(_bench.Name).Id);
        _bench.Store.AssertSound();
    }

    [SkippableFact]
    public async Task A_download_that_was_whole_but_for_its_end_is_not_asked_for_again()
    {
        await _bench.PushAsync(_image);
        Directory.CreateDirectory(_bench.Store.Paths.Partials);
        File.WriteAllBytes(PartialOf(_image), _image.Layers[0].Bytes);

        Assert.Single(_bench.Pull());

        Assert.Empty(Ranges());
        _bench.Store.AssertSound();
    }

    [SkippableFact]
    public async Task What_was_kept_and_is_wrong_is_thrown_away_once_and_fetched_anew()
    {
        await _bench.PushAsync(_image);
        CutOff();
        var bytes = File.ReadAllBytes(PartialOf(_image));
        bytes[1000] ^= 1;
        File.WriteAllBytes(PartialOf(_image), bytes);

        Assert.Single(_bench.Pull());

        Assert.Equal([null, $"bytes={Cut}-", null], Ranges());
        Assert.Contains(_bench.Said, line => line.EndsWith("came in pieces that do not fit together, and is downloaded anew.", StringComparison.Ordinal));
        _bench.Store.AssertSound();
    }

    [SkippableFact]
    public async Task Wrong_bytes_after_a_break_are_fetched_anew_and_wrong_bytes_at_once_are_not()
    {
        _bench.RetryCount = 1;
        await _bench.PushAsync(_image);
        _bench.Proxy.On("GET", Blob(), reply => reply with { CutAfter = Cut });
        _bench.Proxy.On("GET", Blob(), Damage);
        Assert.Single(_bench.Pull());
        Assert.Equal([null, $"bytes={Cut}-", null], Ranges());

        var other = new TestImage(TestLayer.OfBytes(RegistryBench.NewBlob(LayerSize).Bytes));
        await _bench.PushAsync(other);
        _bench.Proxy.On("GET", Blob(other), Damage);
        var error = _bench.Store.AssertRefused(ImageError.ContentMismatch, _ => _bench.Pull());
        Assert.Contains($"Layer {other.Layers[0].Digest} of '{_bench.Name}' has the digest", error.Message, StringComparison.Ordinal);
        Assert.Single(_bench.Asked("GET", Blob(other)));
    }

    [SkippableTheory]
    [InlineData(Compression.Gzip)]
    [InlineData(Compression.Zstd)]
    public async Task Damage_to_a_compressed_layer_is_told_by_its_digest(Compression compression)
    {
        var image = new TestImage(TestLayer.OfBytes(RegistryBench.NewBlob(100_000).Bytes, compression));
        await _bench.PushAsync(image);
        _bench.Proxy.On("GET", Blob(image), Damage);

        var error = _bench.Store.AssertRefused(ImageError.ContentMismatch, _ => _bench.Pull());

        Assert.Contains("has the digest", error.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_layer_of_another_length_than_the_manifest_says_is_refused()
    {
        await _bench.PushAsync(_image);
        _bench.Proxy.Answer("GET", Blob(), new ServerReply(200, [.. _image.Layers[0].Bytes, 1]));

        _bench.Store.AssertRefused(ImageError.ContentMismatch, _ => _bench.Pull());
    }

    [SkippableFact]
    public async Task A_layer_that_is_not_what_the_config_says_is_refused()
    {
        var image = new TestImage(TestLayer.Of("a", Compression.Gzip))
        {
            EditConfig = config => config["rootfs"]!["diff_ids"] = new JsonArray(Digest.Compute([1]).ToString()),
        };
        await _bench.PushAsync(image);

        var error = _bench.Store.AssertRefused(ImageError.ContentMismatch, _ => _bench.Pull());

        Assert.Contains("has the diff ID", error.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_layer_that_the_registry_lacks_is_missing()
    {
        await _bench.PushAsync(_image);
        _bench.Proxy.Answer("GET", Blob(), ServerReply.Json("""{"errors":[{"code":"BLOB_UNKNOWN"}]}""", 404));

        var error = _bench.Store.AssertRefused(ImageError.ContentMissing, _ => _bench.Pull());

        Assert.Equal([_image.Layers[0].Digest.ToString()], error.Candidates);
    }

    [SkippableFact]
    public async Task Who_stops_a_pull_finds_the_store_as_it_was_and_may_go_on()
    {
        await _bench.PushAsync(_image);
        using var stop = new CancellationTokenSource();
        _bench.Proxy.On("GET", Blob(), reply => reply with { CutAfter = Cut, IsStuck = true });
        _bench.Progress = _ => stop.Cancel();

        Assert.ThrowsAny<OperationCanceledException>(() => _bench.Pull(new PullRequest(_bench.Name), cancellation: stop.Token));

        Assert.Empty(_bench.Store.BlobNames());
        _bench.Progress = null;
        Assert.Single(_bench.Pull());
        _bench.Store.AssertSound();
    }

    [SkippableFact]
    public async Task Two_at_once_do_not_write_the_same_file()
    {
        await _bench.PushAsync(_image);
        CutOff();
        var layer = new Descriptor("", _image.Layers[0].Digest, LayerSize);
        using (var held = PartialDownload.TryOpen(_bench.Store, layer, default))
        {
            Assert.NotNull(held);
            Assert.Single(_bench.Pull());
            Assert.Equal(Cut, new FileInfo(PartialOf(_image)).Length);
        }

        Assert.Equal([null, null], Ranges());
        Assert.Contains(_bench.Said, line => line.EndsWith("is being downloaded by another process too.", StringComparison.Ordinal));
    }

    [SkippableFact]
    public void What_was_cut_off_is_kept_for_a_day_and_up_to_a_limit()
    {
        var paths = _bench.Store.Paths;
        Directory.CreateDirectory(paths.Partials);
        var (old, young, large, held) = (File("old"), File("young"), File("large"), File("held"));
        System.IO.File.SetLastWriteTimeUtc(old, DateTime.UtcNow - PartialDownload.LongestLife - TimeSpan.FromMinutes(1));
        System.IO.File.SetLastWriteTimeUtc(held, DateTime.UtcNow - PartialDownload.LongestLife - TimeSpan.FromMinutes(1));
        using (var sparse = System.IO.File.OpenWrite(large))
        {
            sparse.SetLength(PartialDownload.MaxBytes);
        }

        System.IO.File.SetLastWriteTimeUtc(large, DateTime.UtcNow - TimeSpan.FromHours(1));
        using (_bench.Store.OperatingSystem.TryLock(held + ".lock"))
        {
            // As any commit does.
            _bench.Store.Import(TestImage.Of("a", "docker.io/team/a:1"));

            Assert.Equal(["held", "held.lock", "young"], Directory.EnumerateFiles(paths.Partials).Select(Path.GetFileName).Order());
        }

        System.IO.File.Delete(young);
        _bench.Store.Import(TestImage.Of("b", "docker.io/team/b:1"));
        _bench.Store.AssertSound();

        string File(string name)
        {
            var path = Path.Combine(paths.Partials, name);
            System.IO.File.WriteAllText(path, name);
            return path;
        }
    }

    [SkippableFact]
    public async Task A_mirror_is_asked_first_and_the_registry_where_the_mirror_fails()
    {
        await _bench.PushAsync(_image);
        using var mirror = FaultProxy.Start(_bench.Registry.Address);
        _bench.RegistriesConf = $"""
            [[registry]]
            location = "{_bench.Proxy.Address}"
            [[registry.mirror]]
            location = "{mirror.Address}"
            insecure = true
            """;

        Assert.Single(_bench.Pull());
        Assert.Empty(_bench.Proxy.Requests);
        Assert.Equal(_bench.Name, _bench.Store.Find(_bench.Name).Reference);

        // It has the manifest and lacks the layer, or breaks off in the middle of it.
        var other = new TestImage(TestLayer.OfBytes(RegistryBench.NewBlob(LayerSize).Bytes));
        await _bench.PushAsync(other);
        mirror.On("GET", Blob(other), reply => reply with { CutAfter = Cut });
        mirror.Answer("GET", Blob(other), new ServerReply(404));
        Assert.Equal(other.Id.Hex, Assert.Single(_bench.Pull()).Id);
        Assert.Equal([$"bytes={Cut}-"], Ranges(other));

        // It has nothing.
        var third = new TestImage(TestLayer.OfBytes(RegistryBench.NewBlob(LayerSize).Bytes));
        await _bench.PushAsync(third);
        mirror.Answer("HEAD", "/manifests/", new ServerReply(404));
        mirror.Answer("GET", "/manifests/", new ServerReply(404));
        Assert.Equal(third.Id.Hex, Assert.Single(_bench.Pull()).Id);
        _bench.Store.AssertSound();
    }

    [SkippableFact]
    public void Each_place_that_was_tried_is_named_with_why_it_failed()
    {
        using var closed = FaultProxy.Start(_bench.Registry.Address);
        closed.Answer("GET", "/v2/", new ServerReply(401), times: 100);
        _bench.RegistriesConf = $"unqualified-search-registries = ['{_bench.Proxy.Address}', '{closed.Address}']\nshort-name-mode = 'permissive'";

        var error = _bench.Store.AssertRefused(ImageError.RegistryUnauthorized, _ => _bench.Pull("nowhere"));

        Assert.Equal(
            [
                $"{_bench.Proxy.Address}/nowhere: Reading manifest 'latest' of '{_bench.Proxy.Address}/nowhere' failed: {_bench.Proxy.Address} answered 404 NotFound (MANIFEST_UNKNOWN: manifest unknown).",
                $"{closed.Address}/nowhere: Reading manifest 'latest' of '{closed.Address}/nowhere' failed: {closed.Address} answered 401 Unauthorized; there is no log-in to show it.",
            ],
            error.Candidates);
        Assert.StartsWith("'nowhere' was had from none of 2 places. ", error.Message, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData(401, ImageError.RegistryUnauthorized)]
    [InlineData(403, ImageError.RegistryDenied)]
    [InlineData(404, ImageError.RemoteImageNotFound)]
    [InlineData(429, ImageError.RegistryThrottled)]
    [InlineData(500, ImageError.RegistryProtocol)]
    public async Task Each_refusal_has_an_error_of_its_own_and_changes_nothing(int status, ImageError error)
    {
        await _bench.PushAsync(_image);
        _bench.Proxy.Answer("GET", "/manifests/", new ServerReply(status), times: 10);

        _bench.Store.AssertRefused(error, _ => _bench.Pull());
    }

    [SkippableFact]
    public void A_name_of_this_machine_and_a_name_that_is_none_are_not_asked_for()
    {
        _bench.Store.AssertRefused(ImageError.RemoteImageNotFound, _ => _bench.Pull("localhost/team/app:1"));
        _bench.Store.AssertRefused(ImageError.InvalidReference, _ => _bench.Pull("Team/App"));
    }

    private static ServerReply Damage(ServerReply reply)
    {
        reply.Body[reply.Body.Length / 2] ^= 0x55;
        return reply;
    }

    /// <summary>A pull that breaks off in the middle of the layer.</summary>
    private void CutOff()
    {
        _bench.Proxy.On("GET", Blob(), reply => reply with { CutAfter = Cut });
        Assert.Equal(ImageError.RegistryUnreachable, Assert.ThrowsAny<ContainerImageException>(() => _bench.Pull()).Error);
    }

    private string Blob(TestImage? image = null) => $"/blobs/{(image ?? _image).Layers[0].Digest}";

    private string[] Partials() => Directory.GetFiles(_bench.Store.Paths.Partials).Where(path => !path.EndsWith(".lock", StringComparison.Ordinal)).ToArray();

    private string PartialOf(TestImage image) => Path.Combine(_bench.Store.Paths.Partials, $"sha256-{image.Layers[0].Digest.Hex}");

    private List<string?> Ranges(TestImage? image = null) => _bench.Proxy.Requests
        .Where(request => request.Method == "GET" && request.Path.EndsWith(Blob(image), StringComparison.Ordinal))
        .Select(request => request.Header("Range"))
        .ToList();

    // Each is there when it is looked for, and gone when it is opened.
    private sealed class RemovedBlobs : IBlobReader
    {
        public IStoreSystem System => StoreSystem.Current;

        public string? Find(Digest digest, long size) => Path.Combine(Path.GetTempPath(), "removed-" + digest.Hex);
    }
}
