using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using ContainerImages.Content;

namespace ContainerImages.Store;

/// <summary>
/// One copy under way: a folder in the store where bytes are gathered and verified before a commit takes them over, and a
/// list of the blobs in the store that the copy relies on, which no collection removes while its lock file is held.
/// Disposed without a commit, it leaves nothing.
/// </summary>
internal sealed class Ingest : IDisposable, IBlobReader
{
    private const string LockFileName = "lock";
    private const string ListFileName = "list";

    private readonly ImageStore _store;
    private readonly string _folder;
    private readonly FileStream _lock;
    private readonly Dictionary<Digest, IngestedBlob> _blobs = [];
    private readonly HashSet<Digest> _relied = [];
    private int _count;

    private Ingest(ImageStore store, string folder, FileStream held)
    {
        _store = store;
        _folder = folder;
        _lock = held;
    }

    /// <summary>How far all that is gathered may expand.</summary>
    public ExpansionBudget Expansion { get; } = new();

    /// <summary>The blobs gathered, by their digests.</summary>
    public IReadOnlyCollection<IngestedBlob> Blobs
    {
        get
        {
            lock (_blobs)
            {
                return _blobs.Values.ToList();
            }
        }
    }

    /// <summary>Bytes gathered so far, of blobs that are not whole yet too.</summary>
    public long BytesWritten => new DirectoryInfo(_folder).EnumerateFiles().Sum(file => file.Length);

    /// <summary>Makes the folder, its lock and its list, under the store's lock: a collection sees all of them or none.</summary>
    public static Ingest Create(ImageStore store, CancellationToken cancellation)
    {
        using (store.Lock("starting a copy", cancellation))
        {
            var folder = Path.Combine(store.Paths.Ingests, Guid.NewGuid().ToString("N"));
            Directory.CreateDirectory(folder);
            var held = store.OperatingSystem.TryLock(Path.Combine(folder, LockFileName))!;
            try
            {
                File.WriteAllText(Path.Combine(folder, ListFileName), "");
            }
            catch
            {
                held.Dispose();
                Delete(folder);
                throw;
            }

            return new Ingest(store, folder, held);
        }
    }

    /// <summary>
    /// Puts blobs of the store on the list. First this, then look whether they are there: so nobody removes them in between.
    /// </summary>
    public void Rely(IEnumerable<Digest> digests, CancellationToken cancellation)
    {
        var text = new StringBuilder();
        foreach (var digest in digests.Where(_relied.Add))
        {
            text.Append(digest).Append('\n');
        }

        if (text.Length > 0)
        {
            try
            {
                using (_store.Lock("starting a copy", cancellation))
                {
                    File.AppendAllText(Path.Combine(_folder, ListFileName), text.ToString());
                }
            }
            catch (Exception e) when (StoreErrors.Translate(e, _store.Path, text.Length) is { } error)
            {
                throw error;
            }
        }
    }

    /// <summary>Puts blobs that a commit is about to move on the list. The store's lock is held.</summary>
    public void NoteMoved(IEnumerable<Digest> digests) =>
        File.AppendAllLines(Path.Combine(_folder, ListFileName), digests.Select(digest => digest.ToString()));

    /// <summary>The store's own blob, or one gathered here.</summary>
    public string? Find(Digest digest, long size)
    {
        lock (_blobs)
        {
            if (_blobs.TryGetValue(digest, out var blob) && blob.Size == size)
            {
                return blob.Path;
            }
        }

        return _store.Blobs.Find(digest, size);
    }

    public IStoreSystem System => _store.OperatingSystem;

    public IngestedBlob? FindIngested(Digest digest)
    {
        lock (_blobs)
        {
            return _blobs.TryGetValue(digest, out var blob) ? blob : null;
        }
    }

