using System;
using System.IO;
using System.Linq;
using System.Threading;
using ContainerImages.Content;
using ContainerImages.Engine.Tests.Transports;
using ContainerImages.Store;
using Xunit;

namespace ContainerImages.Engine.Tests.Store;

/// <summary>The look at all files of blobs.</summary>
public sealed class BlobScanTests : IDisposable
{
    private readonly TestStore _test = new();

    private ImageStore Store => _test.Store;

    public void Dispose() => _test.Dispose();

    [Fact]
    public void A_store_that_is_not_there_has_none()
    {
        var scan = BlobScan.Read(Store.Paths, default);

        Assert.Empty(scan.Blobs);
        Assert.Empty(scan.Others);
        Assert.False(Directory.Exists(Store.Path));
    }

    [Fact]
    public void Every_blob_is_found_with_its_size_and_date_whatever_its_algorithm()
    {
        var image = TestImage.Of("content", "docker.io/library/app:1");
        Store.Import(image);
        var wide = Digest.Compute("wide"u8.ToArray(), "sha512");
        Directory.CreateDirectory(Store.Paths.BlobFolder("sha512"));
        File.WriteAllText(Store.Paths.Blob(wide), "wide");
        var written = new DateTime(2026, 3, 4, 5, 6, 7, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(Store.Paths.Blob(wide), written);

        var scan = BlobScan.Read(Store.Paths, default);

        Assert.Equal(
            image.Blobs.Select(blob => (blob.Digest, (long)blob.Bytes.Length)).Append((wide, 4)).OrderBy(blob => $"{blob.Item1}"),
            scan.Blobs.Select(blob => (blob.Key, blob.Value.Size)).OrderBy(blob => $"{blob.Key}"));
        Assert.Equal(written, scan.Blobs[wide].Changed);
        Assert.Empty(scan.Others);
    }

    [Fact]
    public void Files_that_no_digest_leads_to_are_told_apart()
    {
        Store.Import(TestImage.Of("content"));
        var count = Store.BlobNames().Count;
        var hex = Digest.Compute("x"u8.ToArray()).Hex;
        var folder = Store.Paths.BlobFolder(Digest.Sha256);
        string[] others = [Path.Combine(folder, hex.ToUpperInvariant()), Path.Combine(folder, hex + ".tmp"), Path.Combine(folder, "notes")];
        others.ToList().ForEach(path => File.WriteAllText(path, "other"));
        Directory.CreateDirectory(Path.Combine(folder, hex));
        File.WriteAllText(Path.Combine(Store.Paths.Blobs, "beside"), "");

        var scan = BlobScan.Read(Store.Paths, default);

        Assert.Equal(count, scan.Blobs.Count);
        Assert.Equal(others.Order(), scan.Others.Select(other => other.Path).Order());
        Assert.All(scan.Others, other => Assert.Equal(5, other.Size));
    }

    [Fact]
    public void Looking_can_be_stopped()
    {
        Store.Import(TestImage.Of("content"));
        using var stop = new CancellationTokenSource();
        stop.Cancel();

        Assert.Throws<OperationCanceledException>(() => BlobScan.Read(Store.Paths, stop.Token));
    }
}
