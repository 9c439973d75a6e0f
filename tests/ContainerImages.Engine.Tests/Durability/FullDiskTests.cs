using System;
using System.IO;
using ContainerImages.Content;
using ContainerImages.Copying;
using ContainerImages.Engine.Tests.Store;
using ContainerImages.Engine.Tests.Transports;
using ContainerImages.Store;
using ContainerImages.Testing;
using ContainerImages.Transports;
using Xunit;

namespace ContainerImages.Engine.Tests.Durability;

/// <summary>A disk that is full, or becomes so in the middle of an operation: nothing changes, and the space is given back.</summary>
public sealed class FullDiskTests : IDisposable
{
    private const string First = "docker.io/library/first:1";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [SkippableTheory]
    [InlineData("import of a file", 200_000)]
    [InlineData("import of a file", 0)]
    [InlineData("import of a stream", 200_000)]
    [InlineData("import of a stream", 0)]
    [InlineData("tag", 0)]
    [InlineData("untag", 0)]
    [InlineData("remove", 0)]
    public void A_store_on_a_full_disk_stays_as_it_was(string operation, long free)
    {
        using var disk = new SmallDisk(megabytes: 8);
        using var store = ImageStore.Open(disk.Combine("store"));
        store.Import(Image("first", First));
        var archive = TestArchive.OciLayout(Image("second", "docker.io/library/second:1")).WriteTar(_folder.Combine("second.tar"));
        disk.FillUpTo(free);
        var (before, left) = (disk.Listing(), disk.Free);

        var error = Assert.Throws<ContainerImageException>(() => Do(store, operation, archive));

        Assert.True(error.Error == ImageError.DiskFull, error.ToString());
        Assert.Contains("bytes are needed", error.Message, StringComparison.Ordinal);
        Assert.Contains("are free; nothing was changed", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, disk.Listing());
        Assert.Equal(left, disk.Free);

        disk.Empty();
        Do(store, operation, archive);
        store.AssertSound();
    }

    [SkippableTheory]
    [InlineData("docker-archive", 200_000)]
    [InlineData("docker-archive", 0)]
    [InlineData("oci-archive", 200_000)]
    [InlineData("oci-dir", 200_000)]
    [InlineData("oci-dir", 0)]
    [InlineData("dir", 200_000)]
    public void A_save_to_a_full_disk_leaves_nothing(string format, long free)
    {
        using var disk = new SmallDisk(megabytes: 8);
        using var store = ImageStore.Open(_folder.Combine("store"));
        store.Import(Image("first", First));
        disk.FillUpTo(free);
        var left = disk.Free;

        var error = Assert.Throws<ContainerImageException>(() => Save(store, format, disk.Combine("saved")));

        Assert.True(error.Error == ImageError.DiskFull, error.ToString());
        Assert.Matches(@": (\d+|more than \d+) bytes are needed, (\d+|and no more) are free; nothing was left there\.$", error.Message);
        Assert.Empty(disk.Listing());
        Assert.Equal(left, disk.Free);
        Assert.Empty(Directory.EnumerateFileSystemEntries(store.Paths.Ingests));

        disk.Empty();
        Save(store, format, disk.Combine("saved"));
        Assert.NotEmpty(disk.Listing());
    }

    // A megabyte that does not compress, in layers of both kinds.
    private static TestImage Image(string content, string name)
    {
        var noise = new byte[512 * 1024];
        new Random(content.Length).NextBytes(noise);
        using var tar = new MemoryStream();
        var writer = new TarWriter(tar, leaveOpen: true);
        writer.WriteFile(content, noise);
        writer.Finish();
        return new TestImage(TestLayer.OfBytes(tar.ToArray()), TestLayer.OfBytes([.. tar.ToArray(), .. new byte[512]], Compression.Gzip)) { Names = [name] };
    }

    private static void Do(ImageStore store, string operation, string archive)
    {
        switch (operation)
        {
            case "import of a file":
                store.ImportFile(archive);
                break;
            case "import of a stream":
                using (var stream = File.OpenRead(archive))
                {
                    store.ImportStream(stream);
                }

                break;
            case "tag":
                store.Tag(First, "docker.io/library/other:1");
                break;
            case "untag":
                store.Untag(First);
                break;
            default:
                store.Remove([First]);
                break;
        }
    }

    private static void Save(ImageStore store, string format, string path) => new ImageSave(new CopyOptions()).Run(
        [new SaveItem(store, store.Match(First), [First])], format, path, force: false, onePlatform: false);
}
