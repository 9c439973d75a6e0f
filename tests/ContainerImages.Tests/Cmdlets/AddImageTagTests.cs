using System;
using System.Linq;
using System.Management.Automation;
using ContainerImages.Tests.Hosting;
using Xunit;

namespace ContainerImages.Tests.Cmdlets;

/// <summary>Add-ImageTag.</summary>
public sealed class AddImageTagTests : IDisposable
{
    private const string Command = "ContainerImages.Commands.AddImageTagCommand";

    private static readonly ArchiveImage _one = new("one") { Names = ["localhost/one:1"], Day = 1 };
    private static readonly ArchiveImage _two = new("two") { Names = ["localhost/two:1"], Day = 2 };

    private readonly StoreSession _session = new(_one, _two);

    public void Dispose() => _session.Dispose();

    [Theory]
    [InlineData("Add-ImageTag one:1 t1", "t1:latest")]
    [InlineData("Add-ImageTag one:1 t1, t2", "t1:latest t2:latest")]
    [InlineData("Add-ImageTag -Reference one:1 -Tag t1", "t1:latest")]
    [InlineData("Add-ImageTag one:* k/t:v1", "k/t:v1")]
    [InlineData("Add-ImageTag $image t1", "t1:latest")]
    [InlineData("Add-ImageTag -Id $image.Id t1, t2", "t1:latest t2:latest")]
    [InlineData("Add-ImageTag -Id $image.Id -Tag t1", "t1:latest")]
    [InlineData("$image | Add-ImageTag t1", "t1:latest")]
    [InlineData("$image | Add-ImageTag t1, t2", "t1:latest t2:latest")]
    [InlineData("$image | Add-ImageTag -Tag t1, t2", "t1:latest t2:latest")]
    [InlineData("'one:1' | Add-ImageTag t1", "t1:latest")]
    [InlineData("Add-ImageTag -InputObject $image t1", "t1:latest")]
    [InlineData("$image | Add-ImageTag localhost/t1:latest, t1, t1:latest", "t1:latest")]
    public void Gives_names_silently(string script, string names)
    {
        _session.Run("$image = Get-ContainerImage one:1");

        ScriptResult result = _session.Run(script).ShouldSucceed();

        Assert.Empty(result.Transcript);
        Assert.Equal(
            names.Split(' ').Select(name => "localhost/" + name).Append("localhost/one:1").Order(),
            _session.Texts("(Get-ContainerImage one:1).Names").Order());
    }

    [Fact]
    public void Full_names_stay_as_they_are()
    {
        _session.Run("Add-ImageTag one:1 docker.io/library/x:1, quay.io/a/b, registry.example.com:5000/c:2").ShouldSucceed();

        Assert.Equal(
            ["docker.io/library/x:1", "localhost/one:1", "quay.io/a/b:latest", "registry.example.com:5000/c:2"],
            _session.Texts("(Get-ContainerImage one:1).Names").Order());
    }

    [Fact]
    public void A_name_that_another_image_has_moves()
    {
        ScriptResult result = _session.Run("Add-ImageTag one:1 two:1 -Verbose").ShouldSucceed();

        Assert.Contains(result.Verbose, line => line.StartsWith("localhost/two:1 named sha256:", StringComparison.Ordinal));
        Assert.Equal(["<none>", "localhost/one:1", "localhost/two:1"], _session.Names());
        Assert.Equal([_one.Id], _session.Texts("(Get-ContainerImage two:1).Id"));
        Assert.Equal([_two.Id], _session.Texts("(Get-ContainerImage -Dangling).Id"));
    }

    [Fact]
    public void A_name_it_has_already_is_no_error()
    {
        Assert.Empty(_session.Run("Add-ImageTag one:1 one:1").ShouldSucceed().Transcript);
        Assert.Equal(["localhost/one:1", "localhost/two:1"], _session.Names());
    }

    [Fact]
    public void PassThru_emits_the_image_as_it_is_now()
    {
        Assert.Equal(["localhost/one:1"], _session.Texts("Add-ImageTag one:1 t1 -PassThru"));
        Assert.Equal(
            ["localhost/one:1", "localhost/t1:latest", "localhost/t2:latest"],
            _session.Texts("(Add-ImageTag one:1 t2 -PassThru).Names"));
        Assert.Equal(
            ["localhost/one:1", "localhost/t1:latest"],
            _session.Texts("(Add-ImageTag one:1 t1 -PassThru).MatchedNames"));

        // What stands for the whole image goes on to do so.
        Assert.Equal(["True"], _session.Texts($"$null -eq (Add-ImageTag -Id {_one.Id} t3 -PassThru).MatchedNames"));
    }

