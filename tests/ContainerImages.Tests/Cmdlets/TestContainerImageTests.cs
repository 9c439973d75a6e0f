using System;
using System.IO;
using System.Linq;
using System.Management.Automation;
using ContainerImages.Tests.Hosting;
using Xunit;

namespace ContainerImages.Tests.Cmdlets;

/// <summary>Test-ContainerImage.</summary>
public sealed class TestContainerImageTests : IDisposable
{
    private readonly StoreSession _session = StoreSession.WithSample();

    public void Dispose() => _session.Dispose();

    [Theory]
    [InlineData("Test-ContainerImage greeting")]
    [InlineData("Test-ContainerImage gree*")]
    [InlineData("Test-ContainerImage -Id 0679")]
    [InlineData("Test-ContainerImage (Get-ContainerImage)")]
    [InlineData("Get-ContainerImage | Test-ContainerImage")]
    [InlineData("'greeting' | Test-ContainerImage")]
    [InlineData("[pscustomobject]@{ Id = $id } | Test-ContainerImage")]
    [InlineData("[pscustomobject]@{ Reference = 'greeting' } | Test-ContainerImage")]
    [InlineData("Test-ContainerImage greeting -SizeOnly")]
    [InlineData("Test-ContainerImage greeting -Platform linux/amd64")]
    public void A_sound_image_is_true_and_a_damaged_one_is_false(string script)
    {
        Assert.Equal(["True"], _session.Texts(script));
        Assert.Empty(_session.Run(script + " -Detailed").ShouldSucceed().Objects);

        _session.Remove(_session.LargestBlob());

        Assert.Equal(["False"], _session.Texts(script));
        Assert.Equal(["BlobMissing"], _session.Texts($"({script} -Detailed).Kind"));
    }

    [Fact]
    public void There_is_an_answer_for_each_argument_in_its_place()
    {
        ArchiveImage other = new("other") { Names = ["localhost/other:1"] };
        _session.Run($"Import-ContainerImage ./{_session.Write("other.tar", other)}").ShouldSucceed();
        _session.Remove(other.Id);

        Assert.Equal(
            ["True", "False", "False", "True"],
            _session.Texts("Test-ContainerImage greeting, missing:1, other:1, $id"));
        Assert.Equal(["localhost/other:1"], _session.Texts("Get-ContainerImage | Where-Object { -not (Test-ContainerImage $_) }"));
    }

    [Fact]
    public void An_image_of_another_store_is_verified_there()
    {
        _session.Run("$other = Import-ContainerImage $sample -StorePath ./other; $mine = Get-ContainerImage greeting").ShouldSucceed();
        _session.Remove(_session.LargestBlob());
        _session.Run("$PSDefaultParameterValues.Clear()").ShouldSucceed();

        Assert.Equal(["True", "False"], _session.Texts("$other, $mine | Test-ContainerImage"));
    }

    [Theory]
    [InlineData("missing:1", "No image 'missing:1' is in the store.", "missing:1")]
    [InlineData("missing*", "No image of the store '{0}' matches 'missing*'.", "")]
    [InlineData("-Id 1234", "No image with the ID 1234 is in the store '{0}'.", "")]
    [InlineData("greeting -Platform linux/s390x", "'greeting' has no platform 'linux/s390x' in the store; it has linux/amd64.", "greeting")]
    public void What_is_not_there_is_false_and_no_error(string arguments, string message, string reference)
    {
        Assert.Equal(["False"], _session.Texts($"Test-ContainerImage {arguments}"));
        Assert.Equal(
            ["Error", "ImageMissing", reference, string.Format(null, message, _session.Store), "False", _session.Store],
            _session.Texts($"Test-ContainerImage {arguments} -Detailed | ForEach-Object {{ $_.Severity; $_.Kind; \"$($_.Reference)\"; $_; $_.Repairable; $_.StorePath }}"));
    }

