using System;
using System.IO;
using System.Threading;
using ContainerImages.Content;
using ContainerImages.Copying;
using ContainerImages.Store;

namespace ContainerImages.Transports;

/// <summary>
/// A tar that can be read once only, from a pipe or out of a compression: its files go into an ingest in their order, each
/// read, hashed and inflated once; what no image needs is dropped with the ingest.
/// </summary>
internal sealed class SpooledArchive : IArchive
{
    private const string BlobFolder = "blobs/";

    public SpooledArchive(Stream tar, string name, Ingest ingest, IProgress<CopyProgress>? progress, CancellationToken cancellation)
    {
        Name = name;
        Entries = new EntryTable(name);
        var meter = new ProgressMeter(progress, null);
        var reader = new TarReader(tar, cancellation);
        while (TarNames.In(name, reader.Next) is { } entry)
        {
            Entries.Add(entry, path => Spool(reader, path, ingest, meter, cancellation));
        }

        reader.Drain();
    }

    public string Name { get; }

    public EntryTable Entries { get; }

    public SourceBlob? Find(string path) => Entries.Find(path);

    public void Dispose()
    {
    }

    private SourceBlob Spool(TarReader reader, string path, Ingest ingest, ProgressMeter meter, CancellationToken cancellation)
    {
        var progress = meter.Start($"Entry {QuotedText.Quote(path)}", null);
        using var data = reader.OpenData();
        using var file = ingest.CreateFile(out var target);
        var copied = TarNames.In(Name, () => BlobCopy.CopyAndTry(data, file, AlgorithmOf(path), progress, ingest.Expansion, isCounted: true, cancellation));
        progress.Finish();

        // Of thousands of entries few may be needed: those are brought to the disk then.
        var blob = ingest.Keep(target, copied, isFlushed: false);
        return new SourceBlob(blob.Size, blob.Open, blob);
    }

    // The name of a layout's blob says by which algorithm it is known.
    private static string AlgorithmOf(string path)
    {
        if (path.StartsWith(BlobFolder, StringComparison.Ordinal) &&
            Digest.TryParse(path.Substring(BlobFolder.Length).Replace('/', ':'), out var digest))
        {
            return digest.Algorithm;
        }

        return Digest.Sha256;
    }
}
