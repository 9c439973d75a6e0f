using System;
using System.IO;
using ContainerImages.Tests.Hosting;
using Xunit;

namespace ContainerImages.Tests.Cmdlets;

/// <summary>Save-ContainerImage -Exclude.</summary>
public sealed class SaveExcludeTests : IDisposable
{
    private readonly StoreSession _session = StoreSession.WithSample();

    public void Dispose() => _session.Dispose();

    [Theory]
    [InlineData("Save-ContainerImage $id -Exclude greeting -Destination delta.tar -Format oci-archive")]
    [InlineData("Save-ContainerImage $id -Exclude (Get-ContainerImage greeting) -Destination delta.tar")]
    [InlineData("Get-ContainerImage | Save-ContainerImage -Exclude greet* -Destination delta.tar")]
    public void Layers_of_what_is_excluded_stay_away_and_come_from_the_store(string script)
    {
        Assert.Empty(_session.Run(script).ShouldSucceed().Transcript);
        _session.Run("Save-ContainerImage greeting -Destination whole.tar").ShouldSucceed();

        Assert.True(Length("delta.tar") < Length("whole.tar") - 10_000, $"{Length("delta.tar")} of {Length("whole.tar")} bytes");
        Assert.Equal([StoreSession.SampleId], _session.Texts("(Import-ContainerImage ./delta.tar).Id"));
    }

    [Fact]
    public void Elsewhere_it_is_refused_with_all_that_lacks()
    {
        _session.Run("Save-ContainerImage greeting -Exclude greeting -Destination delta.tar").ShouldSucceed();

        var error = Assert.Single(_session.Run("Import-ContainerImage ./delta.tar -StorePath ./other").Errors);

        Assert.StartsWith("ContentMissing,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Contains(" and 2 more are missing, and not in the store either: sha256:", error.Exception.Message, StringComparison.Ordinal);
        Assert.Empty(_session.Texts("Get-ContainerImage -StorePath ./other"));
    }

    [Fact]
    public void What_is_excluded_and_not_there_is_an_error_and_no_archive()
    {
        var error = Assert.Single(_session.Run("Save-ContainerImage greeting -Exclude greting -Destination delta.tar").Errors);

        Assert.StartsWith("ImageNotFound,", error.FullyQualifiedErrorId, StringComparison.Ordinal);
        Assert.Equal("greting", error.TargetObject);
        Assert.False(File.Exists(_session.Combine("delta.tar")));
    }

    [Fact]
    public void Verbose_tells_what_was_left_out() => Assert.Contains(
        "3 layers with", string.Join("\n", _session.Run("Save-ContainerImage greeting -Exclude greeting -Destination delta.tar -Verbose").Transcript), StringComparison.Ordinal);

    private long Length(string file) => new FileInfo(_session.Combine(file)).Length;
}
