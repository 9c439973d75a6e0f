using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using ContainerImages.Content;
using ContainerImages.Copying;
using ContainerImages.Engine.Tests.Store;
using ContainerImages.Testing;
using ContainerImages.Transports;
using Xunit;

namespace ContainerImages.Engine.Tests.Transports.Registry;

/// <summary>Pushing when something goes wrong: what is done again, what is given up, and that no tag moves before all is there.</summary>
public sealed class ImagePushFaultTests : IDisposable
{
    // One layer that goes out as it is, and one that is compressed on the way.
    private static readonly TestImage _image = new(
        TestLayer.OfBytes(RegistryBench.NewBlob(400_000).Bytes, Compression.Gzip), TestLayer.OfBytes(RegistryBench.NewBlob(700_000).Bytes))
    {
        Names = ["docker.io/team/app:1"],
    };

    private readonly PullBench _bench;

    public ImagePushFaultTests()
    {
        _bench = new PullBench { RetryCount = 3 };
        _bench.Store.Import(_image);
    }

    public static TheoryData<string, string, string> Faults
    {
        get
        {
            var data = new TheoryData<string, string, string>();
            foreach (var request in new[] { "HEAD /blobs/", "POST /blobs/uploads/", "PATCH /blobs/uploads/", "PUT /blobs/uploads/", "PUT /manifests/" })
            {
                foreach (var fault in new[] { "dropped", "500", "503", "429", "answer lost" })
                {
                    data.Add(request.Split(' ')[0], request.Split(' ')[1], fault);
                }
            }

            return data;
        }
    }

    public void Dispose() => _bench.Dispose();

    [SkippableTheory]
    [MemberData(nameof(Faults))]
    public void What_fails_for_the_moment_is_done_again(string method, string path, string fault)
    {
        _bench.Proxy.On(method, path, async (_, forward) =>
        {
            if (fault == "answer lost")
            {
                return await forward() with { IsDropped = true };
            }

            return fault switch
            {
                "dropped" => new ServerReply(200) { IsDropped = true },
                "429" => new ServerReply(429).With("Retry-After", "7"),
                _ => new ServerReply(int.Parse(fault, null)),
            };
        });

        var pushed = _bench.Publish("team/app:1");

        Assert.Equal(pushed.Digest, DigestThere()?.ToString());
        Assert.Equal(_image.Id.Hex, PullElsewhere());
        Assert.Equal(fault == "429" ? [TimeSpan.FromSeconds(7)] : _bench.Clock.Delays.Take(1), _bench.Clock.Delays);
    }

    [SkippableTheory]
    [InlineData("dropped", ImageError.RegistryUnreachable)]
    [InlineData("500", ImageError.RegistryProtocol)]
    [InlineData("403", ImageError.RegistryDenied)]
    public void Wherever_it_fails_for_good_the_tag_stays_where_it_is(string fault, ImageError error)
    {
        _bench.RetryCount = 0;
        _bench.Store.Import(TestImage.Of("old", "docker.io/team/old:1"));
        var (failing, steps) = (int.MaxValue, 0);
        OnEachStep((_, forward) => Interlocked.Increment(ref steps) <= failing
            ? forward()
            : Task.FromResult(fault == "dropped" ? new ServerReply(200) { IsDropped = true } : new ServerReply(int.Parse(fault, null))));
        for (var passing = 0; ; passing++)
        {
            // A repository that has none of it yet, but for the tag.
            var name = $"{_bench.Proxy.Address}/team/r{passing}:1";
            failing = int.MaxValue;
            var before = _bench.Publish("team/old:1", name).Digest;
            (failing, steps) = (passing, 0);
            if (Record.Exception(() => _bench.Publish("team/app:1", name)) is not { } thrown)
            {
                break;
            }

            Assert.Equal(error, Assert.IsAssignableFrom<ContainerImageException>(thrown).Error);
            Assert.Equal(before, DigestThere(_bench, $"team/r{passing}")?.ToString());
            Assert.Single(_bench.Store.Find("team/app:1").RepoDigests);
            Assert.True(passing < 20, "The push ends, or this would not.");
        }

        // Two layers and a config, each in two steps at least, and the manifest.
        Assert.True(steps >= 7, $"There were {steps} steps.");
    }

    [SkippableFact]
    public void Who_stops_it_stops_it_at_once_wherever_it_is_and_no_tag_moves()
    {
        var (stopping, steps) = (0, 0);
        CancellationTokenSource? stop = null;
        OnEachStep(async (_, forward) =>
        {
            if (Interlocked.Increment(ref steps) <= stopping)
            {
                return await forward();
            }

            await stop!.CancelAsync();
            return new ServerReply(202) { IsSilent = true };
        });
        for (; stopping < 7; stopping++)
        {
            using (stop = new CancellationTokenSource())
            {
                steps = 0;
                Assert.ThrowsAny<OperationCanceledException>(
                    () => _bench.Publish("team/app:1", $"{_bench.Proxy.Address}/team/r{stopping}:1", cancellation: stop.Token));
            }

            Assert.Null(DigestThere(_bench, $"team/r{stopping}"));
            _bench.Store.AssertSound();
        }
    }

