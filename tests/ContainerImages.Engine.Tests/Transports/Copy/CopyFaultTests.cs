using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using ContainerImages.Content;
using ContainerImages.Engine.Tests.Store;
using ContainerImages.Engine.Tests.Transports.Registry;
using ContainerImages.Testing;
using ContainerImages.Transports;
using Xunit;

namespace ContainerImages.Engine.Tests.Transports.Copy;

/// <summary>A copy that fails leaves no file and no tag, whichever side it is that fails; one that can go on does.</summary>
public sealed class CopyFaultTests : IDisposable
{
    private const int LayerSize = 1_000_000;
    private const int Cut = 600_000;

    private readonly CopyBench _bench = new();
    private readonly TestImage _image = new(
        TestLayer.OfBytes(RegistryBench.NewBlob(LayerSize).Bytes), TestLayer.Of("small"), TestLayer.Of("gzip", Compression.Gzip));

    public void Dispose() => _bench.Dispose();

    [SkippableTheory]
    [InlineData("docker-archive")]
    [InlineData("oci-archive")]
    [InlineData("oci")]
    [InlineData("dir")]
    [InlineData("store")]
    [InlineData("docker")]
    public async Task A_source_that_breaks_off_leaves_nothing_and_one_that_can_be_asked_again_does_not_matter(string destination)
    {
        await _bench.Remote.PushAsync(_image);
        BreakOff();
        var to = At(destination);

        var error = Assert.ThrowsAny<ContainerImageException>(() => _bench.Copy(_bench.Remote.Name, to));

        Assert.Equal(ImageError.RegistryUnreachable, error.Error);
        AssertNothing(destination);

        _bench.Remote.RetryCount = 2;
        BreakOff();
        _bench.Copy(_bench.Remote.Name, to);
        Assert.Equal([(destination == "docker-archive" ? _image.Id : _image.Digest).ToString()], _bench.Read(to).Digests);
    }

    [SkippableTheory]
    [InlineData("docker-archive")]
    [InlineData("oci-archive")]
    [InlineData("oci")]
    [InlineData("dir")]
    [InlineData("store")]
    [InlineData("docker")]
    public async Task Wrong_bytes_are_seen_and_leave_nothing(string destination)
    {
        await _bench.Remote.PushAsync(_image);
        _bench.Remote.Proxy.On("GET", _image.Layers[0].Digest.ToString(), reply => reply with { Body = [.. reply.Body.Select(b => (byte)(b ^ 1))] });

        var error = Assert.ThrowsAny<ContainerImageException>(() => _bench.Copy(_bench.Remote.Name, At(destination)));

        Assert.Equal(ImageError.ContentMismatch, error.Error);
        AssertNothing(destination);
    }

    [SkippableTheory]
    [InlineData("POST", "/blobs/uploads/")]
    [InlineData("PUT", "/blobs/uploads/")]
    [InlineData("PUT", "/manifests/")]
    public async Task A_registry_that_fails_to_write_gets_no_tag_and_one_that_fails_for_the_moment_does(string method, string path)
    {
        await _bench.Remote.PushAsync(_image);
        _bench.Copy(_bench.Remote.Name, $"oci:{_bench.Combine("layout")}");
        _bench.Remote.Proxy.Answer(method, path, new ServerReply(500));

        var error = Assert.ThrowsAny<ContainerImageException>(() => _bench.Copy($"oci:{_bench.Combine("layout")}", At("proxied")));

        Assert.Equal(ImageError.RegistryProtocol, error.Error);
        Assert.Contains("500", error.Message, StringComparison.Ordinal);
        AssertNothing("proxied");

        _bench.Remote.RetryCount = 2;
        _bench.Remote.Proxy.Answer(method, path, new ServerReply(503));
        _bench.Copy($"oci:{_bench.Combine("layout")}", At("proxied"));
        Assert.Equal([_image.Digest.ToString()], _bench.Read(At("proxied")).Digests);
    }

    [SkippableTheory]
    [InlineData("docker-archive")]
    [InlineData("oci-archive")]
    [InlineData("oci")]
    public async Task Several_images_come_together_or_not_at_all(string destination)
    {
        await _bench.Remote.PushAsync(_image);
        _bench.Store.Import(TestImage.Of("a", "docker.io/library/a:1"));
        BreakOff();

        Assert.ThrowsAny<ContainerImageException>(() => _bench.Copy($"store:a:1 docker://{_bench.Remote.Name}", At(destination)));

        AssertNothing(destination);
    }

