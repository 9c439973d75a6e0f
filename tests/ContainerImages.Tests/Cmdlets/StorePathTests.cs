using System;
using System.IO;
using System.Management.Automation;
using ContainerImages.Testing;
using ContainerImages.Tests.Hosting;
using Xunit;

namespace ContainerImages.Tests.Cmdlets;

/// <summary>Which store is meant: the one that is typed, else an object's own, else the default one of the environment.</summary>
[Collection(ProcessState.Name)]
public sealed class StorePathTests : IDisposable
{
    private readonly TempFolder _default = new();
    private readonly StoreSession _session;

    public StorePathTests()
    {
        _session = new StoreSession(new ScriptSession(store: _default.Combine("store")));
        _session.Run("""
            $null = Import-ContainerImage $sample
            $null = Import-ContainerImage $sample -StorePath ./other
            Add-ImageTag greeting other:1 -StorePath ./other
            $mine = Get-ContainerImage greeting
            $other = Get-ContainerImage greeting -Store ./other
            """).ShouldSucceed();
    }

    public void Dispose()
    {
        _session.Dispose();
        _default.Dispose();
    }

    [Fact]
    public void The_default_store_is_the_environments() =>
        Assert.Equal(
            ["True", "True"],
            _session.Texts("$mine.StorePath -eq $env:CONTAINERIMAGES_STORE; $other.StorePath -eq \"$folder/other\""));

    [Theory]
    [InlineData("~", "")]
    [InlineData("~/a/store", "/a/store")]
    public void Home_can_be_written_short_there(string variable, string below)
    {
        _session.Set("variable", variable);
        Assert.Equal(
            [Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) + below],
            _session.Texts("$env:CONTAINERIMAGES_STORE = $variable; [ContainerImages.Store.ImageStore]::DefaultPath"));
    }

    [Fact]
    public void A_path_is_relative_to_the_sessions_location() =>
        Assert.Equal(["2"], _session.Texts("(Get-ContainerImage -StorePath other).Names.Count"));

    [Fact]
    public void An_image_that_is_piped_in_acts_in_its_own_store()
    {
        _session.Run("$other | Add-ImageTag new:1; $mine | Remove-ContainerImage").ShouldSucceed();

        Assert.Equal([], _session.Names());
        Assert.Contains("localhost/new:1", _session.Texts("(Get-ContainerImage greeting -StorePath ./other).Names"));
        Assert.Equal(["localhost/greeting:latest"], _session.Texts("$other | Get-ContainerImage"));
        Assert.Equal(["8"], _session.Texts("@($other | Get-ImageHistory).Count"));
    }

    [Theory]
    [InlineData("[System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($other))")]
    [InlineData("[pscustomobject]@{ Id = $other.Id; StorePath = $other.StorePath }")]
    [InlineData("[pscustomobject]@{ Reference = 'other:1'; StorePath = $other.StorePath }")]
    [InlineData("[pscustomobject]@{ Id = $other.Id; Store = $other.StorePath }")]
    public void So_does_what_an_image_has_become(string input)
    {
        _session.Run($"{input} | Add-ImageTag new:1").ShouldSucceed();
        Assert.Contains("localhost/new:1", _session.Texts($"({input} | Get-ContainerImage).Names"));
        Assert.DoesNotContain("localhost/new:1", _session.Names());

        _session.Run($"{input} | Remove-ContainerImage -Force").ShouldSucceed();
        Assert.Equal(["localhost/greeting:latest"], _session.Names());
    }

    [Fact]
    public void A_store_that_is_typed_wins_and_the_image_is_looked_for_there_by_its_ID()
    {
        _session.Run("$mine | Add-ImageTag new:1 -StorePath ./other").ShouldSucceed();

        Assert.Contains("localhost/new:1", _session.Texts("(Get-ContainerImage greeting -StorePath ./other).Names"));
        Assert.DoesNotContain("localhost/new:1", _session.Names());
        _session.Run("$mine | Get-ContainerImage -StorePath ./third").ShouldFail("ImageNotFound", ErrorCategory.ObjectNotFound);
    }

    [Fact]
    public void Images_of_several_stores_are_removed_each_from_its_own()
    {
        _session.Run("$mine, $other | Remove-ContainerImage").ShouldSucceed();

        Assert.Empty(_session.Names());
        Assert.Equal(["localhost/other:1"], _session.Texts("(Get-ContainerImage -StorePath ./other).Names"));
    }

    [Theory]
    [InlineData("first.tar", "StoreNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("notastore", "StoreNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("env:/x", "StoreNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("nodrive:/x", "StoreNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("FileSystem::x", "StoreNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("newer", "StoreVersion", ErrorCategory.NotImplemented)]
    [InlineData("broken", "StoreInvalid", ErrorCategory.InvalidData)]
    public void A_store_that_cannot_be_used_ends_the_call(string path, string error, ErrorCategory category)
    {
        File.WriteAllText(_session.Combine("first.tar"), "x");
        WriteStore("notastore", "file", "x");
        WriteStore("newer", "oci-layout", """{"imageLayoutVersion":"9.0.0"}""");
        WriteStore("broken", "oci-layout", """{"imageLayoutVersion":"1.0.0"}""");
        WriteStore("broken", "index.json", "{");

        string[] commands =
        [
            "Get-ContainerImage", "'a', 'b' | Remove-ContainerImage", "Add-ImageTag greeting x", "$mine | Get-ImageHistory",
            "Remove-ImageTag a, b", "Import-ContainerImage $sample", "Save-ContainerImage a -Destination x",
        ];
        foreach (string command in commands)
        {
            // Only an error that ends the call can be caught.
            ErrorRecord record = _session.Run($"try {{ {command} -StorePath {path} }} catch {{ throw }}")
                .ShouldFail(error, category);

            Assert.NotEmpty(record.ErrorDetails.RecommendedAction);
        }
    }

    [Fact]
    public void How_long_a_lock_is_waited_for_is_the_environments()
    {
        Directory.CreateDirectory(_session.Combine("busy"));
        using FileStream held = new(_session.Combine("busy/store.lock"), FileMode.Create, FileAccess.ReadWrite, FileShare.None);
        _session.Run("$env:CONTAINERIMAGES_TIMEOUT = 0.2").ShouldSucceed();
        try
        {
            ErrorRecord error = _session.Run("Import-ContainerImage $sample -StorePath ./busy")
                .ShouldFail("StoreBusy", ErrorCategory.OperationTimeout);

            Assert.Contains("CONTAINERIMAGES_TIMEOUT", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        }
        finally
        {
            _session.Run("$env:CONTAINERIMAGES_TIMEOUT = $null").ShouldSucceed();
        }
    }

    private void WriteStore(string folder, string file, string text)
    {
        Directory.CreateDirectory(_session.Combine(folder));
        File.WriteAllText(Path.Combine(_session.Combine(folder), file), text);
    }
}
