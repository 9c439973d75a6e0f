using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Security.Cryptography;
using System.Threading.Tasks;
using ContainerImages.Content;
using ContainerImages.Copying;
using ContainerImages.Engine.Tests.Store;
using ContainerImages.Testing;
using ContainerImages.Transports;
using Xunit;
using Compression = ContainerImages.Content.Compression;

namespace ContainerImages.Engine.Tests.Transports.Registry;

/// <summary>
/// Registries, and what stands before them, that do as HTTP or the specification allows and as few do: an image is pushed,
/// found, pulled and pushed again all the same.
/// </summary>
public sealed class OddRegistryTests : IDisposable
{
    private static readonly Dictionary<string, Action<FaultProxy>> _habits = new()
    {
        ["ends connections without a word"] = proxy => OnAll(proxy, (_, reply) => reply with { CutAfter = int.MaxValue }),
        ["never says how long its answers are"] = proxy => OnAll(proxy, (_, reply) => reply with { IsChunked = true, ClaimedLength = null }),
        ["packs its manifests"] = proxy => OnAll(proxy, (request, reply) => IsManifest(request, reply) ? Pack(reply) : reply),
        ["calls its manifests packed"] = proxy => OnAll(proxy, (request, reply) => IsManifest(request, reply) ? reply.With("Content-Encoding", "gzip") : reply),
        ["knows manifests by SHA-512"] = KnowBySha512,
        ["goes on at relative addresses"] = proxy => OnAll(
            proxy, (_, reply) => reply.Headers.FirstOrDefault(header => header.Name == "Location").Value is { } location
                ? reply.Without("Location").With("Location", new Uri(location).PathAndQuery)
                : reply),
        ["wants larger chunks than there is"] = proxy => OnAll(
            proxy, (request, reply) => request.Method == "POST" ? reply.With("OCI-Chunk-Min-Length", $"{int.MaxValue}") : reply),
        ["takes no piece of that size, and wants larger chunks than there is"] = proxy =>
        {
            proxy.Answer("PATCH", "/blobs/uploads/", new ServerReply(413));
            _habits!["wants larger chunks than there is"](proxy);
        },
        ["refuses to be asked for heads"] = proxy => proxy.Answer("HEAD", "/", new ServerReply(405), times: int.MaxValue),
    };

    private readonly PullBench _bench = new();
    private readonly TestImage _image = new(TestLayer.Of("plain"), TestLayer.Of("packed", Compression.Gzip)) { Names = ["docker.io/team/app:1"] };

    public static TheoryData<string> Habits => [.. _habits.Keys];

    public void Dispose() => _bench.Dispose();

