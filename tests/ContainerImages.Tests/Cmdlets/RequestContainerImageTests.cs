using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using ContainerImages.Testing;
using ContainerImages.Tests.Hosting;
using Xunit;

namespace ContainerImages.Tests.Cmdlets;

/// <summary>Request-ContainerImage, against a real registry.</summary>
[Collection(ProcessState.Name)]
public sealed class RequestContainerImageTests : IDisposable
{
    private readonly RegistryFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [SkippableTheory]
    [InlineData("Request-ContainerImage $registry/team/app:1")]
    [InlineData("Request-ContainerImage -Reference \"docker://$registry/team/app:1\" -ThrottleLimit 1 -TimeoutSec 60 -RetryCount 0")]
    [InlineData("Pull-ContainerImage \"$registry/team/app:1\" -Policy always")]
    [InlineData("\"$registry/team/app:1\" | rqcimg")]
    [InlineData("[pscustomobject]@{ Reference = \"$registry/team/app:1\"; Id = 'of something' } | Request-ContainerImage")]
    [InlineData("Find-ContainerImage $registry/team/app:1 | Request-ContainerImage")]
    [InlineData("Request-ContainerImage $registry/team/app:1 -Policy IfMissing")]
    [InlineData("Request-ContainerImage $registry/team/app -AllTags")]
    public void Pulls_and_emits_the_image_with_its_full_name(string script)
    {
        ArchiveImage image = new("a");
        string digest = _fixture.Push("team/app", "1", image);

        PSObject pulled = _fixture.Run(script).ShouldSucceed().Objects.Single();

        Assert.Equal(image.Id, pulled.Properties["Id"].Value);
        Assert.Equal($"{_fixture.Proxy.Address}/team/app:1", pulled.Properties["Reference"].Value);
        Assert.Equal(digest, pulled.Properties["Digest"].Value);
        Assert.Equal(_fixture.Store, pulled.Properties["StorePath"].Value);
        Assert.Equal(
            [$"{_fixture.Proxy.Address}/team/app@{digest}"],
            (IEnumerable<string>)_fixture.Run("(Get-ContainerImage).RepoDigests").ShouldSucceed().Objects.Select(o => o.ToString()));
    }

    [SkippableFact]
    public void Tags_that_are_found_are_pulled_as_names_of_one_image()
    {
        ArchiveImage image = new("a");
        _fixture.Push("team/app", "1.0", image);
        _fixture.Push("team/app", "1.1", image);

        _fixture.Run("Find-ContainerImage $registry/team/app:1.* | Request-ContainerImage | Out-Null").ShouldSucceed();

        Assert.Equal(image.Id, _fixture.Run("(Get-ContainerImage).Id").ShouldSucceed().Objects.Single().ToString());
        Assert.Equal(
            ["team/app:1.0", "team/app:1.1"],
            _fixture.Run("(Get-ContainerImage).Names").ShouldSucceed().Objects.Select(name => $"{name}"[(_fixture.Proxy.Address.Length + 1)..]).Order());
    }

    [SkippableFact]
    public void Nothing_is_asked_or_done_before_it_is_allowed()
    {
        _fixture.Push("team/app", "1", new ArchiveImage("a"));

        _fixture.Run("Request-ContainerImage $registry/team/app:1, alpine:3.20 -WhatIf").ShouldSucceed().Transcript.ShouldBe($"""
            What if: Performing the operation "Pull image" on target "{_fixture.Proxy.Address}/team/app:1".
            What if: Performing the operation "Pull image" on target "docker.io/library/alpine:3.20".
            """);
        _fixture.Run("Request-ContainerImage $registry/team/app -AllTags -WhatIf").ShouldSucceed().Transcript.ShouldBe(
            $"What if: Performing the operation \"Pull all tags\" on target \"{_fixture.Proxy.Address}/team/app\".");

        Assert.Empty(_fixture.Proxy.Requests);
        Assert.False(Directory.Exists(_fixture.Store));
    }

