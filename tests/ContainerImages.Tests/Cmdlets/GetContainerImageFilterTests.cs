using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using ContainerImages.Tests.Hosting;
using Xunit;

namespace ContainerImages.Tests.Cmdlets;

/// <summary>Get-ContainerImage: the filters and the platforms.</summary>
public sealed class GetContainerImageFilterTests : IDisposable
{
    private static readonly ArchiveImage _base = new("base") { Day = 1 };

    private static readonly ArchiveImage _app = new("base", "app")
    {
        Names = ["localhost/app:1"],
        Labels = new Dictionary<string, string> { ["maintainer"] = "ops", ["tier"] = "web=1" },
        Day = 2,
    };

    private static readonly ArchiveImage _tool = new("base", "app", "tool")
    {
        Names = ["localhost/tool:1"],
        Labels = new Dictionary<string, string> { ["maintainer"] = "dev" },
        Day = 3,
    };

    private static readonly ArchiveImage _loose = new("loose") { Day = 4 };

    private static readonly ArchiveImage _undated = new("undated") { Names = ["localhost/undated:1"], Day = null };

    private readonly StoreSession _session = new(_base, _app, _tool, _loose);

    public void Dispose() => _session.Dispose();

    [Theory]
    [InlineData("-Dangling", "loose")]
    [InlineData("-Dangling:$false", "tool app base")]
    [InlineData("-Intermediate", "base")]
    [InlineData("-Intermediate:$false", "loose tool app")]
    [InlineData("-Dangling:$false -Intermediate:$false", "tool app")]
    [InlineData("-Label maintainer", "tool app")]
    [InlineData("-Label maintainer=ops", "app")]
    [InlineData("-Label maintainer=*", "tool app")]
    [InlineData("-Label maintainer=d?v", "tool")]
    [InlineData("-Label maintainer, tier", "app")]
    [InlineData("-Label tier=web=1", "app")]
    [InlineData("-Label maintainer=ops, maintainer=dev", "")]
    [InlineData("-Label nothing", "")]
    [InlineData("-Before tool:1", "app base")]
    [InlineData("-Since app:1", "loose tool")]
    [InlineData("-Since app:1 -Before $loose", "tool")]
    [InlineData("-Before (Get-ContainerImage tool:1)", "app base")]
    [InlineData("-Until '2026-01-03'", "app base")]
    [InlineData("-Until ([DateTimeOffset]'2026-01-02T00:00:00Z')", "base")]
    [InlineData("-Until (Get-ContainerImage tool:1).Created.AddDays(-1)", "base")]
    [InlineData("-Digest (Get-ContainerImage app:1).Digest", "app")]
    [InlineData("-Digest (Get-ContainerImage app:1).Digest, (Get-ContainerImage tool:1).Digest", "tool app")]
    [InlineData("-Digest sha256:1111111111111111111111111111111111111111111111111111111111111111", "")]
    [InlineData("-Digest (Get-ContainerImage app:1).Digest.Substring(7)", "app")]
    [InlineData("-Id $app", "app")]
    [InlineData("-Id $app, $loose", "app loose")]
    [InlineData("-Id $app, $loose -Label maintainer", "app")]
    [InlineData("-Id $app.Substring(0, 8) -Label maintainer=dev", "")]
    [InlineData("-Id $app -Digest (Get-ContainerImage app:1).Digest -Before tool:1", "app")]
    [InlineData("-Id $app -Digest (Get-ContainerImage tool:1).Digest", "")]
    [InlineData("-Platform linux/amd64 -Label maintainer", "tool app")]
    [InlineData("-Platform linux/* -Dangling", "loose")]
    [InlineData("-Platform linux/arm64", "")]
    [InlineData("-AllPlatforms -Since app:1 -Label maintainer=dev -Dangling:$false -Intermediate:$false -Until '2026-01-04'", "tool")]
    [InlineData("tool:1 -Tree -Label maintainer", "tool")]
    [InlineData("-Before undated:1", "")]
    [InlineData("-Since undated:1", "")]
    [InlineData("* -Label maintainer", "tool app")]
    [InlineData("app:1, tool:1 -Label maintainer=dev", "tool")]
    public void Filters_narrow_the_list(string arguments, string images)
    {
        Dictionary<string, string> keys = new()
        {
            [_base.Id] = "base", [_app.Id] = "app", [_tool.Id] = "tool", [_loose.Id] = "loose",
        };
        _session.Set("loose", _loose.Id);
        _session.Set("app", _app.Id);
        if (arguments.Contains("undated", StringComparison.Ordinal))
        {
            _session.Run($"Import-ContainerImage {_session.Write("undated.tar", _undated)}").ShouldSucceed();
        }

        Assert.Equal(
            images,
            string.Join(' ', _session.Texts($"Get-ContainerImage {arguments} | ForEach-Object Id").Select(id => keys[id])));
    }

