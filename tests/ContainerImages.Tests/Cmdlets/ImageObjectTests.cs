using System;
using System.Linq;
using ContainerImages.Tests.Hosting;
using Xunit;

namespace ContainerImages.Tests.Cmdlets;

/// <summary>What scripts do with images: show, compare, sort, look into, make by hand.</summary>
public sealed class ImageObjectTests : IDisposable
{
    // The engine hides what a property throws, and shows nothing; a method's error it shows.
    private const string ErrorOfLabels = "try { $image.GetLabel('a') } catch { $_.Exception.GetBaseException().Error }";

    private readonly StoreSession _session = StoreSession.WithSample();

    public void Dispose() => _session.Dispose();

    [Theory]
    [InlineData("\"$image\"", "localhost/greeting:latest")]
    [InlineData("$image.Id", StoreSession.SampleId)]
    [InlineData("$image.Size.GetType().Name", "Int64")]
    [InlineData("$image.Created.GetType().Name", "DateTimeOffset")]
    [InlineData("$image.Created.UtcDateTime.ToString('s')", "2026-01-01T00:00:00")]
    [InlineData("$image.Platform; $image.Os; $image.Architecture", "linux/amd64 linux amd64")]
    [InlineData("$image.Layers.Count", "3")]
    [InlineData("$image.Digest.Substring(0, 7)", "sha256:")]
    [InlineData("$image.Digest -eq $image.RootDigest", "True")]
    [InlineData("$image -eq (Get-ContainerImage -Id $id)", "True")]
    [InlineData("$image -eq (Get-ContainerImage other:1)", "True")]
    [InlineData("$image -eq [ContainerImages.ContainerImage]@{ Id = $id }", "True")]
    [InlineData("$image -eq [ContainerImages.ContainerImage]@{ Id = 'a' * 64 }", "False")]
    [InlineData("$image -eq $null", "False")]
    [InlineData("@($image, (Get-ContainerImage other:1)).IndexOf((Get-ContainerImage -Id $id))", "0")]
    [InlineData("$image -lt [ContainerImages.ContainerImage]@{ Id = 'a' * 64; Created = '2030-01-01' }", "True")]
    [InlineData("[string]$image.Inspect().GetType().Name", "ImageInspect")]
    [InlineData("$image.GetLabel('NOTHING')", "")]
    public void Has_values_a_script_can_use(string script, string expected)
    {
        _session.Run("$image = Get-ContainerImage greeting; $image | Add-ImageTag other:1").ShouldSucceed();

        Assert.Equal(expected, string.Join(' ', _session.Texts(script)));
    }

    [Fact]
    public void Can_be_changed_nowhere() =>
        Assert.Empty(_session.Texts("(Get-ContainerImage greeting).PSObject.Properties | Where-Object IsSettable | ForEach-Object Name"));

    [Fact]
    public void Sorts_by_date() => Assert.Equal(
        ["a", "b", "c"],
        _session.Texts("""
            $images = [ContainerImages.ContainerImage[]]@(
                @{ Id = '1' * 64; Reference = 'c'; Created = '2026-03-01' }
                @{ Id = '2' * 64; Reference = 'a'; Created = '2026-01-01' }
                @{ Id = '3' * 64; Reference = 'b'; Created = '2026-02-01' })
            [array]::Sort($images)
            $images
            """));

    [Fact]
    public void A_fake_knows_what_it_was_given_and_says_so_of_the_rest()
    {
        Assert.Equal(
            ["ops"],
            _session.Texts("([ContainerImages.ContainerImage]@{ Id = $id; Labels = @{ maintainer = 'ops' } }).Labels.maintainer"));

        _session.Run("$image = [ContainerImages.ContainerImage]@{ Id = $id }").ShouldSucceed();
        Assert.Equal(["ImageDetached"], _session.Texts(ErrorOfLabels));
    }

    [Fact]
    public void A_property_whose_bytes_are_gone_says_which()
    {
        _session.Run("$image = Get-ContainerImage greeting").ShouldSucceed();
        System.IO.File.Delete(_session.Blobs.Single(file => file.EndsWith(StoreSession.SampleId, StringComparison.Ordinal)));

        Assert.Equal(["ContentMissing"], _session.Texts(ErrorOfLabels));
    }

    [Fact]
    public void Results_of_other_cmdlets_can_be_made_by_hand_too() => Assert.Equal(
        ["Removed 067921", "COPY a", "sha256:x"],
        _session.Texts("""
            [ContainerImages.ImageRemoval]@{ Id = '067921'; Removed = $true }
            [ContainerImages.ImageHistoryEntry]@{ CreatedBy = 'COPY a' }
            ([ContainerImages.ImageHistoryEntry]@{ DiffId = 'sha256:x' }).DiffId
            """));
}
