using System;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using ContainerImages.Testing;
using ContainerImages.Tests.Hosting;
using Xunit;

namespace ContainerImages.Tests.Cmdlets;

/// <summary>Copy-ContainerImage against a real registry.</summary>
[Collection(ProcessState.Name)]
public sealed class CopyBetweenRegistriesTests : IDisposable
{
    private readonly RegistryFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [SkippableTheory]
    [InlineData("Copy-ContainerImage $registry/team/app:1 \"docker://$registry/copied/app:1\"")]
    [InlineData("\"docker://$registry/team/app:1\" | Copy-ContainerImage -Destination $registry/copied/app:1 -ThrottleLimit 1 -TimeoutSec 60 -RetryCount 0")]
    [InlineData("Find-ContainerImage $registry/team/app:1 | Copy-ContainerImage -Destination $registry/copied/app:1")]
    [InlineData("Copy-ContainerImage $registry/team/app:1 oci:./layout; Copy-ContainerImage oci:./layout $registry/copied/app:1 -Compression preserve")]
    [InlineData("Copy-ContainerImage $registry/team/app:1 store:app:1; Get-ContainerImage app:1 | Copy-ContainerImage -Destination $registry/copied/app:1 -Compression preserve")]
    public void Copies_with_the_digest_it_had(string script)
    {
        string digest = _fixture.Push("team/app", "1", new ArchiveImage("a"));

        Assert.Empty(_fixture.Run(script).ShouldSucceed().Objects);

        Assert.Equal(digest, Digest("copied/app:1"));
    }

    [SkippableFact]
    public void Tags_that_are_found_keep_repository_and_tag_below_a_prefix()
    {
        string[] digests = [_fixture.Push("team/app", "1.0", new ArchiveImage("a")), _fixture.Push("team/app", "1.1", new ArchiveImage("b"))];
        _fixture.Push("team/app", "2.0", new ArchiveImage("c"));

        ScriptResult result = _fixture.Run(
            "Find-ContainerImage $registry/team/app:1.* | Copy-ContainerImage -Destination $registry/mirror/ -PassThru").ShouldSucceed();

        // In whatever order the registry lists them.
        Assert.Equal(digests.Order(), result.Objects.Select(copy => (string)copy.Properties["Digest"].Value).Order());
        string mirror = $"docker://{_fixture.Proxy.Address}/mirror/team/app";
        Assert.Equal([$"{mirror}:1.0", $"{mirror}:1.1"], result.Objects.Select(copy => copy.ToString()).Order());
        Assert.Equal(digests[1], Digest("mirror/team/app:1.1"));
    }