    [Theory]
    [InlineData("-Digest xyz")]
    [InlineData("-Digest sha256:12")]
    [InlineData("-Digest $app.Substring(0, 12)")]
    public void A_digest_must_be_whole(string arguments)
    {
        _session.Set("app", _app.Id);

        _session.Run($"Get-ContainerImage {arguments}").ShouldFail("InvalidImageId", ErrorCategory.InvalidArgument);
    }

    [Theory]
    [InlineData("-Before nope")]
    [InlineData("-Since nope:1")]
    public void An_image_to_compare_with_must_be_there(string arguments) =>
        _session.Run($"Get-ContainerImage {arguments}").ShouldFail("ImageNotFound", ErrorCategory.ObjectNotFound);

    [Fact]
    public void A_tree_has_parents_first_with_their_children_under_them() => Assert.Equal(
        [$"0 {_loose.Id}", $"0 {_base.Id}", "1 localhost/app:1", "2 localhost/tool:1"],
        _session.Texts("Get-ContainerImage -Tree | ForEach-Object { \"$($_.Depth) $_\" }"));

    [Fact]
    public void A_parent_that_is_left_out_of_a_tree_does_not_hide_its_children() => Assert.Equal(
        ["0 localhost/app:1", "1 localhost/tool:1"],
        _session.Texts("Get-ContainerImage -Tree -Label maintainer | ForEach-Object { \"$($_.Depth) $_\" }"));

    [Fact]
    public void Objects_know_their_parents_and_children()
    {
        Assert.Equal([_base.Id], _session.Texts("(Get-ContainerImage app:1).Parent"));
        Assert.Equal([_tool.Id], _session.Texts("(Get-ContainerImage app:1).Children"));
        Assert.Equal(["True"], _session.Texts($"(Get-ContainerImage -Id {_loose.Id}).Dangling"));
        Assert.Equal(["True"], _session.Texts($"(Get-ContainerImage -Id {_base.Id}).Intermediate"));
    }

    [Fact]
    public void A_dangling_image_that_is_piped_in_does_not_list_the_whole_store() =>
        Assert.Equal([_loose.Id], _session.Texts("(Get-ContainerImage -Dangling | Get-ContainerImage).Id"));

    [Fact]
    public void Of_a_multi_platform_image_one_is_emitted_or_those_asked_for()
    {
        using StoreSession session = StoreSession.WithPlatforms(out _, out _);

        Assert.Single(session.Texts("Get-ContainerImage"));
        Assert.Equal(["linux/amd64", "linux/arm64"], session.Texts("(Get-ContainerImage).PresentPlatforms"));
        Assert.Equal(["linux/amd64", "linux/arm64"], session.Texts("(Get-ContainerImage multi:1 -AllPlatforms).Platform"));
        Assert.Equal(["linux/arm64"], session.Texts("(Get-ContainerImage multi:1 -Platform linux/arm64).Platform"));
        Assert.Equal(["linux/amd64", "linux/arm64"], session.Texts("(Get-ContainerImage -Platform linux/*).Platform"));
        Assert.Equal(
            ["linux/amd64", "linux/arm64"],
            session.Texts("(Get-ContainerImage -Platform linux/arm64, linux/amd64).Platform"));
        Assert.Empty(session.Texts("Get-ContainerImage -Platform linux/s390x"));
        Assert.Empty(session.Texts("Get-ContainerImage multi:* -Platform linux/s390x"));
        Assert.Contains(
            "linux/amd64, linux/arm64",
            session.Run("Get-ContainerImage multi:1 -Platform linux/s390x")
                .ShouldFail("PlatformNotFound", ErrorCategory.ObjectNotFound).Exception.Message,
            StringComparison.Ordinal);
    }
}
