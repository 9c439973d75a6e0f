using System;
using System.Collections.Generic;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Text.Json;
using System.Threading;
using ContainerImages.Content;
using ContainerImages.Copying;
using ContainerImages.Engine.Tests.Content;
using ContainerImages.Engine.Tests.Store;
using ContainerImages.Store;
using ContainerImages.Testing;
using ContainerImages.Transports;
using Xunit;

namespace ContainerImages.Engine.Tests.Transports;

/// <summary>Images made of root tars: what is in config, manifest and store, and what is refused.</summary>
public sealed class RootFileSystemTests : IDisposable
{
    private static readonly TestLayer _lower = TestLayer.Of("lower");
    private static readonly TestLayer _upper = TestLayer.Of("upper");

    private readonly TestStore _test = new();
    private readonly TempFolder _folder = new();

    private ImageStore Store => _test.Store;

    public void Dispose()
    {
        _test.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(Compression.None, MediaTypes.OciLayer)]
    [InlineData(Compression.Gzip, MediaTypes.OciLayerGzip)]
    [InlineData(Compression.Zstd, MediaTypes.OciLayerZstd)]
    public void The_bytes_of_a_tar_are_those_of_its_layer(Compression compression, string mediaType)
    {
        var layer = TestLayer.Of("lower", compression);

        var image = new RootImport().OfFiles(Store, Write("root.tar", layer.Bytes));

        var stored = Assert.Single(image.Layers);
        Assert.Equal((mediaType, layer.Digest.ToString()), (stored.MediaType, stored.Digest));
        Assert.Equal([layer.DiffId.ToString()], image.RootFS.Layers);
        Assert.Equal(layer.Plain.Length, stored.Size);
        Assert.Equal("/bin/sh -c #(nop) ADD file:" + layer.DiffId.Hex + " in /", Assert.Single(image.History).CreatedBy);
        Assert.Equal(layer.Bytes, File.ReadAllBytes(Store.Blobs.Find(layer.Digest, layer.Bytes.Length)!));
        Store.AssertSound();
    }

    [Fact]
    public void Several_tars_are_layers_in_their_order_and_the_newest_says_when()
    {
        var paths = new[]
        {
            Write("a.tar", _lower.Bytes, new DateTime(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc)),
            Write("b.tar", TestLayer.Of("middle", Compression.Gzip).Bytes, new DateTime(2024, 3, 1, 0, 0, 0, DateTimeKind.Utc).AddTicks(5)),
            Write("c.tar", _upper.Bytes, new DateTime(2024, 2, 1, 0, 0, 0, DateTimeKind.Utc)),
        };

        var image = new RootImport { Author = "Jörg", Message = "by hand", Platform = "linux/arm64/v8" }.OfFiles(Store, paths);

        var (lower, middle, upper) = (_lower.DiffId, TestLayer.Of("middle").DiffId, _upper.DiffId);
        Assert.Equal(
            $$$"""
            {"created":"2024-03-01T00:00:00.0000005Z","author":"Jörg","architecture":"arm64","variant":"v8","os":"linux","config":{},
            "rootfs":{"type":"layers","diff_ids":["{{{lower}}}","{{{middle}}}","{{{upper}}}"]},"history":[
            {"created":"2024-01-01T00:00:00Z","created_by":"/bin/sh -c #(nop) ADD file:{{{lower.Hex}}} in /","comment":"by hand"},
            {"created":"2024-03-01T00:00:00.0000005Z","created_by":"/bin/sh -c #(nop) ADD file:{{{middle.Hex}}} in /","comment":"by hand"},
            {"created":"2024-02-01T00:00:00Z","created_by":"/bin/sh -c #(nop) ADD file:{{{upper.Hex}}} in /","comment":"by hand"}]}
            """.ReplaceLineEndings(""),
            image.ImageConfig);
        Assert.Equal("Jörg", image.Author);
        Assert.Equal("linux/arm64/v8", image.Platform);
        Store.AssertSound();
    }

    [Fact]
    public void One_tar_may_be_several_layers()
    {
        var path = Write("root.tar", _lower.Bytes);

        var image = new RootImport().OfFiles(Store, path, path);

        Assert.Equal([_lower.DiffId.ToString(), _lower.DiffId.ToString()], image.RootFS.Layers);
        Assert.Equal(3, Store.BlobNames().Count);
        Store.AssertSound();
    }

