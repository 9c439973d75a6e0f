using System;
using System.IO;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.Copying;
using ContainerImages.Engine.Tests.Store;
using ContainerImages.Testing;
using ContainerImages.Transports;
using Xunit;

namespace ContainerImages.Engine.Tests.Transports;

/// <summary>Archives without the layers that the other side has, for machines that nothing but archives reach.</summary>
public sealed class IncrementalArchiveTests : IDisposable
{
    private const string Old = "docker.io/team/app:1";
    private const string New = "docker.io/team/app:2";

    private static readonly TestLayer _big = TestLayer.OfBytes(Noise(1));
    private static readonly TestLayer _zipped = TestLayer.OfBytes(Noise(2), Compression.Gzip);
    private static readonly TestImage _old = new(_big, _zipped) { Names = [Old] };
    private static readonly TestImage _new = _old.Child("RUN something", TestLayer.Of("the news"), New);

    private readonly TestStore _sender = new();
    private readonly TestStore _receiver = new();
    private readonly TempFolder _folder = new();

    public static TheoryData<string> Formats => ["docker-archive", "oci-archive", "oci-dir", "dir"];

    public void Dispose()
    {
        _sender.Dispose();
        _receiver.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void What_the_receiver_has_is_not_carried_and_the_image_comes_out_the_same(string format)
    {
        _sender.Store.Import(_old, _new);
        _receiver.Store.Import(_old);

        var path = Save(format, New, Old);
        var images = _receiver.Store.ImportFile(path, New);

        Assert.True(Bytes(path) < _zipped.Bytes.Length, $"{Bytes(path)} bytes were carried.");
        Assert.Equal(_new.Id.Hex, Assert.Single(images).Id);
        if (format != "docker-archive")
        {
            Assert.Equal(_sender.Store.Find(New).Size, images[0].Size);
            Assert.Equal(_new.Digest.ToString(), images[0].Digest);
        }

        Assert.All(images[0].Layers, layer => Assert.True(layer.Present));
        _receiver.Store.AssertSound();
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void A_store_without_the_layers_takes_nothing_and_is_told_all_that_it_lacks(string format)
    {
        _sender.Store.Import(_old, _new);
        _receiver.Store.Import(TestImage.Of("something else", "docker.io/library/other:1"));
        var path = Save(format, New, Old);

        var error = _receiver.Store.AssertRefused(ImageError.ContentMissing, store => store.ImportFile(path));

        // A docker-archive knows layers by their plain bytes, the others by their blobs.
        var zipped = format == "docker-archive" ? _zipped.DiffId : _zipped.Digest;
        Assert.Equal([.. new[] { $"{_big.Digest}", $"{zipped}" }.Order()], error.Candidates.Order());
        Assert.All(error.Candidates, digest => Assert.Contains(digest, error.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void A_docker_archive_is_completed_by_layers_that_are_compressed_otherwise()
    {
        _sender.Store.Import(_old, _new);
        var recompressed = TestLayer.OfBytes(_big.Plain, Compression.Zstd);
        _receiver.Store.Import(new TestImage(recompressed, _zipped) { Names = [Old] });

        var image = Assert.Single(_receiver.Store.ImportFile(Save("docker-archive", New, Old)));

        Assert.Equal(_new.Id.Hex, image.Id);
        Assert.Equal([recompressed.Digest.ToString(), _zipped.Digest.ToString()], image.Layers.Take(2).Select(layer => layer.Digest));
        _receiver.Store.AssertSound();
    }

    [Theory]
    [InlineData("oci-archive")]
    [InlineData("oci-dir")]
    [InlineData("dir")]
    public void Other_formats_are_completed_by_plain_layers_made_of_compressed_ones_and_keep_their_digest(string format)
    {
        _sender.Store.Import(_old, _new);
        _receiver.Store.Import(new TestImage(TestLayer.OfBytes(_big.Plain, Compression.Zstd), _zipped) { Names = [Old] });

        var image = Assert.Single(_receiver.Store.ImportFile(Save(format, New, Old), New));

        Assert.Equal(_new.Digest.ToString(), image.Digest);
        Assert.Equal([_big.Digest.ToString(), _zipped.Digest.ToString()], image.Layers.Take(2).Select(layer => layer.Digest));
        Assert.Equal(_sender.Store.Find(New).Size, image.Size);
        _receiver.Store.AssertSound();
    }

    [Theory]
    [InlineData("oci-archive")]
    [InlineData("oci-dir")]
    [InlineData("dir")]
    public void A_compressed_layer_that_is_there_in_another_compression_is_told_of(string format)
    {
        _sender.Store.Import(_old, _new);
        var (recompressed, plain) = (TestLayer.OfBytes(_zipped.Plain, Compression.Zstd), TestLayer.OfBytes(_zipped.Plain));
        var path = Save(format, New, Old);
        foreach (var other in new[] { recompressed, plain })
        {
            using var receiver = new TestStore();
            receiver.Store.Import(new TestImage(_big, other) { Names = [Old] });

            var error = receiver.Store.AssertRefused(ImageError.ContentMissing, store => store.ImportFile(path, New));

            Assert.Equal([_zipped.Digest.ToString()], error.Candidates);
            Assert.Contains($"{_zipped.Digest.ShortId} as {other.Digest}", error.Message, StringComparison.Ordinal);
            Assert.Contains("in another compression", error.Message, StringComparison.Ordinal);
        }
    }

    // Found here by its mark, and yet damaged: nothing is made of it.
    [Fact]
    public void A_plain_layer_is_not_made_of_a_damaged_one()
    {
        _sender.Store.Import(_old, _new);
        var recompressed = TestLayer.OfBytes(_big.Plain, Compression.Zstd);
        _receiver.Store.Import(new TestImage(recompressed, _zipped) { Names = [Old] });
        var file = _receiver.Store.Paths.Blob(recompressed.Digest);
        var bytes = recompressed.Bytes.ToArray();
        bytes[bytes.Length / 2] ^= 1;
        File.SetAttributes(file, FileAttributes.Normal);
        File.WriteAllBytes(file, bytes);

        var error = Assert.Throws<ContainerImageException>(() => _receiver.Store.ImportFile(Save("oci-archive", New, Old)));

        Assert.Contains(error.Error, new[] { ImageError.ContentMissing, ImageError.InvalidArchive, ImageError.ContentMismatch });
        Assert.Null(_receiver.Store.ReadSnapshot().FindByName(New));
    }

    [Fact]
    public void An_incremental_docker_archive_is_read_from_a_stream_too()
    {
        _sender.Store.Import(_old, _new);
        _receiver.Store.Import(_old);
        using var stream = File.OpenRead(Save("docker-archive", New, Old));

        Assert.Equal(_new.Id.Hex, Assert.Single(_receiver.Store.ImportStream(stream)).Id);
        _receiver.Store.AssertSound();
    }

    [Fact]
    public void Every_platform_of_what_is_excluded_counts()
    {
        var index = new TestIndex(new TestImage(_big), new TestImage(_zipped) { Architecture = "arm64" }) { Names = [Old] };
        _sender.Store.Import(index, _new);
        _receiver.Store.Import(index);

        var path = Save("oci-archive", New, Old);

        Assert.True(Bytes(path) < _zipped.Bytes.Length);
        Assert.Equal(_new.Id.Hex, Assert.Single(_receiver.Store.ImportFile(path)).Id);
    }

    private string Save(string format, string name, string excluded)
    {
        var path = _folder.Combine("delta");
        var store = _sender.Store;
        var leftOut = new LeftOutLayers();
        leftOut.Add(store, store.Match(excluded).Root);
        new ImageSave(new CopyOptions(), new CopyChanges { LeftOut = leftOut }).Run(
            [new SaveItem(store, store.Match(name), [name])], format, path, force: false, onePlatform: false);
        return path;
    }

    private static long Bytes(string path) => File.Exists(path)
        ? new FileInfo(path).Length
        : new DirectoryInfo(path).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);

    private static byte[] Noise(int seed)
    {
        var bytes = new byte[200_000];
        new Random(seed).NextBytes(bytes);
        using var tar = new MemoryStream();
        var writer = new TarWriter(tar, leaveOpen: true);
        writer.WriteFile("noise", bytes);
        writer.Finish();
        return tar.ToArray();
    }
}
