using System;
using System.IO;
using System.Linq;
using ContainerImages.Testing;
using ContainerImages.Tests.Hosting;
using Xunit;

namespace ContainerImages.Tests.Cmdlets;

/// <summary>The sample runbook with every cmdlet replaced by a function: what it decides, without a registry and a store.</summary>
public sealed class MockedRunbookTests : IDisposable
{
    // As the tests of the runbook replace them; each notes what it was called with.
    private const string Functions = """
        $calls = [System.Collections.Generic.List[string]]::new()
        $found = @()
        function New-Fake([string] $Reference) { [ContainerImages.ContainerImage]@{ Id = 'a' * 64; Reference = $Reference; Names = $Reference; Size = 5MB } }
        function Request-ContainerImage {
            [CmdletBinding()] param([string] $Reference, [switch] $AllowInsecure)
            $calls.Add("pull $Reference $AllowInsecure")
            if ($Reference -like '*/gone:1') { Write-Error 'No such image.' } else { New-Fake $Reference }
        }
        function Test-ContainerImage {
            param([Parameter(ValueFromPipeline)] [ContainerImages.ContainerImage] $InputObject, [switch] $Detailed)
            process {
                if ($InputObject.Reference -notlike '*/bad:1') { if (-not $Detailed) { $true } }
                elseif ($Detailed) { [ContainerImages.VerificationFinding]@{ Kind = 'BlobMissing'; Severity = 'Error'; Message = 'A layer is missing.' } }
                else { $false }
            }
        }
        function Add-ImageTag {
            param([Parameter(ValueFromPipeline)] [ContainerImages.ContainerImage] $InputObject, [string] $Tag)
            process { $calls.Add("tag $InputObject as $Tag") }
        }
        function Get-ContainerImage { param([string] $Reference) if ($found) { [ContainerImages.ContainerImage]@{ Id = 'a' * 64; Names = $found; MatchedNames = $found } } }
        function Save-ContainerImage {
            param([string[]] $Reference, [string] $Destination, [string] $Format, [string[]] $Exclude, [switch] $Force, [switch] $PassThru)
            $calls.Add("save $($Reference.Count) as $Format without $Exclude, $Force")
            if ($full) { Write-Error 'The disk is full.' } else { [System.IO.FileInfo] $Destination }
        }
        function Remove-ContainerImage { param([string[]] $Reference) $calls.Add("remove $Reference") }
        $full = $false
        """;

    private readonly TempFolder _folder = new();
    private readonly ScriptSession _session = new();

    public MockedRunbookTests()
    {
        _session.Set("runbook", RunbookTests.RunbookPath);
        _session.Set("list", _folder.Combine("images.txt"));
        _session.Set("folder", _folder.Path);
        _session.Run(RunbookTests.StandIns + Functions).ShouldSucceed();
    }

    public void Dispose()
    {
        _session.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Pulls_what_is_in_the_list_without_comments_and_empty_lines()
    {
        Run("", "# ours", "registry.example.com/team/app:1", "", "  registry.example.com/web:2 # the proxy").ShouldSucceed();

        Assert.Equal(["pull registry.example.com/team/app:1 False", "pull registry.example.com/web:2 False"], Calls("pull"));
    }

    [Fact]
    public void Takes_registries_without_TLS_only_if_it_is_told_to()
    {
        Run("-AllowInsecure", "registry.example.com/app:1").ShouldSucceed();

        Assert.Equal(["pull registry.example.com/app:1 True"], Calls("pull"));
    }

    [Fact]
    public void Names_each_image_by_the_date()
    {
        Assert.Equal(["localhost/nightly/team/app:1-2026-01-31"], Values(Run("", "registry.example.com/team/app:1").ShouldSucceed(), "Names"));
        Assert.Equal(["tag registry.example.com/team/app:1 as localhost/nightly/team/app:1-2026-01-31"], Calls("tag"));
    }

    [Fact]
    public void Goes_on_after_an_image_that_cannot_be_pulled()
    {
        ScriptResult result = Run("", "registry.example.com/gone:1", "registry.example.com/app:1");

        Assert.Equal("No such image.", Assert.Single(result.Errors).Exception.Message);
        Assert.Equal(["registry.example.com/gone:1"], Values(result, "Failed"));
        Assert.Equal(["localhost/nightly/app:1-2026-01-31"], Values(result, "Names"));
    }

    [Fact]
    public void Neither_names_nor_saves_a_damaged_image_and_says_what_is_wrong_with_it()
    {
        ScriptResult result = Run("", "registry.example.com/bad:1");

        Assert.Equal("registry.example.com/bad:1 is damaged: A layer is missing.", Assert.Single(result.Errors).Exception.Message);
        Assert.Equal(["registry.example.com/bad:1"], Values(result, "Failed"));
        Assert.Empty(Values(result, "Archive"));
        Assert.Empty(Calls("tag"));
        Assert.Empty(Calls("save"));
    }

    [Fact]
    public void Saves_all_of_the_day_to_one_archive_without_what_the_run_before_had()
    {
        Find("2026-01-29", "2026-01-31", "2026-01-30");

        ScriptResult result = Run("", "registry.example.com/app:1", "registry.example.com/web:2").ShouldSucceed();

        Assert.Equal([_folder.Combine("nightly-2026-01-31.tar")], Values(result, "Archive"));
        Assert.Contains("save 2 as oci-archive without localhost/nightly/app:1-2026-01-30", Assert.Single(Calls("save")), StringComparison.Ordinal);
    }

    [Fact]
    public void Saves_everything_the_first_time()
    {
        Run("", "registry.example.com/app:1").ShouldSucceed();

        Assert.Equal(["save 1 as oci-archive without , True"], Calls("save"));
    }

    [Theory]
    [InlineData(2, "2026-01-27 2026-01-26")]
    [InlineData(4, "")]
    public void Keeps_the_last_days(int keep, string removed)
    {
        Find("2026-01-26", "2026-01-31", "2026-01-30", "2026-01-27");

        ScriptResult result = Run($"-Keep {keep}", "registry.example.com/app:1").ShouldSucceed();

        string[] names = [.. removed.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(day => $"localhost/nightly/app:1-{day}")];
        Assert.Equal(names, Values(result, "Removed"));
        Assert.Equal(names.Length == 0 ? [] : ["remove " + string.Join(' ', names)], Calls("remove"));
    }

    [Fact]
    public void Removes_nothing_if_the_archive_could_not_be_written()
    {
        Find("2026-01-31", "2026-01-30");
        _session.Run("$full = $true").ShouldSucceed();

        ScriptResult result = Run("-Keep 1", "registry.example.com/app:1");

        Assert.Equal("The disk is full.", Assert.Single(result.Errors).Exception.Message);
        Assert.Empty(Values(result, "Removed"));
        Assert.Empty(Calls("remove"));
    }

    private void Find(params string[] days) => _session.Set("found", days.Select(day => $"localhost/nightly/app:1-{day}").ToArray());

    private ScriptResult Run(string parameters, params string[] list)
    {
        File.WriteAllLines(_folder.Combine("images.txt"), list);
        return _session.Run($"& $runbook -ListPath $list -ArchiveFolder $folder -Date 2026-01-31 {parameters}");
    }

    private string[] Calls(string verb) =>
        [.. _session.Run("$calls").ShouldSucceed().Objects.Select(o => o.ToString()).Where(call => call.StartsWith(verb + " ", StringComparison.Ordinal))];

    private static string[] Values(ScriptResult result, string property) => RunbookTests.Values(result.Objects.Single(), property);
}
