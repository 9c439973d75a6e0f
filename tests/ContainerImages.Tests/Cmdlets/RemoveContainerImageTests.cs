using System;
using System.IO;
using System.Linq;
using System.Management.Automation;
using ContainerImages.Tests.Hosting;
using Xunit;

namespace ContainerImages.Tests.Cmdlets;

/// <summary>Remove-ContainerImage.</summary>
public sealed class RemoveContainerImageTests : IDisposable
{
    private const string Command = "ContainerImages.Commands.RemoveContainerImageCommand";

    private static readonly ArchiveImage _base = new("base") { Day = 1 };
    private static readonly ArchiveImage _child = new("base", "child") { Names = ["localhost/child:1"], Day = 2 };

    private readonly StoreSession _session = StoreSession.WithSample();

    public void Dispose() => _session.Dispose();

    [Theory]
    [InlineData("Remove-ContainerImage greeting")]
    [InlineData("Remove-ContainerImage gree*")]
    [InlineData("Remove-ContainerImage -Id 0679")]
    [InlineData("Remove-ContainerImage -Id \"sha256:$id\"")]
    [InlineData("Remove-ContainerImage (Get-ContainerImage)")]
    [InlineData("Get-ContainerImage | Remove-ContainerImage")]
    [InlineData("Remove-ContainerImage greeting -Force -NoPrune")]
    public void The_last_name_takes_the_image_and_its_blobs_along(string script)
    {
        Assert.Empty(_session.Run(script).ShouldSucceed().Transcript);

        Assert.Empty(_session.Names());
        Assert.Empty(_session.Blobs);
        Assert.Empty(_session.Ingests);
    }

    [Fact]
    public void Other_names_are_safe_from_a_name_and_from_an_object_that_was_found_by_one()
    {
        _session.Run("Add-ImageTag greeting team/a:1, team/b:1, quay.io/c:1").ShouldSucceed();
        int blobs = _session.Blobs.Length;

        _session.Run("Remove-ContainerImage quay.io/c:1").ShouldSucceed();
        Assert.Equal(["localhost/greeting:latest", "localhost/team/a:1", "localhost/team/b:1"], _session.Names());

        _session.Run("Get-ContainerImage team/* | Remove-ContainerImage").ShouldSucceed();
        Assert.Equal(["localhost/greeting:latest"], _session.Names());
        Assert.Equal(blobs, _session.Blobs.Length);
    }

