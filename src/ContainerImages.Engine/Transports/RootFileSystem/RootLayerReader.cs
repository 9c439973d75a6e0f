using System;
using System.IO;
using System.Threading;
using ContainerImages.Content;
using ContainerImages.Copying;
using ContainerImages.Store;

namespace ContainerImages.Transports;

/// <summary>
/// Takes one root tar into an ingest, as it is or, where OCI has no type for its compression, without that. Nothing is
/// unpacked, so that whatever entries it has do no harm here; it is seen to be a tar to its end.
/// </summary>
internal sealed class RootLayerReader(RootTar tar, Ingest ingest, ProgressMeter meter, CancellationToken cancellation)
{
    /// <exception cref="ContainerImageException">
    /// ArchiveNotFound; UnknownArchiveFormat; InvalidArchive; ContentTooLarge; DiskFull.
    /// </exception>
    public RootLayer Read()
    {
        using var opened = tar.Open(cancellation);
        ingest.CheckSpace(opened.Size ?? 0);
        using var source = new PeekedStream(new SourceStream(() => opened.Stream, tar.Name), CompressionFormat.PeekLength, leaveOpen: true);
        var progress = meter.Start(tar.Name, opened.Size);
        using var file = ingest.CreateFile(out var path);
        var copied = CompressionFormat.Detect(source.Start) is Compression.Bzip2 or Compression.Xz
            ? TakePlain(source, file, progress)
            : BlobCopy.Copy(source, file, tar.Name, inflate: true, look: LookThrough, progress: progress, budget: ingest.Expansion, cancellation: cancellation);
        ingest.Flush(file);
        progress.Finish();
        return new RootLayer(ingest.Keep(path, copied), copied.DiffId, opened.ModifiedTime);
    }

    private CopiedBlob TakePlain(Stream source, Stream target, IProgress<long> progress)
    {
        var read = BlobCopy.Copy(
            source, null, tar.Name, inflate: true, plain: target, look: LookThrough, progress: progress, budget: ingest.Expansion, cancellation: cancellation);
        return new CopiedBlob(read.DiffId, read.DiffSize, Compression.None, read.DiffId, read.DiffSize);
    }

    private void LookThrough(TeeStream plain)
    {
        ImageSources.RequireTar(plain.Peek(TarField.BlockSize), tar.Name);
        var reader = new TarReader(plain, cancellation);
        var signs = new ImageArchiveSigns();
        while (TarNames.In(tar.Name, reader.Next) is { } entry)
        {
            signs.Note(entry.Name);
        }

        if (signs.AreAll)
        {
            throw new ContainerImageException(
                ImageError.UnknownArchiveFormat, $"{tar.Name} is an archive of images, and no root file system: it has '{signs.Index}', and nothing but images.");
        }
    }
}

/// <summary>A root tar that was read.</summary>
/// <param name="Blob">Its bytes, as they are kept.</param>
/// <param name="DiffId">The digest of the plain tar.</param>
/// <param name="Created">When it was last changed.</param>
internal sealed record RootLayer(IngestedBlob Blob, Digest DiffId, NanoTime Created);
