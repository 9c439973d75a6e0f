using System;
using System.Linq;
using System.Management.Automation;
using System.Threading.Tasks;
using ContainerImages.Tests.Cmdlets;
using ContainerImages.Tests.Hosting;
using Xunit;

namespace ContainerImages.Tests.Loading;

/// <summary>What the module is to the sessions that have it: to one, to several at once, and to one that has it no longer.</summary>
public sealed class SessionTests
{
    private const string State = """
        function Get-State {
            $type = [ContainerImages.ContainerImage]
            $image = $type::new(@{ Id = 'a' * 64; Reference = 'localhost/x:1' })
            $ExecutionContext.InvokeCommand.GetCommands('*', 'Cmdlet, Alias, Function', $true) |
                ForEach-Object { if ("$($_.Source) $($_.Definition)" -match '^ContainerImages |-(Container)?Image') { "command $($_.Name)" } }
            if ($null -ne $image.PSStandardMembers) { 'types' }
            if ([pscustomobject]@{ Id = 'a' * 64 } -as $type) { 'converter' }
        }
        """;

    [Fact]
    public void A_session_that_removed_the_module_has_nothing_of_it_left()
    {
        using ScriptSession session = new(import: false);
        session.Set("manifest", StagedModule.Manifest);
        session.Run("Import-Module $manifest; " + State).ShouldSucceed();
        string[] with = Texts(session, "Get-State");
        session.Run("Import-Module $manifest -Force; Remove-Module ContainerImages").ShouldSucceed();

        Assert.Contains("command Get-ContainerImage", with);
        Assert.Contains("command gcimg", with);
        Assert.Contains("types", with);
        Assert.Contains("converter", with);
        Assert.Empty(Texts(session, "Get-State"));
        Assert.Empty(session.Complete("Save-ContainerImage -For"));
    }

    [Fact]
    public void A_session_that_removed_the_module_shows_its_objects_as_any_others()
    {
        const string Lease = "[ContainerImages.ImageLease]@{ Name = 'web1'; Id = 'a' * 64 }";
        const string Header = "Name             Id           Reference";
        using ScriptSession session = new();

        string with = session.RunFormatted(Lease).ShouldSucceed().Transcript;
        session.Run("Remove-Module ContainerImages").ShouldSucceed();

        Assert.Contains(Header, with, StringComparison.Ordinal);
        Assert.DoesNotContain(Header, session.RunFormatted(Lease).ShouldSucceed().Transcript, StringComparison.Ordinal);
    }

    [Fact]
    public void Importing_changes_no_variable_of_the_session()
    {
        const string Variables = """
            $own = 'args', 'input', 'MyInvocation', 'PSBoundParameters', 'PSCommandPath', 'PSScriptRoot', 'PSItem', '_', '$', '^', '?', 'own'
            $ExecutionContext.SessionState.InvokeProvider.Item.Get('Variable:*') |
                ForEach-Object { if ($_.Name -notin $own) { "$($_.Name)=$($_.Value)" } }
            "errors $($Error.Count)"
            """;
        using ScriptSession session = new(import: false);
        session.Set("manifest", StagedModule.Manifest);
        string[] before = Texts(session, Variables);

        session.Run("Import-Module $manifest").ShouldSucceed();

        Assert.Equal(before, Texts(session, Variables));
    }

    [Fact]
    public async Task Sessions_of_one_process_come_and_go_without_touching_each_other()
    {
        await Task.WhenAll(Enumerable.Range(0, 6).Select(number => Task.Run(() =>
        {
            using StoreSession session = StoreSession.WithSample();
            session.Run($"Get-ContainerImage greeting | Add-ImageTag -Tag team/greeting:{number}").ShouldSucceed();
            if (number % 2 == 0)
            {
                session.Set("manifest", StagedModule.Manifest);
                session.Run("Import-Module $manifest -Force").ShouldSucceed();
            }

            Assert.Equal(["localhost/greeting:latest", $"localhost/team/greeting:{number}"], session.Names());
            session.Run("Save-ContainerImage greeting -Format oci-archive -Compression zstd -Destination ./saved.tar").ShouldSucceed();
            Assert.Equal([StoreSession.SampleId], session.Texts("(Import-ContainerImage ./saved.tar -StorePath ./other).Id"));
            session.Run("Remove-Module ContainerImages").ShouldSucceed();
        })));
    }

    [Fact]
    public async Task Two_sessions_work_on_one_store_at_once()
    {
        using StoreSession shared = StoreSession.WithSample();

        await Task.WhenAll(Enumerable.Range(0, 4).Select(number => Task.Run(() =>
        {
            using StoreSession session = new();
            session.Set("shared", shared.Store);
            session.Run($$"""
                foreach ($i in 1..5) {
                    Get-ContainerImage greeting -StorePath $shared | Add-ImageTag -Tag "session{{number}}:$i" -StorePath $shared
                    if ($i -gt 1) { Remove-ImageTag "session{{number}}:$($i - 1)" -StorePath $shared }
                }
                """).ShouldSucceed();
        })));

        Assert.Equal(
            ["localhost/greeting:latest", .. Enumerable.Range(0, 4).Select(number => $"localhost/session{number}:5")], shared.Names());
    }

