using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using ContainerImages.Testing;
using ContainerImages.Tests.Hosting;
using Xunit;

namespace ContainerImages.Tests.Completion;

/// <summary>Which store is completed from, and what happens when it cannot be read, or is large.</summary>
[Collection(ProcessState.Name)]
public sealed class CompletionStorePathTests : IDisposable
{
    private static readonly string s_archive = Path.Combine(StagedModule.Folder, "../../../tests/ContainerImages.Tour/sample.tar");

    private readonly TempFolder _folder = new();
    private readonly ScriptSession _session;

    public CompletionStorePathTests()
    {
        Make("default").Add("a", "localhost/default:1").Write();
        Make("named").Add("b", "localhost/named:1").Write();
        _session = new ScriptSession(_folder.Combine("default")) { Location = _folder.Path };
    }

    public void Dispose()
    {
        _session.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("Get-ContainerImage ", "localhost/default:1")]
    [InlineData("Get-ContainerImage -StorePath ./named ", "localhost/named:1")]
    [InlineData("Get-ContainerImage -Store named ", "localhost/named:1")]
    [InlineData("Get-ContainerImage -StorePath:named -Reference ", "localhost/named:1")]
    [InlineData("Get-ContainerImage -StorePath $named ", "localhost/named:1")]
    [InlineData("Get-ContainerImage -StorePath $here/named ", "localhost/named:1")]
    [InlineData("Get-ContainerImage -StorePath \"$here/named\" ", "localhost/named:1")]
    [InlineData("Get-ContainerImage -StorePath (Get-Anything) ")]
    [InlineData("Get-ContainerImage -StorePath \"$(Get-Anything)\" ")]
    [InlineData("Get-ContainerImage -StorePath ./nowhere ")]
    [InlineData("Get-ContainerImage -StorePath nodrive:/x ")]
    public void The_store_is_the_one_the_line_means(string line, params string[] expected)
    {
        _session.Set("here", _folder.Path);
        _session.Set("named", _folder.Combine("named"));

        // Where a completer has nothing, PowerShell offers files.
        Assert.Equal(expected, _session.Complete(line).Select(r => r.CompletionText).Where(text => text.StartsWith("local", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("@{ '*:StorePath' = 'named' }", "localhost/named:1")]
    [InlineData("@{ 'Get-Container*:Store' = $here + '/named' }", "localhost/named:1")]
    [InlineData("@{ '*:StorePath' = 'default'; 'get-containerimage:storepath' = 'named' }", "localhost/named:1")]
    [InlineData("@{ '*:StorePath' = 'named'; Disabled = $true }", "localhost/default:1")]
    [InlineData("@{ '*:StorePath' = { 'named' } }", "localhost/default:1")]
    [InlineData("@{ 'Save-*:StorePath' = 'named'; 'Get-ContainerImage:Until' = '2020-01-01' }", "localhost/default:1")]
    public void The_session_s_defaults_count_for_what_is_not_typed(string defaults, string expected)
    {
        _session.Set("here", _folder.Path);
        _session.Run($"$PSDefaultParameterValues = {defaults}").ShouldSucceed();

        Assert.Equal(expected, _session.Complete("Get-ContainerImage l").Single().CompletionText);
        Assert.Equal("localhost/default:1", _session.Complete("Get-ContainerImage -StorePath default l").Single().CompletionText);
    }

    [Fact]
    public void A_relative_path_starts_at_the_session_s_location_while_a_pipeline_runs()
    {
        // As at a prompt: the line editor is itself a pipeline, and completes from within it.
        ScriptResult result = _session.Run("""
            $line = 'Get-ContainerImage -StorePath named '
            [System.Management.Automation.CommandCompletion]::CompleteInput($line, $line.Length, $null).CompletionMatches.CompletionText
            """);

        Assert.Equal(["localhost/named:1"], result.ShouldSucceed().Objects.Select(o => o.BaseObject));
    }

    [Fact]
    public void A_torn_index_is_not_waited_for()
    {
        Make("torn").Add("x", "localhost/torn:1").Write().Tear();

        // A reader that waits, waits a second each time; a busy machine does not do so always.
        Assert.Contains(Enumerable.Range(0, 20), _ =>
        {
            var clock = Stopwatch.StartNew();
            Assert.Empty(_session.Complete("Get-ContainerImage -StorePath torn lo"));
            return clock.Elapsed < TimeSpan.FromSeconds(1);
        });
    }

    [Fact]
    public void What_cannot_be_read_offers_nothing_and_is_no_error()
    {
        Make("broken").Write();
        File.WriteAllText(_folder.Combine("broken", "index.json"), """{"manifests":[{"digest":7}, 5]}""");
        File.WriteAllText(_folder.Combine("file"), "");
        Make("plain").AddWithoutSummary("x", "localhost/plain:1").Write();

        Assert.DoesNotContain(_session.Complete("Get-ContainerImage -StorePath broken l"), r => r.CompletionText.StartsWith('l'));
        Assert.DoesNotContain(_session.Complete("Get-ContainerImage -StorePath file l"), r => r.CompletionText.StartsWith('l'));
        Assert.Equal("localhost/plain:1", _session.Complete("Get-ContainerImage -StorePath plain l").Single().CompletionText);

        // By which it is listed too.
        Assert.Equal(CompletionStore.Hash("root x")[..12], _session.Complete("Get-ContainerImage -StorePath plain -Id ").Single().CompletionText.Trim('\''));
        Assert.False(Directory.Exists(_folder.Combine("nowhere")));
    }

    [Fact]
    public void A_real_store_completes_with_the_images_in_variables()
    {
        _session.Set("archive", Path.GetFullPath(s_archive));
        _session.Run("""
            $null = Import-ContainerImage $archive -StorePath real
            $image = Get-ContainerImage greeting -StorePath real
            $image | Add-ImageTag -Tag team/greeting:1, registry.example.com/greeting:2
            $image = $image | Get-ContainerImage
            """).ShouldSucceed();

        string[] Texts(string line) => [.. _session.Complete(line).Select(r => r.CompletionText)];

        Assert.Equal(["greeting:latest", "localhost/team/greeting:1", "registry.example.com/greeting:2"], Texts("Get-ContainerImage -StorePath real gr"));
        Assert.Equal(["0679216bcb6c"], Texts("Get-ContainerImage -StorePath real -Id 067").Select(text => text.Trim('\'')));
        Assert.Equal(
            ["localhost/greeting:latest", "localhost/team/greeting:1", "registry.example.com/greeting:2"],
            Texts("Remove-ImageTag -InputObject $image -Tag "));
        Assert.Equal(_session.Run("$image.Platform").Objects.Single().BaseObject, Texts("Save-ContainerImage -InputObject $image -Platform ")[0]);
    }

    [Fact]
    public void Among_ten_thousand_images_each_is_offered_once()
    {
        CompletionStore large = Make("large");
        for (var i = 0; i < 10_000; i++)
        {
            large.Add("image " + i, $"registry.example.com/team{i % 50}/app{i % 50}:1.{i}");
        }

        large.Write();

        Assert.Equal(3, _session.Complete("Get-ContainerImage -StorePath large registry.example.com/team7/app7:1.35").Count);
        Assert.Equal(10_000, _session.Complete("Get-ContainerImage -StorePath large registry").Count);
        Assert.Equal(200, _session.Complete("Get-ContainerImage -StorePath large -Id ").Count);
        Assert.Equal(200, _session.Complete("Get-ContainerImage -StorePath large -Id 8").Count);
        Assert.Equal(50, _session.Complete("Add-ImageTag x -StorePath large -Tag registry").Count);
        Assert.Equal(9, _session.Complete("Get-ContainerImage registry.example.com/team7/app7:1.7 -StorePath large -Platform ").Count);
    }

    private CompletionStore Make(string name) => new(_folder.Combine(name));
}