    [SkippableTheory]
    [InlineData("PUT", "/blobs/uploads/")]
    [InlineData("PUT", "/manifests/")]
    public void A_registry_that_says_another_digest_is_not_believed(string method, string path)
    {
        _bench.Proxy.On(method, path, reply => reply.Without("Docker-Content-Digest").With("Docker-Content-Digest", Digest.Compute("x"u8.ToArray()).ToString()));

        var error = Assert.ThrowsAny<ContainerImageException>(() => _bench.Publish("team/app:1"));

        Assert.Equal(ImageError.ContentMismatch, error.Error);
    }

    [SkippableFact]
    public void Silence_is_waited_for_so_long_and_no_longer()
    {
        (_bench.RetryCount, _bench.Timeout) = (0, TimeSpan.FromSeconds(1));
        foreach (var method in new[] { "PATCH", "PUT" })
        {
            _bench.Proxy.Answer(method, "/blobs/uploads/", new ServerReply(201) { IsSilent = true });
            Assert.Equal(ImageError.RegistryTimeout, Assert.ThrowsAny<ContainerImageException>(() => _bench.Publish("team/app:1")).Error);
        }

        Assert.Null(DigestThere());
    }

    [SkippableTheory]
    [InlineData(413, 0, 1)]
    [InlineData(413, 20_000_000, 1)]
    [InlineData(411, 0, 1)]
    public void What_is_too_large_or_of_unknown_length_goes_in_chunks_as_large_as_the_registry_wants(int status, int minimum, int chunks)
    {
        _bench.Proxy.Answer("PATCH", "/blobs/uploads/", new ServerReply(status));
        _bench.Proxy.On("POST", "/blobs/uploads/", reply => reply.With("OCI-Chunk-Min-Length", $"{minimum}"), times: 100);

        _bench.Publish("team/app:1");

        Assert.Equal(_image.Id.Hex, PullElsewhere());
        var patches = _bench.Proxy.Requests.Where(request => request.Method == "PATCH").Skip(1).ToList();
        Assert.Equal(chunks, patches.Count);
        Assert.All(patches, request => Assert.NotNull(request.Header("Content-Range")));
    }

    [SkippableFact]
    public void Large_layers_take_several_chunks()
    {
        var layer = TestLayer.OfBytes(RegistryBench.NewBlob(40_000_000).Bytes);
        _bench.Store.Import(new TestImage(layer) { Names = ["docker.io/team/large:1"] });
        _bench.Proxy.Answer("PATCH", "/blobs/uploads/", new ServerReply(413));

        _bench.Publish("team/large:1");

        var patches = _bench.Proxy.Requests.Where(request => request.Method == "PATCH").Skip(1).ToList();
        Assert.Equal(3, patches.Count);
        Assert.Equal(["0-16777215", "16777216-33554431"], patches.Take(2).Select(request => request.Header("Content-Range")!));
        Assert.Equal(_bench.Store.Find("team/large:1").Id, PullElsewhere());
    }

    [SkippableFact]
    public void Chunks_of_no_sense_are_not_held_in_memory()
    {
        var layer = TestLayer.OfBytes(RegistryBench.NewBlob(70_000_000).Bytes);
        _bench.Store.Import(new TestImage(layer) { Names = ["docker.io/team/large:1"] });
        _bench.Proxy.Answer("PATCH", "/blobs/uploads/", new ServerReply(413));
        _bench.Proxy.On("POST", "/blobs/uploads/", reply => reply.With("OCI-Chunk-Min-Length", $"{int.MaxValue}"), times: 100);

        Assert.Equal(ImageError.RegistryProtocol, Assert.ThrowsAny<ContainerImageException>(() => _bench.Publish("team/large:1")).Error);
    }

    [SkippableFact]
    public void An_upload_that_goes_on_at_another_host_is_not_shown_the_log_in_there()
    {
        using var bench = new PullBench(new LocalRegistryOptions { HasBasicAuth = true }) { Credential = RegistryBench.Account };
        bench.Store.Import(_image);
        using var storage = FaultProxy.Start(bench.Registry.Address);
        bench.Proxy.On("POST", "/blobs/uploads/", reply => Moved(reply, storage), times: 100);

        // The registry behind it lets nobody in without one.
        var error = Assert.ThrowsAny<ContainerImageException>(() => bench.Publish("team/app:1"));

        Assert.Equal(ImageError.RegistryUnauthorized, error.Error);
        Assert.NotEmpty(storage.Requests);
        Assert.All(storage.Requests, request => Assert.Null(request.Header("Authorization")));
        Assert.Contains(bench.Proxy.Requests, request => request.Header("Authorization") == LocalRegistry.BasicHeader);
    }

