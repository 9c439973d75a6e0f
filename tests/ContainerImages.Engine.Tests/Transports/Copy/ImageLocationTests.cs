using System;
using ContainerImages.Content;
using ContainerImages.Transports;
using Xunit;

namespace ContainerImages.Engine.Tests.Transports.Copy;

/// <summary>What users write for a place is read as they mean it, and given back the same.</summary>
public sealed class ImageLocationTests
{
    [Theory]
    [InlineData("docker://registry.example.com/app:1", "Registry", "", "registry.example.com/app:1")]
    [InlineData("registry.example.com:5000/app:1", "Registry", "", "registry.example.com:5000/app:1")]
    [InlineData("[::1]:5000/app:1", "Registry", "", "[::1]:5000/app:1")]
    [InlineData("alpine:3.20", "Registry", "", "alpine:3.20")]
    [InlineData("alpine", "Registry", "", "alpine")]
    [InlineData("registry.example.com/mirror/", "Registry", "", "registry.example.com/mirror/")]
    [InlineData("ocidir:1", "Registry", "", "ocidir:1")]
    [InlineData("docker-archive:a.tar", "DockerArchive", "a.tar", null)]
    [InlineData("docker-archive:./a.tar:registry.example.com:5000/app:1", "DockerArchive", "./a.tar", "registry.example.com:5000/app:1")]
    [InlineData(@"docker-archive:C:\x.tar", "DockerArchive", @"C:\x.tar", null)]
    [InlineData(@"docker-archive:C:\x.tar:name", "DockerArchive", @"C:\x.tar", "name")]
    [InlineData("oci-archive:C:/x.tar:name:1", "OciArchive", "C:/x.tar", "name:1")]
    [InlineData(@"oci-archive:\\server\share\x.tar:app", "OciArchive", @"\\server\share\x.tar", "app")]
    [InlineData("oci-archive:Temp:/x.tar:@1", "OciArchive", "Temp:/x.tar", "@1")]
    [InlineData("oci:/srv/layout:app", "OciLayout", "/srv/layout", "app")]
    [InlineData("oci:/srv/layout:mirror/", "OciLayout", "/srv/layout", "mirror/")]
    [InlineData("oci:/srv/layout", "OciLayout", "/srv/layout", null)]
    [InlineData("dir:/srv/a:b", "Directory", "/srv/a:b", null)]
    [InlineData("store:app:1", "Store", "", "app:1")]
    [InlineData("store:", "Store", "", null)]
    public void Is_read(string text, string transport, string path, string? name)
    {
        var location = ImageLocation.Parse(text);

        Assert.Equal(new ImageLocation(Enum.Parse<ImageTransport>(transport), path, name), location);
        Assert.Equal(location, ImageLocation.Parse(location.ToString()));
        Assert.EndsWith(text, location.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("containers-storage:app")]
    [InlineData("docker-daemon:app:1")]
    [InlineData("tarball:root.tar")]
    [InlineData("https://registry.example.com/app")]
    [InlineData("oci-folder:./layout")]
    [InlineData("./a.tar")]
    [InlineData("/srv/a.tar")]
    [InlineData("~/a.tar")]
    [InlineData(@"C:\a.tar")]
    [InlineData("C:/a.tar")]
    public void What_is_of_no_transport_is_refused_with_those_that_are(string text)
    {
        var error = Assert.Throws<ContainerImageException>(() => ImageLocation.Parse(text));

        Assert.Equal(ImageError.UnknownTransport, error.Error);
        Assert.Equal(["docker://", "docker-archive:", "oci-archive:", "oci:", "dir:", "store:"], error.Candidates);
        Assert.StartsWith($"'{text}' has no transport that is known", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("docker://", "a name")]
    [InlineData("oci:", "a path")]
    [InlineData("oci::app", "a path")]
    [InlineData("dir:", "a path")]
    [InlineData("oci-archive:a.tar:", "a name")]
    public void What_is_left_out_is_said(string text, string what)
    {
        var error = Assert.Throws<ContainerImageException>(() => ImageLocation.Parse(text));

        Assert.Equal(ImageError.InvalidReference, error.Error);
        Assert.Equal($"'{text}' has nothing where {what} belongs.", error.Message);
    }

    [Theory]
    [InlineData("registry.example.com/app:1", "docker.io/library/a:1", "registry.example.com/app:1")]
    [InlineData("registry.example.com/app", "docker.io/library/a:1", "registry.example.com/app:latest")]
    [InlineData("registry.example.com/mirror/", "docker.io/library/a:1", "registry.example.com/mirror/library/a:1")]
    [InlineData("team/app:1", "docker.io/library/a:1", "docker.io/team/app:1")]
    [InlineData("mirror/", "docker.io/library/a:1", "docker.io/mirror/library/a:1")]
    [InlineData("registry.example.com/", "localhost/team/a:1", "registry.example.com/team/a:1")]
    [InlineData("oci:/srv/layout", "docker.io/library/a:1", "docker.io/library/a:1")]
    [InlineData("oci:/srv/layout:a", "docker.io/library/b:1", "localhost/a:latest")]
    [InlineData("store:mirror/", "docker.io/library/a:1", "localhost/mirror/library/a:1")]
    [InlineData("store:registry.example.com/mirror/", "docker.io/library/a:1", "registry.example.com/mirror/library/a:1")]
    public void Images_are_called_so_at_a_destination(string destination, string own, string name) =>
        Assert.Equal([name], CopyNames.At(ImageLocation.Parse(destination), [own]));

    [Theory]
    [InlineData("docker://localhost/app:1", "DestinationMissing")]
    [InlineData("docker://localhost/", "DestinationMissing")]
    [InlineData("docker://registry.example.com/App", "InvalidReference")]
    [InlineData("oci:/srv/layout:App", "InvalidReference")]
    [InlineData("store:app@sha256:0000000000000000000000000000000000000000000000000000000000000000", "InvalidReference")]
    public void A_destination_that_cannot_be_is_refused_before_anything_is_there(string destination, string error) => Assert.Equal(
        error, Assert.Throws<ContainerImageException>(() => CopyNames.Check(ImageLocation.Parse(destination))).Error.ToString());

    [Fact]
    public void Without_a_name_an_image_has_no_place_below_a_prefix()
    {
        var error = Assert.Throws<ContainerImageException>(() => CopyNames.At(ImageLocation.Parse("registry.example.com/mirror/"), []));

        Assert.Equal(ImageError.DestinationMissing, error.Error);
    }
}
