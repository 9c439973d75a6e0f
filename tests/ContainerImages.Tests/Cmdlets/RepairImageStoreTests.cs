using System;
using System.IO;
using System.Linq;
using System.Management.Automation;
using ContainerImages.Tests.Hosting;
using Xunit;

namespace ContainerImages.Tests.Cmdlets;

/// <summary>Repair-ImageStore.</summary>
public sealed class RepairImageStoreTests : IDisposable
{
    private readonly ArchiveImage _one = new("one") { Names = ["localhost/one:1"] };
    private readonly ArchiveImage _two = new("two") { Names = ["localhost/two:1"] };
    private readonly StoreSession _session;

    // The session's folder has first.tar with both images.
    public RepairImageStoreTests() => _session = new StoreSession(_one, _two);

    private string Layer => ArchiveFixture.Hash(_one.Layers[0]);

    public void Dispose() => _session.Dispose();

    [Fact]
    public void It_has_these_parameters() => Assert.Empty(
        "AllowInsecure Confirm Credential Force From InputObject PassThru RetryCount StorePath ThrottleLimit TimeoutSec WhatIf".Split(' ').Except(_session.Texts("(Get-Command Repair-ImageStore).Parameters.Keys")));

    [Theory]
    [InlineData("Repair-ImageStore -From ./first.tar")]
    [InlineData("Repair-ImageStore -From \"$folder/f*.tar\"")]
    [InlineData("Test-ImageStore -Detailed | Repair-ImageStore -From ./first.tar")]
    [InlineData("Test-ContainerImage one:1 -Detailed | Repair-ImageStore -From ./first.tar -Force")]
    [InlineData("Repair-ImageStore -InputObject (Test-ImageStore -Detailed) -From ./first.tar")]
    public void What_is_bad_is_fetched_and_nothing_is_said(string script)
    {
        _session.Damage(Layer);

        Assert.Empty(_session.Run(script).ShouldSucceed().Transcript);

        Assert.Equal(["True", "True"], _session.Texts("Test-ImageStore; Test-ContainerImage one:1"));
        Assert.Empty(_session.Ingests);
    }

