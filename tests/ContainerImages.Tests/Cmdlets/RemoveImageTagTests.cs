using System;
using System.Linq;
using System.Management.Automation;
using ContainerImages.Tests.Hosting;
using Xunit;

namespace ContainerImages.Tests.Cmdlets;

/// <summary>Remove-ImageTag.</summary>
public sealed class RemoveImageTagTests : IDisposable
{
    private static readonly ArchiveImage _debian = new("debian")
    {
        Names =
        [
            "docker.io/library/debian:12", "docker.io/team/debian:12", "localhost/team/debian:rc-1", "localhost/team/debian:rc-2",
        ],
    };

    private static readonly ArchiveImage _other = new("other") { Names = ["localhost/other:1"] };

    private readonly StoreSession _session = new(_debian, _other);

    public void Dispose() => _session.Dispose();

    [Theory]
    [InlineData("Remove-ImageTag team/debian:12", "docker.io/team/debian:12")]
    [InlineData("Remove-ImageTag -Tag debian:12, team/debian:rc-1", "docker.io/library/debian:12 localhost/team/debian:rc-1")]
    [InlineData("Remove-ImageTag -Reference debian:12", "docker.io/library/debian:12")]
    [InlineData("Remove-ImageTag -Image debian:12", "docker.io/library/debian:12")]
    [InlineData("Remove-ImageTag team/*:rc-*", "localhost/team/debian:rc-1 localhost/team/debian:rc-2")]
    [InlineData("'debian:12', 'team/debian:rc-1' | Remove-ImageTag", "docker.io/library/debian:12 localhost/team/debian:rc-1")]
    [InlineData("$image | Remove-ImageTag team/debian:12", "docker.io/team/debian:12")]
    [InlineData("$image | Remove-ImageTag rc-1", "localhost/team/debian:rc-1", false)]
    [InlineData("$image | Remove-ImageTag x:rc-1", "localhost/team/debian:rc-1", false)]
    [InlineData("$image | Remove-ImageTag *rc-*", "localhost/team/debian:rc-1 localhost/team/debian:rc-2")]
    [InlineData("$image | Remove-ImageTag -All", "docker.io/library/debian:12 docker.io/team/debian:12 localhost/team/debian:rc-1 localhost/team/debian:rc-2")]
    [InlineData("Remove-ImageTag -Id $image.Id.Substring(0, 8) -All", "docker.io/library/debian:12 docker.io/team/debian:12 localhost/team/debian:rc-1 localhost/team/debian:rc-2")]
    [InlineData("Remove-ImageTag -Id $image.Id team/debian:12", "docker.io/team/debian:12")]
    [InlineData("[pscustomobject]@{ Id = $image.Id } | Remove-ImageTag team/debian:12", "docker.io/team/debian:12")]
    [InlineData("[pscustomobject]@{ Reference = 'debian:12' } | Remove-ImageTag team/debian:12", "docker.io/team/debian:12")]
    public void Takes_these_names_away_silently(string script, string names, bool found = true)
    {
        _session.Run("$image = Get-ContainerImage debian:12");

        ScriptResult result = _session.Run(script);

        if (!found)
        {
            result.ShouldFail("TagNotFound", ErrorCategory.ObjectNotFound);
            return;
        }

        Assert.Empty(result.ShouldSucceed().Transcript);
        Assert.Equal(
            _debian.Names.Except(names.Split(' ')).Order(),
            _session.Texts($"(Get-ContainerImage -Id {_debian.Id}).Names").Order());
    }

    [Fact]
    public void The_last_name_leaves_a_dangling_image()
    {
        int blobs = _session.Blobs.Length;

        _session.Run("Remove-ImageTag other:1").ShouldSucceed();

        Assert.Equal([_other.Id], _session.Texts("(Get-ContainerImage -Dangling).Id"));
        Assert.Equal(blobs, _session.Blobs.Length);
    }

    [Fact]
    public void PassThru_emits_the_image_as_it_is_now()
    {
        Assert.Equal(
            ["localhost/team/debian:rc-1", "localhost/team/debian:rc-2"],
            _session.Texts("(Remove-ImageTag debian:12, team/debian:12 -PassThru).Names"));
        Assert.Equal([_other.Id], _session.Texts("Remove-ImageTag other:1 -PassThru"));
    }

    [Fact]
    public void What_if_says_each_name_and_changes_nothing()
    {
        _session.Run("Remove-ImageTag team/debian:* -WhatIf").ShouldSucceed().Transcript.ShouldBe($"""
            What if: Performing the operation "Remove tag" on target "team/debian:12 ({_debian.ShortId})".
            What if: Performing the operation "Remove tag" on target "localhost/team/debian:rc-1 ({_debian.ShortId})".
            What if: Performing the operation "Remove tag" on target "localhost/team/debian:rc-2 ({_debian.ShortId})".
            """);
        Assert.Equal(5, _session.Names().Length);
    }

    [Fact]
    public void A_name_that_is_declined_stays()
    {
        _session.Answers.Enqueue("No");
        _session.Answers.Enqueue("Yes");

        _session.Run("Remove-ImageTag debian:12, other:1 -Confirm").ShouldSucceed();

        Assert.Equal(["<none>", .. _debian.Names.Order()], _session.Names());
    }

    [Theory]
    [InlineData("Remove-ImageTag nope:1", "TagNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("Remove-ImageTag $image.Id", "TagNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("$image | Remove-ImageTag nope:nope", "TagNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("$image | Remove-ImageTag debian:rc", "TagNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("$image | Remove-ImageTag quay.io/debian:12", "TagNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("$image | Remove-ImageTag", "TagMissing", ErrorCategory.InvalidArgument)]
    [InlineData("Remove-ImageTag -Id $image.Id", "TagMissing", ErrorCategory.InvalidArgument)]
    [InlineData("Remove-ImageTag UPPER", "InvalidReference", ErrorCategory.InvalidArgument)]
    [InlineData("'debian:12' | Remove-ImageTag -All", "ConflictingParameter", ErrorCategory.InvalidArgument)]
    [InlineData("'debian:12' | Remove-ImageTag other:1", "ConflictingParameter", ErrorCategory.InvalidArgument)]
    public void Refuses_and_changes_nothing(string script, string error, ErrorCategory category)
    {
        _session.Run("$image = Get-ContainerImage debian:12");

        Assert.Equal(
            $"{error},ContainerImages.Commands.RemoveImageTagCommand", _session.Run(script)
                .ShouldFail(error, category).FullyQualifiedErrorId);
        Assert.Equal(5, _session.Names().Length);
    }

    [Fact]
    public void A_pattern_without_a_match_is_nothing() => Assert.Empty(_session.Run("Remove-ImageTag nope:*")
        .ShouldSucceed().Transcript);

    [Fact]
    public void A_bad_item_does_not_stop_the_rest()
    {
        _session.Run("Remove-ImageTag nope:1, other:1").ShouldFail("TagNotFound", ErrorCategory.ObjectNotFound);

        Assert.Contains("<none>", _session.Names());
    }
}
