using System;
using System.Linq;
using System.Management.Automation;
using ContainerImages.Tests.Hosting;
using Xunit;

namespace ContainerImages.Tests.Cmdlets;

/// <summary>Get-ContainerImage: finding by name, and what it says where there is nothing to find.</summary>
public sealed class GetContainerImageTests : IDisposable
{
    private const string Command = "ContainerImages.Commands.GetContainerImageCommand";

    private static readonly ArchiveImage _debian = new("debian")
    {
        Names = ["docker.io/library/debian:12", "localhost/team/debian:12", "localhost/team/debian:stable"],
        Day = 2,
    };

    private static readonly ArchiveImage _app = new("app") { Names = ["registry.example.com:5000/team/app:1"], Day = 3 };

    private readonly StoreSession _session = new(_debian, _app);

    public void Dispose() => _session.Dispose();

    [Fact]
    public void Lists_the_newest_first_each_image_once() =>
        Assert.Equal(
            ["registry.example.com:5000/team/app:1", "docker.io/library/debian:12"],
            _session.Texts("Get-ContainerImage"));

    [Theory]
    [InlineData("debian:12", "docker.io/library/debian:12")]
    [InlineData("team/debian:stable", "localhost/team/debian:stable")]
    [InlineData("localhost/team/debian:12", "localhost/team/debian:12")]
    [InlineData("app:1", "registry.example.com:5000/team/app:1")]
    [InlineData("TEAM/D*", "localhost/team/debian:12")]
    [InlineData("debian", "docker.io/library/debian:12", false)]
    [InlineData("debian:*", "docker.io/library/debian:12")]
    [InlineData("debian*", "docker.io/library/debian:12")]
    [InlineData("*app:1", "registry.example.com:5000/team/app:1")]
    [InlineData("*app", "registry.example.com:5000/team/app:1")]
    [InlineData("d?b[ei]an:12", "docker.io/library/debian:12")]
    public void Text_is_a_name_or_a_pattern_of_names(string text, string reference, bool found = true)
    {
        ScriptResult result = _session.Run($"Get-ContainerImage '{text}'");

        if (found)
        {
            Assert.Equal(reference, result.ShouldSucceed().Objects.Single().ToString());
        }
        else
        {
            // Without a tag it is the tag latest that is meant; all of them are debian:*.
            Assert.Equal(text, result.ShouldFail("ImageNotFound", ErrorCategory.ObjectNotFound).TargetObject);
        }
    }

    [Fact]
    public void Objects_remember_the_names_that_matched()
    {
        Assert.Equal(
            ["localhost/team/debian:12", "localhost/team/debian:stable"],
            _session.Texts("(Get-ContainerImage team/debian:*).MatchedNames"));
        Assert.Equal(["docker.io/library/debian:12"], _session.Texts("(Get-ContainerImage debian:12).MatchedNames"));
        Assert.Equal(_debian.Names, _session.Texts("(Get-ContainerImage debian:12).Names"));
        Assert.Equal(["True"], _session.Texts($"$null -eq (Get-ContainerImage -Id {_debian.Id}).MatchedNames"));
        Assert.Equal(["True", "True"], _session.Texts("Get-ContainerImage | ForEach-Object { $null -eq $_.MatchedNames }"));
    }

    [Fact]
    public void A_literal_that_is_not_there_is_an_error_that_helps()
    {
        ScriptResult result = _session.Run("Get-ContainerImage debain:12");

        Assert.Equal(
            $"ImageNotFound,{Command}",
            result.ShouldFail("ImageNotFound", ErrorCategory.ObjectNotFound).FullyQualifiedErrorId);
        result.Transcript.ShouldBe($"""
            ERROR: No image 'debain:12' is in the store. Near names: debian:12, localhost/team/debian:12, localhost/team/debian:stable.
                ImageNotFound,{Command} (ObjectNotFound: debain:12)
                Recommendation: Did you mean debian:12? Get-ContainerImage lists what is in the store.
            """);
    }

    [Theory]
    [InlineData("nope*")]
    [InlineData("*nope*")]
    [InlineData("debian:1[3-9]")]
    public void A_pattern_without_a_match_is_nothing(string pattern) =>
        Assert.Empty(_session.Texts($"Get-ContainerImage '{pattern}'"));

    [Fact]
    public void What_is_a_reference_is_no_pattern() =>
        _session.Run("Get-ContainerImage '[::1]:5000/a:1'").ShouldFail("ImageNotFound", ErrorCategory.ObjectNotFound);

    [Theory]
    [InlineData("Debian", "InvalidReference")]
    [InlineData("a//b", "InvalidReference")]
    [InlineData("''", "InvalidReference")]
    [InlineData("-Id xyz", "InvalidImageId")]
    [InlineData("-Platform nonsense", "InvalidPlatform")]
    [InlineData("-Platform linux/amd64 -AllPlatforms", "ConflictingParameter")]
    public void Bad_arguments_are_told_apart(string arguments, string error) =>
        _session.Run($"Get-ContainerImage {arguments}").ShouldFail(error, ErrorCategory.InvalidArgument);

