using System;
using System.Globalization;
using System.IO;
using System.Linq;
using ContainerImages.Benchmarks.Inputs;
using ContainerImages.Testing;

namespace ContainerImages.Benchmarks.Running;

/// <summary>The peers' side: whole processes, each in a sandbox whose store is on the same file system as ours.</summary>
internal sealed class PeerTools(string folder)
{
    // The run folder of podman must not have a path longer than 50 characters.
    private int _sandboxes;

    public static bool HasPodman { get; } = Find(Peer.Podman) is not null;

    public static bool HasSkopeo { get; } = Find(Peer.Skopeo) is not null;

    public static bool HasUmoci { get; } = Find(Peer.Umoci) is not null;

    public static bool HasRegistry { get; } = Find(Peer.Registry) is not null;

    /// <summary>The path of a command; null if this machine has none of that name.</summary>
    public static string? Find(string command)
    {
        try
        {
            return Peers.Path(command);
        }
        catch (Xunit.SkipException)
        {
            return null;
        }
    }

    /// <summary>A new sandbox, in which podman has made its empty store.</summary>
    public PeerSandbox NewSandbox()
    {
        var path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"p{_sandboxes++}"));
        var sandbox = new PeerSandbox(Directory.CreateDirectory(path).FullName);
        if (HasPodman)
        {
            sandbox.Podman("images");
        }

        return sandbox;
    }

    /// <summary>Fails if podman made anything else of an archive than the image in it.</summary>
    public static void Check(PeerSandbox sandbox, BigImage image)
    {
        var id = sandbox.Podman("image", "inspect", "--format", "{{.Id}}", BigImage.Name).Output;
        if (id != image.Id)
        {
            throw new InvalidOperationException($"podman made image {id} of {image.Archive}, which holds {image.Id}.");
        }
    }

    /// <summary>The most memory that a command had, of its one process.</summary>
    public static double PeakBytes(PeerSandbox sandbox, params string[] command)
    {
        // Asked for again and again while it runs, as the system tells it of living processes only.
        const string Script = """
            "$@" > /dev/null & pid=$!
            while line=$(grep VmHWM "/proc/$pid/status"); do last=$line; sleep 0.01; done
            wait $pid && echo "$last"
            """;
        return ProcessMemory.Parse(sandbox.Run("sh", ["-c", Script, "sh", .. command]).Lines.Single());
    }
}