    [Fact]
    public void The_manifest_is_podmans_and_has_the_annotations()
    {
        var annotations = new Dictionary<string, string> { ["z"] = "1", ["a<"] = "ü" };

        var image = new RootImport { Annotations = annotations, Names = ["a", "b:1"] }.OfBytes(Store, _lower.Bytes);

        Assert.Equal(
            $$$"""
            {"schemaVersion":2,"config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:{{{image.Id}}}","size":{{{image.ImageConfig.Length}}}},
            "layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"{{{_lower.Digest}}}","size":{{{_lower.Bytes.Length}}}}],
            """.ReplaceLineEndings(""),
            image.Manifest[..image.Manifest.IndexOf("\"annotations\"", StringComparison.Ordinal)]);
        Assert.Equal(annotations, image.Annotations);
        Assert.Equal(["z", "a<"], JsonElement.Parse(image.Manifest).GetProperty("annotations").EnumerateObject().Select(a => a.Name));
        Assert.Equal(["localhost/a:latest", "localhost/b:1"], image.Names);
        Assert.Equal(MediaTypes.OciManifest, image.Inspect().ManifestType);
    }

    [Fact]
    public void The_same_tars_are_the_same_image_and_nothing_is_added()
    {
        var path = Write("root.tar", TestLayer.Of("lower", Compression.Gzip).Bytes);
        var import = new RootImport { Names = ["a"], Changes = ["USER u"] };
        var first = import.OfFiles(Store, path);
        var before = Store.BlobNames();

        var again = import.OfFiles(Store, path);

        Assert.Equal((first.Id, first.Digest), (again.Id, again.Digest));
        Assert.Equal(before, Store.BlobNames());
        Store.AssertSound();
    }

    [Fact]
    public void Plain_and_compressed_it_is_one_image_with_two_digests()
    {
        var plain = new RootImport { Names = ["a"] }.OfFiles(Store, Write("root.tar", _lower.Bytes));
        var gzip = new RootImport { Names = ["b"] }.OfFiles(Store, Write("root.tgz", TestLayer.Of("lower", Compression.Gzip).Bytes));

        Assert.Equal(plain.Id, gzip.Id);
        Assert.NotEqual(plain.Digest, gzip.Digest);
        Assert.Equal(
            new[] { plain.Digest, gzip.Digest }.SelectMany(digest => new[] { $"localhost/a@{digest}", $"localhost/b@{digest}" }).Order(StringComparer.Ordinal),
            Store.Find(plain.Id).RepoDigests);
        Store.AssertSound();
    }

    [Fact]
    public void A_stream_was_changed_now()
    {
        var before = DateTimeOffset.UtcNow;
        var image = new RootImport().OfBytes(Store, _lower.Bytes, _upper.Bytes);

        Assert.InRange(image.Created!.Value, before, DateTimeOffset.UtcNow);
        Assert.Equal(2, image.RootFS.Layers.Count);
    }

    [Fact]
    public void A_stream_may_give_a_few_bytes_at_a_time_and_is_not_closed()
    {
        using var pipe = new TarBytes.ForwardStream(TestLayer.Of("lower", Compression.Gzip).Bytes);

        var image = new RootImport().Of(Store, RootTar.OfStream(pipe, "The stream"));

        Assert.Equal([_lower.DiffId.ToString()], image.RootFS.Layers);
        Assert.True(pipe.CanRead);
    }

    [Fact]
    public void A_named_pipe_is_read_as_a_stream()
    {
        Peers.Require("mkfifo");
        var path = _folder.Combine("pipe");
        Tool.Run(Peers.Path("mkfifo"), [path]);
        var writer = new Thread(() => File.WriteAllBytes(path, _lower.Bytes));
        writer.Start();

        var image = new RootImport().OfFiles(Store, path);

        writer.Join();
        Assert.Equal([_lower.DiffId.ToString()], image.RootFS.Layers);
    }

    /// <summary>Nothing is unpacked, so there is nothing that these could do.</summary>
    [Fact]
    public void Whatever_is_in_a_tar_is_content()
    {
        var tar = TarBytes.Join(
            TarBytes.Entry("../../../etc/passwd", "x"u8.ToArray()),
            TarBytes.Entry("/absolute", "x"u8.ToArray()),
            TarBytes.Header("link", type: '2', edit: block => TarBytes.Put(block, 157, "/etc")),
            TarBytes.Entry("link/shadow", "x"u8.ToArray()),
            TarBytes.Header("hard", type: '1', edit: block => TarBytes.Put(block, 157, "../../x")),
            TarBytes.Header("dev", type: '4'),
            TarBytes.Header("fifo", type: '6'),
            TarBytes.Entry("twice", "a"u8.ToArray()),
            TarBytes.Entry("twice", "b"u8.ToArray()),
            TarBytes.Entry("\xe4\xf6", []),
            TarBytes.Entry("unknown", "x"u8.ToArray(), type: 'Z'),
            TarBytes.Entry("manifest.json", "[]"u8.ToArray()),
            TarBytes.End);

        var image = new RootImport().OfBytes(Store, tar);

        Assert.Equal([Digest.Compute(tar).ToString()], image.RootFS.Layers);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
        Store.AssertSound();
    }

