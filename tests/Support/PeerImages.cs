using System;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.IO;
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
    private static readonly Lazy<PeerImages> _shared = new(Start, LazyThreadSafetyMode.ExecutionAndPublication);

    private readonly ConcurrentDictionary<string, Lazy<object>> _made = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("ci-peers-").FullName;

    private PeerImages() => Sandbox = new PeerSandbox(_folder);

    public static PeerImages Shared => _shared.Value;

    /// <summary>The sandbox they were built in. Tests that load something take one of their own.</summary>
    public PeerSandbox Sandbox { get; }

    private static PeerImages Start()
    {
        Peers.Require(Peer.Podman, Peer.Skopeo, Peer.Buildah, Peer.Umoci, Peer.Busybox);
        var images = new PeerImages();
        DeleteWhenProcessEnds(images._folder);
        return images;
    }

    /// <summary>
    /// Test hosts are killed when their end takes long, or with their session, so that this is left to a child: its input
    /// ends when the process does, however that comes.
    /// </summary>
    private static void DeleteWhenProcessEnds(string folder)
    {
        const string Script = """trap '' HUP INT TERM; exec >/dev/null 2>&1; cat; rm -rf -- "$0" """;
        var child = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", Script, folder]) { RedirectStandardInput = true })!;

        // And keeps it from the garbage collector, which would close that input at once.
        AppDomain.CurrentDomain.ProcessExit += (_, _) => child.StandardInput.Close();
    }

    /// <summary>What the calling property makes, made once.</summary>
    private T Once<T>(Func<T> make, [CallerMemberName] string name = "")
        where T : class =>
        (T)_made.GetOrAdd(name, _ => new Lazy<object>(make, LazyThreadSafetyMode.ExecutionAndPublication)).Value;

    /// <summary>A path for what the calling property makes.</summary>
    private string Target([CallerMemberName] string name = "") => Path.Combine(_folder, name);

    private PeerImage ReadStored(params string[] names) => PeerImage.Read(Sandbox, Stored(names[0]), names);

    private static string Stored(string name) => $"containers-storage:{name}";
}
