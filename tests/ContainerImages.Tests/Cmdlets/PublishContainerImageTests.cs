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

/// <summary>Publish-ContainerImage, to a real registry.</summary>
[Collection(ProcessState.Name)]
public sealed class PublishContainerImageTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly RegistryFixture _fixture = new();
    private readonly ArchiveImage _app = new("base", "app") { Names = ["docker.io/team/app:2"] };

    public PublishContainerImageTests()
    {
        Import(_app);
        _fixture.Session.Session.Set("id", _app.Id);
    }

    public void Dispose()
    {
        _fixture.Dispose();
        _folder.Dispose();
    }

    [SkippableTheory]
    [InlineData("Publish-ContainerImage team/app:2 -Destination $registry/team/r:t")]
    [InlineData("Publish-ContainerImage -Reference team/app:2 -Destination \"docker://$registry/team/r:t\" -ThrottleLimit 1 -TimeoutSec 60 -RetryCount 0")]
    [InlineData("Push-ContainerImage team/a* -Destination $registry/team/r:t -Format preserve -Compression Preserve")]
    [InlineData("'team/app:2' | pbcimg -Destination $registry/team/r:t")]
    [InlineData("Get-ContainerImage | Publish-ContainerImage -Destination $registry/team/r:t")]
    [InlineData("Publish-ContainerImage (Get-ContainerImage) -Destination $registry/team/r:t")]
    [InlineData("Publish-ContainerImage -Id $id.Substring(0, 6) -Destination $registry/team/r:t")]
    [InlineData("[pscustomobject]@{ Id = $id; Reference = 'of something' } | Publish-ContainerImage -Destination $registry/team/r:t")]
    [InlineData("Get-ContainerImage | Add-ImageTag -Tag \"$registry/team/r:t\" -PassThru; Publish-ContainerImage $registry/team/r:t")]
    [InlineData("Add-ImageTag team/app:2 \"$registry/team/r:t\"; Get-ContainerImage \"$registry/*\" | Publish-ContainerImage")]
    public void Pushes_and_emits_what_the_registry_holds(string script)
    {
        PSObject pushed = _fixture.Run(script).ShouldSucceed().Objects[^1];

        Assert.Equal("ContainerImages.RemoteImage", pushed.BaseObject.GetType().FullName);
        Assert.Equal($"{_fixture.Proxy.Address}/team/r:t", pushed.Properties["Reference"].Value);
        Assert.Equal(
            (_fixture.Proxy.Address, "team/r", "t", "application/vnd.oci.image.manifest.v1+json"),
            (Value("Registry"), Value("Repository"), Value("Tag"), Value("MediaType")));
        Assert.Equal(["linux/amd64"], (IEnumerable<string>)pushed.Properties["Platforms"].Value);
        PSObject found = _fixture.Run("Find-ContainerImage $registry/team/r:t -Detailed").ShouldSucceed().Objects.Single();
        Assert.All("Digest Size Created MediaType".Split(' '), name => Assert.Equal(found.Properties[name].Value, pushed.Properties[name].Value));
        Assert.Contains(
            $"{_fixture.Proxy.Address}/team/r@{Value("Digest")}",
            _fixture.Run("(Get-ContainerImage).RepoDigests").ShouldSucceed().Objects.Select(text => text.ToString()));

        string Value(string name) => $"{pushed.Properties[name].Value}";
    }

    [SkippableFact]
    public void What_is_pushed_is_pulled_as_the_same_image()
    {
        string script = "$pushed = Publish-ContainerImage team/app:2 -Destination $registry/team/r:t; Remove-ContainerImage team/app:2; $pushed | Request-ContainerImage";

        Assert.Equal(_app.Id, _fixture.Run(script).ShouldSucceed().Objects.Single().Properties["Id"].Value);
    }

    [SkippableFact]
    public void Nothing_is_asked_or_done_before_it_is_allowed()
    {
        _fixture.Run("Publish-ContainerImage team/app:2 -Destination $registry/team/r:t, alpine:3 -WhatIf").ShouldSucceed().Transcript.ShouldBe($"""
            What if: Performing the operation "Push to {_fixture.Proxy.Address}/team/r:t" on target "team/app:2 ({_app.ShortId})".
            What if: Performing the operation "Push to docker.io/library/alpine:3" on target "team/app:2 ({_app.ShortId})".
            """);

        Assert.Empty(_fixture.Proxy.Requests);
    }

    [SkippableFact]
    public void Several_images_go_to_several_places()
    {
        Import(new ArchiveImage("other") { Names = ["docker.io/team/other:1"] });

        ScriptResult several = _fixture.Run("Publish-ContainerImage team/app:2 -Destination $registry/team/a:1, $registry/team/b").ShouldSucceed();
        ScriptResult named = _fixture.Run(
            "Get-ContainerImage | ForEach-Object { $_ | Add-ImageTag -Tag \"$registry/$($_.Names[0].Split('/', 2)[1])\" }; " +
            "Get-ContainerImage \"$registry/*\" | Publish-ContainerImage").ShouldSucceed();

        Assert.Equal(["team/a:1", "team/b:latest"], References(several));
        Assert.Equal(["team/app:2", "team/other:1"], References(named).Order());
    }

    [SkippableFact]
    public void An_index_goes_once_for_all_of_its_images_and_each_platform_alone_where_it_is_asked_for()
    {
        ArchiveImage amd64 = new("amd64"), arm64 = new("arm64") { Architecture = "arm64" };
        ArchiveFixture.WriteOciLayout(_folder.NewFolder("multi"), "docker.io/team/multi:1", amd64, arm64);
        _fixture.Session.Session.Set("layout", _folder.Combine("multi"));
        _fixture.Run("Import-ContainerImage $layout").ShouldSucceed();

        PSObject whole = _fixture.Run("Get-ContainerImage team/multi:1 -AllPlatforms | Publish-ContainerImage -Destination $registry/team/multi:1")
            .ShouldSucceed().Objects.Single();
        PSObject one = _fixture.Run("Publish-ContainerImage team/multi:1 -Destination $registry/team/multi:arm -Platform linux/arm64")
            .ShouldSucceed().Objects.Single();

        Assert.Equal(["linux/amd64", "linux/arm64"], (IEnumerable<string>)whole.Properties["Platforms"].Value);
        Assert.Equal(["linux/arm64"], (IEnumerable<string>)one.Properties["Platforms"].Value);
        _fixture.Run("Remove-ContainerImage team/multi:1 -Platform linux/amd64").ShouldSucceed();
        ErrorRecord error = _fixture.Run("Publish-ContainerImage team/multi:1 -Destination $registry/team/rest:1 -AllPlatforms")
            .ShouldFail("PlatformNotFound", ErrorCategory.ObjectNotFound);
        Assert.EndsWith("has linux/amd64.", error.Exception.Message, StringComparison.Ordinal);
        Assert.Equal("team/multi:1", error.TargetObject);
        Assert.Contains(
            "linux/arm64 alone is pushed",
            Assert.Single(_fixture.Run("Publish-ContainerImage team/multi:1 -Destination $registry/team/rest:1").ShouldSucceed().Warnings),
            StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData("-Format docker", "application/vnd.docker.distribution.manifest.v2+json")]
    [InlineData("-Format OCI -Compression zstd -CompressionLevel 1", "application/vnd.oci.image.manifest.v1+json")]
    [InlineData("-Compression none", "application/vnd.oci.image.manifest.v1+json")]
    [InlineData("-Compression preserve", "application/vnd.oci.image.manifest.v1+json")]
    public void Manifests_and_layers_are_as_they_are_wanted_and_the_image_is_the_same(string parameters, string type)
    {
        PSObject pushed = _fixture.Run($"Publish-ContainerImage team/app:2 -Destination $registry/team/r:t {parameters}").ShouldSucceed().Objects.Single();

        Assert.Equal(type, pushed.Properties["MediaType"].Value);
        Assert.Equal(
            parameters.Contains("none", StringComparison.Ordinal) || parameters.Contains("preserve", StringComparison.Ordinal),
            _fixture.Run("(Get-ContainerImage team/app:2).Digest").ShouldSucceed().Objects.Single().ToString() == $"{pushed.Properties["Digest"].Value}");
        Assert.Equal(_app.Id, _fixture.Run("Request-ContainerImage $registry/team/r:t").ShouldSucceed().Objects.Single().Properties["Id"].Value);
    }

    [SkippableFact]
    public void A_name_that_ends_in_a_slash_comes_before_the_images_own()
    {
        Import(new ArchiveImage("other") { Names = ["docker.io/team/other:1"] });

        ScriptResult result = _fixture.Run("Publish-ContainerImage team/* -Destination $registry/mirror/").ShouldSucceed();

        Assert.Equal(["mirror/team/app:2", "mirror/team/other:1"], References(result).Order());
    }

    [SkippableTheory]
    [InlineData("oci-archive:./a.tar:team/r:t", "oci-archive:{0}/a.tar:localhost/team/r:t")]
    [InlineData("docker-archive:./a.tar", "docker-archive:{0}/a.tar:docker.io/team/app:2")]
    [InlineData("oci:./layout", "oci:{0}/layout:docker.io/team/app:2")]
    [InlineData("dir:./folder", "dir:{0}/folder")]
    public void Other_transports_are_places_too(string destination, string reference)
    {
        _fixture.Session.Session.Location = _folder.Path;

        PSObject pushed = _fixture.Run($"Publish-ContainerImage team/app:2 -Destination {destination}").ShouldSucceed().Objects.Single();

        Assert.Equal(string.Format(null, reference, _folder.Path), pushed.Properties["Reference"].Value);
        Assert.Equal(["linux/amd64"], (IEnumerable<string>)pushed.Properties["Platforms"].Value);
        _fixture.Session.Session.Set("path", Directory.EnumerateFileSystemEntries(_folder.Path).Single(path => !path.EndsWith("first.tar", StringComparison.Ordinal)));
        Assert.Equal(
            _app.Id, _fixture.Run("(Import-ContainerImage $path -StorePath ./other).Id").ShouldSucceed().Objects.Single().ToString());
        Assert.Empty(_fixture.Proxy.Requests);
    }

    [SkippableFact]
    public void Several_images_go_into_one_archive_and_an_object_takes_its_platform_where_there_is_room_for_one()
    {
        ArchiveImage amd64 = new("amd64"), arm64 = new("arm64") { Architecture = "arm64" };
        ArchiveFixture.WriteOciLayout(_folder.NewFolder("multi"), "docker.io/team/multi:1", amd64, arm64);
        _fixture.Session.Session.Location = _folder.Path;
        _fixture.Run("Import-ContainerImage ./multi").ShouldSucceed();

        ScriptResult both = _fixture.Run("Publish-ContainerImage team/* -Destination oci-archive:./all.tar").ShouldSucceed();
        _fixture.Run("Get-ContainerImage team/multi:1 -Platform linux/arm64 | Publish-ContainerImage -Destination docker-archive:./arm.tar").ShouldSucceed();

        Assert.Equal(2, both.Objects.Count);
        Assert.Equal(
            new[] { _app.Id, amd64.Id, arm64.Id }.Order(),
            _fixture.Run("(Import-ContainerImage ./all.tar -StorePath ./other).Id").ShouldSucceed().Objects.Select(id => id.ToString()).Order());
        Assert.Equal(arm64.Id, _fixture.Run("(Import-ContainerImage ./arm.tar -StorePath ./other).Id").ShouldSucceed().Objects.Single().ToString());
        _fixture.Run("Publish-ContainerImage team/* -Destination dir:./one").ShouldFail("ConflictingParameter", ErrorCategory.InvalidArgument);
        _fixture.Run("Publish-ContainerImage team/app:2 -Destination oci-archive:./all.tar").ShouldFail("DestinationExists", ErrorCategory.ResourceExists);
    }

    [SkippableTheory]
    [InlineData("Publish-ContainerImage team/app:2 -Destination docker-daemon:app:1", "UnknownTransport", ErrorCategory.InvalidArgument)]
    [InlineData("Publish-ContainerImage team/app:2 -Destination docker-archive:./a.tar -IncludeReferrers", "ConflictingParameter", ErrorCategory.InvalidArgument)]
    [InlineData("Publish-ContainerImage team/none:1 -Destination $registry/team/r:t", "ImageNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("Publish-ContainerImage localhost/mine:1", "DestinationMissing", ErrorCategory.InvalidArgument)]
    [InlineData("Get-ContainerImage -Id $nameless | Publish-ContainerImage", "DestinationMissing", ErrorCategory.InvalidArgument)]
    [InlineData("Publish-ContainerImage team/app:2 -Destination localhost/team/r:t", "DestinationMissing", ErrorCategory.InvalidArgument)]
    [InlineData("Publish-ContainerImage team/app:2 -Destination Team/R", "InvalidReference", ErrorCategory.InvalidArgument)]
    [InlineData("Publish-ContainerImage team/app:2, localhost/mine:1 -Destination $registry/team/r:t", "ConflictingParameter", ErrorCategory.InvalidArgument)]
    [InlineData("Publish-ContainerImage team/app:2 -Destination $registry/r:t, other.example.com/r:t -Credential $credential", "ConflictingParameter", ErrorCategory.InvalidArgument)]
    [InlineData("Publish-ContainerImage team/app:2 -Destination $registry/r:t -Platform linux/amd64 -AllPlatforms", "ConflictingParameter", ErrorCategory.InvalidArgument)]
    [InlineData("Publish-ContainerImage team/app:2 -Destination $registry/r:t -CompressionLevel 3", "ConflictingParameter", ErrorCategory.InvalidArgument)]
    [InlineData("Publish-ContainerImage team/app:2 -Destination $registry/r:t -Format docker -Compression zstd", "UnsupportedConversion", ErrorCategory.InvalidOperation)]
    [InlineData("Publish-ContainerImage team/app:2 -Destination $registry/r:t -Platform linux/s390x", "PlatformNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("Publish-ContainerImage team/app:2 -Destination $registry/r:t -Platform none", "InvalidPlatform", ErrorCategory.InvalidArgument)]
    [InlineData("Publish-ContainerImage team/app:2 -Destination $closed/r:t", "RegistryUnreachable", ErrorCategory.ConnectionError)]
    [InlineData("Publish-ContainerImage team/app:2 -Destination $registry/r:t -AllowInsecure:$false", "RegistryUnreachable", ErrorCategory.ConnectionError)]
    [InlineData("Publish-ContainerImage team/app:2 -Destination \"$registry/r@sha256:$id\"", "UnsupportedConversion", ErrorCategory.InvalidOperation)]
    public void What_cannot_be_pushed_says_why(string script, string id, ErrorCategory category)
    {
        ArchiveImage nameless = new("nameless");
        Import(new ArchiveImage("mine") { Names = ["localhost/mine:1"] }, nameless);
        _fixture.Session.Session.Set("nameless", nameless.Id);
        _fixture.Run("$credential = [pscredential]::new('user', [securestring]::new())").ShouldSucceed();
        using (LoopbackServer gone = new(_ => new ServerReply(200)))
        {
            _fixture.Session.Session.Set("closed", gone.Address);
        }

        ErrorRecord error = _fixture.Run(script).ShouldFail(id, category);

        Assert.EndsWith(",ContainerImages.Commands.PublishContainerImageCommand", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.DoesNotContain(_fixture.Proxy.Requests, request => request.Method == "PUT" && request.Path.Contains("/manifests/", StringComparison.Ordinal));
    }

    [SkippableFact]
    public void An_image_that_cannot_be_pushed_does_not_keep_the_others_from_going()
    {
        _fixture.Run("Add-ImageTag team/app:2 $registry/team/a:1, $registry/team/b:1").ShouldSucceed();

        ScriptResult result = _fixture.Run("Publish-ContainerImage $registry/team/a:1, team/none:1, $registry/team/b:1");

        Assert.Equal(["team/a:1", "team/b:1"], References(result));
        ErrorRecord error = result.ShouldFail("ImageNotFound", ErrorCategory.ObjectNotFound);
        Assert.Equal("team/none:1", error.TargetObject);
    }

    [SkippableTheory]
    [InlineData(401, "RegistryUnauthorized", ErrorCategory.AuthenticationError)]
    [InlineData(403, "RegistryDenied", ErrorCategory.PermissionDenied)]
    [InlineData(429, "RegistryThrottled", ErrorCategory.LimitsExceeded)]
    [InlineData(418, "RegistryProtocol", ErrorCategory.ProtocolError)]
    public void Each_refusal_has_its_id(int status, string id, ErrorCategory category)
    {
        _fixture.Proxy.Answer("POST", "/blobs/uploads/", new ServerReply(status).With("Retry-After", "9999"), times: 10);

        _fixture.Run("Publish-ContainerImage team/app:2 -Destination $registry/team/r:t -RetryCount 0").ShouldFail(id, category);
    }

    [SkippableFact]
    public void A_log_in_is_shown_and_never_said()
    {
        using RegistryFixture closed = new(new LocalRegistryOptions { HasBasicAuth = true });
        closed.Session.Session.Set("other", _fixture.Store);
        closed.Session.Session.Set("user", LocalRegistry.UserName);
        closed.Session.Session.Set("password", LocalRegistry.Password);
        closed.Run("$secret = [securestring]::new(); $password.ToCharArray() | ForEach-Object { $secret.AppendChar($_) }").ShouldSucceed();
        const string Script = "Publish-ContainerImage team/app:2 -StorePath $other -Destination $registry/team/r:t";

        closed.Run(Script).ShouldFail("RegistryUnauthorized", ErrorCategory.AuthenticationError);
        ScriptResult result = closed.Run($"{Script} -Credential ([pscredential]::new($user, $secret)) -Verbose").ShouldSucceed();

        Assert.Single(result.Objects);
        Assert.Contains($"PUT /v2/team/r/manifests/t at {closed.Proxy.Address}: 201 Created", result.Verbose);
        Assert.DoesNotContain(LocalRegistry.Password, result.Transcript, StringComparison.Ordinal);
        Assert.DoesNotContain(LocalRegistry.BasicHeader[6..], result.Transcript, StringComparison.Ordinal);
        closed.Run("Connect-ContainerRegistry $registry ([pscredential]::new($user, $secret)) -AllowInsecure").ShouldSucceed();
        closed.Run(Script).ShouldSucceed();
    }

    [SkippableFact]
    public void A_certificate_of_our_own_authority_is_trusted_once_certs_d_has_it()
    {
        using TestCertificates certificates = new();
        using var certificate = certificates.ForServer();
        using RegistryFixture tls = new(new LocalRegistryOptions { Certificate = certificate });
        tls.Session.Session.Set("registry", tls.Registry.Address);
        tls.Session.Session.Set("other", _fixture.Store);
        const string Script = "Publish-ContainerImage team/app:2 -StorePath $other -Destination $registry/team/r:t -AllowInsecure:$false";

        tls.Run(Script).ShouldFail("RegistryCertificate", ErrorCategory.SecurityError);
        tls.Session.Write($"config/containers/certs.d/{tls.Registry.Address}/ca.crt", certificates.Authority.ExportCertificatePem());

        Assert.Single(tls.Run(Script).ShouldSucceed().Objects);
    }

    [SkippableFact]
    public void Verbose_says_what_was_skipped_and_taken_from_elsewhere()
    {
        _fixture.Run("Publish-ContainerImage team/app:2 -Destination $registry/team/r:t").ShouldSucceed();

        ScriptResult again = _fixture.Run("Publish-ContainerImage team/app:2 -Destination $registry/team/r:t -Verbose").ShouldSucceed();
        ScriptResult mounted = _fixture.Run("Publish-ContainerImage team/app:2 -Destination $registry/team/s:t -Verbose").ShouldSucceed();

        Assert.Equal(3, again.Verbose.Count(line => line.EndsWith($" is in '{_fixture.Proxy.Address}/team/r' already.", StringComparison.Ordinal)));
        Assert.Equal(3, mounted.Verbose.Count(line => line.EndsWith($" is taken from '{_fixture.Proxy.Address}/team/r'.", StringComparison.Ordinal)));
    }

    [SkippableFact]
    public void Long_work_shows_its_progress_and_completes_it()
    {
        Import(new ArchiveImage(new string('x', 3_000_000)) { Names = ["docker.io/team/big:1"] });
        _fixture.Proxy.On("HEAD", "/blobs/", async (_, forward) =>
        {
            // More than the half second in which nothing is shown.
            await Task.Delay(700);
            return await forward();
        });

        ScriptResult result = _fixture.Run("Publish-ContainerImage team/big:1 -Destination $registry/team/r:t -Compression none").ShouldSucceed();

        ProgressRecord total = result.Progress[0];
        Assert.StartsWith("Pushing team/big:1 (", total.Activity, StringComparison.Ordinal);
        Assert.Contains("/s", total.StatusDescription, StringComparison.Ordinal);
        Assert.All(
            result.Progress.GroupBy(record => record.ActivityId), bar => Assert.Equal(ProgressRecordType.Completed, bar.Last().RecordType));
    }

    [SkippableFact]
    public async Task Stopping_ends_it_at_once_and_moves_no_tag()
    {
        using ManualResetEventSlim asked = new();
        _fixture.Proxy.On("PATCH", "/blobs/", (_, _) =>
        {
            asked.Set();
            return Task.FromResult(new ServerReply(202) { IsSilent = true });
        });
        Task<ScriptResult> running = Task.Run(() => _fixture.Run("Publish-ContainerImage team/app:2 -Destination $registry/team/r:t"));
        asked.Wait();

        _fixture.Session.Session.Stop();

        Assert.True((await running).Stopped);
        Assert.DoesNotContain(_fixture.Proxy.Requests, request => request.Path.Contains("/manifests/", StringComparison.Ordinal));
    }

    private string[] References(ScriptResult result) =>
        [.. result.Objects.Select(pushed => $"{pushed.Properties["Reference"].Value}"[(_fixture.Proxy.Address.Length + 1)..])];

    private void Import(params ArchiveImage[] images)
    {
        string archive = _folder.NewFile($"{Guid.NewGuid():n}-first.tar", ArchiveFixture.DockerArchive(images));
        _fixture.Session.Session.Set("archive", archive);
        _fixture.Run("Import-ContainerImage $archive").ShouldSucceed();
    }
}
