using System;
using System.IO;
using System.Linq;
using System.Management.Automation;
using ContainerImages.Tests.Hosting;
using Xunit;

namespace ContainerImages.Tests.Cmdlets;

/// <summary>Get-ImageHistory.</summary>
public sealed class GetImageHistoryTests : IDisposable
{
    private static readonly ArchiveImage _base = new("base") { Names = ["localhost/base:1"], Day = 1 };
    private static readonly ArchiveImage _app = new("base", "app") { Names = ["localhost/app:1", "localhost/app:2"], Day = 2 };

    private readonly StoreSession _session = new(_base, _app);

    public void Dispose() => _session.Dispose();

    [Theory]
    [InlineData("Get-ImageHistory app:1")]
    [InlineData("Get-ImageHistory -Reference app:2")]
    [InlineData("Get-ImageHistory app:*")]
    [InlineData("Get-ImageHistory (Get-ContainerImage app:1)")]
    [InlineData("Get-ImageHistory -Id $app")]
    [InlineData("Get-ContainerImage app:* | Get-ImageHistory")]
    [InlineData("gimgh app:1 -Platform linux/amd64")]
    public void Steps_come_with_the_newest_first(string script)
    {
        _session.Set("app", _app.Id);

        Assert.Equal([_app.Id, _base.Id], _session.Texts($"({script}).Id"));
    }

    [Fact]
    public void A_step_says_what_it_did()
    {
        Assert.Equal(
            [
                $"COPY {ArchiveFixture.Hash(_app.Layers[1])[..6]}", $"COPY {ArchiveFixture.Hash(_app.Layers[1])[..6]}",
                "localhost/app:1", "localhost/app:2", $"{_app.Layers[1].Length}", $"sha256:{ArchiveFixture.Hash(_app.Layers[1])}",
                _app.Id, _session.Store, "False",
            ],
            _session.Texts("""
                $step = (Get-ImageHistory app:1)[0]
                $step; $step.CreatedBy; $step.Tags; $step.Size; $step.DiffId; $step.ImageId; $step.StorePath; $step.EmptyLayer
                """));
    }

    [Fact]
    public void Steps_whose_image_is_not_here_say_so_and_lead_nowhere()
    {
        _session.Run("Import-ContainerImage $sample").ShouldSucceed();

        Assert.Equal(
            [StoreSession.SampleId, .. Enumerable.Repeat("<missing>", 7)],
            _session.Texts("(Get-ImageHistory greeting).Id"));
        ScriptResult result = _session.Run("Get-ImageHistory greeting | Get-ContainerImage");
        Assert.Equal(StoreSession.SampleId, ((string)result.Objects.Single().Properties["Id"].Value));
        Assert.Equal(
            7,
            result.Errors.Count(error => error.FullyQualifiedErrorId.StartsWith("InvalidImageId,", StringComparison.Ordinal)));
    }

    [Fact]
    public void Several_images_come_one_after_the_other() => Assert.Equal(
        [_base.Id, _app.Id, _app.Id], _session.Texts("(Get-ImageHistory base:1, app:1).ImageId"));

    [Theory]
    [InlineData("nope", "ImageNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("app:1 -Platform linux/s390x", "PlatformNotFound", ErrorCategory.ObjectNotFound)]
    [InlineData("app:1 -Platform nonsense", "InvalidPlatform", ErrorCategory.InvalidArgument)]
    public void What_is_not_there_is_an_error(string arguments, string error, ErrorCategory category) => Assert.Equal(
        $"{error},ContainerImages.Commands.GetImageHistoryCommand",
        _session.Run($"Get-ImageHistory {arguments}").ShouldFail(error, category).FullyQualifiedErrorId);

    [Fact]
    public void A_config_that_is_gone_is_an_error_of_that_image_only()
    {
        File.Delete(_session.Blobs.Single(file => file.EndsWith(_app.Id, StringComparison.Ordinal)));

        ScriptResult result = _session.Run("'app:1', 'base:1' | Get-ImageHistory");

        ErrorRecord error = result.ShouldFail("ContentMissing", ErrorCategory.ObjectNotFound);
        Assert.Equal("app:1", error.TargetObject);
        Assert.Equal($"localhost/app:1 ({_app.ShortId}): Blob sha256:{_app.Id} is missing from the store.", error.Exception.Message);
        Assert.Single(result.Objects);
    }

    [Fact]
    public void A_platform_has_its_own_history()
    {
        using StoreSession session = StoreSession.WithPlatforms(out ArchiveImage amd64, out ArchiveImage arm64);

        Assert.Equal([arm64.Id], session.Texts("(Get-ImageHistory multi:1 -Platform linux/arm64).ImageId"));
        Assert.Equal([arm64.Id], session.Texts("(Get-ContainerImage -Platform linux/arm64 | Get-ImageHistory).ImageId"));
        Assert.Equal([arm64.Id], session.Texts("(Get-ContainerImage multi:1 | Get-ImageHistory -Platform linux/arm64).ImageId"));
        Assert.Equal([arm64.Id], session.Texts("(Get-ContainerImage | Get-ImageHistory -Platform linux/arm64).ImageId"));
        Assert.Equal([arm64.Id], session.Texts($"(Get-ImageHistory -Id {amd64.Id} -Platform linux/arm64).ImageId"));
        Assert.Equal([arm64.Id], session.Texts($"(Get-ImageHistory {amd64.Id[..12]} -Platform linux/arm64).ImageId"));
        session.Run("Get-ContainerImage multi:1 | Get-ImageHistory -Platform linux/s390x").ShouldFail("PlatformNotFound", ErrorCategory.ObjectNotFound);
        Assert.Equal([amd64.Id, arm64.Id], session.Texts("(Get-ContainerImage -AllPlatforms | Get-ImageHistory).ImageId"));
    }
}