    [Fact]
    public void Images_go_into_parallel_loops_and_come_out_of_them()
    {
        using StoreSession session = StoreSession.WithSample();
        session.Set("manifest", StagedModule.Manifest);

        session.Run("""
            $image = Get-ContainerImage greeting
            1..8 | ForEach-Object -Parallel { Import-Module $using:manifest; $using:image | Add-ImageTag -Tag "team/a:$_" } -ThrottleLimit 4
            $from = 1 | ForEach-Object -Parallel { Import-Module $using:manifest; Get-ContainerImage greeting -StorePath $using:store }
            $PSDefaultParameterValues.Clear()
            """).ShouldSucceed();

        Assert.Equal(["8"], session.Texts("(Get-ContainerImage team/* -StorePath $store).MatchedNames.Count"));
        Assert.Equal(["True"], session.Texts("Test-ImageStore -StorePath $store"));
        Assert.Equal([StoreSession.SampleId, "8"], session.Texts("($from | Get-ContainerImage).Id; ($from | Get-ImageHistory).Count"));
    }

    [Theory]
    [InlineData("Get-ContainerImage nope; 'went on'", "ImageNotFound")]
    [InlineData("'greeting', 'nope' | Remove-ContainerImage; 'went on'", "ImageNotFound")]
    [InlineData("'greeting', 'nope' | Save-ContainerImage -Destination ./x.tar; 'went on'", "ImageNotFound")]
    [InlineData("'nope' | Add-ImageTag -Tag a:1; 'went on'", "ImageNotFound")]
    [InlineData("Remove-ImageTag greeting:latest, nope:1; 'went on'", "TagNotFound")]
    [InlineData("Import-ContainerImage ./nope.tar; 'went on'", "ArchiveNotFound")]
    [InlineData("Remove-ImageLease nope; 'went on'", "LeaseNotFound")]
    public void Where_errors_stop_the_first_does_and_nothing_is_changed(string script, string error)
    {
        using StoreSession session = StoreSession.WithSample();

        ScriptResult result = session.Run($"Set-StrictMode -Version Latest; $ErrorActionPreference = 'Stop'; {script}");

        result.ShouldFail(error, ErrorCategory.ObjectNotFound);
        Assert.NotNull(result.TerminatingError);
        Assert.Empty(result.Objects);
        Assert.Equal(["localhost/greeting:latest"], session.Names());
    }

    [Fact]
    public void Under_strict_mode_everything_works_and_is_shown()
    {
        using StoreSession session = StoreSession.WithSample();

        string shown = session.RunFormatted("""
            Set-StrictMode -Version Latest
            $ErrorActionPreference = 'Stop'
            Get-ContainerImage -Tree
            Get-ContainerImage greeting | Add-ImageTag -Tag team/a:1, team/a:2 -PassThru
            Get-ContainerImage greeting | Get-ImageHistory
            New-ImageLease greeting -Name web1 -Until ([DateTimeOffset]::UtcNow.AddHours(1))
            Get-ImageLease
            Remove-ImageLease web* -PassThru
            Get-ContainerImage team/a:1 | Save-ContainerImage -Destination ./a.tar
            Import-ContainerImage ./a.tar -StorePath ./other
            Remove-ImageTag team/a:1 -PassThru
            Test-ContainerImage greeting
            Test-ContainerImage nope -Detailed
            Test-ImageStore
            Measure-ImageStore
            Repair-ImageStore -PassThru
            (Get-ContainerImage greeting).Layers
            Get-ContainerImage greeting | Remove-ContainerImage -PassThru
            Optimize-ImageStore -All -PassThru
            [pscustomobject]@{ PSTypeName = 'ContainerImages.ContainerImage'; Id = 'b' * 64 }
            [pscustomobject]@{ PSTypeName = 'ContainerImages.RemoteImage'; Reference = 'registry.example.com/a:1' }
            [pscustomobject]@{ PSTypeName = 'ContainerImages.ImageHistoryEntry'; Id = '<missing>' }
            """).ShouldSucceed().Transcript;

        Assert.DoesNotContain("#ERR", shown, StringComparison.Ordinal);
        Assert.Contains("bbbbbbbbbbbb", shown, StringComparison.Ordinal);
        Assert.Contains("registry.example.com/a:1", shown, StringComparison.Ordinal);
        Assert.Contains("team/a:1", session.Run("""
            $line = 'Get-ContainerImage -StorePath ./other team/'
            [System.Management.Automation.CommandCompletion]::CompleteInput($line, $line.Length, $null).CompletionMatches.CompletionText
            """).ShouldSucceed().Transcript, StringComparison.Ordinal);
    }

    private static string[] Texts(ScriptSession session, string script) =>
        [.. session.Run(script).ShouldSucceed().Objects.Select(o => o.ToString())];
}
