using System;
using System.IO;
using System.Linq;
using System.Management.Automation;
using ContainerImages.Tests.Hosting;
using Xunit;

namespace ContainerImages.Tests.Cmdlets;

/// <summary>What must not happen by mistake: something lost, or another image meant than the one that was named.</summary>
public sealed class SafetyTests : IDisposable
{
    private readonly ArchiveImage _one = new("one") { Names = ["localhost/one:1"] };
    private readonly ArchiveImage _two = new("one", "two") { Names = ["localhost/two:1"] };
    private readonly StoreSession _session;

    public SafetyTests() => _session = new StoreSession(_one, _two);

    public void Dispose() => _session.Dispose();

    [Theory]
    [InlineData("oci-dir")]
    [InlineData("dir")]
    public void A_store_is_never_replaced_by_force(string format)
    {
        _session.Run($"Save-ContainerImage one:1 -Format {format} -Destination '{_session.Store}' -Force")
            .ShouldFail("DestinationExists", ErrorCategory.ResourceExists);

        Assert.Equal(["localhost/one:1", "localhost/two:1"], _session.Names());
    }

    [Theory]
    [InlineData("oci-dir", "oci-layout")]
    [InlineData("dir", "version")]
    public void A_folder_that_only_looks_like_the_format_is_not_replaced_by_force(string format, string file)
    {
        var folder = _session.Combine("project");
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, file), "1.2.3");
        File.WriteAllText(Path.Combine(folder, "program.c"), "int main;");

        _session.Run($"Save-ContainerImage one:1 -Format {format} -Destination '{folder}' -Force")
            .ShouldFail("DestinationExists", ErrorCategory.ResourceExists);

        Assert.Equal("int main;", File.ReadAllText(Path.Combine(folder, "program.c")));
    }

    [Theory]
    [InlineData("oci-dir")]
    [InlineData("dir")]
    public void A_folder_of_the_format_is_replaced_by_force_as_a_whole(string format)
    {
        var folder = _session.Combine("saved");
        _session.Run($"Save-ContainerImage two:1 -Format {format} -Destination '{folder}'").ShouldSucceed();
        var before = Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Length;

        _session.Run($"Save-ContainerImage one:1 -Format {format} -Destination '{folder}' -Force").ShouldSucceed();

        Assert.True(Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Length < before);
        Assert.Equal(["saved", "store"], Directory.GetDirectories(_session.Folder).Select(Path.GetFileName).Order());
    }

    [Theory]
    [InlineData("Get-ContainerImage $unset")]
    [InlineData("Get-ContainerImage @()")]
    [InlineData("Get-ContainerImage $null, $null | Out-Null")]
    public void A_variable_that_is_not_set_means_no_image(string script)
    {
        var result = _session.Run(script);

        Assert.Empty(result.Objects);
        Assert.All(result.Errors, error => Assert.StartsWith("ImageNotIdentified,", error.FullyQualifiedErrorId, StringComparison.Ordinal));
        Assert.NotEmpty(result.Errors);
    }

    [Fact]
    public void A_number_in_a_pipeline_is_no_start_of_an_ID()
    {
        var digits = _one.Id[..1];

        _session.Run($"'{digits}' | Remove-ContainerImage -Force").ShouldFail("ImageNotFound", ErrorCategory.ObjectNotFound);

        Assert.Equal(["localhost/one:1", "localhost/two:1"], _session.Names());
    }

    [Fact]
    public void A_platform_that_is_imported_later_is_seen_under_every_name()
    {
        using var other = StoreSession.WithPlatforms(out _, out _);
        var archive = other.Combine("both.tar");
        var name = other.Names()[0];
        other.Run($"Save-ContainerImage {name} -Format oci-archive -Destination '{archive}'").ShouldSucceed();

        _session.Run($"Import-ContainerImage '{archive}' -Platform linux/amd64 -Reference first:1").ShouldSucceed();
        _session.Run($"Import-ContainerImage '{archive}' -Platform linux/arm64 -Reference second:1").ShouldSucceed();

        Assert.Equal(
            ["linux/amd64", "linux/arm64"],
            _session.Texts("Get-ContainerImage first:1 -AllPlatforms | ForEach-Object Platform").Select(p => p.Replace("/v8", "")).Order());
    }

    [Fact]
    public void Images_of_two_stores_that_share_a_layer_make_one_whole_archive()
    {
        using var other = new StoreSession(_two);
        var archive = _session.Combine("both.tar");

        _session.Run($"(Get-ContainerImage one:1), (Get-ContainerImage two:1 -StorePath '{other.Store}') | Save-ContainerImage -Destination '{archive}'")
            .ShouldSucceed();
        var empty = _session.Combine("empty");

        Assert.Equal(
            ["localhost/one:1", "localhost/two:1"],
            _session.Texts($"Import-ContainerImage '{archive}' -StorePath '{empty}' | ForEach-Object Reference"));
    }
}