    /// <summary>Sees, before bytes are moved, that there is room for them.</summary>
    /// <exception cref="ContainerImageException">DiskFull.</exception>
    public void CheckSpace(long needed)
    {
        if (needed > 0 && _store.OperatingSystem.FreeBytes(_store.Path) is { } free && free < needed)
        {
            throw new ContainerImageException(
                ImageError.DiskFull,
                $"There is not enough space on the file system of '{_store.Path}': {needed} bytes are needed, {free} are free; nothing was changed.");
        }
    }

    /// <summary>Writes a file of the ingest; it counts as gathered once <see cref="Keep"/> is told what it is.</summary>
    public FileStream CreateFile(out string path)
    {
        path = NewPath();
        return StoreSystem.OpenShared(path, FileMode.CreateNew, FileAccess.ReadWrite);
    }

    /// <summary>Brings a file of the ingest to the disk; a commit renames only what is there.</summary>
    public void Flush(FileStream file) => _store.OperatingSystem.Flush(file);

    /// <summary>Takes over a file that is whole and on the disk, on the same file system.</summary>
    public IngestedBlob Adopt(string file, CopiedBlob copied)
    {
        var path = NewPath();
        _store.OperatingSystem.Replace(file, path);
        return Keep(path, copied);
    }

    /// <param name="path">The file.</param>
    /// <param name="copied">What it is.</param>
    /// <param name="isFlushed">Whether it was brought to the disk; if not, whoever needs it does.</param>
    public IngestedBlob Keep(string path, CopiedBlob copied, bool isFlushed = true)
    {
        var blob = new IngestedBlob(path, copied) { IsFlushed = isFlushed };
        lock (_blobs)
        {
            _blobs[copied.Digest] = blob;
        }

        return blob;
    }

    /// <summary>Counts blobs as not gathered.</summary>
    public void Forget(IEnumerable<Digest> digests)
    {
        lock (_blobs)
        {
            foreach (var digest in digests)
            {
                _blobs.Remove(digest);
            }
        }
    }

    /// <summary>Brings a blob to the disk that was kept without.</summary>
    public void Flush(IngestedBlob blob)
    {
        if (!blob.IsFlushed)
        {
            using var file = StoreSystem.OpenShared(blob.Path, FileMode.Open, FileAccess.ReadWrite);
            Flush(file);
            blob.IsFlushed = true;
        }
    }

    /// <summary>Gathers a small blob that is in memory, unless the store has it and may not let it go.</summary>
    public void Put(Digest digest, byte[] bytes)
    {
        if (FindIngested(digest) is { } gathered)
        {
            Flush(gathered);
            return;
        }

        if (_relied.Contains(digest) && _store.Blobs.Find(digest, bytes.Length) is not null)
        {
            return;
        }

        using var file = CreateFile(out var path);
        file.Write(bytes, 0, bytes.Length);
        Flush(file);
        Keep(path, new CopiedBlob(digest, bytes.Length, Compression.None, digest, bytes.Length));
    }

    public void Dispose()
    {
        Delete(_folder);
        _lock.Dispose();

        // Windows deletes no file that is open.
        if (Directory.Exists(_folder))
        {
            Delete(_folder);
        }
    }

    /// <summary>
    /// What copies under way rely on. Folders whose lock nobody holds belong to processes that ended without clearing up:
    /// the blobs on their lists are candidates for collection, after which <see cref="Sweep"/> removes them. Under the store's
    /// lock only.
    /// </summary>
    /// <param name="store">The store.</param>
    /// <param name="except">A copy that is left out.</param>
    public static (HashSet<Digest> Relied, HashSet<Digest> Abandoned, IReadOnlyList<string> Dead) Survey(ImageStore store, Ingest? except = null)
    {
        HashSet<Digest> relied = [];
        HashSet<Digest> abandoned = [];
        List<string> dead = [];
        foreach (var folder in Folders(store).Where(folder => folder != except?._folder))
        {
            try
            {
                using var held = store.OperatingSystem.TryLock(Path.Combine(folder, LockFileName));
                ReadList(Path.Combine(folder, ListFileName), held is null ? relied : abandoned);
                if (held is not null)
                {
                    dead.Add(folder);
                }
            }
            catch (Exception e) when (e is DirectoryNotFoundException or FileNotFoundException)
            {
                // Its owner is just clearing it up.
            }
        }

        return (relied, abandoned, dead);
    }

