using System;
using System.IO;
using System.Linq;
using System.Management.Automation;
using ContainerImages.Tests.Hosting;
using Xunit;

namespace ContainerImages.Tests.Cmdlets;

/// <summary>Test-ImageStore, and what its findings look like.</summary>
public sealed class TestImageStoreTests : IDisposable
{
    private readonly StoreSession _session = StoreSession.WithSample();

    public void Dispose() => _session.Dispose();

    [Fact]
    public void It_has_these_parameters() => Assert.Empty(
        "Detailed SizeOnly StorePath".Split(' ').Except(_session.Texts("(Get-Command Test-ImageStore).Parameters.Keys")));

    [Fact]
    public void A_sound_store_is_true_and_so_is_one_that_is_not_there()
    {
        Assert.Equal(["True"], _session.Texts("Test-ImageStore"));
        Assert.Equal(["True"], _session.Texts("Test-ImageStore -SizeOnly"));
        Assert.Equal(["True"], _session.Texts("Test-ImageStore -StorePath ./nowhere"));
        Assert.Empty(_session.Run("Test-ImageStore -Detailed").ShouldSucceed().Objects);
        Assert.False(Directory.Exists(_session.Combine("nowhere")));
    }

    [Fact]
    public void An_error_makes_it_false_and_a_warning_does_not()
    {
        _session.AddOldBlob([1, 2, 3]);
        Assert.Equal(["True"], _session.Texts("Test-ImageStore"));
        Assert.Equal(["Warning"], _session.Texts("(Test-ImageStore -Detailed).Severity"));

        _session.Damage(_session.LargestBlob());
        Assert.Equal(["False"], _session.Texts("Test-ImageStore"));
        Assert.Equal(["True"], _session.Texts("Test-ImageStore -SizeOnly"));
        Assert.Equal(
            ["DigestMismatch", "OrphanBlob"],
            _session.Texts("Test-ImageStore -Detailed | ForEach-Object Kind"));
    }

    [Fact]
    public void A_broken_index_is_a_finding()
    {
        File.WriteAllText(Path.Combine(_session.Store, "index.json"), "{");

        Assert.Equal(["False"], _session.Texts("Test-ImageStore"));
        Assert.Equal(["IndexInvalid", "True"], _session.Texts("Test-ImageStore -Detailed | ForEach-Object { $_.Kind; $_.Repairable }"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData(null)]
    public void So_is_a_broken_or_absent_layout_file(string? text)
    {
        string file = Path.Combine(_session.Store, "oci-layout");
        File.Delete(file);
        if (text is not null)
        {
            File.WriteAllText(file, text);
        }

        Assert.Equal(["IndexInvalid " + file], _session.Texts("Test-ImageStore -Detailed | ForEach-Object { \"$($_.Kind) $($_.Path)\" }"));
    }

    [Theory]
    [InlineData("first.tar", "StoreNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("notastore", "StoreNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("newer", "StoreVersion", ErrorCategory.NotImplemented)]
    public void What_is_no_store_ends_the_call(string path, string error, ErrorCategory category)
    {
        File.WriteAllText(_session.Combine("first.tar"), "x");
        Directory.CreateDirectory(_session.Combine("notastore"));
        File.WriteAllText(_session.Combine("notastore/file"), "x");
        Directory.CreateDirectory(_session.Combine("newer"));
        File.WriteAllText(_session.Combine("newer/oci-layout"), """{"imageLayoutVersion":"9.0.0"}""");

        _session.Run($"try {{ Test-ImageStore -StorePath {path} }} catch {{ throw }}").ShouldFail(error, category);
    }

    [Fact]
    public void Images_that_are_piped_in_stand_for_their_stores_each_once()
    {
        _session.Run("$other = Import-ContainerImage $sample -StorePath ./other; $mine = Get-ContainerImage greeting").ShouldSucceed();
        _session.Remove(_session.LargestBlob());
        _session.Run("$PSDefaultParameterValues.Clear()").ShouldSucceed();

        Assert.Equal(["True", "False"], _session.Texts("$other, $other, $mine | Test-ImageStore"));
    }

    [Fact]
    public void A_table_says_what_is_wrong()
    {
        ArchiveImage image = new("shown") { Names = ["docker.io/library/shown:1"] };
        using StoreSession session = new(image);
        session.Remove(image.Id);

        session.RunFormatted("Test-ImageStore -Detailed").ShouldSucceed().Transcript.ShouldBe($"""
            Severity Kind            Message
            -------- ----            -------
            Error    BlobMissing     Config {image.ShortId} is missing. It belongs to docker.io/library/shown:1.
            """);
    }

    [Fact]
    public void A_finding_is_its_message_and_can_be_made_by_hand()
    {
        Assert.Equal(
            ["Layer x is missing.", "Warning", "OrphanBlob", "True"],
            _session.Texts("""
                [ContainerImages.VerificationFinding]@{ Severity = 'warning'; Kind = 'orphanBlob'; Message = 'Layer x is missing.'; Repairable = $true } |
                    ForEach-Object { $_; $_.Severity; $_.Kind; $_.Repairable }
                """));
        Assert.Contains(
            "OrphanBlob",
            Assert.Single(_session.Run("[ContainerImages.VerificationFinding]@{ Kind = 'other' }").Errors).Exception.Message,
            StringComparison.Ordinal);
        Assert.Single(_session.Run("[ContainerImages.VerificationFinding]@{ Kinds = 'OrphanBlob' }").Errors);
    }

    [Theory]
    [InlineData("[System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($finding))")]
    [InlineData("[pscustomobject]@{ Kind = 'BlobMissing'; Digest = $finding.Digest; Id = ''; Repairable = 'True'; Repaired = 'False' }")]
    public void A_finding_that_went_through_a_file_or_a_job_is_one_again(string script)
    {
        _session.Remove(_session.LargestBlob());
        _session.Run("$finding = Test-ImageStore -Detailed").ShouldSucceed();

        Assert.Equal(
            ["BlobMissing", "True", "False", "True"],
            _session.Texts($"[ContainerImages.VerificationFinding]$again = {script}; $again.Kind; $again.Repairable; $again.Repaired; $again.Digest -eq $finding.Digest"));
    }
}