    [SkippableTheory]
    [InlineData("POST", "/blobs/uploads/")]
    [InlineData("PATCH", "/blobs/uploads/")]
    [InlineData("PUT", "/blobs/uploads/")]
    [InlineData("PUT", "/manifests/")]
    public void A_token_that_has_run_out_is_fetched_anew(string method, string path)
    {
        using var tokens = new TokenServer();
        using var bench = new PullBench(new LocalRegistryOptions { Tokens = tokens }) { Credential = RegistryBench.Account };
        bench.Store.Import(_image);
        var asked = 0;
        bench.Proxy.On(
            method,
            path,
            (request, forward) => method == "POST" && Interlocked.Increment(ref asked) == 1 ? forward() : Task.FromResult(new ServerReply(401).With(
                "WWW-Authenticate", $"Bearer realm=\"{tokens.Realm}\",service=\"{TokenServer.Service}\",scope=\"repository:team/app:pull,push\",error=\"invalid_token\"")),
            times: method == "POST" ? 2 : 1);

        var pushed = bench.Publish("team/app:1");

        Assert.Equal(pushed.Digest, DigestThere(bench)?.ToString());
        Assert.Equal(2, tokens.Requests.Count(request => request.Queries("scope").Contains("repository:team/app:pull,push")));
    }

    [SkippableFact]
    public void Who_may_not_write_is_told_so()
    {
        using var tokens = new TokenServer();
        using var bench = new PullBench(new LocalRegistryOptions { Tokens = tokens });
        bench.Store.Import(_image);

        Assert.Equal(ImageError.RegistryUnauthorized, Assert.ThrowsAny<ContainerImageException>(() => bench.Publish("team/app:1")).Error);
    }

    [SkippableFact]
    public void A_repository_that_may_not_be_read_is_not_taken_from()
    {
        _bench.Store.Tag("team/app:1", $"{_bench.Proxy.Address}/team/closed:1");
        _bench.Proxy.On("POST", "from=team%2Fclosed", (_, _) => Task.FromResult(new ServerReply(403)), times: 100);

        var pushed = _bench.Publish("team/app:1");

        Assert.Equal(pushed.Digest, DigestThere()?.ToString());
        Assert.Single(_bench.Proxy.Requests, request => request.Query("mount") is not null);
    }

    [SkippableFact]
    public void Progress_tells_of_each_blob_and_of_all_and_takes_back_what_goes_again()
    {
        var reports = new List<CopyProgress>();
        _bench.Progress = report =>
        {
            lock (reports)
            {
                reports.Add(report);
            }
        };
        _bench.Proxy.On("PUT", "/blobs/uploads/", reply => reply with { Status = 500 });

        _bench.Publish("team/app:1");

        var size = _image.Layers.Sum(layer => layer.Bytes.LongLength);
        Assert.Equal((size, size), (reports[^1].TotalDone, reports[^1].TotalSize));
        Assert.Equal(
            _image.Layers.Select(layer => layer.Bytes.LongLength).Order(),
            reports.Where(report => report.IsFinished).Select(report => report.Done).Order());
    }

    private void OnEachStep(Func<ServerRequest, Func<Task<ServerReply>>, Task<ServerReply>> answer)
    {
        foreach (var method in new[] { "POST", "PUT", "PATCH" })
        {
            _bench.Proxy.On(method, "", answer, times: int.MaxValue);
        }
    }

    private static ServerReply Moved(ServerReply reply, FaultProxy storage)
    {
        var location = new Uri(reply.Headers.First(header => header.Name == "Location").Value);
        return reply.Without("Location").With("Location", $"{storage.Url}{location.PathAndQuery}");
    }

    private Digest? DigestThere(PullBench? bench = null, string repository = "team/app")
    {
        bench ??= _bench;
        using var access = bench.Access();
        return access.OpenDirect(bench.Proxy.Address, repository, isForPush: false, default).FindManifestAsync("1", default).Result?.Digest;
    }

    // What was pushed is whole: another store verifies all of it.
    private string PullElsewhere()
    {
        using var other = new TestStore();
        using var access = _bench.Access();
        return Assert.Single(new ImagePull(other.Store, access, new CopyOptions()).Run(new PullRequest($"{_bench.Registry.Address}/team/app:1"))).Id;
    }
}