    /// <summary>The folders of copies, alive or dead.</summary>
    public static IReadOnlyList<string> Folders(ImageStore store)
    {
        try
        {
            return Directory.GetDirectories(store.Paths.Ingests).Where(folder => Guid.TryParseExact(Path.GetFileName(folder), "N", out _)).ToList();
        }
        catch (DirectoryNotFoundException)
        {
            // There was no copy yet.
            return [];
        }
    }

    /// <summary>
    /// Puts blobs that may soon be left without an owner on a list, as a copy that died would leave it: whoever collects next
    /// looks at them, also if this process ends before it does. Under the store's lock only.
    /// </summary>
    /// <returns>The list's folder; null if there was nothing to be listed.</returns>
    public static string? NoteOrphans(ImageStore store, IReadOnlyCollection<Digest> digests)
    {
        if (digests.Count == 0)
        {
            return null;
        }

        var folder = Path.Combine(store.Paths.Ingests, Guid.NewGuid().ToString("N"));
        try
        {
            Directory.CreateDirectory(folder);
            File.WriteAllLines(Path.Combine(folder, ListFileName), digests.Select(digest => digest.ToString()));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Delete(folder);
            throw e is IOException io && StoreErrors.IsDiskFull(io)
                ? StoreErrors.Translate(e, store.Path, digests.Sum(digest => digest.ToString().Length + 1L))!
                : e;
        }

        return folder;
    }

    /// <summary>Bytes of what was gathered in the folder of a copy, or in all below a folder.</summary>
    public static long SizeOf(string folder)
    {
        try
        {
            return new DirectoryInfo(folder)
                .EnumerateFiles("*", SearchOption.AllDirectories)
                .Where(file => file.Name is not (LockFileName or ListFileName))
                .Sum(file => file.Length);
        }
        catch (Exception e) when (e is DirectoryNotFoundException or FileNotFoundException)
        {
            // Its owner is just clearing it up.
            return 0;
        }
    }

    /// <summary>Whether a dead copy's folder has more than a list, which is no sign of an accident: removals leave them too.</summary>
    public static bool HasBytes(string folder) =>
        Directory.EnumerateFiles(folder).Any(file => Path.GetFileName(file) is not (LockFileName or ListFileName));

    /// <summary>Removes what dead copies left, once the blobs on their lists were seen to.</summary>
    public static void Sweep(IReadOnlyList<string> dead) => dead.ToList().ForEach(Delete);

    private string NewPath() =>
        Path.Combine(_folder, Interlocked.Increment(ref _count).ToString("x", CultureInfo.InvariantCulture));

    private static void Delete(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A reader may still hold a file (Windows). The next collection clears what is left, its lock being free.
        }
    }

    private static void ReadList(string path, HashSet<Digest> digests)
    {
        if (!File.Exists(path))
        {
            return;
        }

        foreach (var line in File.ReadAllLines(path))
        {
            if (Digest.TryParse(line, out var digest))
            {
                digests.Add(digest);
            }
        }
    }
}

/// <summary>A blob gathered in an ingest.</summary>
/// <param name="Path">Its file.</param>
/// <param name="Copied">What reading it found out.</param>
internal sealed record IngestedBlob(string Path, CopiedBlob Copied)
{
    /// <summary>Whether its bytes are on the disk.</summary>
    public bool IsFlushed { get; set; } = true;

    public Digest Digest => Copied.Digest;

    public long Size => Copied.Size;

    public Stream Open() => StoreSystem.OpenShared(Path, FileMode.Open, FileAccess.Read);
}