    [SkippableFact]
    public void Platforms_are_chosen()
    {
        ArchiveImage amd64 = new("amd64"), arm64 = new("arm64") { Architecture = "arm64" };
        string index = _fixture.Push("team/multi", "1", amd64, arm64);

        PSObject one = _fixture.Run("Request-ContainerImage $registry/team/multi:1 -Platform linux/arm64").ShouldSucceed().Objects.Single();
        Assert.Equal((arm64.Id, index), (one.Properties["Id"].Value, one.Properties["RootDigest"].Value));

        ScriptResult all = _fixture.Run("Request-ContainerImage $registry/team/multi:1 -AllPlatforms").ShouldSucceed();
        Assert.Equal([amd64.Id, arm64.Id], all.Objects.Select(image => image.Properties["Id"].Value));

        ErrorRecord none = _fixture.Run("Request-ContainerImage $registry/team/multi:1 -Platform linux/s390x")
            .ShouldFail("PlatformNotFound", ErrorCategory.ObjectNotFound);
        Assert.Contains("it has linux/amd64, linux/arm64", none.Exception.Message, StringComparison.Ordinal);
        Assert.Equal($"{_fixture.Proxy.Address}/team/multi:1", none.TargetObject);
        _fixture.Run("Request-ContainerImage $registry/team/multi:1 -Platform linux/arm64 -AllPlatforms")
            .ShouldFail("ConflictingParameter", ErrorCategory.InvalidArgument);
        _fixture.Run("Request-ContainerImage $registry/team/multi:1 -Platform none").ShouldFail("InvalidPlatform", ErrorCategory.InvalidArgument);
    }

