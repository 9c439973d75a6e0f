using System;
using System.Diagnostics;
using System.IO;
using System.Threading;
using ContainerImages.Content;
using IOPath = System.IO.Path;

namespace ContainerImages.Store;

/// <summary>
/// A store of images: an OCI image layout on disk. Opening one takes no lock and makes nothing; a store that is not there
/// reads as empty, and the first commit makes it. Any number of processes may use one at once.
/// </summary>
public sealed partial class ImageStore : IDisposable
{
    // A file changed within one step of the file system's clock looks unchanged: that of FAT, the coarsest, takes two seconds.
    private static readonly TimeSpan ClockStep = TimeSpan.FromSeconds(2);

    private readonly StoreOptions _options;

    private ImageStore(string path, StoreOptions options)
    {
        Path = path;
        _options = options;
        Paths = new StorePaths(path);
        Blobs = new BlobStore(Paths, options.System);
    }

    /// <summary>The store that is meant where none is named; see about_ContainerImages_Store.</summary>
    public static string DefaultPath => StorePaths.Default();

    /// <summary>The store's folder, absolute.</summary>
    public string Path { get; }

    /// <summary>What is wrong with its oci-layout file; null for nothing. Only <see cref="StoreOptions.OpensBroken"/> lets it be.</summary>
    internal string? LayoutFlaw { get; private set; }

    internal StorePaths Paths { get; }

    internal BlobStore Blobs { get; }

    internal IStoreSystem OperatingSystem => _options.System;

    /// <summary>Opens a store.</summary>
    /// <param name="path">Its folder; null for <see cref="DefaultPath"/>.</param>
    /// <param name="options">How to use it; null for the defaults.</param>
    /// <exception cref="ContainerImageException">
    /// StoreNotFound, if the path is none, or what is there is something else; StoreVersion, if a newer version made it; StoreAccessDenied.
    /// </exception>
    public static ImageStore Open(string? path = null, StoreOptions? options = null)
    {
        var store = new ImageStore(FullPath(path ?? DefaultPath), options ?? new StoreOptions());
        try
        {
            store.CheckLayout();
        }
        catch (Exception e) when (StoreErrors.Translate(e, store.Path) is { } error)
        {
            throw error;
        }

        return store;
    }

    // One store has one path, by which its objects say whose they are: shells end a folder's name with a separator.
    private static string FullPath(string path)
    {
        try
        {
            var full = IOPath.GetFullPath(path);
            var root = IOPath.GetPathRoot(full) ?? "";
            return full.Length > root.Length ? full.TrimEnd(IOPath.DirectorySeparatorChar, IOPath.AltDirectorySeparatorChar) : full;
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException or PathTooLongException)
        {
            throw new ContainerImageException(ImageError.StoreNotFound, $"{QuotedText.Quote(path)} is no path of a folder ({e.Message.TrimEnd('.')}).", e);
        }
    }

    /// <summary>Ends the use of the store. Images found in it stay usable: they read their files when asked.</summary>
    public void Dispose()
    {
        // Nothing is held open between two calls: locks and ingests belong to what they are for, and what was read to the session.
    }

    internal void Verbose(string message) => _options.Verbose?.Invoke(message);

    /// <summary>The store's images as of now.</summary>
    /// <exception cref="ContainerImageException">StoreInvalid; StoreAccessDenied.</exception>
    /// <param name="isFresh">Whether the file is read whatever its date says: what is committed is made of its bytes.</param>
    internal StoreSnapshot ReadSnapshot(bool isFresh = false)
    {
        try
        {
            var file = new FileInfo(Paths.Index);
            if (!file.Exists)
            {
                return new StoreSnapshot(StoreIndex.Empty, Blobs);
            }

            // A change within one step of the file system's clock does not show in the date: only the bytes tell then.
            var isSettled = Now.UtcDateTime - file.LastWriteTimeUtc > ClockStep;
            var cached = SnapshotCache.Find(Path);
            if (!isFresh && cached is { IsSettled: true } && cached.Written == file.LastWriteTimeUtc && cached.Length == file.Length)
            {
                return Renewed(cached.Snapshot);
            }

            var snapshot = cached is not null && IsUnchanged(cached.Snapshot.Index)
                ? Renewed(cached.Snapshot)
                : new StoreSnapshot(ReadIndex(), Blobs, cached?.Snapshot);
            SnapshotCache.Keep(Path, new CachedSnapshot(file.LastWriteTimeUtc, file.Length, isSettled, snapshot));
            return snapshot;
        }
        catch (Exception e) when (StoreErrors.Translate(e, Path) is { } error)
        {
            throw error;
        }
    }

    /// <exception cref="ContainerImageException">StoreBusy; StoreAccessDenied; DiskFull.</exception>
    internal IDisposable Lock(string operation, CancellationToken cancellation)
    {
        try
        {
            Directory.CreateDirectory(Path);
            return StoreLock.Acquire(OperatingSystem, Paths, _options.LockTimeout, operation, cancellation);
        }
        catch (Exception e) when (StoreErrors.Translate(e, Path) is { } error)
        {
            throw error;
        }
    }

