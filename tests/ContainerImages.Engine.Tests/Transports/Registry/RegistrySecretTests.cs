using System;
using System.Collections.Concurrent;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using ContainerImages.Content;
using ContainerImages.Testing;
using ContainerImages.Transports;
using Xunit;

namespace ContainerImages.Engine.Tests.Transports.Registry;

/// <summary>Who is shown what: redirects, token services, plain HTTP. The servers here are made up, and need no peer.</summary>
public sealed class RegistrySecretTests : IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly RegistryCredential Account = RegistryBench.Account;

    private readonly RegistryBench _bench = new(timeoutSeconds: 20);
    private readonly TestCertificates _certificates = new();
    private readonly ConcurrentStack<IDisposable> _servers = new();

    public void Dispose()
    {
        _bench.Dispose();
        foreach (var server in _servers)
        {
            server.Dispose();
        }

        _certificates.Dispose();
    }

    [Fact]
    public void A_redirect_shows_the_log_in_to_no_other_host()
    {
        var (blob, bytes) = RegistryBench.NewBlob(1000);
        var storage = Serve(_ => new ServerReply(200, bytes));
        var registry = Registry(request => new ServerReply(307).With("Location", $"{storage.Url}/bucket?X-Signature=s3cr3t"));

        Assert.Equal(bytes, RegistryBench.ReadAll(Open(registry).OpenBlob(blob, 0, None)));

        Assert.Equal(LocalRegistry.BasicHeader, registry.Requests[^1].Header("Authorization"));
        Assert.Null(Assert.Single(storage.Requests).Header("Authorization"));
        Assert.DoesNotContain(_bench.Said, line => line.Contains("s3cr3t", StringComparison.Ordinal));
    }

    [Fact]
    public void A_download_that_breaks_elsewhere_is_asked_of_the_registry_again()
    {
        // What signs an address lets it be used for a while only.
        var (blob, bytes) = RegistryBench.NewBlob(100_000);
        var addresses = 0;
        var storage = Serve(request => request.Query("n") == "1"
            ? new ServerReply(200, bytes) { CutAfter = 60_000 }
            : new ServerReply(206, bytes[60_000..]).With("Content-Range", "bytes 60000-99999/100000"));
        var registry = Registry(_ => new ServerReply(307).With("Location", $"{storage.Url}/bucket?n={++addresses}"));

        Assert.Equal(bytes, RegistryBench.ReadAll(Open(registry).OpenBlob(blob, 0, None)));

        Assert.Equal([null, "bytes=60000-"], storage.Requests.Select(request => request.Header("Range")));
        Assert.Equal(2, addresses);
    }

    [Fact]
    public void A_redirect_within_the_registry_keeps_the_log_in()
    {
        var (blob, bytes) = RegistryBench.NewBlob(1000);
        var registry = Registry(request => request.Path == "/elsewhere" ? new ServerReply(200, bytes) : new ServerReply(302).With("Location", "/elsewhere"));

        Assert.Equal(bytes, RegistryBench.ReadAll(Open(registry).OpenBlob(blob, 0, None)));
        Assert.Equal(LocalRegistry.BasicHeader, registry.Requests[^1].Header("Authorization"));
    }

    [Fact]
    public async Task A_redirect_from_TLS_to_plain_HTTP_is_not_followed()
    {
        var storage = Serve(_ => new ServerReply(200));
        var registry = Serve(
            request => request.Path == "/v2/" ? new ServerReply(200) : new ServerReply(307).With("Location", $"{storage.Url}/bucket"), isTls: true);

        var error = await RegistryBench.FailsAsync(ImageError.RegistryProtocol, () => Open(registry, isInsecure: false).GetManifestAsync("1", None));

        Assert.Contains($"{registry.Address} sends to {storage.Address} over plain HTTP", error.Message, StringComparison.Ordinal);
        Assert.Empty(storage.Requests);
        await RegistryBench.FailsAsync(ImageError.RegistryProtocol, () => Open(registry, isInsecure: true).GetManifestAsync("1", None));
        Assert.Single(storage.Requests);
    }

    [Theory]
    [InlineData(false, ImageError.RegistryProtocol, "over plain HTTP, which is not allowed for it")]
    [InlineData(true, ImageError.RegistryCertificate, "is not trusted")]
    public async Task Only_the_host_that_is_called_insecure_may_be_so(bool isTls, ImageError expected, string message)
    {
        // The same machine, by a name of which nothing was said.
        var elsewhere = Serve(_ => ServerReply.Json("{\"token\":\"t0k3n\"}"), isTls);
        var url = $"{(isTls ? "https" : "http")}://localhost:{new Uri(elsewhere.Url).Port}";
        var redirecting = Registry(_ => new ServerReply(307).With("Location", $"{url}/bucket"));
        var asking = Serve(_ => Challenge($"Bearer realm=\"{url}/token\""));

        foreach (var registry in new[] { redirecting, asking })
        {
            var client = _bench.Open(registry.Address, credential: Account, isInsecure: true);
            var error = await RegistryBench.FailsAsync(expected, () => client.GetManifestAsync("1", None));
            Assert.Contains(message, error.Message, StringComparison.Ordinal);
        }

        Assert.Empty(elsewhere.Requests);
    }

    [Theory]
    [InlineData("file:///etc/passwd")]
    [InlineData("ftp://127.0.0.1/a")]
    [InlineData("http://")]
    [InlineData("")]
    public async Task A_redirect_to_what_is_no_web_address_is_an_error(string location)
    {
        var registry = Registry(_ => new ServerReply(307).With("Location", location));

        await RegistryBench.FailsAsync(ImageError.RegistryProtocol, () => Open(registry).GetManifestAsync("1", None));
    }

    [Fact]
    public async Task Redirects_in_a_circle_end()
    {
        var registry = Registry(request => new ServerReply(307).With("Location", request.Path));

        await RegistryBench.FailsAsync(ImageError.RegistryProtocol, () => Open(registry).GetManifestAsync("1", None));

        Assert.Equal(11, registry.Requests.Count(request => request.Path.Contains("manifests", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_log_in_is_never_sent_over_plain_HTTP_unless_the_registry_is_called_insecure()
    {
        var tokens = Serve(_ => ServerReply.Json("{\"token\":\"t0k3n\"}"));
        var registry = Serve(_ => Challenge($"Bearer realm=\"{tokens.Url}/token\",service=\"s\""), isTls: true);

        var error = await RegistryBench.FailsAsync(ImageError.RegistryProtocol, () => Open(registry, isInsecure: false).GetManifestAsync("1", None));

        Assert.Contains($"sends to {tokens.Address} over plain HTTP", error.Message, StringComparison.Ordinal);
        Assert.Empty(tokens.Requests);

        // And a registry that speaks nothing else is not spoken to.
        var plain = Registry(_ => new ServerReply(200));
        await RegistryBench.FailsAsync(ImageError.RegistryUnreachable, () => Open(plain, isInsecure: false).GetManifestAsync("1", None));
        Assert.Empty(plain.Requests);
    }

    [Fact]
    public async Task A_token_service_on_another_host_that_redirects_gets_nobody_elses_log_in()
    {
        var thief = Serve(_ => ServerReply.Json("{\"token\":\"t0k3n\"}"));
        var tokens = Serve(_ => new ServerReply(307).With("Location", $"{thief.Url}/token"));
        var registry = Serve(_ => Challenge($"Bearer realm=\"{tokens.Url}/token\""));

        await RegistryBench.FailsAsync(ImageError.RegistryUnauthorized, () => Open(registry).GetManifestAsync("1", None));
        Assert.NotNull(tokens.Requests[0].Header("Authorization"));
        Assert.All(thief.Requests, request => Assert.Null(request.Header("Authorization")));

        var seen = thief.Requests.Count;
        var identified = new RegistryCredential(null, null, "an-identity-token");
        await RegistryBench.FailsAsync(
            ImageError.RegistryProtocol, () => _bench.Open(registry.Address, credential: identified, trust: Trust).GetManifestAsync("1", None));
        Assert.Equal(seen, thief.Requests.Count);
    }

    [Fact]
    public async Task A_token_that_is_refused_is_fetched_anew_once()
    {
        var count = 0;
        var tokens = Serve(_ => ServerReply.Json($"{{\"token\":\"t0k3n-{++count}\",\"expires_in\":300}}"));
        var good = "t0k3n-1";
        var registry = Serve(request => request.Header("Authorization") != $"Bearer {good}" ? Challenge($"Bearer realm=\"{tokens.Url}/token\"")
            : request.Path == "/v2/" ? new ServerReply(200)
            : ServerReply.Json("{\"name\":\"team/app\",\"tags\":[\"1\"]}"));
        var client = Open(registry);
        Assert.NotNull(await client.ListTags().ReadPageAsync(None));

        good = "t0k3n-2";
        Assert.NotNull(await client.ListTags().ReadPageAsync(None));
        Assert.Equal(2, tokens.Requests.Count);

        good = "none";
        var error = await RegistryBench.FailsAsync(ImageError.RegistryUnauthorized, () => client.ListTags().ReadPageAsync(None));
        Assert.Equal(3, tokens.Requests.Count);
        Assert.DoesNotContain("t0k3n", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(_bench.Said, line => line.Contains("t0k3n", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("p@ss word/1")]
    [InlineData("plain")]
    public async Task A_registry_that_echoes_what_it_was_shown_is_not_repeated(string password)
    {
        var registry = Serve(request => request.Path == "/v2/"
            ? Challenge("Basic realm=\"test\"")
            : new ServerReply(403, "{\"errors\":[{\"code\":\"DENIED\",\"message\":\"not with " +
                $"{request.Header("Authorization")} or {password} or {Uri.EscapeDataString(password)}\"}}]}}"));
        var client = _bench.Open(registry.Address, credential: new RegistryCredential("me", password, null), trust: Trust);

        var error = await RegistryBench.FailsAsync(ImageError.RegistryDenied, () => client.GetManifestAsync("1", None));

        Assert.Contains("(DENIED: not with Basic … or … or …)", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("reason", ImageError.RegistryDenied, "answered 403 not with … or [31mred")]
    [InlineData("header", ImageError.RegistryUnreachable, "lost or cannot be made")]
    [InlineData("address", ImageError.RemoteImageNotFound, "answered 404")]
    [InlineData("digest", ImageError.RegistryProtocol, "it promises the digest '…', which is none")]
    [InlineData("type", ImageError.UnsupportedContent, "…")]
    [InlineData("content", ImageError.RegistryProtocol, "sent what makes no sense")]
    public async Task Nor_is_what_it_echoes_beside_an_error(string place, ImageError expected, string message)
    {
        const string Password = "p4ssw0rd";
        var registry = Serve(request => request.Path == "/v2/"
            ? Challenge("Basic realm=\"test\"")
            : place switch
            {
                "reason" => new ServerReply(403) { Reason = $"not with {Password} or \u001b[31mred" },
                "header" => new ServerReply(200).With($"not with {Password}", "x"),
                "address" when !request.Path.StartsWith("/not", StringComparison.Ordinal) => new ServerReply(307).With("Location", $"/not/with/{Password}"),
                "address" => new ServerReply(404),
                "digest" => ServerReply.Json("{}").With("Docker-Content-Digest", Password),
                "type" => ServerReply.Json($"{{\"schemaVersion\":2,\"mediaType\":\"{Password}\"}}"),
                _ => ServerReply.Json($"{{\"schemaVersion\":2,\"config\":{{\"mediaType\":\"x\",\"size\":1,\"digest\":\"{Password}\"}},\"layers\":[]}}")
                    .With("Content-Type", "application/vnd.oci.image.manifest.v1+json"),
            });
        var client = _bench.Open(registry.Address, credential: new RegistryCredential("me", Password, null), trust: Trust);

        var error = await RegistryBench.FailsAsync(expected, () => client.GetManifestAsync("1", None));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(_bench.Said.Append(error.ToString()), text => text.Contains(Password, StringComparison.Ordinal) || text.Contains('\u001b'));
    }

    [Fact]
    public async Task A_registry_that_wants_more_than_was_asked_for_gets_a_token_for_it()
    {
        var tokens = Serve(request => ServerReply.Json($"{{\"token\":\"{(request.Query("scope")!.Contains("delete", StringComparison.Ordinal) ? "large" : "small")}\"}}"));
        var registry = Serve(request => request.Path == "/v2/" ? Challenge($"Bearer realm=\"{tokens.Url}/token\"")
            : request.Header("Authorization") == "Bearer large" ? ServerReply.Json("{\"tags\":[]}")
            : Challenge($"Bearer realm=\"{tokens.Url}/token\",scope=\"repository:team/app:delete\",error=\"insufficient_scope\""));

        Assert.NotNull(await Open(registry).ListTags().ReadPageAsync(None));

        Assert.Equal("repository:team/app:delete,pull", tokens.Requests[^1].Query("scope"));
    }

    [Fact]
    public async Task Threads_that_want_the_same_token_share_one_fetch()
    {
        var tokens = Serve(_ => ServerReply.Json("{\"token\":\"t0k3n\"}"));
        var registry = Serve(request => request.Header("Authorization") is null ? Challenge($"Bearer realm=\"{tokens.Url}/token\"") : ServerReply.Json("{\"tags\":[]}"));
        var client = Open(registry);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => client.ListTags().ReadPageAsync(None))));

        Assert.Single(tokens.Requests);
        Assert.Single(registry.Requests, request => request.Path == "/v2/");
    }

    [Theory]
    [InlineData("{\"token\":\"\"}")]
    [InlineData("{\"token\":\"two words\"}")]
    [InlineData("{\"token\":\"a\\r\\nX-Evil: 1\"}")]
    [InlineData("{\"token\":7}")]
    [InlineData("[]")]
    [InlineData("nothing")]
    public async Task A_token_service_that_gives_no_token_breaks_the_specification(string answer)
    {
        var tokens = Serve(_ => ServerReply.Json(answer));
        var registry = Serve(_ => Challenge($"Bearer realm=\"{tokens.Url}/token\""));

        var error = await RegistryBench.FailsAsync(ImageError.RegistryProtocol, () => Open(registry).GetManifestAsync("1", None));
        Assert.Contains("Fetching a token", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_registry_that_asks_in_a_way_that_is_not_known_here_lets_nobody_in()
    {
        var registry = Serve(_ => Challenge("Negotiate"));

        await RegistryBench.FailsAsync(ImageError.RegistryUnauthorized, () => Open(registry).CheckLoginAsync(None));
        Assert.All(registry.Requests, request => Assert.Null(request.Header("Authorization")));
    }

    [Fact]
    public async Task A_client_certificate_is_shown_to_its_registry_and_not_to_where_that_redirects()
    {
        var (blob, bytes) = RegistryBench.NewBlob(1000);
        var storage = Serve(_ => new ServerReply(200, bytes), isTls: true, wantsClientCertificate: true);
        var registry = Serve(
            request => request.Path == "/v2/" ? new ServerReply(200) : new ServerReply(307).With("Location", $"{storage.Url}/bucket"),
            isTls: true,
            wantsClientCertificate: true);
        using var mine = _certificates.ForClient();
        var trust = new RegistryTrust([_certificates.PublicAuthority], [mine]);

        Assert.Equal(bytes, RegistryBench.ReadAll(_bench.Open(registry.Address, trust: trust, isInsecure: false).OpenBlob(blob, 0, None)));
        Assert.Contains("CN=client", registry.ClientCertificates);
        Assert.DoesNotContain("CN=client", storage.ClientCertificates);
        await Task.CompletedTask;
    }

    [Fact]
    public async Task A_certificate_for_another_host_or_of_yesterday_is_not_trusted()
    {
        using var other = _certificates.ForOtherServer();
        using var past = _certificates.ForServer(isPast: true);
        var wrongName = Keep(new LoopbackServer(_ => new ServerReply(200), other));
        var wrongTime = Keep(new LoopbackServer(_ => new ServerReply(200), past));

        var name = await RegistryBench.FailsAsync(ImageError.RegistryCertificate, () => Open(wrongName, isInsecure: false).CheckLoginAsync(None));
        Assert.Contains("it is made out to another name (CN=other.example.com)", name.Message, StringComparison.Ordinal);
        var time = await RegistryBench.FailsAsync(ImageError.RegistryCertificate, () => Open(wrongTime, isInsecure: false).CheckLoginAsync(None));
        Assert.Contains("it is past its time", time.Message, StringComparison.Ordinal);
        Assert.Empty(wrongName.Requests);
    }

    [Fact]
    public async Task Nobody_at_home_is_said_at_once()
    {
        string address;
        using (var gone = new LoopbackServer(_ => new ServerReply(200)))
        {
            address = gone.Address;
        }

        var refused = await RegistryBench.FailsAsync(ImageError.RegistryUnreachable, () => _bench.Open(address).GetManifestAsync("1", None));
        Assert.Equal($"Asking registry '{address}' for its interface failed: {address} refuses the connection.", refused.Message);
        var unknown = await RegistryBench.FailsAsync(
            ImageError.RegistryUnreachable, () => _bench.Open("no-such-host.invalid").GetManifestAsync("1", None));
        Assert.Contains("the host no-such-host.invalid is unknown", unknown.Message, StringComparison.Ordinal);
        await RegistryBench.FailsAsync(ImageError.RegistryUnreachable, () => _bench.Open("no host").GetManifestAsync("1", None));
        Assert.Empty(_bench.Clock.Delays);
    }

    [Fact]
    public async Task Empty_pages_without_end_are_an_error()
    {
        var pages = 0;
        var registry = Registry(_ => ServerReply.Json("{\"tags\":[]}").With("Link", $"</v2/team/app/tags/list?last={++pages}>; rel=next"));
        var tags = Open(registry).ListTags();

        var error = await RegistryBench.FailsAsync(ImageError.RegistryProtocol, async () =>
        {
            for (var read = 0; read < 1000; read++)
            {
                await tags.ReadPageAsync(None);
            }
        });

        Assert.Contains("100 pages in a row have no new name", error.Message, StringComparison.Ordinal);
        Assert.Equal(100, pages);
    }

    [Fact]
    public async Task A_web_server_is_no_registry()
    {
        var server = Serve(_ => new ServerReply(404, "<html>"));

        var error = await RegistryBench.FailsAsync(ImageError.RegistryProtocol, () => Open(server).GetManifestAsync("1", None));
        Assert.Contains("it has no '/v2/', and so is no registry of version 2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_upload_that_goes_on_at_another_host_is_not_shown_the_log_in_there()
    {
        var (blob, bytes) = RegistryBench.NewBlob(1000);
        var storage = Serve(_ => new ServerReply(201));
        var registry = Registry(request => request.Method == "POST" ? new ServerReply(202).With("Location", $"{storage.Url}/upload?state=1") : new ServerReply(404));

        await _bench.Open(registry.Address, credential: Account, isForPush: true)
            .PushBlobAsync(blob, _ => new System.IO.MemoryStream(bytes), null, 0, null, None);

        var put = Assert.Single(storage.Requests);
        Assert.Null(put.Header("Authorization"));
        Assert.Equal(blob.Digest.ToString(), put.Query("digest"));
        Assert.Equal(bytes, put.Body);
    }

    private static ServerReply Challenge(string challenge) => new ServerReply(401).With("WWW-Authenticate", challenge);

    private RegistryTrust Trust => field ??= new RegistryTrust([_certificates.PublicAuthority], []);

    private RegistryClient Open(LoopbackServer server, bool isInsecure = true) =>
        _bench.Open(server.Address, credential: Account, trust: Trust, isInsecure: isInsecure);

    /// <summary>A registry that wants the password.</summary>
    private LoopbackServer Registry(Func<ServerRequest, ServerReply> answer) => Serve(request =>
        request.Header("Authorization") != LocalRegistry.BasicHeader ? Challenge("Basic realm=\"test\"")
        : request.Path == "/v2/" ? new ServerReply(200)
        : answer(request));

    private LoopbackServer Serve(Func<ServerRequest, ServerReply> answer, bool isTls = false, bool wantsClientCertificate = false)
    {
        var certificate = isTls ? _certificates.ForServer() : null;
        if (certificate is not null)
        {
            _servers.Push(certificate);
        }

        return Keep(new LoopbackServer(answer, certificate, wantsClientCertificate));
    }

    private LoopbackServer Keep(LoopbackServer server)
    {
        _servers.Push(server);
        return server;
    }
}
