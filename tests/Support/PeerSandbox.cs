using System;
using System.Collections.Generic;
using System.IO;
using System.Threading;

namespace ContainerImages.Testing;

/// <summary>
/// A place of their own for the peers: an image store that podman, buildah and skopeo (<c>containers-storage:</c>) share,
/// and their whole configuration. Nothing of the system or of the user is read or changed.
/// </summary>
public sealed class PeerSandbox
{
    private static readonly Lazy<string> _storageDriver = new(FindStorageDriver, LazyThreadSafetyMode.ExecutionAndPublication);

    private readonly Dictionary<string, string?> _environment;

    /// <param name="folder">An existing folder, of which it takes the subfolder <c>peers</c>.</param>
    public PeerSandbox(string folder)
        : this(folder, driver: null)
    {
    }

    private PeerSandbox(string folder, string? driver)
    {
        Folder = Directory.CreateDirectory(Path.Combine(folder, "peers")).FullName;
        Driver = driver ?? _storageDriver.Value;
        var home = NewFolder("home");
        var run = NewFolder("run");
        var temp = NewFolder("tmp");

        // Looked for at home first, by all of them, and only then in /etc; an option for it is not in every command.
        File.WriteAllText(
            Path.Combine(NewFolder("home", ".config", "containers"), "policy.json"),
            """{"default":[{"type":"insecureAcceptAnything"}]}""");

        _environment = new Dictionary<string, string?>
        {
            ["HOME"] = home,
            ["XDG_CONFIG_HOME"] = null,
            ["XDG_DATA_HOME"] = null,
            ["XDG_RUNTIME_DIR"] = run,
            ["TMPDIR"] = temp,
            ["CONTAINER_HOST"] = null,
            ["STORAGE_DRIVER"] = null,

            // Podman's import writes times in the zone of its machine.
            ["TZ"] = "UTC",

            // A container proper needs more of the kernel than a container that runs the tests is given.
            ["BUILDAH_ISOLATION"] = "chroot",
            ["REGISTRY_AUTH_FILE"] = NewFile("auth.json", "{}"),
            ["CONTAINERS_REGISTRIES_CONF"] = NewFile("registries.conf", string.Empty),

            // Without the option podman leaves a mount behind, and the folder could not be deleted.
            ["CONTAINERS_STORAGE_CONF"] = NewFile("storage.conf", $"""
                [storage]
                driver = "{Driver}"
                graphroot = "{Path.Combine(Folder, "store")}"
                runroot = "{run}"
                [storage.options.overlay]
                skip_mount_home = "true"
                """),

            // Locks in files, as the default is one piece of memory for the whole machine.
            ["CONTAINERS_CONF"] = NewFile("containers.conf", $"""
                [engine]
                cgroup_manager = "cgroupfs"
                events_logger = "none"
                lock_type = "file"
                tmp_dir = "{Path.Combine(run, "libpod")}"
                [network]
                network_config_dir = "{Path.Combine(Folder, "networks")}"
                """),
        };
    }

    public string Folder { get; }

    /// <summary>What the peers keep their images with: overlay where the kernel lets them, else vfs.</summary>
    public string Driver { get; }

    public ToolResult Podman(params string[] arguments) => Run(Peer.Podman, arguments);

    public ToolResult Skopeo(params string[] arguments) => Run(Peer.Skopeo, arguments);

    public ToolResult Buildah(params string[] arguments) => Run(Peer.Buildah, arguments);

    public ToolResult Umoci(params string[] arguments) => Run(Peer.Umoci, arguments);

    /// <summary>Runs any command among the sandbox's settings; the test is skipped if this machine has no such command.</summary>
    /// <param name="command">Its name, as in <see cref="Peer"/>.</param>
    /// <param name="arguments">One by one, without quotes.</param>
    /// <param name="input">Its standard input.</param>
    /// <param name="mustSucceed">Whether an exit code other than 0 is an exception that shows both outputs.</param>
    public ToolResult Run(string command, IReadOnlyList<string> arguments, byte[]? input = null, bool mustSucceed = true) =>
        Tool.Run(
            Peers.Path(command),
            arguments,
            new ToolOptions { Environment = _environment, WorkingFolder = Folder, Input = input, MustSucceed = mustSucceed });

    private static string FindStorageDriver()
    {
        using var folder = new TempFolder();
        var trial = new PeerSandbox(folder.Path, "overlay");
        return trial.Run(Peer.Buildah, ["images"], mustSucceed: false).ExitCode == 0 ? "overlay" : "vfs";
    }

    private string NewFolder(params string[] parts) => Directory.CreateDirectory(Path.Combine([Folder, .. parts])).FullName;

    private string NewFile(string name, string content)
    {
        var path = Path.Combine(Folder, name);
        File.WriteAllText(path, content);
        return path;
    }
}