    [SkippableFact]
    public void Platforms_are_chosen()
    {
        ArchiveImage amd64 = new("amd64"), arm64 = new("arm64") { Architecture = "arm64" };
        string index = _fixture.Push("team/multi", "1", amd64, arm64);

        _fixture.Run("Copy-ContainerImage $registry/team/multi:1 $registry/copied/multi:all -AllPlatforms").ShouldSucceed();
        PSObject one = _fixture.Run("Copy-ContainerImage $registry/team/multi:1 $registry/copied/multi:one -Platform linux/arm64 -PassThru")
            .ShouldSucceed().Objects.Single();

        Assert.Equal(index, Digest("copied/multi:all"));
        Assert.Equal(one.Properties["Digest"].Value, Digest("copied/multi:one"));
        Assert.NotEqual(index, Digest("copied/multi:one"));
        ErrorRecord none = _fixture.Run("Copy-ContainerImage $registry/team/multi:1 oci:./to -Platform linux/s390x")
            .ShouldFail("PlatformNotFound", ErrorCategory.ObjectNotFound);
        Assert.Contains("it has linux/amd64, linux/arm64", none.Exception.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void One_that_cannot_be_had_does_not_keep_the_others_from_coming()
    {
        _fixture.Push("team/app", "1", new ArchiveImage("a"));
        _fixture.Push("team/app", "2", new ArchiveImage("b"));

        ScriptResult result = _fixture.Run(
            "Copy-ContainerImage $registry/team/app:1, $registry/team/none:1, $registry/team/app:2 $registry/mirror/ -PassThru");

        Assert.Equal(2, result.Objects.Count);
        Assert.Equal($"{_fixture.Proxy.Address}/team/none:1", result.ShouldFail("RemoteImageNotFound", ErrorCategory.ObjectNotFound).TargetObject);
    }

    [SkippableTheory]
    [InlineData(401, "RegistryUnauthorized", ErrorCategory.AuthenticationError)]
    [InlineData(403, "RegistryDenied", ErrorCategory.PermissionDenied)]
    [InlineData(429, "RegistryThrottled", ErrorCategory.LimitsExceeded)]
    [InlineData(500, "RegistryProtocol", ErrorCategory.ProtocolError)]
    public void What_the_destination_refuses_has_its_id(int status, string id, ErrorCategory category)
    {
        _fixture.Push("team/app", "1", new ArchiveImage("a"));
        _fixture.Proxy.Answer("PUT", "/manifests/", new ServerReply(status).With("Retry-After", "9999"), times: 2);

        _fixture.Run("Copy-ContainerImage $registry/team/app:1 $registry/copied/app:1 -RetryCount 0").ShouldFail(id, category);

        _fixture.Run("Find-ContainerImage $registry/copied/app:1").ShouldFail("RemoteImageNotFound", ErrorCategory.ObjectNotFound);
    }

    [SkippableFact]
    public void A_log_in_is_shown_to_the_registry_that_it_is_for()
    {
        _fixture.Push("team/app", "1", new ArchiveImage("a"));
        using RegistryFixture closed = new(new LocalRegistryOptions { HasBasicAuth = true });
        ScriptSession session = closed.Session.Session;
        session.Set("open", _fixture.Proxy.Address);
        session.Set("user", LocalRegistry.UserName);
        session.Set("password", LocalRegistry.Password);
        closed.Run("""
            $secret = [securestring]::new(); $password.ToCharArray() | ForEach-Object { $secret.AppendChar($_) }
            $login = [pscredential]::new($user, $secret)
            """).ShouldSucceed();

        closed.Run("Copy-ContainerImage $open/team/app:1 $registry/team/app:1").ShouldFail("RegistryUnauthorized", ErrorCategory.AuthenticationError);
        closed.Run("Copy-ContainerImage $open/team/app:1 $registry/team/app:1 -Credential $login").ShouldFail("RegistryUnauthorized", ErrorCategory.AuthenticationError);
        closed.Run("Copy-ContainerImage $open/team/app:1 $registry/team/app:1 -DestinationCredential $login").ShouldSucceed();
        closed.Run("Copy-ContainerImage $registry/team/app:1 $registry/team/again:1 -Credential $login").ShouldSucceed();
        closed.Run("Copy-ContainerImage $registry/team/app:1 $open/team/back:1 -Credential $login").ShouldSucceed();
        closed.Run("Copy-ContainerImage $registry/team/app:1 oci:./layout -Credential $login").ShouldSucceed();
        closed.Run("Copy-ContainerImage oci:./layout $registry/team/third:1 -Credential $login").ShouldSucceed();

        Assert.DoesNotContain(_fixture.Proxy.Requests, request => request.Header("Authorization") is not null);
    }

    [SkippableFact]
    public async Task Stopping_ends_it_at_once_and_leaves_no_file_and_no_tag()
    {
        _fixture.Push("team/app", "1", new ArchiveImage("a"));
        foreach (string to in new[] { "oci-archive:./to.tar", "oci:./to", "$registry/copied/app:1" })
        {
            using ManualResetEventSlim asked = new();
            string part = to[0] == '$' ? "POST" : "GET";
            _fixture.Proxy.On(part, "/blobs/", (_, _) =>
            {
                asked.Set();
                return Task.FromResult(new ServerReply(200) { IsSilent = true });
            });
            Task<ScriptResult> running = Task.Run(() => _fixture.Run($"Copy-ContainerImage $registry/team/app:1 {to}"));
            asked.Wait();

            _fixture.Session.Session.Stop();

            Assert.True((await running).Stopped);
        }

        Assert.DoesNotContain(
            Directory.GetFileSystemEntries(_fixture.Session.Session.Location).Select(entry => Path.GetFileName(entry)),
            name => name.StartsWith("to", StringComparison.Ordinal) || name.StartsWith(".to", StringComparison.Ordinal));
        _fixture.Run("Find-ContainerImage $registry/copied/app:1").ShouldFail("RemoteImageNotFound", ErrorCategory.ObjectNotFound);
    }

    [SkippableFact]
    public void Long_work_shows_its_progress_and_completes_it()
    {
        _fixture.Push("team/app", "1", new ArchiveImage(new string('x', 100_000)));
        _fixture.Proxy.On("GET", "/blobs/", async (_, forward) =>
        {
            // More than the half second in which nothing is shown.
            await Task.Delay(700);
            return (await forward()) with { PieceSize = 10_000 };
        }, times: 2);

        ScriptResult result = _fixture.Run("Copy-ContainerImage $registry/team/app:1 dir:./to").ShouldSucceed();

        Assert.Equal($"Copying docker://{_fixture.Proxy.Address}/team/app:1 to dir:{Path.Combine(_fixture.Session.Session.Location, "to")}", result.Progress[0].Activity);
        Assert.All(
            result.Progress.GroupBy(record => record.ActivityId), bar => Assert.Equal(ProgressRecordType.Completed, bar.Last().RecordType));
    }

    private string Digest(string name) => _fixture.Run($"(Find-ContainerImage $registry/{name}).Digest").ShouldSucceed().Objects.Single().ToString();
}