    [Fact]
    public void What_is_behind_the_end_of_a_tar_is_kept()
    {
        byte[] tar = [.. _lower.Plain, .. "more than the tar"u8];

        Assert.Equal([Digest.Compute(tar).ToString()], new RootImport().OfBytes(Store, tar).RootFS.Layers);
    }

    [Theory]
    [InlineData("empty", ImageError.UnknownArchiveFormat, "it is empty")]
    [InlineData("text", ImageError.UnknownArchiveFormat, "it is no tar, as it begins with the bytes 23 21 2f 62 69 6e 2f 73")]
    [InlineData("gzip of text", ImageError.UnknownArchiveFormat, "it is no tar")]
    [InlineData("empty gzip", ImageError.UnknownArchiveFormat, "it is empty")]
    [InlineData("one block less", ImageError.InvalidArchive, "its data is cut short")]
    [InlineData("half a header", ImageError.InvalidArchive, "the header is cut short")]
    [InlineData("gzip cut short", ImageError.InvalidArchive, "")]
    [InlineData("zstd cut short", ImageError.InvalidArchive, "")]
    [InlineData("gzip cut between two entries", ImageError.InvalidArchive, "no valid gzip stream (it is cut short)")]
    [InlineData("gzip without its last byte", ImageError.InvalidArchive, "no valid gzip stream (it is cut short)")]
    [InlineData("gzip of a tar cut short", ImageError.InvalidArchive, "its data is cut short")]
    [InlineData("no gzip after its head", ImageError.InvalidArchive, "gzip")]
    [InlineData("no zstd after its head", ImageError.InvalidArchive, "zstd")]
    [InlineData("no bzip2 after its head", ImageError.InvalidArchive, "bzip2")]
    [InlineData("no xz after its head", ImageError.InvalidArchive, "xz")]
    [InlineData("a broken header", ImageError.InvalidArchive, "the header's checksum is wrong")]
    [InlineData("docker-archive", ImageError.UnknownArchiveFormat, "is an archive of images, and no root file system: it has 'manifest.json'")]
    [InlineData("oci-archive", ImageError.UnknownArchiveFormat, "is an archive of images, and no root file system: it has 'index.json'")]
    [InlineData("gzip of an oci-archive", ImageError.UnknownArchiveFormat, "is an archive of images")]
    public void Is_refused_and_leaves_the_store_as_it_was(string what, ImageError error, string message)
    {
        var image = new TestImage(_lower) { Names = ["docker.io/library/x:1"] };
        var big = TestLayer.Of(new string('x', 100_000));
        var noise = new byte[4096];
        new Random(1).NextBytes(noise);
        var bytes = what switch
        {
            "empty" => [],
            "text" => "#!/bin/sh\n"u8.ToArray(),
            "gzip of text" => TestLayer.Compress("#!/bin/sh\n"u8.ToArray(), Compression.Gzip),
            "empty gzip" => TestLayer.Compress([], Compression.Gzip),
            "one block less" => big.Plain[..50_000],
            "half a header" => [.. TarBytes.Entry("a", "x"u8.ToArray()), .. TarBytes.Entry("b", "x"u8.ToArray())[..200]],
            "gzip cut short" => TestLayer.Compress(big.Plain, Compression.Gzip)[..^40],
            "zstd cut short" => TestLayer.Compress([.. big.Plain[..512], .. noise], Compression.Zstd)[..^2000],
            "gzip cut between two entries" => FlushedGzip(TarBytes.Entry("a", noise)),
            "gzip without its last byte" => TestLayer.Compress(big.Plain, Compression.Gzip)[..^1],
            "gzip of a tar cut short" => TestLayer.Compress(big.Plain[..50_000], Compression.Gzip),
            "no gzip after its head" => [0x1F, 0x8B, 8, .. noise],
            "no zstd after its head" => [0x28, 0xB5, 0x2F, 0xFD, 0, 0, .. noise],
            "no bzip2 after its head" => [.. "BZh9"u8, .. noise],
            "no xz after its head" => [0xFD, .. "7zXZ\0"u8, .. noise],
            "a broken header" => [.. TarBytes.Entry("a", "x"u8.ToArray()), .. noise],
            "docker-archive" => TestArchive.Docker(image).ToTar(),
            "oci-archive" => TestArchive.OciLayout(image).ToTar(),
            _ => TestLayer.Compress(TestArchive.OciLayout(image).ToTar(), Compression.Gzip),
        };
        var path = Write("bad.tar", bytes);

        var ofFile = Refused(error, store => new RootImport { Names = ["before"] }.OfFiles(store, Write("good.tar", _lower.Bytes), path));
        var ofStream = Refused(error, store => new RootImport { Names = ["before"] }.OfBytes(store, _lower.Bytes, bytes));

        Assert.StartsWith($"'{path}'", ofFile.Message, StringComparison.Ordinal);
        Assert.Contains(message, ofFile.Message, StringComparison.Ordinal);
        Assert.StartsWith("The stream", ofStream.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_a_path_that_is_not_there_and_too_many_are_refused()
    {
        var path = _folder.Combine("nope.tar");

        Assert.Contains("is a folder", Refused(ImageError.UnknownArchiveFormat, _folder.Path).Message, StringComparison.Ordinal);
        Assert.Equal($"'{path}' is not there.", Refused(ImageError.ArchiveNotFound, path).Message);
        Assert.Contains(
            $"{Limits.Layers} layers are the limit",
            Refused(ImageError.ContentTooLarge, [.. Enumerable.Repeat(path, Limits.Layers + 1)]).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_tar_that_the_disk_has_no_room_for_is_not_begun()
    {
        var tar = new RootTar("'huge.tar'", _ => new OpenedRootTar(Stream.Null, long.MaxValue, NanoTime.Now, null));

        Assert.Contains(
            "9223372036854775807 bytes are needed",
            Refused(ImageError.DiskFull, store => new RootImport().Of(store, tar)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Stopped_on_the_way_it_leaves_nothing()
    {
        using var stop = new CancellationTokenSource();
        using var stream = new StoppingStream(TestLayer.Of(new string('x', 2_000_000)).Bytes, stop);
        var import = new RootImport { Options = new CopyOptions { Cancellation = stop.Token } };

        Assert.Throws<OperationCanceledException>(() => import.Of(Store, RootTar.OfStream(stream, "The stream")));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Store.Paths.Ingests));
        Assert.Empty(Store.List());
    }

    [Fact]
    public void Progress_counts_the_bytes_of_the_files()
    {
        var reports = new List<CopyProgress>();
        var import = new RootImport { Options = new CopyOptions { Progress = new Listener(reports) } };

        import.OfFiles(Store, Write("a.tar", _lower.Bytes), Write("b.tar", _upper.Bytes));

        var last = reports.Where(report => report.IsFinished).Take(2).ToList();
        Assert.Equal([_lower.Bytes.Length, _upper.Bytes.Length], last.Select(report => report.Size));
        Assert.Equal(_lower.Bytes.Length + _upper.Bytes.Length, last[1].TotalDone);
    }

    [Fact]
    public void Instructions_for_images_built_on_it_are_left_behind_with_a_warning()
    {
        var warnings = new List<string>();
        var import = new RootImport { Changes = ["ONBUILD RUN make"], Options = new CopyOptions { Warning = warnings.Add } };

        Assert.DoesNotContain("make", import.OfBytes(Store, _lower.Bytes).ImageConfig, StringComparison.Ordinal);
        Assert.Equal(["ONBUILD has no place in an OCI image, and is left out: 'RUN make'."], warnings);
    }

    [Fact]
    public void A_config_past_the_limit_is_refused()
    {
        var changes = Enumerable.Range(0, 5).Select(i => $"ENV A{i}={new string('x', 1_000_000)}").ToList();

        Refused(ImageError.ContentTooLarge, store => new RootImport { Changes = changes }.OfBytes(store, _lower.Bytes));
    }

    /// <summary>What a gzip encoder has written when it was flushed: all bytes so far, and no end.</summary>
    private static byte[] FlushedGzip(byte[] plain)
    {
        using var target = new MemoryStream();
        using var encoder = new GZipStream(target, CompressionLevel.Optimal);
        encoder.Write(plain);
        encoder.Flush();
        return target.ToArray();
    }

    private ContainerImageException Refused(ImageError error, params string[] paths) =>
        Refused(error, store => new RootImport().OfFiles(store, paths));

    private ContainerImageException Refused(ImageError error, Action<ImageStore> action)
    {
        new RootImport { Names = ["before"] }.OfBytes(Store, _upper.Bytes);
        return Store.AssertRefused(error, action);
    }

    private string Write(string name, byte[] bytes, DateTime? time = null)
    {
        var path = _folder.NewFile(name, bytes);
        File.SetLastWriteTimeUtc(path, time ?? new DateTime(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        return path;
    }

    private sealed class Listener(List<CopyProgress> reports) : IProgress<CopyProgress>
    {
        public void Report(CopyProgress value) => reports.Add(value);
    }

    /// <summary>A stream during which somebody presses Ctrl+C.</summary>
    private sealed class StoppingStream(byte[] bytes, CancellationTokenSource stop) : MemoryStream(bytes)
    {
        public override int Read(byte[] buffer, int offset, int count)
        {
            if (Position > 1_000_000)
            {
                stop.Cancel();
            }

            return base.Read(buffer, offset, count);
        }
    }
}
