using System;
using System.Threading;
using System.Threading.Tasks;
using ContainerImages.Content;
using ContainerImages.Testing;
using ContainerImages.Transports;
using Xunit;

namespace ContainerImages.Engine.Tests.Transports.Registry;

/// <summary>Who is let in: the real registry with passwords, with tokens and with certificates of our own.</summary>
public sealed class RegistryLoginTests : IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly RegistryBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [SkippableFact]
    public async Task A_password_is_checked()
    {
        using var registry = LocalRegistry.Start(new LocalRegistryOptions { HasBasicAuth = true });

        Assert.True(await _bench.Open(registry.Address, "", RegistryBench.Account).CheckLoginAsync(None));
        Assert.Null(await _bench.Open(registry.Address, credential: RegistryBench.Account).FindManifestAsync("1", None));
        var wrong = await RegistryBench.FailsAsync(
            ImageError.RegistryUnauthorized,
            () => _bench.Open(registry.Address, "", new RegistryCredential("tester", "wrong-password", null)).CheckLoginAsync(None));
        Assert.Equal(
            $"Logging in to '{registry.Address}' failed: {registry.Address} answered 401 Unauthorized (UNAUTHORIZED: authentication required); it refuses the log-in that it was shown.",
            wrong.Message);
        await RegistryBench.FailsAsync(ImageError.RegistryUnauthorized, () => _bench.Open(registry.Address).FindManifestAsync("1", None));
        AssertNoSecret();
    }

    [SkippableFact]
    public async Task A_registry_that_lets_in_anybody_checks_nothing()
    {
        using var registry = LocalRegistry.Start();

        Assert.False(await _bench.Open(registry.Address, "", RegistryBench.Account).CheckLoginAsync(None));
    }

    [SkippableFact]
    public async Task Tokens_are_fetched_by_scope_and_kept()
    {
        using var tokens = new TokenServer();
        using var registry = LocalRegistry.Start(new LocalRegistryOptions { Tokens = tokens });
        var client = _bench.Open(registry.Address, credential: RegistryBench.Account, isForPush: true);
        var (blob, bytes) = RegistryBench.NewBlob(100);

        await client.PushBlobAsync(blob, _ => new System.IO.MemoryStream(bytes), null, 0, null, None);
        await client.PutManifestAsync(RegistryBench.ManifestOf(blob), "1", None);
        Assert.NotNull(await client.FindManifestAsync("1", None));

        var asked = Assert.Single(tokens.Requests);
        Assert.Equal("repository:team/app:pull,push", asked.Query("scope"));
        Assert.Equal(TokenServer.Service, asked.Query("service"));
        Assert.Equal(LocalRegistry.UserName, asked.Query("account"));
        Assert.Equal(LocalRegistry.BasicHeader, asked.Header("Authorization"));
        Assert.Equal(bytes, RegistryBench.ReadAll(_bench.Open(registry.Address, credential: RegistryBench.Account).OpenBlob(blob, 0, None)));
        Assert.Equal("repository:team/app:pull", tokens.Requests[^1].Query("scope"));
        AssertNoSecret();
    }

    [SkippableFact]
    public async Task Mounting_asks_for_both_repositories()
    {
        using var tokens = new TokenServer();
        using var registry = LocalRegistry.Start(new LocalRegistryOptions { Tokens = tokens });
        var (blob, bytes) = RegistryBench.NewBlob(100);
        await _bench.Open(registry.Address, "team/base", RegistryBench.Account, isForPush: true)
            .PushBlobAsync(blob, _ => new System.IO.MemoryStream(bytes), null, 0, null, None);

        Assert.Null(await _bench.Open(registry.Address, credential: RegistryBench.Account, isForPush: true).MountBlobAsync(blob.Digest, "team/base", None));

        Assert.Equal(["repository:team/app:pull,push", "repository:team/base:pull"], tokens.Requests[^1].Queries("scope"));
    }

    [SkippableFact]
    public async Task An_identity_token_is_exchanged_by_OAuth_2()
    {
        using var tokens = new TokenServer();
        using var registry = LocalRegistry.Start(new LocalRegistryOptions { Tokens = tokens });
        var credential = new RegistryCredential(null, null, tokens.IdentityToken);

        Assert.True(await _bench.Open(registry.Address, "", credential).CheckLoginAsync(None));
        Assert.Null(await _bench.Open(registry.Address, credential: credential).FindManifestAsync("1", None));

        Assert.All(tokens.Requests, request => Assert.Equal("POST", request.Method));
        Assert.Equal("repository:team/app:pull", tokens.Requests[^1].Form("scope"));
        Assert.DoesNotContain(_bench.Said, line => line.Contains(tokens.IdentityToken, StringComparison.Ordinal));
        await RegistryBench.FailsAsync(
            ImageError.RegistryUnauthorized,
            () => _bench.Open(registry.Address, "", new RegistryCredential(null, null, "identity-of-nobody")).CheckLoginAsync(None));
    }

    [SkippableFact]
    public async Task Anybody_pulls_what_is_public_and_nothing_else()
    {
        using var tokens = new TokenServer();
        using var registry = LocalRegistry.Start(new LocalRegistryOptions { Tokens = tokens });

        Assert.Null(await _bench.Open(registry.Address, "public/app").FindManifestAsync("1", None));
        await RegistryBench.FailsAsync(ImageError.RegistryUnauthorized, () => _bench.Open(registry.Address, "team/app").FindManifestAsync("1", None));
        var wrong = new RegistryCredential("tester", "wrong-password", null);
        var error = await RegistryBench.FailsAsync(
            ImageError.RegistryUnauthorized, () => _bench.Open(registry.Address, "public/app", wrong).FindManifestAsync("1", None));
        Assert.Contains("wrong account", error.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_token_that_has_run_out_is_fetched_anew()
    {
        using var tokens = new TokenServer();
        using var registry = LocalRegistry.Start(new LocalRegistryOptions { Tokens = tokens });
        var client = _bench.Open(registry.Address, credential: RegistryBench.Account);
        await client.FindManifestAsync("1", None);
        await client.FindManifestAsync("1", None);
        Assert.Single(tokens.Requests);

        _bench.Clock.UtcNow += TimeSpan.FromSeconds(tokens.Lifetime);
        await client.FindManifestAsync("1", None);

        Assert.Equal(2, tokens.Requests.Count);
    }

    [SkippableFact]
    public async Task A_certificate_is_trusted_by_its_own_authority_alone()
    {
        using var certificates = new TestCertificates();
        using var registry = LocalRegistry.Start(new LocalRegistryOptions { Certificate = certificates.ForServer(), HasBasicAuth = true });

        var trusting = _bench.Open(registry.Address, "", RegistryBench.Account, new RegistryTrust([certificates.PublicAuthority], []), isInsecure: false);
        Assert.True(await trusting.CheckLoginAsync(None));

        var error = await RegistryBench.FailsAsync(
            ImageError.RegistryCertificate, () => _bench.Open(registry.Address, "", isInsecure: false).CheckLoginAsync(None));
        Assert.Equal(
            $"Asking registry '{registry.Address}' for its interface failed: the certificate of {registry.Address} is not trusted: " +
            "its issuer is not trusted (CN=localhost, issued by CN=Test authority).",
            error.Message);

        // Another authority of the same name.
        using var others = new TestCertificates();
        await RegistryBench.FailsAsync(
            ImageError.RegistryCertificate,
            () => _bench.Open(registry.Address, "", trust: new RegistryTrust([others.PublicAuthority], []), isInsecure: false).CheckLoginAsync(None));

        Assert.True(await _bench.Open(registry.Address, "", RegistryBench.Account, isInsecure: true).CheckLoginAsync(None));
        Assert.DoesNotContain(_bench.Said, line => line.Contains("Trying again", StringComparison.Ordinal));
    }

    private void AssertNoSecret() => Assert.DoesNotContain(_bench.Said, line =>
        line.Contains(LocalRegistry.Password, StringComparison.Ordinal) || line.Contains(LocalRegistry.BasicHeader[6..], StringComparison.Ordinal));
}