    [Fact]
    public void Several_images_are_not_given_one_name()
    {
        _session.Run("Get-ContainerImage one:1, two:1 | Add-ImageTag same:1")
            .ShouldFail("AmbiguousReference", ErrorCategory.InvalidArgument);

        Assert.Equal(["localhost/one:1", "localhost/two:1"], _session.Names());
    }

    [Fact]
    public void What_if_says_each_name_and_changes_nothing()
    {
        _session.Run("Add-ImageTag one:1 k/t:v1, docker.io/library/busybox:1 -WhatIf").ShouldSucceed().Transcript.ShouldBe($"""
            What if: Performing the operation "Add tag localhost/k/t:v1" on target "localhost/one:1 ({_one.ShortId})".
            What if: Performing the operation "Add tag busybox:1" on target "localhost/one:1 ({_one.ShortId})".
            """);
        Assert.Equal(["localhost/one:1", "localhost/two:1"], _session.Names());
    }

    [Fact]
    public void A_dangling_image_is_asked_about_by_its_ID()
    {
        _session.Run("Remove-ImageTag one:1").ShouldSucceed();

        _session.Run("Get-ContainerImage -Dangling | Add-ImageTag t:1 -WhatIf").ShouldSucceed().Transcript
            .ShouldBe($"""What if: Performing the operation "Add tag localhost/t:1" on target "{_one.ShortId}".""");
    }

    [Fact]
    public void A_name_that_is_declined_is_not_given()
    {
        _session.Answers.Enqueue("No");
        _session.Answers.Enqueue("Yes");

        _session.Run("Add-ImageTag one:1 a:1, b:1 -Confirm").ShouldSucceed();

        Assert.Equal(["localhost/b:1", "localhost/one:1", "localhost/two:1"], _session.Names());
    }

    [Theory]
    [InlineData("Add-ImageTag nope t1", "ImageNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("Add-ImageTag nope* t1", "ImageNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("Add-ImageTag * t1", "AmbiguousReference", ErrorCategory.InvalidArgument)]
    [InlineData("Add-ImageTag one:1, two:1 t1", "AmbiguousReference", ErrorCategory.InvalidArgument)]
    [InlineData("Add-ImageTag one:1 UPPER", "InvalidReference", ErrorCategory.InvalidArgument)]
    [InlineData("Add-ImageTag one:1 ('a' * 64)", "InvalidReference", ErrorCategory.InvalidArgument)]
    [InlineData("Add-ImageTag one:1 \"a@sha256:$('b' * 64)\"", "InvalidReference", ErrorCategory.InvalidArgument)]
    [InlineData("Add-ImageTag one:1 good:1, 'bad tag'", "InvalidReference", ErrorCategory.InvalidArgument)]
    [InlineData("Add-ImageTag -Id xyz t1", "InvalidImageId", ErrorCategory.InvalidArgument)]
    [InlineData("'one:1' | Add-ImageTag", "TagMissing", ErrorCategory.InvalidArgument)]
    [InlineData("'one:1' | Add-ImageTag a -Tag b", "ConflictingParameter", ErrorCategory.InvalidArgument)]
    public void Refuses_and_changes_nothing(string script, string error, ErrorCategory category)
    {
        Assert.Equal($"{error},{Command}", _session.Run(script).ShouldFail(error, category).FullyQualifiedErrorId);
        Assert.Equal(["localhost/one:1", "localhost/two:1"], _session.Names());
    }

    [Fact]
    public void A_bad_item_does_not_stop_the_rest()
    {
        _session.Run("'nope', 'one:1' | Add-ImageTag t1").ShouldFail("ImageNotFound", ErrorCategory.ObjectNotFound);

        Assert.Contains("localhost/t1:latest", _session.Names());
    }

    [Fact]
    public void A_multi_platform_image_is_tagged_as_a_whole_and_once()
    {
        using StoreSession session = StoreSession.WithPlatforms(out _, out _);

        session.Run("Get-ContainerImage -AllPlatforms | Add-ImageTag t:1 -WhatIf").ShouldSucceed();
        Assert.Single(session.Run("Get-ContainerImage -AllPlatforms | Add-ImageTag t:1 -WhatIf").Transcript.Split('\n'));
        Assert.Single(session.Texts("Get-ContainerImage multi:1 -AllPlatforms | Add-ImageTag t:1 -PassThru"));
        Assert.Equal(["linux/amd64", "linux/arm64"], session.Texts("(Get-ContainerImage t:1 -AllPlatforms).Platform"));
    }
}