    [SkippableFact]
    public void An_image_that_cannot_be_had_does_not_keep_the_others_from_coming()
    {
        _fixture.Push("team/app", "1", new ArchiveImage("a"));
        _fixture.Push("team/app", "2", new ArchiveImage("b"));

        ScriptResult result = _fixture.Run("Request-ContainerImage $registry/team/app:1, $registry/team/none:1, $registry/team/app:2");

        Assert.Equal(2, result.Objects.Count);
        ErrorRecord error = result.ShouldFail("RemoteImageNotFound", ErrorCategory.ObjectNotFound);
        Assert.Equal($"{_fixture.Proxy.Address}/team/none:1", error.TargetObject);
        Assert.Equal("Check the name; Find-ContainerImage lists the tags of a repository, and by -Registry the repositories of a registry.", error.ErrorDetails.RecommendedAction);
        Assert.EndsWith(",ContainerImages.Commands.RequestContainerImageCommand", error.FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData(401, "RegistryUnauthorized", ErrorCategory.AuthenticationError)]
    [InlineData(403, "RegistryDenied", ErrorCategory.PermissionDenied)]
    [InlineData(404, "RemoteImageNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData(429, "RegistryThrottled", ErrorCategory.LimitsExceeded)]
    [InlineData(418, "RegistryProtocol", ErrorCategory.ProtocolError)]
    public void Each_refusal_has_its_id(int status, string id, ErrorCategory category)
    {
        _fixture.Push("team/app", "1", new ArchiveImage("a"));
        _fixture.Proxy.Answer("GET", "/manifests/", new ServerReply(status).With("Retry-After", "9999"), times: 2);

        _fixture.Run("Request-ContainerImage $registry/team/app:1 -RetryCount 0").ShouldFail(id, category);

        Assert.Empty(_fixture.Run("Get-ContainerImage").ShouldSucceed().Objects);
    }

    [SkippableTheory]
    [InlineData("Request-ContainerImage $closed/team/app:1", "RegistryUnreachable", ErrorCategory.ConnectionError)]
    [InlineData("Request-ContainerImage no-such-host.invalid/team/app:1", "RegistryUnreachable", ErrorCategory.ConnectionError)]
    [InlineData("Request-ContainerImage $registry/team/app:1 -AllowInsecure:$false", "RegistryUnreachable", ErrorCategory.ConnectionError)]
    [InlineData("Request-ContainerImage localhost/team/app:1", "RemoteImageNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("Request-ContainerImage Team/App", "InvalidReference", ErrorCategory.InvalidArgument)]
    [InlineData("Request-ContainerImage $registry/team/*", "InvalidReference", ErrorCategory.InvalidArgument)]
    [InlineData("Request-ContainerImage oci:./folder", "InvalidReference", ErrorCategory.InvalidArgument)]
    [InlineData("Request-ContainerImage team/app -Policy Never", "ImageNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("Request-ContainerImage $registry/team/app:1 -AllTags", "ConflictingParameter", ErrorCategory.InvalidArgument)]
    [InlineData("Request-ContainerImage $registry/team/app -AllTags -Policy Never", "ConflictingParameter", ErrorCategory.InvalidArgument)]
    [InlineData("Request-ContainerImage $registry/team/app:1 -RequireLabel tier", "RemoteImageNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("[pscustomobject]@{ Size = 1 } | Request-ContainerImage", "ImageNotIdentified", ErrorCategory.InvalidArgument)]
    public void What_cannot_be_pulled_says_why(string script, string id, ErrorCategory category)
    {
        _fixture.Push("team/app", "1", new ArchiveImage("a"));
        using (LoopbackServer gone = new(_ => new ServerReply(200)))
        {
            _fixture.Session.Session.Set("closed", gone.Address);
        }

        _fixture.Run(script).ShouldFail(id, category);
    }

    [SkippableFact]
    public void A_manifest_or_layer_with_wrong_bytes_is_a_mismatch()
    {
        _fixture.Push("team/app", "1", new ArchiveImage("a"));
        _fixture.Proxy.On("GET", "/manifests/", reply => reply with { Body = [.. reply.Body, (byte)' '] });
        _fixture.Run("Request-ContainerImage $registry/team/app:1").ShouldFail("ContentMismatch", ErrorCategory.InvalidData);

        _fixture.Proxy.On("GET", "/blobs/", reply => reply with { Body = [.. reply.Body.Reverse()] });
        _fixture.Run("Request-ContainerImage $registry/team/app:1").ShouldFail("ContentMismatch", ErrorCategory.InvalidData);
        Assert.Empty(_fixture.Run("Get-ContainerImage").ShouldSucceed().Objects);
    }

    [SkippableFact]
    public void A_log_in_is_shown_and_never_said()
    {
        using RegistryFixture closed = new(new LocalRegistryOptions { HasBasicAuth = true });
        closed.Push("team/app", "1", new ArchiveImage("a"));
        closed.Session.Session.Set("user", LocalRegistry.UserName);
        closed.Session.Session.Set("password", LocalRegistry.Password);
        closed.Run("$secret = [securestring]::new(); $password.ToCharArray() | ForEach-Object { $secret.AppendChar($_) }").ShouldSucceed();

        closed.Run("Request-ContainerImage $registry/team/app:1").ShouldFail("RegistryUnauthorized", ErrorCategory.AuthenticationError);
        ScriptResult result = closed.Run(
            "Request-ContainerImage $registry/team/app:1 -Credential ([pscredential]::new($user, $secret)) -Verbose").ShouldSucceed();

        Assert.Single(result.Objects);
        Assert.Contains($"GET /v2/team/app/manifests/1 at {closed.Proxy.Address}: 200 OK", result.Verbose);
        Assert.DoesNotContain(LocalRegistry.Password, result.Transcript, StringComparison.Ordinal);
        Assert.DoesNotContain(LocalRegistry.BasicHeader[6..], result.Transcript, StringComparison.Ordinal);

        closed.Run("Connect-ContainerRegistry $registry ([pscredential]::new($user, $secret)) -AllowInsecure").ShouldSucceed();
        closed.Run("Request-ContainerImage $registry/team/app:1").ShouldSucceed();
    }

    [SkippableFact]
    public void A_certificate_of_our_own_authority_is_trusted_once_certs_d_has_it()
    {
        using TestCertificates certificates = new();
        using var certificate = certificates.ForServer();
        using RegistryFixture tls = new(new LocalRegistryOptions { Certificate = certificate });
        tls.Push("team/app", "1", new ArchiveImage("a"));
        tls.Session.Session.Set("registry", tls.Registry.Address);
        const string Script = "Request-ContainerImage $registry/team/app:1 -AllowInsecure:$false";

        tls.Run(Script).ShouldFail("RegistryCertificate", ErrorCategory.SecurityError);
        tls.Session.Write($"config/containers/certs.d/{tls.Registry.Address}/ca.crt", certificates.Authority.ExportCertificatePem());

        Assert.Single(tls.Run(Script).ShouldSucceed().Objects);
    }

    [SkippableFact]
    public void Tokens_are_fetched_for_who_asks()
    {
        using TokenServer tokens = new();
        using RegistryFixture fixture = new(new LocalRegistryOptions { Tokens = tokens });
        fixture.Registry.Token = tokens.Issue("public/app", "team/app");
        fixture.Push("public/app", "1", new ArchiveImage("a"));
        fixture.Push("team/app", "1", new ArchiveImage("b"));
        fixture.Session.Session.Set("user", LocalRegistry.UserName);
        fixture.Session.Session.Set("password", LocalRegistry.Password);
        fixture.Run("$secret = [securestring]::new(); $password.ToCharArray() | ForEach-Object { $secret.AppendChar($_) }").ShouldSucceed();

        Assert.Single(fixture.Run("Request-ContainerImage $registry/public/app:1").ShouldSucceed().Objects);
        fixture.Run("Request-ContainerImage $registry/team/app:1").ShouldFail("RegistryUnauthorized", ErrorCategory.AuthenticationError);
        ScriptResult known = fixture.Run(
            "Request-ContainerImage $registry/team/app:1 -Credential ([pscredential]::new($user, $secret)) -Verbose").ShouldSucceed();

        Assert.Single(known.Objects);
        Assert.DoesNotContain(known.Verbose, line => line.Contains("eyJ", StringComparison.Ordinal));
    }

    [SkippableFact]
    public void Images_of_the_store_are_refreshed_in_their_own_store()
    {
        _fixture.Push("team/app", "1", new ArchiveImage("a"));
        string other = _fixture.Store + "2";
        _fixture.Session.Session.Set("other", other);
        _fixture.Run("Request-ContainerImage $registry/team/app:1 -StorePath $other").ShouldSucceed();
        ArchiveImage young = new("b");
        _fixture.Push("team/app", "1", young);

        PSObject refreshed = _fixture.Run("Get-ContainerImage -StorePath $other | Request-ContainerImage -Policy Newer").ShouldSucceed().Objects.Single();

        Assert.Equal((young.Id, other), (refreshed.Properties["Id"].Value, refreshed.Properties["StorePath"].Value));
    }

    [SkippableFact]
    public void Long_work_shows_its_progress_and_completes_it()
    {
        _fixture.Push("team/app", "1", new ArchiveImage(new string('x', 100_000)));
        using ManualResetEventSlim go = new();
        _fixture.Proxy.On("GET", "/blobs/", async (_, forward) =>
        {
            // More than the half second in which nothing is shown.
            await Task.Delay(700);
            return (await forward()) with { PieceSize = 10_000 };
        }, times: 2);

        ScriptResult result = _fixture.Run("Request-ContainerImage $registry/team/app:1").ShouldSucceed();

        ProgressRecord total = result.Progress[0];
        Assert.Equal($"Pulling {_fixture.Proxy.Address}/team/app:1", total.Activity);
        Assert.Contains("/s", total.StatusDescription, StringComparison.Ordinal);
        Assert.All(
            result.Progress.GroupBy(record => record.ActivityId), bar => Assert.Equal(ProgressRecordType.Completed, bar.Last().RecordType));
    }

    [SkippableFact]
    public async Task Stopping_ends_it_at_once_and_leaves_no_image()
    {
        _fixture.Push("team/app", "1", new ArchiveImage("a"));
        using ManualResetEventSlim asked = new();
        _fixture.Proxy.On("GET", "/blobs/", (_, _) =>
        {
            asked.Set();
            return Task.FromResult(new ServerReply(200) { IsSilent = true });
        });
        Task<ScriptResult> running = Task.Run(() => _fixture.Run("Request-ContainerImage $registry/team/app:1"));
        asked.Wait();

        _fixture.Session.Session.Stop();

        Assert.True((await running).Stopped);
        Assert.Empty(_fixture.Run("Get-ContainerImage").ShouldSucceed().Objects);
    }
}
