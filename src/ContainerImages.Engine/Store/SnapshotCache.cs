using System;
using System.Collections.Concurrent;
using System.Linq;
using System.Threading;

namespace ContainerImages.Store;

/// <summary>
/// What this process has read of stores: one that works with a large store takes its index apart once, as long as nobody
/// changes it. The store used last is kept for a while, others as long as memory is not wanted elsewhere.
/// </summary>
internal static class SnapshotCache
{
    // Beyond so many, those of which nothing is left are forgotten.
    private const int MostStores = 100;

    private static readonly TimeSpan s_kept = TimeSpan.FromMinutes(2);
    private static readonly ConcurrentDictionary<string, WeakReference<CachedSnapshot>> s_known = new(StringComparer.Ordinal);
    private static readonly Timer s_end = new(_ => s_latest = null);
    private static CachedSnapshot? s_latest;

    /// <summary>What was read last of the store in a folder; null for nothing.</summary>
    public static CachedSnapshot? Find(string path)
    {
        if (!s_known.TryGetValue(path, out var reference) || !reference.TryGetTarget(out var cached))
        {
            return null;
        }

        Hold(cached);
        return cached;
    }

    /// <summary>Keeps what was read.</summary>
    public static void Keep(string path, CachedSnapshot cached)
    {
        if (s_known.Count >= MostStores)
        {
            foreach (var gone in s_known.Where(known => !known.Value.TryGetTarget(out _)))
            {
                s_known.TryRemove(gone.Key, out _);
            }
        }

        s_known[path] = new(cached);
        Hold(cached);
    }

    /// <summary>Forgets what was read.</summary>
    public static void Forget(string path)
    {
        if (s_known.TryRemove(path, out var reference) && reference.TryGetTarget(out var cached) && ReferenceEquals(cached, s_latest))
        {
            s_latest = null;
        }
    }

    private static void Hold(CachedSnapshot cached)
    {
        s_latest = cached;
        s_end.Change(s_kept, Timeout.InfiniteTimeSpan);
    }
}

/// <summary>A store's index as it was read.</summary>
/// <param name="Written">When the file was written last, UTC.</param>
/// <param name="Length">Its length in bytes.</param>
/// <param name="IsSettled">Whether any later change of it shows in the two; if not, its bytes are read again.</param>
/// <param name="Snapshot">What it says.</param>
internal sealed record CachedSnapshot(DateTime Written, long Length, bool IsSettled, StoreSnapshot Snapshot);