    [Fact]
    public void PassThru_emits_what_was_found_with_what_became_of_it()
    {
        _session.Damage(Layer);
        _session.Remove(_two.Id);
        _session.AddOldBlob([1, 2, 3]);
        _session.Run($"Save-ContainerImage one:1 -Format oci-dir -Destination ./copy").ShouldFail("ContentMismatch", ErrorCategory.InvalidData);

        ScriptResult result = _session.Run(
            $"Repair-ImageStore -From ./{_session.Write("one.tar", _one)} -PassThru | ForEach-Object {{ \"$($_.Kind) $($_.Digest.Substring(7, 12)) $($_.Repaired)\" }}");

        ErrorRecord error = result.ShouldFail("StoreDamaged", ErrorCategory.InvalidData);
        Assert.Equal(
            [$"DigestMismatch {Layer[..12]} True", $"BlobMissing {_two.ShortId} False", "OrphanBlob 039058c6f2c0 True"],
            result.Objects.Select(o => o.ToString()));
        Assert.Equal($"sha256:{_two.Id}", PSObject.AsPSObject(error.TargetObject).Properties["Digest"].Value);
        Assert.Equal(
            $"Config sha256:{_two.Id} is missing. It belongs to localhost/two:1. It was not mended: none of the sources has it.", error.Exception.Message);
        Assert.Contains("-From", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        Assert.Contains("-Force", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public void What_if_says_what_would_be_done_and_does_nothing()
    {
        _session.Damage(Layer);
        _session.Remove(_two.Id);
        _session.AddOldBlob([1, 2, 3]);
        string index = Path.Combine(_session.Store, "index.json");
        File.WriteAllText(index, File.ReadAllText(index).Replace("\"containerimages.summary\":\"2 ", "\"containerimages.summary\":\"9 "));
        string[] before = Files();

        _session.Run($"Repair-ImageStore -From ./{_session.Write("one.tar", _one)} -Force -WhatIf").ShouldSucceed().Transcript.ShouldBe($"""
            What if: Performing the operation "Fetch blob from ./one.tar" on target "sha256:{Layer[..12]}".
            What if: Performing the operation "Drop image" on target "localhost/two:1 ({_two.ShortId})".
            What if: Performing the operation "Rebuild index" on target "{_session.Store}".
            What if: Performing the operation "Remove unreferenced content (3 B)" on target "{_session.Store}".
            """);
        Assert.Equal(before, Files());
    }

    [Fact]
    public void By_force_what_is_beyond_repair_is_dropped()
    {
        _session.Damage(Layer);
        _session.Run("Repair-ImageStore").ShouldFail("StoreDamaged", ErrorCategory.InvalidData);
        Assert.Equal(2, _session.Names().Length);

        Assert.Equal(["True"], _session.Texts("(Repair-ImageStore -Force -PassThru).Repaired"));

        Assert.Equal(["localhost/two:1"], _session.Names());
        Assert.Equal(["True"], _session.Texts("Test-ImageStore"));
    }

    [Fact]
    public void One_platform_is_dropped_where_the_others_are_sound()
    {
        using var session = StoreSession.WithPlatforms(out _, out var arm64);
        session.Damage(arm64.Id);

        session.Run("Repair-ImageStore -Force -WhatIf").ShouldSucceed().Transcript.ShouldBe(
            $"What if: Performing the operation \"Drop platform linux/arm64\" on target \"localhost/multi:1 ({arm64.ShortId})\".");
        session.Run("Repair-ImageStore -Force").ShouldSucceed();

        Assert.Equal(["linux/amd64"], session.Texts("(Get-ContainerImage multi:1).PresentPlatforms"));
    }

    [Fact]
    public void What_is_declined_stays_and_is_no_error()
    {
        _session.Damage(Layer);
        _session.Remove(_two.Id);
        _session.Answers.Enqueue("No");
        _session.Answers.Enqueue("Yes");

        ScriptResult result = _session.Run("Repair-ImageStore -From ./first.tar -Confirm -PassThru | ForEach-Object { \"$($_.Kind) $($_.Repaired)\" }").ShouldSucceed();

        Assert.Equal(["DigestMismatch False", "BlobMissing True"], result.Objects.Select(o => o.ToString()));
        Assert.Equal(["False", "True"], _session.Texts("Test-ContainerImage one:1, two:1"));
    }

    [Fact]
    public void No_finding_means_nothing_to_do()
    {
        _session.Damage(Layer);

        Assert.Empty(_session.Run("Test-ContainerImage two:1 -Detailed | Repair-ImageStore -Force -PassThru").ShouldSucceed().Objects);

        Assert.Equal(2, _session.Names().Length);
    }

    [Fact]
    public void Something_else_that_is_piped_in_is_an_error_and_no_reason_to_mend_its_store()
    {
        _session.Damage(Layer);

        _session.Run("$image = Get-ContainerImage two:1; $PSDefaultParameterValues.Clear()").ShouldSucceed();

        _session.Run("try { $image | Repair-ImageStore -Force } catch { throw }").ShouldFail("ConflictingParameter", ErrorCategory.InvalidArgument);

        Assert.Equal(["2"], _session.Texts("@(Get-ContainerImage -StorePath $store).Count"));
    }

    [Fact]
    public void A_source_that_is_not_there_is_an_error_and_the_others_are_used()
    {
        _session.Damage(Layer);

        _session.Run("Repair-ImageStore -From ./nowhere.tar, ./first.tar").ShouldFail("ArchiveNotFound", ErrorCategory.ObjectNotFound);

        Assert.Equal(["True"], _session.Texts("Test-ImageStore"));
    }

    [Fact]
    public void Findings_act_in_their_own_stores_also_after_a_job()
    {
        _session.Run("$null = Import-ContainerImage ./first.tar -StorePath ./other").ShouldSucceed();
        _session.Damage(Layer);
        _session.Run("$found = Test-ImageStore -Detailed; $PSDefaultParameterValues.Clear()").ShouldSucceed();

        _session.Run("""
            [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($found)) |
                Repair-ImageStore -From ./first.tar
            """).ShouldSucceed();

        Assert.Equal(["True"], _session.Texts("Test-ImageStore -StorePath $store"));
    }

    [Fact]
    public void A_broken_index_is_rebuilt_and_what_would_be_lost_is_told_first()
    {
        string index = Path.Combine(_session.Store, "index.json");
        string text = File.ReadAllText(index);
        File.WriteAllText(index, text[..^1]);
        _session.Run("Repair-ImageStore").ShouldSucceed();
        Assert.Equal(["localhost/one:1", "localhost/two:1"], _session.Names());

        File.WriteAllText(index, "gone");
        ErrorRecord error = _session.Run("Repair-ImageStore").ShouldFail("StoreDamaged", ErrorCategory.InvalidData);
        Assert.Contains("-Force", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        Assert.Equal("gone", File.ReadAllText(index));

        _session.Run("Repair-ImageStore -Force").ShouldSucceed();
        Assert.Equal(["<none>", "<none>"], _session.Names());
        Assert.Equal(["True"], _session.Texts("Test-ImageStore"));
        Assert.Equal(2, Directory.GetFiles(_session.Store, "index.json.broken-*").Length);
    }

    [Fact]
    public void A_store_that_is_not_there_is_not_made()
    {
        _session.Run("Repair-ImageStore -StorePath ./nowhere").ShouldSucceed();

        Assert.False(Directory.Exists(_session.Combine("nowhere")));
    }

    private string[] Files() =>
        [.. Directory.GetFiles(_session.Store, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Select(file => $"{file} {new FileInfo(file).Length}")];
}
