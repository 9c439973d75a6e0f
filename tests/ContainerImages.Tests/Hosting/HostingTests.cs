using System;
using System.IO;
using System.Linq;
using System.Management.Automation;
using System.Threading;
using System.Threading.Tasks;
using Xunit;

namespace ContainerImages.Tests.Hosting;

/// <summary>The harness itself, by commands of the engine and functions written here; the module is not needed.</summary>
public sealed class HostingTests : IDisposable
{
    private const string NoisyFunction = """
        function Remove-Thing {
            [CmdletBinding(SupportsShouldProcess)]
            param([Parameter(ValueFromPipeline)] [string] $Name)
            process {
                $PSCmdlet.WriteVerbose("looking at $Name")
                if ($Name -eq 'bad') {
                    $e = [System.Management.Automation.ErrorRecord]::new(
                        [System.IO.IOException]::new("No thing '$Name'."), 'ThingNotFound', 'ObjectNotFound', $Name)
                    $e.ErrorDetails = [System.Management.Automation.ErrorDetails]::new("No thing '$Name'.")
                    $e.ErrorDetails.RecommendedAction = 'Name another thing.'
                    $PSCmdlet.WriteError($e)
                    return
                }
                if ($PSCmdlet.ShouldProcess($Name, 'Remove thing')) {
                    $PSCmdlet.WriteWarning("$Name is gone")
                    "removed $Name"
                }
            }
        }
        """;

    private readonly ScriptSession _session = new(import: false);

    public void Dispose() => _session.Dispose();

    [Fact]
    public void Streams_stand_in_the_transcript_in_the_order_they_were_written()
    {
        _session.Run(NoisyFunction).ShouldSucceed();

        ScriptResult result = _session.Run("'one', 'bad', 'two' | Remove-Thing -Verbose");

        result.Transcript.ShouldBe("""
            VERBOSE: looking at one
            VERBOSE: Performing the operation "Remove thing" on target "one".
            WARNING: one is gone
            removed one
            VERBOSE: looking at bad
            ERROR: No thing 'bad'.
                ThingNotFound,Remove-Thing (ObjectNotFound: bad)
                Recommendation: Name another thing.
            VERBOSE: looking at two
            VERBOSE: Performing the operation "Remove thing" on target "two".
            WARNING: two is gone
            removed two
            """);
        Assert.Equal(["removed one", "removed two"], result.Objects.Select(o => o.BaseObject));
        Assert.Equal(["one is gone", "two is gone"], result.Warnings);
        Assert.Equal("looking at one", result.Verbose[0]);
        Assert.Equal("bad", result.ShouldFail("ThingNotFound", ErrorCategory.ObjectNotFound).TargetObject);
    }

    [Fact]
    public void What_if_lines_are_captured()
    {
        _session.Run(NoisyFunction);

        _session.Run("Remove-Thing one -WhatIf").ShouldSucceed().Transcript
            .ShouldBe("""What if: Performing the operation "Remove thing" on target "one".""");
    }

    [Fact]
    public void Questions_are_answered_by_label_and_an_unexpected_one_ends_the_script()
    {
        _session.Run(NoisyFunction);
        _session.Answers.Enqueue("No");

        _session.Run("Remove-Thing one -Confirm").ShouldSucceed().Transcript.ShouldBe("""
            Confirm
            Are you sure you want to perform this action?
            Performing the operation "Remove thing" on target "one".
            > No
            """);
        Assert.Contains("nobody is there", _session.Run("Remove-Thing one -Confirm").Transcript, StringComparison.Ordinal);
    }

    [Fact]
    public void Formatted_output_is_what_a_person_sees()
    {
        ScriptResult result = _session.RunFormatted("""
            [pscustomobject]@{ Name = 'debian'; Size = 117 }
            [pscustomobject]@{ Name = 'alpine'; Size = 8 }
            """);

        Assert.Empty(result.Objects);
        result.ShouldSucceed().Transcript.ShouldBe("""
            Name   Size
            ----   ----
            debian  117
            alpine    8
            """);
    }

    [Fact]
    public void Formatted_output_knows_the_width_of_the_screen()
    {
        using ScriptSession narrow = new(width: 40, import: false);

        string shown = narrow.RunFormatted("[pscustomobject]@{ Text = 'x' * 100 }").Transcript;

        Assert.All(shown.Split('\n'), line => Assert.InRange(line.Length, 0, 40));
    }

    [Fact]
    public void Errors_stand_among_formatted_output()
    {
        _session.Run(NoisyFunction);

        _session.RunFormatted("'one', 'bad', 'two' | Remove-Thing | Where-Object { $_ -like '*two' }").Transcript.ShouldBe("""
            WARNING: one is gone
            ERROR: No thing 'bad'.
                ThingNotFound,Remove-Thing (ObjectNotFound: bad)
                Recommendation: Name another thing.
            WARNING: two is gone
            removed two
            """);
    }

    [Fact]
    public void A_terminating_error_is_told_from_the_others()
    {
        ScriptResult result = _session.Run("'before'; throw 'enough'; 'after'");

        Assert.Equal("enough", result.TerminatingError?.FullyQualifiedErrorId);
        Assert.Empty(result.Errors);
        result.Transcript.ShouldBe("""
            before
            TERMINATING ERROR: enough
                enough (OperationStopped: enough)
            """);
    }

    [Fact]
    public void Progress_is_kept_apart_as_it_was_reported()
    {
        ScriptResult result = _session.Run("""
            function Show-Progress {
                [CmdletBinding()] param()
                $p = [System.Management.Automation.ProgressRecord]::new(7, 'Copying', 'layer 1')
                foreach ($percent in 0, 50, 100) { $p.PercentComplete = $percent; $PSCmdlet.WriteProgress($p) }
                $p.RecordType = 'Completed'; $PSCmdlet.WriteProgress($p)
            }
            Show-Progress
            """).ShouldSucceed();

        Assert.Empty(result.Transcript);
        Assert.Equal([0, 50, 100, 100], result.Progress.Select(p => p.PercentComplete));
        Assert.Equal(ProgressRecordType.Completed, result.Progress[^1].RecordType);
        Assert.Equal(ProgressRecordType.Processing, result.Progress[0].RecordType);
    }

    [Fact]
    public async Task A_running_script_is_stopped_from_outside()
    {
        using ManualResetEventSlim started = new();
        _session.Set("started", started);
        Task<ScriptResult> running = Task.Run(() => _session.Run("$started.Set(); while ($true) { }"));
        Assert.True(started.Wait(TimeSpan.FromSeconds(30)));

        _session.Stop();
        ScriptResult result = await running;

        Assert.True(result.Stopped);
        Assert.Null(result.TerminatingError);
        Assert.Equal("still alive", _session.Run("'still alive'").ShouldSucceed().Objects.Single().BaseObject);
    }

    [Fact]
    public void Tab_completes_at_the_cursor()
    {
        _session.Run(NoisyFunction);

        Assert.Contains("Remove-Thing", _session.Complete("Remove-Th").Select(c => c.CompletionText));
        Assert.Contains("-WhatIf", _session.Complete("Remove-Thing -Wha one", "Remove-Thing -Wha".Length).Select(c => c.CompletionText));
    }

    [Fact]
    public void Location_and_variables_last_from_one_script_to_the_next()
    {
        _session.Location = Path.GetTempPath();
        _session.Run("$kept = 42");

        Assert.Equal(42, _session.Run("$kept").Objects.Single().BaseObject);
        Assert.Equal(
            Path.TrimEndingDirectorySeparator(Path.GetTempPath()),
            Path.TrimEndingDirectorySeparator(_session.Location));
    }
}