    [Fact]
    public void An_old_archive_stays_until_the_new_one_is_whole()
    {
        _bench.Store.Import(TestImage.Of("a", "docker.io/library/a:1"));
        _bench.Copy("store:a:1", At("oci-archive"));
        var before = File.ReadAllBytes(_bench.Combine("to"));
        TestArchive.OciLayout(_image.Named("docker.io/library/b:1")).Garble(TestArchive.BlobPath(_image.Layers[0].Digest)).WriteTar(_bench.Combine("bad.tar"));

        var error = Assert.ThrowsAny<ContainerImageException>(
            () => _bench.Copy($"oci-archive:{_bench.Combine("bad.tar")}", At("oci-archive"), new TransferRequest { Force = true }));

        Assert.Equal(ImageError.ContentMismatch, error.Error);
        Assert.Equal(before, File.ReadAllBytes(_bench.Combine("to")));
        Assert.Equal(["bad.tar", "to"], _bench.Entries());
    }

    [Fact]
    public void A_compressed_archive_that_breaks_off_leaves_nothing_in_the_store_that_it_was_read_into()
    {
        var tar = TestLayer.Compress(TestArchive.OciLayout(_image).ToTar(), Compression.Gzip);
        File.WriteAllBytes(_bench.Combine("short.tar.gz"), tar[..(tar.Length / 2)]);
        _bench.Store.Import(TestImage.Of("a", "docker.io/library/a:1"));

        var error = _bench.Store.AssertRefused(
            ImageError.InvalidArchive, _ => _bench.Copy($"oci-archive:{_bench.Combine("short.tar.gz")}", At("dir")));

        Assert.Contains("short.tar.gz", error.Message, StringComparison.Ordinal);
        Assert.Equal(["short.tar.gz"], _bench.Entries());
    }

    [Theory]
    [InlineData("docker-archive:none.tar", "ArchiveNotFound")]
    [InlineData("oci:none", "ArchiveNotFound")]
    [InlineData("oci-archive:empty.tar", "UnknownArchiveFormat")]
    [InlineData("docker-archive:a.tar:none", "ImageNotInArchive")]
    [InlineData("store:none", "ImageNotFound")]
    [InlineData("store:", "ImageNotFound")]
    [InlineData("localhost/none:1", "RemoteImageNotFound")]
    public void What_is_not_there_is_said_so(string from, string error)
    {
        File.WriteAllBytes(_bench.Combine("empty.tar"), []);
        TestArchive.Docker(TestImage.Of("a", "docker.io/library/a:1")).WriteTar(_bench.Combine("a.tar"));
        var location = ImageLocation.Parse(from);
        from = location.IsPath ? (location with { Path = _bench.Combine(location.Path) }).ToString() : from;

        var thrown = Assert.ThrowsAny<ContainerImageException>(() => _bench.Copy(from, At("dir")));

        Assert.Equal(error, thrown.Error.ToString());
        Assert.Equal(["a.tar", "empty.tar"], _bench.Entries());
    }

    private void BreakOff() => _bench.Remote.Proxy.On("GET", _image.Layers[0].Digest.ToString(), reply => reply with { CutAfter = Cut });

    private string At(string kind) => kind switch
    {
        "docker" => $"docker://{_bench.Other.Address}/other/copied:2",
        "proxied" => $"docker://{_bench.Remote.Proxy.Address}/other/copied:2",
        "store" => "store:copied:2",
        _ => $"{kind}:{_bench.Combine("to")}",
    };

    private void AssertNothing(string destination)
    {
        Assert.DoesNotContain(_bench.Entries(), entry => entry.StartsWith("to", StringComparison.Ordinal) || entry.StartsWith('.'));
        Assert.DoesNotContain(_bench.Store.ReadSnapshot().Names, name => name.EndsWith("copied:2", StringComparison.Ordinal));
        if (destination is "docker" or "proxied")
        {
            Assert.Equal(ImageError.RemoteImageNotFound, Assert.ThrowsAny<ContainerImageException>(() => _bench.Read(At(destination))).Error);
        }
    }
}
