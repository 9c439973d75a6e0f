using System;
using System.IO;
using System.Linq;
using System.Management.Automation;
using ContainerImages.Tests.Hosting;
using Xunit;

namespace ContainerImages.Tests.Cmdlets;

/// <summary>Save-ContainerImage -Compression.</summary>
public sealed class SaveCompressionTests : IDisposable
{
    private readonly StoreSession _session = StoreSession.WithSample();

    public void Dispose() => _session.Dispose();

    [Theory]
    [InlineData("-Format oci-archive -Compression gzip", "tar+gzip")]
    [InlineData("-Format oci-dir -Compression GZIP -CompressionLevel 9", "tar+gzip")]
    [InlineData("-Format oci-archive -Compression zstd", "tar+zstd")]
    [InlineData("-Format dir -Compression zstd -CompressionLevel 19", "tar+zstd")]
    [InlineData("-Format docker-dir -Compression gzip", "tar.gzip")]
    [InlineData("-Format oci-archive -Compression none", ".tar")]
    [InlineData("-Format oci-archive -Compression preserve", ".tar")]
    [InlineData("-Compression none", ".tar")]
    [InlineData("-Compression preserve", ".tar")]
    public void Layers_are_compressed_so_and_the_ID_stays(string arguments, string type)
    {
        Assert.Empty(_session.Run($"Save-ContainerImage greeting -Destination x {arguments}").ShouldSucceed().Transcript);

        _session.Run("$image = Import-ContainerImage x -StorePath ./other").ShouldSucceed();
        Assert.Equal([StoreSession.SampleId], _session.Texts("$image.Id"));
        Assert.All(_session.Texts("$image.Layers.MediaType"), found => Assert.EndsWith(type, found, StringComparison.Ordinal));
        Assert.Equal(["x"], Directory.GetFileSystemEntries(_session.Folder).Select(Path.GetFileName).Except(["store", "other"]));
    }

    [Fact]
    public void Saving_twice_gives_the_same_bytes()
    {
        _session.Run("""
            Save-ContainerImage greeting -Destination a.tar -Format oci-archive -Compression gzip
            Save-ContainerImage greeting -Destination b.tar -Format oci-archive -Compression gzip -ThrottleLimit 1
            """).ShouldSucceed();

        Assert.Equal(File.ReadAllBytes(_session.Combine("a.tar")), File.ReadAllBytes(_session.Combine("b.tar")));
    }

    [Theory]
    [InlineData("-Compression gzip", "ConflictingParameter", ErrorCategory.InvalidArgument, "gzip")]
    [InlineData("-Compression zstd", "UnsupportedConversion", ErrorCategory.InvalidOperation, "zstd")]
    [InlineData("-Format docker-dir -Compression zstd", "UnsupportedConversion", ErrorCategory.InvalidOperation, "zstd")]
    [InlineData("-Format oci-archive -Compression gzip -CompressionLevel 10", "ConflictingParameter", ErrorCategory.InvalidArgument, "gzip")]
    [InlineData("-Format oci-archive -CompressionLevel 3", "ConflictingParameter", ErrorCategory.InvalidArgument, "preserve")]
    [InlineData("-Format oci-archive -Compression none -CompressionLevel 3", "ConflictingParameter", ErrorCategory.InvalidArgument, "none")]
    public void What_does_not_go_together_is_refused_before_anything_is_written(string arguments, string error, ErrorCategory category, string target)
    {
        var record = _session.Run($"Save-ContainerImage greeting -Destination x {arguments}").ShouldFail(error, category);

        Assert.Equal(target, record.TargetObject);
        Assert.False(Path.Exists(_session.Combine("x")));
    }

    [Theory]
    [InlineData("-Compression brotli")]
    [InlineData("-Format oci-archive -Compression gzip -CompressionLevel 0")]
    [InlineData("-Format oci-archive -Compression zstd -CompressionLevel 23")]
    public void Other_values_do_not_bind(string arguments)
    {
        ScriptResult result = _session.Run($"Save-ContainerImage greeting -Destination x {arguments}");

        Assert.Equal("ParameterArgumentValidationError", (result.TerminatingError ?? result.Errors.Single()).FullyQualifiedErrorId.Split(',')[0]);
        Assert.False(Path.Exists(_session.Combine("x")));
    }

    [Fact]
    public void What_if_writes_nothing()
    {
        _session.Run("Save-ContainerImage greeting -Destination x -Format oci-dir -Compression zstd -WhatIf").ShouldSucceed().Transcript
            .ShouldBe($"""What if: Performing the operation "Save 1 image as oci-dir" on target "{_session.Combine("x")}".""");

        Assert.False(Path.Exists(_session.Combine("x")));
    }

    [Fact]
    public void A_damaged_layer_leaves_nothing()
    {
        foreach (var file in _session.Blobs.Where(file => new FileInfo(file).Length > 3000))
        {
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            var bytes = File.ReadAllBytes(file);
            bytes[^1] ^= 1;
            File.WriteAllBytes(file, bytes);
        }

        _session.Run("Save-ContainerImage greeting -Destination x.tar -Format oci-archive -Compression zstd")
            .ShouldFail("ContentMismatch", ErrorCategory.InvalidData);

        Assert.DoesNotContain(Directory.GetFileSystemEntries(_session.Folder), entry => entry.Contains("x.tar", StringComparison.Ordinal));
    }

    [Fact]
    public void Values_are_completed() => Assert.Equal(
        ["gzip", "none", "preserve", "zstd"],
        _session.Texts("([System.Management.Automation.CommandCompletion]::CompleteInput('Save-ContainerImage x -Compression ', 35, $null)).CompletionMatches.CompletionText"));
}
