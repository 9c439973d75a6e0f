using System;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using ContainerImages.Testing;
using ContainerImages.Tests.Hosting;
using Xunit;

namespace ContainerImages.Tests.Cmdlets;

/// <summary>
/// Ctrl+C while a registry is waited for, wherever that is: the cmdlet ends, and nothing is half done on either side. None of
/// these would end by itself within the time that a registry is waited for.
/// </summary>
[Collection(ProcessState.Name)]
public sealed class StoppingTests : IDisposable
{
    private readonly RegistryFixture _fixture = new();

    public StoppingTests()
    {
        _fixture.Push("team/app", "1", new ArchiveImage(new string('x', 100_000)));
        _fixture.Push("team/own", "1", new ArchiveImage("own"));
        _fixture.Run("Request-ContainerImage $registry/team/own:1").ShouldSucceed();
        _fixture.Session.Session.Set("login", new System.Management.Automation.PSCredential("u", new NetworkCredential("", "p").SecurePassword));
    }

    public void Dispose() => _fixture.Dispose();

    [SkippableTheory]
    [InlineData("Request-ContainerImage $registry/team/app:1", "GET", "/v2/")]
    [InlineData("Request-ContainerImage $registry/team/app:1", "GET", "/manifests/")]
    [InlineData("Request-ContainerImage $registry/team/app:1", "GET", "/blobs/")]
    [InlineData("Request-ContainerImage $registry/team/app -AllTags", "GET", "/tags/")]
    [InlineData("Request-ContainerImage $registry/team/app:1 -Policy Newer", "GET", "/manifests/")]
    [InlineData("Publish-ContainerImage $registry/team/own:1 -Destination $registry/new/own:1", "GET", "/v2/")]
    [InlineData("Publish-ContainerImage $registry/team/own:1 -Destination $registry/new/own:1", "HEAD", "/blobs/")]
    [InlineData("Publish-ContainerImage $registry/team/own:1 -Destination $registry/new/own:1", "POST", "/blobs/")]
    [InlineData("Publish-ContainerImage $registry/team/own:1 -Destination $registry/new/own:1 -Compression zstd", "PATCH", "/blobs/")]
    [InlineData("Publish-ContainerImage $registry/team/own:1 -Destination $registry/new/own:1", "PUT", "/manifests/")]
    [InlineData("Copy-ContainerImage $registry/team/app:1 $registry/new/own:1", "GET", "/manifests/")]
    [InlineData("Copy-ContainerImage $registry/team/app:1 $registry/new/own:1", "PUT", "/manifests/")]
    [InlineData("Copy-ContainerImage $registry/team/app:1 store:app:1", "GET", "/blobs/")]
    [InlineData("Copy-ContainerImage $registry/team/app:1 store:app:1 -IncludeReferrers", "GET", "/referrers/")]
    [InlineData("Copy-ContainerImage $registry/team/app:1 docker-archive:./to.tar", "GET", "/blobs/")]
    [InlineData("Copy-ContainerImage store:team/own:1 $registry/new/own:1", "POST", "/blobs/")]
    [InlineData("Find-ContainerImage $registry/team/app", "GET", "/tags/")]
    [InlineData("Find-ContainerImage $registry/team/app -Detailed", "GET", "/manifests/")]
    [InlineData("Find-ContainerImage -Registry $registry", "GET", "/_catalog")]
    [InlineData("Connect-ContainerRegistry $registry -Credential $login -AllowInsecure", "GET", "/v2/")]
    public async Task Ends_it_and_nothing_is_half_done(string script, string method, string path)
    {
        foreach (string how in new[] { "silent", "busy", "stuck" })
        {
            using ManualResetEventSlim asked = new();
            _fixture.Proxy.On(method, path, (_, _) =>
            {
                ServerReply reply = how switch
                {
                    "silent" => new ServerReply(200) { IsSilent = true },
                    "busy" => new ServerReply(429).With("Retry-After", "100"),
                    _ => new ServerReply(200, "{ \"and no more") { ClaimedLength = 5000, IsStuck = true },
                };
                asked.Set();

                // Of these nobody reads more than the head.
                return how == "stuck" && (method == "HEAD" || path == "/v2/") ? Task.FromResult(reply with { IsSilent = true }) : Task.FromResult(reply);
            });

            await StopsAsync(script, asked);
        }
    }

    [SkippableTheory]
    [InlineData("Request-ContainerImage $silent/team/app:1 -AllowInsecure:$false")]
    [InlineData("Publish-ContainerImage $registry/team/own:1 -Destination $silent/new/own:1 -AllowInsecure:$false")]
    [InlineData("Copy-ContainerImage $registry/team/app:1 $silent/new/own:1")]
    [InlineData("Find-ContainerImage $silent/team/app")]
    [InlineData("Connect-ContainerRegistry $silent -Credential $login")]
    public async Task Ends_it_while_a_host_says_nothing_at_all(string script)
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        using ManualResetEventSlim asked = new();
        Task<TcpClient> accepted = listener.AcceptTcpClientAsync();
        _ = accepted.ContinueWith(_ => asked.Set(), TaskScheduler.Default);
        _fixture.Session.Session.Set("silent", listener.LocalEndpoint.ToString());

        await StopsAsync(script, asked);

        (await accepted).Dispose();
    }

    private async Task StopsAsync(string script, ManualResetEventSlim asked)
    {
        Task<ScriptResult> running = Task.Run(() => _fixture.Run(script));
        Assert.True(asked.Wait(TimeSpan.FromMinutes(1)), "It was not asked for.");

        _fixture.Session.Session.Stop();

        ScriptResult result = await running;
        Assert.True(result.Stopped);
        Assert.Empty(result.Errors);
        Assert.Equal([$"{_fixture.Proxy.Address}/team/own:1"], _fixture.Run("Get-ContainerImage").ShouldSucceed().Objects.Select(image => image.ToString()));
        Assert.DoesNotContain(
            Directory.GetFileSystemEntries(Path.Combine(_fixture.Store, "ingest")).Select(entry => Path.GetFileName(entry)), name => name != "partial");
        Assert.True((bool)_fixture.Run("Test-ImageStore").ShouldSucceed().Objects.Single().BaseObject);
        Assert.DoesNotContain(
            Directory.GetFileSystemEntries(_fixture.Session.Session.Location).Select(entry => Path.GetFileName(entry)),
            name => name.Contains("to", StringComparison.Ordinal));
        Assert.False(File.Exists(_fixture.Session.AuthFile));
        Assert.False(Directory.Exists(Path.Combine(_fixture.Registry.StorageFolder, "docker", "registry", "v2", "repositories", "new", "own", "_manifests", "tags")));
    }
}
