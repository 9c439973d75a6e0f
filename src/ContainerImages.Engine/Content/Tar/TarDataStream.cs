using System;
using System.Collections.Generic;
using System.Threading;

namespace ContainerImages.Content;

/// <summary>The data of one entry, read from where the reader stands.</summary>
internal sealed class TarDataStream : ReadOnlyStream
{
    private readonly TarReader reader;
    private readonly TarSource source;
    private readonly TarEntry entry;
    private readonly IReadOnlyList<TarSparseRegion> regions;
    private readonly CancellationToken cancellation;
    private long position;
    private int region;

    /// <param name="reader">The reader that stands at the entry.</param>
    /// <param name="source">The archive, at the entry's data.</param>
    /// <param name="entry">The entry.</param>
    /// <param name="cancellation">Looked at before each read.</param>
    public TarDataStream(TarReader reader, TarSource source, TarEntry entry, CancellationToken cancellation)
    {
        this.reader = reader;
        this.source = source;
        this.entry = entry;
        regions = entry.SparseRegions ?? [new TarSparseRegion(0, entry.Size)];
        this.cancellation = cancellation;
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        if (!reader.IsCurrent(entry))
        {
            throw new ObjectDisposedException(nameof(TarDataStream), "The reader has moved on to another entry.");
        }

        cancellation.ThrowIfCancellationRequested();
        if (count == 0 || position == entry.Size)
        {
            return 0;
        }

        var dataStart = region < regions.Count ? regions[region].Offset : entry.Size;
        if (position < dataStart)
        {
            count = (int)Math.Min(count, dataStart - position);
            Array.Clear(buffer, offset, count);
            position += count;
            return count;
        }

        var end = regions[region].End;
        var read = source.Read(buffer, offset, (int)Math.Min(count, end - position));
        if (read == 0)
        {
            throw reader.FailTruncated();
        }

        position += read;
        region += position == end ? 1 : 0;
        return read;
    }
}