    [Fact]
    public void Several_images_for_one_text_are_an_error_that_lists_them()
    {
        using StoreSession session = new(
            new ArchiveImage("a") { Names = ["quay.io/x/tool:1"] }, new ArchiveImage("b") { Names = ["quay.io/y/tool:1"] });

        ErrorRecord error = session.Run("Get-ContainerImage tool:1")
            .ShouldFail("AmbiguousReference", ErrorCategory.InvalidArgument);

        Assert.Contains("quay.io/x/tool:1, quay.io/y/tool:1", error.Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void IDs_and_names_are_emitted_in_the_order_asked_for() => Assert.Equal(
        ["docker.io/library/debian:12", "registry.example.com:5000/team/app:1", "localhost/team/debian:stable"],
        _session.Texts("Get-ContainerImage debian:12, app:1, team/debian:stable"));

    [Fact]
    public void An_image_is_read_again_by_its_object()
    {
        _session.Run("$old = Get-ContainerImage debian:12; Add-ImageTag debian:12 new:1").ShouldSucceed();

        Assert.Contains("localhost/new:1", _session.Texts("(Get-ContainerImage -InputObject $old).Names"));
        Assert.Equal(["docker.io/library/debian:12"], _session.Texts("($old | Get-ContainerImage).MatchedNames"));

        _session.Run("Remove-ContainerImage $old -Force; Remove-ContainerImage team/*, new:1").ShouldSucceed();
        _session.Run("$old | Get-ContainerImage").ShouldFail("ImageNotFound", ErrorCategory.ObjectNotFound);
    }

    [Fact]
    public void An_ID_identifies_and_the_reference_beside_it_only_names()
    {
        Assert.Equal([_debian.Id], _session.Texts(
            $"[pscustomobject]@{{ Id = '{_debian.Id}'; Reference = 'app:1' }} | Get-ContainerImage | ForEach-Object Id"));
        Assert.Equal(["localhost/team/debian:stable", "True"], _session.Texts(
            $"[pscustomobject]@{{ Id = '{_debian.Id}'; Reference = 'debian:stable' }} | Get-ContainerImage -OutVariable found; $null -eq $found.MatchedNames"));
    }

    [Theory]
    [InlineData("docker://quay.io/debian:12")]
    [InlineData("docker-archive:./debian.tar")]
    [InlineData("containers-storage:debian:12")]
    [InlineData("docker://quay.io/*")]
    public void A_transport_is_an_error_that_says_what_to_use(string text)
    {
        ErrorRecord error = _session.Run($"Get-ContainerImage '{text}'").ShouldFail("InvalidReference", ErrorCategory.InvalidArgument);

        Assert.Contains("begins with the transport", error.Exception.Message, StringComparison.Ordinal);
        Assert.Contains("Import-ContainerImage", error.ErrorDetails.RecommendedAction, StringComparison.Ordinal);
        Assert.Equal(text, error.TargetObject);
    }

    [Fact]
    public void The_stores_own_transport_and_an_ID_behind_a_name_are_understood() => Assert.Equal(
        ["docker.io/library/debian:12", "localhost/team/debian:12", "docker.io/library/debian:12"],
        _session.Texts($"Get-ContainerImage store:debian:12, 'team/debian@{_debian.ShortId}', '@{_debian.ShortId}'"));

    [Fact]
    public void Verbose_says_why_a_name_was_resolved_as_it_was()
    {
        Assert.Equal(
            ["'debian:12' is docker.io/library/debian:12: a short name, found under docker.io."],
            _session.Run("Get-ContainerImage debian:12 -Verbose").ShouldSucceed().Verbose);
        Assert.Equal(
            ["'app:1' is registry.example.com:5000/team/app:1: the only name that ends so."],
            _session.Run("Get-ContainerImage app:1 -Verbose").ShouldSucceed().Verbose);
        Assert.Equal(
            [$"'{_app.ShortId}' is the start of the ID {_app.Id}: no image has that name."],
            _session.Run($"Get-ContainerImage '{_app.ShortId}' -Verbose").ShouldSucceed().Verbose);
        Assert.Equal(
            [$"'team/app@{_app.ShortId}' is the ID behind '@' of image {_app.Id}."],
            _session.Run($"Get-ContainerImage 'team/app@{_app.ShortId}' -Verbose").ShouldSucceed().Verbose);
        Assert.Equal(
            ["'*:stable' is a pattern that matches localhost/team/debian:stable."],
            _session.Run("Get-ContainerImage *:stable -Verbose").ShouldSucceed().Verbose);
        Assert.Equal(
            ["'nope*' is a pattern that no name matches."],
            _session.Run("Get-ContainerImage nope* -Verbose").ShouldSucceed().Verbose);
    }

    [Fact]
    public void Errors_obey_the_preferences()
    {
        ScriptResult stopped = _session.Run("$ErrorActionPreference = 'Stop'; Get-ContainerImage nope; 'after'");

        Assert.Empty(stopped.Objects);
        stopped.ShouldFail("ImageNotFound", ErrorCategory.ObjectNotFound);
        Assert.Equal(
            ["caught ImageNotFound"],
            _session.Texts("try { Get-ContainerImage nope -ErrorAction Stop } catch { \"caught $($_.Exception.Error)\" }"));
        Assert.Empty(_session.Texts("$ErrorActionPreference = 'Continue'; Get-ContainerImage nope -ErrorAction Ignore"));
    }

    [Fact]
    public void Works_in_strict_mode() => Assert.Equal(
        ["registry.example.com:5000/team/app:1", "docker.io/library/debian:12", "2"],
        _session.Texts("""
            Set-StrictMode -Version Latest
            Get-ContainerImage
            $null = Get-ContainerImage | Get-ImageHistory | ForEach-Object { $_.Id, $_.Comment, $_.LayerDigest }
            $null = Get-ContainerImage | ForEach-Object { $_.Parent, $_.Labels, $_.Layers.Count, $_.Healthcheck }
            @(Get-ContainerImage).Count
            """));

    [Fact]
    public void An_absent_store_is_an_empty_list()
    {
        using StoreSession empty = new();

        Assert.Empty(empty.Texts("Get-ContainerImage"));
        Assert.Empty(empty.Texts("Get-ContainerImage *"));
        Assert.False(System.IO.Directory.Exists(empty.Store));
    }
}