    [SkippableTheory]
    [MemberData(nameof(Habits))]
    public void An_image_is_pushed_and_pulled(string habit)
    {
        _bench.RetryCount = 3;
        _bench.Store.Import(_image);
        _habits[habit](_bench.Proxy);

        var pushed = _bench.Publish("team/app:1");

        using var access = _bench.Access();
        Assert.Equal(_bench.Name, Assert.Single(new RemoteSearch(access, default).Find(_bench.Name).Read()!).Reference);
        using var other = new TestStore();
        foreach (var policy in new[] { PullPolicy.Always, PullPolicy.Newer })
        {
            var pulled = Assert.Single(new ImagePull(other.Store, access, new CopyOptions()).Run(new PullRequest(_bench.Name) { Policy = policy }));
            Assert.Equal((_image.Id.Hex, pushed.Digest), (pulled.Id, pulled.Digest));
        }

        other.Store.AssertSound();

        // What is there is not sent again, and what a neighbour has is taken from there.
        var before = _bench.Proxy.Requests.Count;
        _bench.Publish("team/app:1");
        _bench.Publish("team/app:1", $"{_bench.Proxy.Address}/team/elsewhere:1");
        Assert.DoesNotContain(_bench.Proxy.Requests.Skip(before), request =>
            request.Method == "PATCH" || (request.Method == "PUT" && request.Path.Contains("/blobs/", StringComparison.Ordinal)));
        Assert.Empty(_bench.Warnings);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_a_registry_did_not_take_of_a_piece_it_gets_in_the_next(bool isWritten)
    {
        var (blob, bytes) = RegistryBench.NewBlob(100_000);
        var stored = new MemoryStream();
        using var registry = new LoopbackServer(request =>
        {
            // Half of what comes, and of one byte all.
            stored.Write(request.Method == "PATCH" ? request.Body.AsSpan(0, (request.Body.Length + 1) / 2) : []);
            stored.SetLength(request.Method == "POST" ? 0 : stored.Length);
            return request.Method switch
            {
                "GET" => new ServerReply(200),
                "POST" => new ServerReply(202).With("Location", "/v2/up?state=1"),
                "HEAD" => new ServerReply(404),
                "PUT" => new ServerReply(201),
                "DELETE" => new ServerReply(204),
                _ => new ServerReply(202).With("Location", $"/v2/up?state={stored.Length}").With("Range", $"0-{stored.Length - 1}"),
            };
        });
        using var session = new RegistryBench();
        var client = session.Open(registry.Address, isForPush: true);

        if (isWritten)
        {
            await Write(client, blob, bytes);
        }
        else
        {
            await client.PushBlobAsync(blob, From(bytes), null, chunkSize: 40_000, null, default);
        }

        Assert.Equal(bytes, stored.ToArray());
        Assert.Equal(blob.Digest.ToString(), Assert.Single(registry.Requests, request => request.Method == "PUT").Query("digest"));
    }

    [Theory]
    [InlineData("of the last piece alone", false)]
    [InlineData("of the last piece alone", true)]
    [InlineData("of the first piece for ever", false)]
    [InlineData("of the first piece for ever", true)]
    [InlineData("of nothing", false)]
    [InlineData("of nothing", true)]
    public async Task A_registry_that_has_all_pieces_may_tell(string what, bool isWritten)
    {
        var (blob, bytes) = RegistryBench.NewBlob(isWritten ? 40_000_000 : 100_000);
        var stored = new MemoryStream();
        var first = 0;
        using var registry = new LoopbackServer(request =>
        {
            stored.SetLength(request.Method == "POST" ? 0 : stored.Length);
            if (request.Method != "PATCH")
            {
                return Plainly(request, Digest.Compute(stored.ToArray()));
            }

            if (request.Header("Content-Range") is not { } range)
            {
                return new ServerReply(413);
            }

            Assert.Equal($"{stored.Length}-{stored.Length + request.Body.Length - 1}", range);
            stored.Write(request.Body);
            first = first == 0 ? request.Body.Length : first;
            var told = what switch
            {
                "of nothing" => 0,
                "of the last piece alone" => request.Body.Length - 1,
                _ => first - 1,
            };
            return new ServerReply(202).With("Location", "/v2/up").With("Range", $"0-{told}");
        });
        using var session = new RegistryBench();
        var client = session.Open(registry.Address, isForPush: true);

        await (isWritten ? Write(client, blob, bytes) : client.PushBlobAsync(blob, From(bytes), null, chunkSize: 40_000, null, default));

        Assert.Equal(bytes, stored.ToArray());
        Assert.Single(registry.Requests, request => request.Method == "PUT");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_registry_that_takes_nothing_of_a_piece_is_not_sent_it_for_ever(bool isWritten)
    {
        var (blob, bytes) = RegistryBench.NewBlob(100);
        using var registry = new LoopbackServer(request => request.Method == "PATCH"
            ? new ServerReply(202).With("Location", "/v2/up").With("Range", "0-0")
            : Plainly(request, Digest.Compute([])));
        using var session = new RegistryBench();
        var client = session.Open(registry.Address, isForPush: true);

        var error = await RegistryBench.FailsAsync(
            ImageError.RegistryProtocol,
            () => isWritten ? Write(client, blob, bytes) : client.PushBlobAsync(blob, From(bytes), null, chunkSize: 10, null, default));

        Assert.Contains("DIGEST_INVALID", error.Message, StringComparison.Ordinal);
    }

    // What a registry answers that has bytes of this digest.
    private static ServerReply Plainly(ServerRequest request, Digest has) => request.Method switch
    {
        "GET" => new ServerReply(200),
        "POST" => new ServerReply(202).With("Location", "/v2/up"),
        "HEAD" => new ServerReply(404),
        "PUT" when request.Query("digest") != has.ToString() => ServerReply.Json("{\"errors\":[{\"code\":\"DIGEST_INVALID\"}]}") with { Status = 400 },
        "PUT" => new ServerReply(201),
        _ => new ServerReply(204),
    };

    private static Task<Descriptor> Write(RegistryClient client, Descriptor blob, byte[] bytes) => client.PushWrittenAsync(
        target =>
        {
            target.Write(bytes);
            return blob;
        },
        null,
        default);

    private static Func<long, Stream> From(byte[] bytes) => offset => new MemoryStream(bytes, (int)offset, bytes.Length - (int)offset);

    private static void OnAll(FaultProxy proxy, Func<ServerRequest, ServerReply, ServerReply> change)
    {
        foreach (var method in new[] { "GET", "HEAD", "POST", "PATCH", "PUT", "DELETE" })
        {
            proxy.On(method, "/", async (request, forward) => change(request, await forward()), times: int.MaxValue);
        }
    }

    private static bool IsManifest(ServerRequest request, ServerReply reply) =>
        request.Method is "GET" or "HEAD" && reply.Status == 200 && request.Path.Contains("/manifests/", StringComparison.Ordinal);

    private static ServerReply Pack(ServerReply reply)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(reply.Body);
        }

        return (reply with { Body = packed.ToArray(), ClaimedLength = reply.ClaimedLength / 2 }).With("Content-Encoding", "gzip");
    }

    private static void KnowBySha512(FaultProxy proxy)
    {
        var known = new ConcurrentDictionary<string, string>();
        OnAll(proxy, (request, reply) =>
        {
            if (!request.Path.Contains("/manifests/", StringComparison.Ordinal) || reply.Headers.All(header => header.Name != "Docker-Content-Digest"))
            {
                return reply;
            }

            var bytes = request.Method == "PUT" ? request.Body : reply.Body;
            var digest = request.Method == "HEAD" ? known[request.Path] : known[request.Path] = "sha512:" + Convert.ToHexStringLower(SHA512.HashData(bytes));
            return reply.Without("Docker-Content-Digest").With("Docker-Content-Digest", digest);
        });
    }
}