    [Theory]
    [InlineData("Get-ContainerImage | Remove-ContainerImage")]
    [InlineData("Remove-ContainerImage -Id $id")]
    [InlineData("Remove-ContainerImage $id")]
    [InlineData("[pscustomobject]@{ Id = $id; Reference = 'localhost/other:1' } | Remove-ContainerImage")]
    public void As_a_whole_an_image_of_several_names_needs_force(string script)
    {
        _session.Run("Add-ImageTag greeting other:1").ShouldSucceed();

        ScriptResult refused = _session.Run(script);

        ErrorRecord error = refused.ShouldFail("MultipleTags", ErrorCategory.ResourceBusy);
        Assert.Contains("localhost/greeting:latest, localhost/other:1", error.Exception.Message, StringComparison.Ordinal);
        Assert.Contains("-Force", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        Assert.Null(refused.TerminatingError);
        Assert.Equal(2, _session.Names().Length);

        _session.Run(script + " -Force").ShouldSucceed();
        Assert.Empty(_session.Names());
    }

    [Theory]
    [InlineData("Remove-ContainerImage greeting, other:1")]
    [InlineData("'greeting', 'other:1' | Remove-ContainerImage")]
    [InlineData("(Get-ContainerImage greeting), (Get-ContainerImage other:1) | Remove-ContainerImage")]
    [InlineData("Remove-ContainerImage *")]
    [InlineData("Get-ContainerImage * | Remove-ContainerImage")]
    [InlineData("Remove-ContainerImage greeting, $id, other:1")]
    public void All_names_together_remove_the_image(string script)
    {
        _session.Run("Add-ImageTag greeting other:1").ShouldSucceed();

        _session.Run(script).ShouldSucceed();

        Assert.Empty(_session.Names());
        Assert.Empty(_session.Blobs);
    }

    [Fact]
    public void PassThru_says_what_was_done()
    {
        _session.Run("Add-ImageTag greeting other:1").ShouldSucceed();
        long bytes = _session.Blobs.Sum(file => new FileInfo(file).Length);

        Assert.Equal(
            ["Untagged localhost/other:1", "False", "0"],
            _session.Texts("Remove-ContainerImage other:1 -PassThru | ForEach-Object { $_; $_.Removed; $_.FreedBytes }"));
        Assert.Equal(
            [
                "Removed 0679216bcb6c", StoreSession.SampleId, "localhost/greeting:latest", "localhost/greeting:latest", $"{bytes}",
                _session.Store,
            ],
            _session.Texts("""
                Remove-ContainerImage greeting -PassThru | ForEach-Object { $_; $_.Id; $_.Reference; $_.Untagged; $_.FreedBytes; $_.StorePath }
                """));
    }

    [Fact]
    public void What_if_says_what_would_go_and_nothing_goes()
    {
        const string Image = "What if: Performing the operation \"Remove image (17.1 kB)\" on target \"localhost/greeting:latest (0679216bcb6c)\".";

        _session.Run("Remove-ContainerImage greeting -WhatIf").ShouldSucceed().Transcript.ShouldBe(Image);
        _session.Run("Add-ImageTag greeting other:1").ShouldSucceed();
        _session.Run("Remove-ContainerImage other:1 -WhatIf").ShouldSucceed().Transcript
            .ShouldBe("What if: Performing the operation \"Remove tag\" on target \"localhost/other:1 (0679216bcb6c)\".");
        _session.Run("Get-ContainerImage | Remove-ContainerImage -Force -WhatIf").ShouldSucceed().Transcript.ShouldBe(Image);
        Assert.Equal(2, _session.Names().Length);
    }

    [Fact]
    public void What_if_says_which_parents_would_go_too()
    {
        using StoreSession session = new(_base, _child);
        string image = $"What if: Performing the operation \"Remove image (5.6 kB)\" on target \"localhost/child:1 ({_child.ShortId})\".";
        string parent = $"What if: Performing the operation \"Remove parent image (3.1 kB)\" on target \"{_base.ShortId}\".";

        session.Run("Remove-ContainerImage child:1 -WhatIf").ShouldSucceed().Transcript.ShouldBe($"{image}\n{parent}");
        session.Run("$WhatIfPreference = $true; Remove-ContainerImage child:1; $WhatIfPreference = $false").ShouldSucceed().Transcript
            .ShouldBe($"{image}\n{parent}");
        session.Run("Remove-ContainerImage child:1 -NoPrune -WhatIf").ShouldSucceed().Transcript.ShouldBe(image);
        Assert.Empty(session.Run("Remove-ContainerImage child:1 -PassThru -WhatIf").ShouldSucceed().Objects);
        Assert.Equal(["<none>", "localhost/child:1"], session.Names());
    }

    [Fact]
    public void What_is_declined_stays()
    {
        _session.Run($"Import-ContainerImage ./{_session.Write("child.tar", _base, _child)}").ShouldSucceed();
        _session.Answers.Enqueue("No");
        _session.Answers.Enqueue("Yes");
        _session.Answers.Enqueue("No");

        ScriptResult result = _session.Run("Remove-ContainerImage greeting, child:1 -Confirm").ShouldSucceed();

        result.Transcript.ShouldBe($"""
            Confirm
            Are you sure you want to perform this action?
            Performing the operation "Remove image (17.1 kB)" on target "localhost/greeting:latest (0679216bcb6c)".
            > No
            Confirm
            Are you sure you want to perform this action?
            Performing the operation "Remove image (5.6 kB)" on target "localhost/child:1 ({_child.ShortId})".
            > Yes
            Confirm
            Are you sure you want to perform this action?
            Performing the operation "Remove parent image (3.1 kB)" on target "{_base.ShortId}".
            > No
            """);
        Assert.Equal(["<none>", "localhost/greeting:latest"], _session.Names());
    }

    [Fact]
    public void Parents_without_names_go_too_unless_told_otherwise()
    {
        using StoreSession session = new(_base, _child);

        Assert.Equal([_base.Id], session.Texts("(Remove-ContainerImage child:1 -PassThru).RemovedParents"));
        Assert.Empty(session.Names());
        Assert.Empty(session.Blobs);

        session.Run("Import-ContainerImage ./first.tar; Remove-ContainerImage child:1 -NoPrune").ShouldSucceed();
        Assert.Equal([_base.Id], session.Texts("(Get-ContainerImage).Id"));
    }

    [Fact]
    public void Parents_that_others_are_built_on_or_that_have_names_stay()
    {
        ArchiveImage sibling = new("base", "sibling") { Names = ["localhost/sibling:1"], Day = 3 };
        using StoreSession session = new(_base, _child, sibling);

        session.Run("Remove-ContainerImage child:1").ShouldSucceed();
        Assert.Equal(["<none>", "localhost/sibling:1"], session.Names());

        session.Run("Get-ContainerImage -Intermediate | Add-ImageTag base:1; Remove-ContainerImage sibling:1").ShouldSucceed();
        Assert.Equal(["localhost/base:1"], session.Names());
    }

    [Fact]
    public void Children_of_one_parent_that_go_together_take_it_along()
    {
        ArchiveImage sibling = new("base", "sibling") { Names = ["localhost/sibling:1"], Day = 3 };
        using StoreSession session = new(_base, _child, sibling);

        session.Run("Remove-ContainerImage child:1, sibling:1").ShouldSucceed();

        Assert.Empty(session.Blobs);
    }

    [Fact]
    public void A_bad_item_does_not_stop_the_rest()
    {
        ScriptResult result = _session.Run("Remove-ContainerImage nope, greeting, nope*");

        ErrorRecord error = result.ShouldFail("ImageNotFound", ErrorCategory.ObjectNotFound);
        Assert.Equal($"ImageNotFound,{Command}", error.FullyQualifiedErrorId);
        Assert.Equal("nope", error.TargetObject);
        Assert.Empty(_session.Names());
    }

    [Fact]
    public void An_object_whose_name_is_gone_means_nothing_else()
    {
        _session.Run("Add-ImageTag greeting other:1; $other = Get-ContainerImage other:1; Remove-ImageTag other:1")
            .ShouldSucceed();

        _session.Run("$other | Remove-ContainerImage").ShouldFail("ImageNotFound", ErrorCategory.ObjectNotFound);
        Assert.Equal(["localhost/greeting:latest"], _session.Names());
    }

    [Fact]
    public void A_damaged_image_can_be_removed()
    {
        foreach (string file in _session.Blobs.OrderBy(file => new FileInfo(file).Length).Skip(1))
        {
            File.Delete(file);
        }

        _session.Run("Remove-ContainerImage greeting").ShouldSucceed();

        Assert.Empty(_session.Names());
        Assert.Empty(_session.Blobs);
    }

    [Fact]
    public void A_multi_platform_image_goes_as_a_whole_and_is_asked_about_once()
    {
        using StoreSession session = StoreSession.WithPlatforms(out ArchiveImage amd64, out _);

        string question = $"""What if: Performing the operation "Remove image (3.1 kB)" on target "localhost/multi:1 ({amd64.ShortId})".""";

        session.Run("Remove-ContainerImage multi:1 -WhatIf").ShouldSucceed().Transcript.ShouldBe(question);
        session.Run("Get-ContainerImage -AllPlatforms | Remove-ContainerImage -WhatIf").ShouldSucceed().Transcript.ShouldBe(question);

        session.Run("Get-ContainerImage -AllPlatforms | Remove-ContainerImage").ShouldSucceed();
        Assert.Empty(session.Blobs);
    }

    [Theory]
    [InlineData("Get-ContainerImage multi:1 | Remove-ContainerImage")]
    [InlineData("Get-ContainerImage -AllPlatforms | Remove-ContainerImage")]
    [InlineData("Remove-ContainerImage -Id $amd64")]
    [InlineData("Remove-ContainerImage $amd64")]
    public void The_platform_that_is_asked_for_goes_whichever_the_object_or_ID_is_of(string script)
    {
        using StoreSession session = StoreSession.WithPlatforms(out ArchiveImage amd64, out _);
        session.Set("amd64", amd64.Id);

        var errors = session.Run($"{script} -Platform linux/s390x").Errors;
        Assert.NotEmpty(errors);
        Assert.All(errors, error => Assert.StartsWith("PlatformNotFound,", error.FullyQualifiedErrorId, StringComparison.Ordinal));
        Assert.Equal(2, session.Texts("(Get-ContainerImage multi:1 -AllPlatforms).Id").Length);
        session.Run($"{script} -Platform linux/arm64").ShouldSucceed();

        Assert.Equal([amd64.Id], session.Texts("(Get-ContainerImage multi:1 -AllPlatforms).Id"));
    }

    [Fact]
    public void One_platform_of_it_can_be_dropped_and_the_names_stay()
    {
        using StoreSession session = StoreSession.WithPlatforms(out ArchiveImage amd64, out ArchiveImage arm64);

        session.Run("Remove-ContainerImage multi:1 -Platform linux/arm64 -WhatIf").ShouldSucceed().Transcript.ShouldBe(
            $"""What if: Performing the operation "Remove platform linux/arm64 (3.1 kB)" on target "localhost/multi:1 ({arm64.ShortId})".""");
        Assert.Equal(["False"], session.Texts("(Remove-ContainerImage multi:1 -Platform linux/arm64 -PassThru).Removed"));

        Assert.Equal([amd64.Id], session.Texts("(Get-ContainerImage multi:1 -AllPlatforms).Id"));
        Assert.DoesNotContain(session.Blobs, file => file.EndsWith(arm64.Id, StringComparison.Ordinal));
        session.Run("Remove-ContainerImage multi:1 -Platform linux/s390x")
            .ShouldFail("PlatformNotFound", ErrorCategory.ObjectNotFound);
    }
}
