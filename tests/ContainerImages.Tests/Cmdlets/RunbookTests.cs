using System;
using System.IO;
using System.Linq;
using System.Management.Automation;
using ContainerImages.Testing;
using ContainerImages.Tests.Hosting;
using Xunit;

namespace ContainerImages.Tests.Cmdlets;

/// <summary>The sample runbook of tests/pester/Runbook, night after night, against a registry.</summary>
[Collection(ProcessState.Name)]
public sealed class RunbookTests : IDisposable
{
    /// <summary>What the runbook uses of the modules that come with pwsh, which the engine alone does not have.</summary>
    internal const string StandIns = """
        function Get-Content { [CmdletBinding()] param([string] $LiteralPath) [System.IO.File]::ReadAllLines($LiteralPath) }
        function Join-Path { param([string] $Path, [string] $ChildPath) [System.IO.Path]::Combine($Path, $ChildPath) }
        function Write-Error {
            [CmdletBinding()] param([string] $Message, [object] $TargetObject)
            $PSCmdlet.WriteError([System.Management.Automation.ErrorRecord]::new([System.Exception]::new($Message), 'WriteError', 'NotSpecified', $TargetObject))
        }
        function Sort-Object {
            param([switch] $Descending)
            $all = [string[]] @($input)
            [array]::Sort($all, [System.StringComparer]::Ordinal)
            if ($Descending) { [array]::Reverse($all) }
            $all
        }
        function Select-Object {
            param([int] $First = [int]::MaxValue, [int] $Skip)
            $place = 0
            foreach ($one in $input) { if ($place -ge $Skip -and $place - $Skip -lt $First) { $one }; $place++ }
        }
        """;

    private readonly RegistryFixture _fixture;
    private readonly TempFolder _folder = new();

    public RunbookTests()
    {
        Peers.Require(Peer.Registry);
        _fixture = new RegistryFixture();
        _fixture.Session.Session.Set("runbook", RunbookPath);
        _fixture.Session.Session.Set("folder", _folder.Path);
        _fixture.Session.Session.Set("list", _folder.Combine("images.txt"));
        _fixture.Run(StandIns).ShouldSucceed();
        File.WriteAllText(_folder.Combine("images.txt"), $"# ours\n{_fixture.Proxy.Address}/team/app:1\n\n{_fixture.Proxy.Address}/web:2  # the proxy\n");
    }

    internal static string RunbookPath { get; } =
        Path.GetFullPath(Path.Combine(StagedModule.Folder, "..", "..", "..", "tests", "pester", "Runbook", "Update-NightlyImage.ps1"));

    public void Dispose()
    {
        _fixture?.Dispose();
        _folder.Dispose();
    }

    [SkippableFact]
    public void Night_after_night_archives_bring_another_store_up_to_date()
    {
        _fixture.Push("web", "2", new ArchiveImage("base", "web"));
        foreach (int day in Enumerable.Range(26, 6))
        {
            _fixture.Push("team/app", "1", new ArchiveImage("base", "app", $"app of {day}"));
            PSObject result = Run($"-Keep 3 -Date 2026-01-{day}").ShouldSucceed().Objects.Single();

            Assert.Empty(Values(result, "Failed"));
            Assert.Equal([$"localhost/nightly/team/app:1-2026-01-{day}", $"localhost/nightly/web:2-2026-01-{day}"], Values(result, "Names"));
            Assert.Equal(_folder.Combine($"nightly-2026-01-{day}.tar"), result.Properties["Archive"].Value.ToString());
            Assert.Equal(
                day < 29 ? [] : [$"localhost/nightly/team/app:1-2026-01-{day - 3}", $"localhost/nightly/web:2-2026-01-{day - 3}"], Values(result, "Removed"));
            _fixture.Run($"$null = Import-ContainerImage $folder/nightly-2026-01-{day}.tar -StorePath $folder/other").ShouldSucceed();
        }

        Assert.True(new FileInfo(_folder.Combine("nightly-2026-01-31.tar")).Length < new FileInfo(_folder.Combine("nightly-2026-01-26.tar")).Length);
        Assert.Equal(6, _fixture.Run("Get-ContainerImage nightly/* | ForEach-Object MatchedNames").ShouldSucceed().Objects.Count);
        Assert.Equal(12, _fixture.Run("Get-ContainerImage nightly/* -StorePath $folder/other | ForEach-Object MatchedNames").ShouldSucceed().Objects.Count);
        Assert.Equal(true, _fixture.Run("Test-ImageStore -StorePath $folder/other").ShouldSucceed().Objects.Single().BaseObject);
    }

    [SkippableFact]
    public void An_image_that_is_not_there_does_not_stop_the_others()
    {
        _fixture.Push("web", "2", new ArchiveImage("web"));

        ScriptResult result = Run("-Date 2026-01-31");

        result.ShouldFail("RemoteImageNotFound", ErrorCategory.ObjectNotFound);
        Assert.Equal([$"{_fixture.Proxy.Address}/team/app:1"], Values(result.Objects.Single(), "Failed"));
        Assert.Equal(["localhost/nightly/web:2-2026-01-31"], Values(result.Objects.Single(), "Names"));
        Assert.True(File.Exists(_folder.Combine("nightly-2026-01-31.tar")));
    }

    [SkippableFact]
    public void A_dry_run_changes_nothing()
    {
        _fixture.Push("web", "2", new ArchiveImage("web"));

        ScriptResult result = Run("-WhatIf").ShouldSucceed();

        Assert.Contains($"""What if: Performing the operation "Pull image" on target "{_fixture.Proxy.Address}/web:2".""", result.Transcript, StringComparison.Ordinal);
        Assert.Empty(Values(result.Objects.Single(), "Failed"));
        Assert.False(Directory.Exists(_fixture.Store));
        Assert.Empty(Directory.GetFiles(_folder.Path, "*.tar"));
    }

    internal static string[] Values(PSObject result, string property) => result.Properties[property].Value is { } value
        ? [.. (LanguagePrimitives.GetEnumerable(value) ?? new[] { value }).Cast<object>().Select(one => one.ToString()!)]
        : [];

    private ScriptResult Run(string parameters) =>
        _fixture.Run($"& $runbook -ListPath $list -ArchiveFolder $folder -AllowInsecure {parameters}");
}
