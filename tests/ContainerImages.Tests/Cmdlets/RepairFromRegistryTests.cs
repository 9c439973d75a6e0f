using System;
using System.IO;
using System.Linq;
using System.Management.Automation;
using ContainerImages.Tests.Hosting;
using Xunit;

namespace ContainerImages.Tests.Cmdlets;

/// <summary>Repair-ImageStore out of a real registry.</summary>
[Collection(ProcessState.Name)]
public sealed class RepairFromRegistryTests : IDisposable
{
    private readonly ArchiveImage _image = new("one", "two");
    private readonly RegistryFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    private string Layer => ArchiveFixture.Hash(_image.Layers[0]);

    private string Place => $"{_fixture.Proxy.Address}/team/app";

    [SkippableTheory]
    [InlineData("Repair-ImageStore -AllowInsecure")]
    [InlineData("Repair-ImageStore -From $registry/team/app -AllowInsecure")]
    [InlineData("Repair-ImageStore -From $registry/team/app:1 -AllowInsecure -ThrottleLimit 1 -TimeoutSec 60 -RetryCount 0")]
    [InlineData("Repair-ImageStore -From \"docker://$registry/team/app:1\" -AllowInsecure")]
    [InlineData("Test-ContainerImage $registry/team/app:1 -Detailed | Repair-ImageStore -AllowInsecure")]
    public void Exactly_the_bad_blobs_are_fetched_from_the_registry(string script)
    {
        Pull();
        Remove(Layer);
        Remove(_image.Id);
        int before = _fixture.Proxy.Requests.Count;

        Assert.Empty(_fixture.Run(script).ShouldSucceed().Transcript);

        Assert.Equal(["True"], _fixture.Run("Test-ImageStore").ShouldSucceed().Objects.Select(o => o.ToString()));
        Assert.Equal(
            new[] { $"/v2/team/app/blobs/sha256:{Layer}", $"/v2/team/app/blobs/sha256:{_image.Id}" }.Order(),
            _fixture.Proxy.Requests.Skip(before).Select(request => request.Path).Where(path => path.Contains("/blobs/", StringComparison.Ordinal)).Order());
    }

    [SkippableFact]
    public void What_if_asks_no_registry()
    {
        Pull();
        Remove(Layer);
        int before = _fixture.Proxy.Requests.Count;

        _fixture.Run("Repair-ImageStore -AllowInsecure -WhatIf").ShouldSucceed().Transcript.ShouldBe(
            $"What if: Performing the operation \"Fetch blob from {Place}\" on target \"sha256:{Layer[..12]}\".");

        Assert.Equal(before, _fixture.Proxy.Requests.Count);
        Assert.False(File.Exists(Blob(Layer)));
    }

    [SkippableFact]
    public void Without_the_registry_each_flaw_is_an_error_and_so_is_the_registry()
    {
        Pull();
        Remove(Layer);
        Remove(_image.Id);
        _fixture.Run("$image = Get-ContainerImage $registry/team/app:1").ShouldSucceed();

        // Nobody listens there.
        ScriptResult result = _fixture.Run("Repair-ImageStore -From 127.0.0.1:1/team/app -AllowInsecure -RetryCount 0");

        Assert.Equal(
            ["RegistryUnreachable", "StoreDamaged", "StoreDamaged"],
            result.Errors.Select(error => error.FullyQualifiedErrorId.Split(',')[0]).Order());
        Assert.Equal("127.0.0.1:1/team/app", result.Errors[0].TargetObject);
    }

    [SkippableFact]
    public void What_is_no_file_and_names_no_registry_is_an_archive_that_is_not_there()
    {
        Pull();
        Remove(Layer);

        _fixture.Run("Repair-ImageStore -From team/app:1, ./backup.tar -ErrorAction SilentlyContinue -ErrorVariable problems").ShouldSucceed();

        Assert.Equal(
            ["ArchiveNotFound", "ArchiveNotFound", "StoreDamaged"],
            _fixture.Run("$problems | ForEach-Object { $_.FullyQualifiedErrorId.Split(',')[0] }").ShouldSucceed().Objects.Select(o => o.ToString()));
    }

    [SkippableFact]
    public void A_log_in_is_for_one_registry()
    {
        Pull();
        _fixture.Run("Add-ImageTag $registry/team/app:1 registry.example.com/app:1").ShouldSucceed();
        Remove(Layer);

        ErrorRecord error = _fixture.Run("""
            $secret = [System.Security.SecureString]::new()
            $secret.AppendChar('x')
            try { Repair-ImageStore -Credential ([pscredential]::new('user', $secret)) } catch { throw }
            """).ShouldFail("ConflictingParameter", ErrorCategory.InvalidArgument);

        Assert.Contains("registry.example.com", error.Exception.Message, StringComparison.Ordinal);
    }

    private void Pull()
    {
        _fixture.Push("team/app", "1", _image);
        _fixture.Run("Request-ContainerImage $registry/team/app:1").ShouldSucceed();
    }

    private string Blob(string hex) => Path.Combine(_fixture.Store, "blobs", "sha256", hex);

    private void Remove(string hex) => File.Delete(Blob(hex));
}
