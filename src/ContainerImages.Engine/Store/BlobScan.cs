using System;
using System.Collections.Generic;
using System.IO;
using System.Threading;
using ContainerImages.Content;

namespace ContainerImages.Store;

/// <summary>
/// What lies under <c>blobs/</c>, as one look at its folders finds it. Nothing is opened: whether a blob has the digest of
/// its name is another matter.
/// </summary>
internal sealed class BlobScan
{
    /// <summary>Blobs younger than this may belong to another tool's copy under way, which takes no lock and keeps no list.</summary>
    public static readonly TimeSpan OthersCopy = TimeSpan.FromHours(1);

    private readonly Dictionary<Digest, ScannedBlob> _blobs = [];
    private readonly List<(string Path, long Size)> _others = [];

    private BlobScan()
    {
    }

    /// <summary>Every file that lies where the blob of a digest has its place.</summary>
    public IReadOnlyDictionary<Digest, ScannedBlob> Blobs => _blobs;

    /// <summary>Files in the folders of blobs whose names are no digests, with their sizes in bytes: no image can lead to them.</summary>
    public IReadOnlyList<(string Path, long Size)> Others => _others;

    /// <summary>Looks. What comes or goes meanwhile may be seen or not, unless the store's lock is held.</summary>
    /// <exception cref="IOException">A folder cannot be read; one that is not there is empty.</exception>
    public static BlobScan Read(StorePaths paths, CancellationToken cancellation)
    {
        var scan = new BlobScan();
        try
        {
            foreach (var folder in new DirectoryInfo(paths.Blobs).EnumerateDirectories())
            {
                foreach (var file in folder.EnumerateFiles())
                {
                    cancellation.ThrowIfCancellationRequested();
                    scan.Add(folder.Name, file);
                }
            }
        }
        catch (DirectoryNotFoundException)
        {
            // The store has no blobs yet.
        }

        return scan;
    }

    /// <summary>Whether a file has been there for so long that no copy of another tool is about to name it.</summary>
    /// <param name="path">The file; one that is not there is old.</param>
    /// <param name="now">The moment.</param>
    public static bool IsOld(string path, DateTimeOffset now)
    {
        var file = new FileInfo(path);
        return Later(file.LastWriteTimeUtc, file.CreationTimeUtc) <= now.UtcDateTime - OthersCopy;
    }

    private void Add(string algorithm, FileInfo file)
    {
        try
        {
            if (Digest.TryParse($"{algorithm}:{file.Name}", out var digest))
            {
                _blobs.Add(digest, new ScannedBlob(file.Length, Later(file.LastWriteTimeUtc, file.CreationTimeUtc)));
            }
            else
            {
                _others.Add((file.FullName, file.Length));
            }
        }
        catch (FileNotFoundException)
        {
            // It went while it was looked at.
        }
    }

    // What copies a file may give it the original's date of writing, but where the system notes it, not that of its making.
    private static DateTime Later(DateTime written, DateTime made) => written > made ? written : made;
}

/// <summary>A file under <c>blobs/</c>.</summary>
/// <param name="Size">Bytes.</param>
/// <param name="Changed">When it was written or put there, the later of both, UTC.</param>
internal readonly record struct ScannedBlob(long Size, DateTime Changed);