    [Fact]
    public void An_object_whose_image_is_gone_is_false()
    {
        _session.Run("$image = Get-ContainerImage greeting; Remove-ContainerImage greeting").ShouldSucceed();

        Assert.Equal(["False"], _session.Texts("$image | Test-ContainerImage"));
        Assert.Equal([StoreSession.SampleId], _session.Texts("($image | Test-ContainerImage -Detailed).Id"));
        Assert.Equal(["False"], _session.Texts("Test-ContainerImage greeting -StorePath ./nowhere"));
    }

    [Theory]
    [InlineData("Test-ContainerImage 'Not a name'", "InvalidReference")]
    [InlineData("Test-ContainerImage ''", "ParameterArgumentValidationError")]
    [InlineData("Test-ContainerImage -Id xyz", "InvalidImageId")]
    [InlineData("Test-ContainerImage b:1", "AmbiguousReference")]
    [InlineData("Test-ContainerImage greeting -Platform 'linux'", "InvalidPlatform")]
    [InlineData("[pscustomobject]@{ Id = '1234' } | Test-ContainerImage", "InvalidImageId")]
    public void What_makes_no_sense_is_an_error_and_has_no_answer(string script, string error)
    {
        _session.Run("Add-ImageTag greeting quay.io/a/b:1, quay.io/b:1").ShouldSucceed();

        var result = _session.Run(script);

        Assert.Empty(result.Objects);
        Assert.StartsWith(error, (result.TerminatingError ?? Assert.Single(result.Errors)).FullyQualifiedErrorId, StringComparison.Ordinal);
    }

    [Fact]
    public void One_bad_argument_leaves_the_others_their_answers()
    {
        var result = _session.Run("Test-ContainerImage 'Not a name', greeting");

        result.ShouldFail("InvalidReference", ErrorCategory.InvalidArgument);
        Assert.Equal(["True"], result.Objects.Select(o => o.ToString()));
    }

    [Fact]
    public void In_detail_each_flaw_is_told_once()
    {
        ArchiveImage child = new("shared", "child") { Names = ["localhost/child:1"] };
        ArchiveImage parent = new("shared") { Names = ["localhost/parent:1"] };
        _session.Run($"Import-ContainerImage ./{_session.Write("both.tar", parent, child)}").ShouldSucceed();
        string shared = ArchiveFixture.Hash(parent.Layers[0]);
        _session.Damage(shared);
        _session.Remove(child.Id);

        _session.Run("Test-ContainerImage parent:1, child:1 -Detailed | ForEach-Object { \"$($_.Severity) $($_.Kind) $($_.Digest) $($_.Id)\" }").ShouldSucceed()
            .Transcript.ShouldBe($"""
            Error DigestMismatch sha256:{shared} {parent.Id}
            Error BlobMissing sha256:{child.Id} {child.Id}
            """);
        Assert.Equal(["True", "True", "False"], _session.Texts("Test-ContainerImage greeting, parent:1, child:1 -SizeOnly"));
    }

    [Fact]
    public void A_platform_is_verified_alone()
    {
        using var session = StoreSession.WithPlatforms(out _, out var arm64);
        session.Damage(ArchiveFixture.Hash(arm64.Layers[0]));

        Assert.Equal(["False"], session.Texts("Test-ContainerImage multi:1"));
        Assert.Equal(["True"], session.Texts("Test-ContainerImage multi:1 -Platform linux/amd64"));
        Assert.Equal(["False"], session.Texts("Test-ContainerImage multi:1 -Platform linux/arm*"));
        Assert.Equal(["False"], session.Texts("Test-ContainerImage multi:1 -Platform linux/s390x"));
    }

    [Fact]
    public void A_finding_can_be_piped_on()
    {
        _session.Damage(_session.LargestBlob());

        Assert.Equal(["localhost/greeting:latest"], _session.Texts("Test-ContainerImage greeting -Detailed | Get-ContainerImage"));
    }

    [Fact]
    public void A_store_without_a_readable_index_ends_the_call()
    {
        File.WriteAllText(Path.Combine(_session.Store, "index.json"), "{");

        var error = _session.Run("try { Test-ContainerImage a, b } catch { throw }").ShouldFail("StoreInvalid", ErrorCategory.InvalidData);
        Assert.Contains("Repair-ImageStore", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
    }
}
