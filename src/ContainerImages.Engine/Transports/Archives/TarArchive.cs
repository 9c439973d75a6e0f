using System.IO;
using System.Threading;
using ContainerImages.Content;
using ContainerImages.Copying;
using ContainerImages.Store;

namespace ContainerImages.Transports;

/// <summary>A plain tar file. Its headers are read once; the bytes of each entry are read where they are.</summary>
internal sealed class TarArchive : IArchive
{
    private readonly EntryTable _entries;

    public TarArchive(string path, string name, CancellationToken cancellation)
    {
        Name = name;
        _entries = new EntryTable(name);
        using var file = StoreSystem.OpenShared(path, FileMode.Open, FileAccess.Read);
        using var buffered = new BufferedStream(file, HeaderBufferSize);
        var tar = new TarReader(buffered, cancellation);
        while (TarNames.In(name, tar.Next) is { } entry)
        {
            var (offset, size) = (entry.DataOffset, entry.Size);
            _entries.Add(entry, _ => new SourceBlob(size, () => FileSlice.Open(path, offset, size)));
        }
    }

    public string Name { get; }

    public EntryTable Entries => _entries;

    // Headers stand alone between long data: reading much ahead of one is wasted.
    private const int HeaderBufferSize = 4096;

    public SourceBlob? Find(string path) => _entries.Find(path);

    public void Dispose()
    {
    }
}
