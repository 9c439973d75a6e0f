using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using ContainerImages.Content;
using ContainerImages.Testing;
using Xunit;

namespace ContainerImages.Engine.Tests.Transports.Registry;

/// <summary>The client when the registry, or what is between, does what it should not.</summary>
public sealed class RegistryFaultTests : IDisposable
{
    private const int BlobSize = 3_000_000;

    private static readonly CancellationToken None = CancellationToken.None;

    private readonly RegistryBench _bench = new(timeoutSeconds: 20);
    private readonly LocalRegistry _registry = LocalRegistry.Start();
    private readonly FaultProxy _proxy;

    public RegistryFaultTests() => _proxy = FaultProxy.Start(_registry.Address);

    public void Dispose()
    {
        _bench.Dispose();
        _proxy.Dispose();
        _registry.Dispose();
    }

    [SkippableFact]
    public async Task A_connection_that_breaks_in_the_middle_of_a_blob_is_made_again_from_there()
    {
        var (blob, bytes) = Seed();
        _proxy.On("GET", "/blobs/", reply => reply with { CutAfter = 1_000_000 });
        _proxy.On("GET", "/blobs/", reply => reply with { CutAfter = 500_000 });

        Assert.Equal(bytes, RegistryBench.ReadAll(_bench.Open(_proxy.Address).OpenBlob(blob, 0, None)));

        Assert.Equal([null, "bytes=1000000-", "bytes=1500000-"], Ranges());
        Assert.Equal(2, _bench.Clock.Delays.Count);
        Assert.Contains(_bench.Said, line => line.Contains("Trying again in", StringComparison.Ordinal));
    }

