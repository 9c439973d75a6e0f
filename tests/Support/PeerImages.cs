using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;

namespace ContainerImages.Testing;

/// <summary>
/// Real images that real peers made. Each is made on its first use and shared by all tests of the process, which must
/// therefore leave them as they are. A test that uses one is a <c>SkippableFact</c>, for machines without the peers.
/// </summary>
/// <remarks>
/// A property of the process, not an xunit fixture: those live as long as one class or one collection, and a collection
/// would also run its tests one after the other.
/// </remarks>
public sealed partial class PeerImages
{
    private const string FolderPrefix = "ci-peers-";

    private static readonly Lazy<PeerImages> _shared = new(Start, LazyThreadSafetyMode.ExecutionAndPublication);

    private readonly ConcurrentDictionary<string, Lazy<object>> _made = new();
    private readonly TempFolder _folder = new($"{FolderPrefix}{Environment.ProcessId}-");

    private PeerImages() => Peers = new PeerSandbox(_folder.Path);

    public static PeerImages Shared => _shared.Value;

    /// <summary>The sandbox they were built in. Tests that load something take one of their own.</summary>
    public PeerSandbox Peers { get; }

    private static PeerImages Start()
    {
        SweepDeadRuns();
        var images = new PeerImages();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => images._folder.Dispose();
        return images;
    }

    /// <summary>Removes what runs left behind that were killed, which test hosts are when their end takes long.</summary>
    private static void SweepDeadRuns()
    {
        foreach (var folder in Directory.EnumerateDirectories(Path.GetTempPath(), FolderPrefix + "*"))
        {
            var owner = Path.GetFileName(folder)[FolderPrefix.Length..].Split('-')[0];
            if (int.TryParse(owner, out var id) && !Directory.Exists($"/proc/{id}"))
            {
                TempFolder.Delete(folder);
            }
        }
    }

    /// <summary>What the calling property makes, made once.</summary>
    private T Once<T>(Func<T> make, [CallerMemberName] string name = "")
        where T : class =>
        (T)_made.GetOrAdd(name, _ => new Lazy<object>(make, LazyThreadSafetyMode.ExecutionAndPublication)).Value;

    /// <summary>A path for what the calling property makes.</summary>
    private string Target([CallerMemberName] string name = "") => _folder.Combine(name);

    private PeerImage ReadStored(params IReadOnlyList<string> names) =>
        PeerImage.Read(Peers, Stored(names[0]), names);

    private static string Stored(string name) => $"containers-storage:{name}";
}