    /// <summary>The same for one who only reads, and who goes on without it where it is not to be had; null then.</summary>
    internal IDisposable? TryHold(string operation, CancellationToken cancellation)
    {
        try
        {
            return Lock(operation, cancellation);
        }
        catch (ContainerImageException e) when (e.Error is ImageError.StoreAccessDenied or ImageError.StoreBusy)
        {
            Verbose($"The store '{Path}' is read without its lock: {e.Message}");
            return null;
        }
    }

    /// <summary>Starts a copy into or out of the store.</summary>
    internal Ingest BeginIngest(CancellationToken cancellation)
    {
        try
        {
            return Ingest.Create(this, cancellation);
        }
        catch (Exception e) when (StoreErrors.Translate(e, Path) is { } error)
        {
            throw error;
        }
    }

    /// <summary>Changes the store; see <see cref="StoreCommit.Run"/>.</summary>
    internal CollectedBytes Commit(
        string operation,
        Ingest? ingest,
        Action<IndexEditor> change,
        CancellationToken cancellation,
        Func<ScannedBlob, bool>? others = null,
        Func<StoreSnapshot>? read = null)
    {
        try
        {
            return StoreCommit.Run(this, operation, ingest, change, cancellation, others, read);
        }
        catch (Exception e) when (StoreErrors.Translate(e, Path) is { } error)
        {
            throw error;
        }
    }

    /// <summary>Notes what a commit has just made of the index, so that it is not taken apart again. Under the store's lock only.</summary>
    internal void Remember(StoreIndex index, StoreSnapshot before)
    {
        // The date is left out: another tool may have written meanwhile, and the bytes tell whether.
        SnapshotCache.Keep(Path, new CachedSnapshot(default, 0, IsSettled: false, new StoreSnapshot(index, Blobs, before)));
    }

    // What the index does not tell of its roots is not kept: their blobs may come and go.
    private StoreSnapshot Renewed(StoreSnapshot snapshot) =>
        snapshot.IsFromIndexAlone ? snapshot : new StoreSnapshot(snapshot.Index, Blobs, snapshot);

    private bool IsUnchanged(StoreIndex index)
    {
        using var file = OperatingSystem.OpenRead(Paths.Index);
        return index.HasBytesOf(file);
    }

    private StoreIndex ReadIndex()
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                return StoreIndex.Parse(ReadIndexBytes(), Paths.Index);
            }
            catch (ContainerImageException e) when (e.Error == ImageError.StoreInvalid && clock.Elapsed < _options.TornIndexPatience)
            {
                Thread.Sleep(20);
            }
        }
    }

    /// <summary>The index as it is on the disk, whatever it says.</summary>
    internal byte[] ReadIndexBytes() => Read(Paths.Index, "index", Limits.StoreIndex);

    private byte[] Read(string path, string what, int limit)
    {
        using var file = OperatingSystem.OpenRead(path);
        if (file.Length > limit)
        {
            throw new ContainerImageException(ImageError.ContentTooLarge, $"The store's {what} '{path}' has {file.Length} bytes; {limit} are the limit.");
        }

        var bytes = new byte[(int)file.Length];
        var count = 0;
        while (file.Read(bytes, count, bytes.Length - count) is > 0 and var read)
        {
            count += read;
            if (count == bytes.Length && file.Length > count)
            {
                // Another tool has written more meanwhile.
                Array.Resize(ref bytes, (int)Math.Min(file.Length, limit + 1L));
            }
        }

        Array.Resize(ref bytes, count);
        return bytes;
    }

    // What may not be looked at, or cannot be reached, is said not to be there; only this tells the one from the other.
    private void CheckAbsent()
    {
        try
        {
            File.GetAttributes(Path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
        }
    }

    private void CheckLayout()
    {
        if (!Directory.Exists(Path))
        {
            if (File.Exists(Path))
            {
                throw new ContainerImageException(ImageError.StoreNotFound, $"'{Path}' is a file and no image store.");
            }

            CheckAbsent();
            return;
        }

        if (!File.Exists(Paths.Layout))
        {
            if (_options.OpensBroken && File.Exists(Paths.Index) && Directory.Exists(Paths.Blobs))
            {
                LayoutFlaw = $"The store has no '{Paths.Layout}'.";
                return;
            }

            foreach (var entry in Directory.EnumerateFileSystemEntries(Path))
            {
                // What a first commit that was cut off may have left behind is no other's content.
                if (entry != Paths.Lock && entry != Paths.Ingests && entry != Paths.Blobs && entry != Paths.Layout + ".new")
                {
                    throw new ContainerImageException(
                        ImageError.StoreNotFound,
                        $"'{Path}' is no image store: it has no '{StorePaths.LayoutFileName}' file, and holds " +
                        $"'{IOPath.GetFileName(entry)}'.");
                }
            }

            return;
        }

        string? version;
        try
        {
            version = JsonFields.Parse(Read(Paths.Layout, "file", Limits.Config), $"The store's '{Paths.Layout}'").Text("imageLayoutVersion");
        }
        catch (ContainerImageException e) when (_options.OpensBroken)
        {
            LayoutFlaw = e.Message;
            return;
        }
        catch (ContainerImageException e)
        {
            throw new ContainerImageException(ImageError.StoreInvalid, e.Message, e);
        }

        if (version != "1.0.0")
        {
            throw new ContainerImageException(
                ImageError.StoreVersion, $"The store '{Path}' has layout version {QuotedText.Quote(version)}; this version knows 1.0.0.");
        }
    }
}