    [SkippableFact]
    public async Task A_blob_that_ends_early_over_and_over_is_given_up()
    {
        var (blob, _) = Seed();
        _proxy.On("GET", "/blobs/", reply => reply with { CutAfter = 10 }, times: 100);

        var error = await RegistryBench.FailsAsync(
            ImageError.RegistryUnreachable, () => Task.FromResult(RegistryBench.ReadAll(_bench.Open(_proxy.Address).OpenBlob(blob, 0, None))));

        Assert.Equal([null, "bytes=10-", "bytes=20-", "bytes=30-"], Ranges());
        Assert.Contains(blob.Digest.ToString(), error.Message, StringComparison.Ordinal);
        Assert.Contains($"{_proxy.Address}/team/app", error.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_registry_without_ranges_is_read_from_the_start_and_not_shown_twice()
    {
        var (blob, bytes) = Seed();
        _proxy.On("GET", "/blobs/", reply => reply with { CutAfter = 1_000_000 });
        _proxy.On("GET", "/blobs/", (_, _) => Task.FromResult(new ServerReply(200, bytes)));

        Assert.Equal(bytes, RegistryBench.ReadAll(_bench.Open(_proxy.Address).OpenBlob(blob, 0, None)));

        _proxy.On("GET", "/blobs/", (_, _) => Task.FromResult(new ServerReply(416)));
        Assert.Equal(bytes[5..], RegistryBench.ReadAll(_bench.Open(_proxy.Address).OpenBlob(blob, 5, None)));
        Assert.Equal([null, "bytes=1000000-", "bytes=5-", null], Ranges());
    }

    [SkippableFact]
    public async Task A_blob_of_another_length_is_no_such_blob()
    {
        var (blob, bytes) = Seed();
        _proxy.Answer("GET", "/blobs/", new ServerReply(200, bytes[..^1]));

        var error = await RegistryBench.FailsAsync(
            ImageError.ContentMismatch, () => Task.FromResult(RegistryBench.ReadAll(_bench.Open(_proxy.Address).OpenBlob(blob, 0, None))));

        Assert.Equal(
            $"Blob {blob.Digest} of '{_proxy.Address}/team/app' has the size {BlobSize - 1}, and {BlobSize} was promised.", error.Message);
        Assert.Empty(_bench.Clock.Delays);
    }

    [SkippableFact]
    public async Task Bytes_that_trickle_are_waited_for()
    {
        var (blob, bytes) = Seed(5000);
        _proxy.On("GET", "/blobs/", reply => reply with { PieceSize = 7 });

        Assert.Equal(bytes, RegistryBench.ReadAll(_bench.Open(_proxy.Address).OpenBlob(blob, 0, None)));
    }

    [SkippableFact]
    public async Task Silence_is_waited_for_so_long_and_no_longer()
    {
        var (blob, _) = Seed(5000);
        using var hasty = new RegistryBench(retryCount: 1, timeoutSeconds: 1);
        var client = hasty.Open(_proxy.Address);
        _proxy.On("GET", "/blobs/", reply => reply with { CutAfter = 10, IsStuck = true }, times: 2);
        _proxy.Answer("GET", "/manifests/", new ServerReply(200) { IsSilent = true }, times: 2);

        var stuck = await RegistryBench.FailsAsync(ImageError.RegistryTimeout, () => Task.FromResult(RegistryBench.ReadAll(client.OpenBlob(blob, 0, None))));
        var silent = await RegistryBench.FailsAsync(ImageError.RegistryTimeout, () => client.GetManifestAsync("1", None));

        Assert.Contains($"{_proxy.Address} sent and took no byte for 1 s", stuck.Message, StringComparison.Ordinal);
        Assert.Contains($"Reading manifest '1' of '{_proxy.Address}/team/app' failed", silent.Message, StringComparison.Ordinal);
        Assert.Equal(2, hasty.Clock.Delays.Count);
    }

    [SkippableFact]
    public async Task Who_stops_does_not_wait()
    {
        var (blob, _) = Seed(5000);
        _proxy.On("GET", "/blobs/", reply => reply with { CutAfter = 10, IsStuck = true });
        using var stop = new CancellationTokenSource();
        using var stream = _bench.Open(_proxy.Address).OpenBlob(blob, 0, stop.Token);
        var buffer = new byte[10];
        stream.ReadExactly(buffer, 0, 10);
        var reading = Task.Run(() => stream.Read(buffer, 0, 10));

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
    }

    [SkippableFact]
    public async Task A_busy_registry_is_asked_again_when_it_says()
    {
        var date = (_bench.Clock.UtcNow + TimeSpan.FromSeconds(20)).ToString("r", CultureInfo.InvariantCulture);
        _proxy.Answer("HEAD", "/manifests/", new ServerReply(429).With("Retry-After", "7"));
        _proxy.Answer("HEAD", "/manifests/", new ServerReply(503).With("Retry-After", date));
        _proxy.Answer("HEAD", "/manifests/", new ServerReply(500));

        Assert.Null(await _bench.Open(_proxy.Address).FindManifestAsync("1", None));

        // Seven seconds of the twenty were over by then.
        var delays = _bench.Clock.Delays.Select(delay => delay.TotalSeconds).ToList();
        Assert.Equal([7, 13], delays[..2]);
        Assert.InRange(delays[2], 1, 2);
    }

    [SkippableFact]
    public async Task A_registry_that_stays_busy_is_given_up_with_when_to_come_back()
    {
        var busy = ServerReply.Json("""{"errors":[{"code":"TOOMANYREQUESTS","message":"slow down"}]}""", 429);
        _proxy.Answer("GET", "/tags/", busy.With("Retry-After", "3600"));
        _proxy.Answer("GET", "/manifests/", busy, times: 4);

        var asksTooMuch = await RegistryBench.FailsAsync(ImageError.RegistryThrottled, () => _bench.Open(_proxy.Address).ListTags().ReadPageAsync(None));
        Assert.Empty(_bench.Clock.Delays);
        Assert.EndsWith("(TOOMANYREQUESTS: slow down); it asks to try again after 3600 s.", asksTooMuch.Message, StringComparison.Ordinal);

        await RegistryBench.FailsAsync(ImageError.RegistryThrottled, () => _bench.Open(_proxy.Address).GetManifestAsync("1", None));
        Assert.Equal(3, _bench.Clock.Delays.Count);
    }

    [SkippableFact]
    public async Task A_registry_that_fails_is_named_with_what_it_says_and_no_more()
    {
        var said = """
            {"errors":[{"code":"UNKNOWN","message":"bad\u001b[31m\nthing at https://storage.example.com/blob?X-Signature=s3cr3t for not-a-secret-either"}]}
            """;
        _proxy.Answer("GET", "/manifests/", ServerReply.Json(said, 500), times: 4);

        var error = await RegistryBench.FailsAsync(
            ImageError.RegistryProtocol, () => _bench.Open(_proxy.Address, credential: RegistryBench.Account).GetManifestAsync("1", None));

        Assert.Equal(
            $"Reading manifest '1' of '{_proxy.Address}/team/app' failed: {_proxy.Address} answered 500 InternalServerError " +
            "(UNKNOWN: bad [31m thing at https://storage.example.com/blob?… for …).",
            error.Message);
    }

    [SkippableFact]
    public async Task A_page_for_people_is_no_answer()
    {
        _proxy.Answer("GET", "/manifests/", new ServerReply(403, "<html>Forbidden by the proxy</html>").With("Content-Type", "text/html"));
        _proxy.Answer("GET", "/tags/", new ServerReply(200, "<html>Sign in to the hotel</html>").With("Content-Type", "text/html"));

        var denied = await RegistryBench.FailsAsync(ImageError.RegistryDenied, () => _bench.Open(_proxy.Address).GetManifestAsync("1", None));
        Assert.EndsWith("answered 403 Forbidden.", denied.Message, StringComparison.Ordinal);
        await RegistryBench.FailsAsync(ImageError.RegistryProtocol, () => _bench.Open(_proxy.Address).ListTags().ReadPageAsync(None));
    }

    [SkippableFact]
    public async Task A_connection_that_is_dropped_without_an_answer_is_made_again()
    {
        _proxy.Answer("HEAD", "/manifests/", new ServerReply(200) { IsDropped = true }, times: 2);

        Assert.Null(await _bench.Open(_proxy.Address).FindManifestAsync("1", None));
        Assert.Equal(3, _proxy.Requests.Count(request => request.Method == "HEAD"));
    }

    [SkippableFact]
    public async Task A_manifest_is_held_against_every_digest_that_is_said_of_it()
    {
        var manifest = await SeedManifestAsync();
        var client = _bench.Open(_proxy.Address);
        var other = Digest.Compute([1]);
        _proxy.On("GET", "/manifests/", reply => reply with { Body = [.. reply.Body, (byte)'\n'] }, times: 2);
        _proxy.On("GET", "/manifests/", reply => Replace(reply, other.ToString()));
        _proxy.On("GET", "/manifests/", reply => Replace(reply, "md5:abc"));

        await RegistryBench.FailsAsync(ImageError.ContentMismatch, () => client.GetManifestAsync("1", None));
        await RegistryBench.FailsAsync(ImageError.ContentMismatch, () => client.GetManifestAsync(manifest.ToString(), None));
        var promised = await RegistryBench.FailsAsync(ImageError.ContentMismatch, () => client.GetManifestAsync("1", None));
        Assert.EndsWith($"its digest is {manifest}, and {other} was promised.", promised.Message, StringComparison.Ordinal);
        await RegistryBench.FailsAsync(ImageError.RegistryProtocol, () => client.GetManifestAsync("1", None));

        static ServerReply Replace(ServerReply reply, string digest) =>
            reply.Without("Docker-Content-Digest").With("Docker-Content-Digest", digest);
    }

    [SkippableFact]
    public async Task A_registry_that_promises_no_digest_is_asked_for_the_whole()
    {
        var manifest = await SeedManifestAsync();
        _proxy.On("HEAD", "/manifests/", reply => reply.Without("Docker-Content-Digest"));
        _proxy.On("GET", "/manifests/", reply => reply.Without("Docker-Content-Digest"));

        Assert.Equal(manifest, (await _bench.Open(_proxy.Address).FindManifestAsync("1", None))!.Digest);
    }

    [SkippableFact]
    public async Task What_is_no_manifest_known_here_is_refused_by_its_kind()
    {
        var client = _bench.Open(_proxy.Address);
        _proxy.Answer("GET", "/manifests/", Typed("{\"schemaVersion\":1,\"name\":\"a\"}", "application/vnd.docker.distribution.manifest.v1+prettyjws"));
        _proxy.Answer("GET", "/manifests/", Typed("{\"schemaVersion\":2,\"config\":{}}", "application/vnd.example.thing.v1+json"));
        _proxy.Answer("GET", "/manifests/", Typed("{\"schemaVersion\":2,\"manifests\":[]", MediaTypes.OciIndex));
        _proxy.Answer("GET", "/manifests/", Typed("{\"schemaVersion\":2,\"manifests\":[]}", MediaTypes.OciManifest));
        _proxy.Answer("GET", "/manifests/", Typed($"{{\"schemaVersion\":2,\"mediaType\":\"{MediaTypes.OciIndex}\",\"manifests\":[]}}", MediaTypes.DockerManifestList));
        _proxy.Answer("GET", "/manifests/", new ServerReply(200, new byte[Limits.Manifest + 1]));

        var schema1 = await RegistryBench.FailsAsync(ImageError.UnsupportedContent, () => client.GetManifestAsync("1", None));
        Assert.Contains("schema 1", schema1.Message, StringComparison.Ordinal);
        var unknown = await RegistryBench.FailsAsync(ImageError.UnsupportedContent, () => client.GetManifestAsync("1", None));
        Assert.Contains("application/vnd.example.thing.v1+json", unknown.Message, StringComparison.Ordinal);
        await RegistryBench.FailsAsync(ImageError.RegistryProtocol, () => client.GetManifestAsync("1", None));
        await RegistryBench.FailsAsync(ImageError.RegistryProtocol, () => client.GetManifestAsync("1", None));
        await RegistryBench.FailsAsync(ImageError.RegistryProtocol, () => client.GetManifestAsync("1", None));
        await RegistryBench.FailsAsync(ImageError.ContentTooLarge, () => client.GetManifestAsync("1", None));

        static ServerReply Typed(string json, string type) => new ServerReply(200, json).With("Content-Type", type);
    }

    [SkippableFact]
    public async Task Pages_are_followed_and_circles_are_seen()
    {
        var client = _bench.Open(_proxy.Address);
        _proxy.Answer("GET", "tags/list?n=1000", Page("a", "b").With("Link", "</v2/team/app/tags/list?n=2&last=b>; rel=\"next\""));
        _proxy.Answer("GET", "last=b", Page("c").With("Link", "<https://x.example.com/?p=1>; rel=prev, </v2/team/app/tags/list?last=c>; rel=next"));
        _proxy.Answer("GET", "last=c", ServerReply.Json("{\"name\":\"team/app\",\"tags\":null}"));

        Assert.Equal(["a", "b", "c"], await ReadAsync(client.ListTags()));

        _proxy.Answer("GET", "tags/list", Page("a").With("Link", "</v2/team/app/tags/list?n=1000>; rel=next"), times: 2);
        await RegistryBench.FailsAsync(ImageError.RegistryProtocol, () => ReadAsync(client.ListTags()));
    }

    [SkippableFact]
    public async Task A_full_page_without_a_link_is_asked_on_from_its_last_name()
    {
        var all = Enumerable.Range(0, 1000).Select(i => $"t{i:0000}").ToArray();
        _proxy.Answer("GET", "last=t0999", Page("u"));
        _proxy.Answer("GET", "tags/list?n=1000", Page(all));
        Assert.Equal([.. all, "u"], await ReadAsync(_bench.Open(_proxy.Address).ListTags()));

        // One that knows no pages gives the same again.
        _proxy.Answer("GET", "tags/list?n=1000", Page(all), times: 2);
        Assert.Equal(all, await ReadAsync(_bench.Open(_proxy.Address).ListTags()));
    }

    [SkippableFact]
    public async Task Chunks_are_at_least_as_large_as_the_registry_wants()
    {
        var (blob, bytes) = RegistryBench.NewBlob(100_000);
        _proxy.On("POST", "/blobs/uploads/", reply => reply.With("OCI-Chunk-Min-Length", "60000"));

        await _bench.Open(_proxy.Address, isForPush: true).PushBlobAsync(blob, Bytes(bytes), null, chunkSize: 1000, null, None);

        Assert.Equal(
            ["0-59999", "60000-99999"],
            _proxy.Requests.Where(request => request.Method == "PATCH").Select(request => request.Header("Content-Range")));
    }

    [SkippableFact]
    public async Task A_body_that_is_too_large_is_sent_in_chunks()
    {
        var (blob, bytes) = RegistryBench.NewBlob(100_000);
        _proxy.Answer("PUT", "/blobs/uploads/", new ServerReply(413));
        var client = _bench.Open(_proxy.Address, isForPush: true);

        await client.PushBlobAsync(blob, Bytes(bytes), null, 0, null, None);

        Assert.Equal(bytes, RegistryBench.ReadAll(client.OpenBlob(blob, 0, None)));
        Assert.Contains(_proxy.Requests, request => request.Method == "PATCH");
    }

    [SkippableFact]
    public async Task A_chunk_whose_answer_is_lost_is_not_sent_twice()
    {
        var (blob, bytes) = RegistryBench.NewBlob(100_000);
        var stored = new MemoryStream();
        using var registry = new LoopbackServer(request =>
        {
            stored.Write(request.Method == "PATCH" ? request.Body : []);
            var has = new ServerReply(request.Method == "PATCH" ? 202 : 204)
                .With("Location", $"/v2/up/{stored.Length}").With("Range", $"0-{Math.Max(stored.Length - 1, 0)}");
            return (request.Method, request.Path) switch
            {
                ("GET", "/v2/") => new ServerReply(200),
                ("POST", _) => new ServerReply(202).With("Location", "/v2/up/0"),
                ("HEAD", _) => new ServerReply(404),
                ("PUT", _) => new ServerReply(201),
                ("PATCH", "/v2/up/0") => has with { IsDropped = true },
                _ => has,
            };
        });

        await _bench.Open(registry.Address, isForPush: true).PushBlobAsync(blob, Bytes(bytes), null, chunkSize: 40_000, null, None);

        Assert.Equal(bytes, stored.ToArray());
        Assert.Equal(
            ["0-39999", "40000-79999", "80000-99999"],
            registry.Requests.Where(request => request.Method == "PATCH").Select(request => request.Header("Content-Range")));
    }

    [SkippableFact]
    public async Task An_upload_that_the_registry_has_lost_is_begun_again()
    {
        var (blob, bytes) = RegistryBench.NewBlob(100_000);
        _proxy.On("PATCH", "/blobs/uploads/", reply => reply with { IsDropped = true });
        var client = _bench.Open(_proxy.Address, isForPush: true);

        // Docker's registry takes an upload for broken whose place is another than the address says.
        await client.PushBlobAsync(blob, Bytes(bytes), null, chunkSize: 40_000, null, None);

        Assert.Equal(bytes, RegistryBench.ReadAll(client.OpenBlob(blob, 0, None)));
        Assert.Equal(2, _proxy.Requests.Count(request => request.Method == "POST"));
    }

    [SkippableFact]
    public async Task A_blob_whose_last_answer_is_lost_is_seen_to_be_there()
    {
        var (blob, bytes) = RegistryBench.NewBlob(100_000);
        _proxy.On("PUT", "/blobs/uploads/", reply => reply with { IsDropped = true });

        await _bench.Open(_proxy.Address, isForPush: true).PushBlobAsync(blob, Bytes(bytes), null, 0, null, None);

        Assert.Single(_proxy.Requests, request => request.Method == "PUT");
    }

    [SkippableFact]
    public async Task An_upload_that_fails_for_good_is_given_up_at_the_registry()
    {
        var (blob, bytes) = RegistryBench.NewBlob(1000);
        _proxy.Answer("PUT", "/blobs/uploads/", ServerReply.Json("""{"errors":[{"code":"DENIED","message":"quota"}]}""", 403));

        await RegistryBench.FailsAsync(
            ImageError.RegistryDenied, () => _bench.Open(_proxy.Address, isForPush: true).PushBlobAsync(blob, Bytes(bytes), null, 0, null, None));

        Assert.Equal("DELETE", _proxy.Requests[^1].Method);
    }

    [SkippableFact]
    public async Task What_cannot_be_read_is_no_fault_of_the_registry()
    {
        var (blob, _) = RegistryBench.NewBlob(1000);

        var thrown = await Assert.ThrowsAsync<InvalidDataException>(() =>
            _bench.Open(_proxy.Address, isForPush: true).PushBlobAsync(blob, _ => throw new InvalidDataException("torn"), null, 0, null, None));

        Assert.Equal("torn", thrown.Message);
        Assert.Equal("DELETE", _proxy.Requests[^1].Method);
    }

    private static Func<long, Stream> Bytes(byte[] bytes) => offset => new MemoryStream(bytes, (int)offset, bytes.Length - (int)offset);

    private static ServerReply Page(params string[] tags) =>
        ServerReply.Json($"{{\"name\":\"team/app\",\"tags\":[{string.Join(",", tags.Select(tag => $"\"{tag}\""))}]}}");

    private static async Task<List<string>> ReadAsync(ContainerImages.Transports.RegistryList list)
    {
        var names = new List<string>();
        while (await list.ReadPageAsync(None) is { } page)
        {
            names.AddRange(page);
        }

        return names;
    }

    private (Descriptor Blob, byte[] Bytes) Seed(int size = BlobSize)
    {
        var (_, bytes) = RegistryBench.NewBlob(size);
        return (RegistryBench.Seed(_registry, "team/app", bytes), bytes);
    }

    private async Task<Digest> SeedManifestAsync()
    {
        var (config, _) = Seed(10);
        var manifest = RegistryBench.ManifestOf(config);
        await _bench.Open(_registry.Address, isForPush: true).PutManifestAsync(manifest, "1", None);
        return manifest.Digest;
    }

    private IEnumerable<string?> Ranges() =>
        _proxy.Requests.Where(request => request.Target.Contains("/blobs/", StringComparison.Ordinal)).Select(request => request.Header("Range"));
}
