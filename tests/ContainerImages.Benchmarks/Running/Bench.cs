using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using ContainerImages.Benchmarks.Inputs;
using ContainerImages.Testing;

namespace ContainerImages.Benchmarks.Running;

/// <summary>What the measurements share: the inputs, our session, the peers, and stores that hold the inputs.</summary>
internal sealed class Bench : IDisposable
{
    private readonly string _scratch;
    private readonly Dictionary<string, string> _stores = [];
    private readonly Dictionary<string, string> _archives = [];
    private readonly Dictionary<string, LocalRegistry> _registries = [];
    private readonly Dictionary<string, PeerSandbox> _sandboxes = [];
    private PeerSandbox? _sandbox;
    private int _names;

    public Bench(BenchmarkOptions options)
    {
        Options = options;
        Inputs = new InputFolder(Path.Combine(options.Work, "inputs"), options.Quick);

        // Short, since podman refuses long run folders; the number keeps runs apart.
        _scratch = Path.Combine(options.Work, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        Directory.CreateDirectory(_scratch);
        Peers = new PeerTools(_scratch);
    }

    public BenchmarkOptions Options { get; }

    public InputFolder Inputs { get; }

    public PeerTools Peers { get; }

    public HostedSession Session { get; } = new();

    /// <summary>For peers that need no store of their own.</summary>
    public PeerSandbox Sandbox => _sandbox ??= Peers.NewSandbox();

    /// <summary>A path that nothing is at.</summary>
    public string NewPath(string suffix = "") =>
        Path.Combine(_scratch, string.Create(CultureInfo.InvariantCulture, $"n{_names++}{suffix}"));

    /// <summary>Gives work a new path and deletes what it made there.</summary>
    public T WithNewPath<T>(Func<string, T> work, string suffix = "")
    {
        var path = NewPath(suffix);
        try
        {
            return work(path);
        }
        finally
        {
            Delete(path);
        }
    }

    /// <summary>Gives work a sandbox with an empty store and deletes it.</summary>
    public T WithNewSandbox<T>(Func<PeerSandbox, T> work)
    {
        var sandbox = Peers.NewSandbox();
        try
        {
            return work(sandbox);
        }
        finally
        {
            Delete(Path.GetDirectoryName(sandbox.Folder)!);
        }
    }

    /// <summary>A store of ours that holds an archive or a layout, one for all measurements.</summary>
    public string StoreWith(string source)
    {
        if (!_stores.TryGetValue(source, out var store))
        {
            Report($"Importing {source} …");
            store = NewPath();
            Import(source, store);
            _stores.Add(source, store);
        }

        return store;
    }

    /// <summary>A store of podman's that holds an archive, one for all measurements.</summary>
    public PeerSandbox SandboxWith(string archive)
    {
        if (!_sandboxes.TryGetValue(archive, out var sandbox))
        {
            Report($"Loading {archive} into podman …");
            sandbox = Peers.NewSandbox();
            sandbox.Podman("load", "-i", archive);
            _sandboxes.Add(archive, sandbox);
        }

        return sandbox;
    }

    /// <summary>An OCI archive of a layout, one for all measurements.</summary>
    public string OciArchiveOf(string layout)
    {
        if (!_archives.TryGetValue(layout, out var archive))
        {
            var store = StoreWith(layout);
            Report($"Writing {layout} as an archive …");
            archive = NewPath(".tar");
            Session.Run($"Save-ContainerImage {BigImage.Name} -Format oci-archive -Destination {HostedSession.Quote(archive)} -StorePath {HostedSession.Quote(store)}");
            _archives.Add(layout, archive);
        }

        return archive;
    }

    /// <summary>A registry that holds a layout's image as <c>bench/big:1.0</c>, one for all measurements.</summary>
    public LocalRegistry RegistryWith(string layout)
    {
        if (!_registries.TryGetValue(layout, out var registry))
        {
            Report($"Pushing {layout} …");
            registry = LocalRegistry.Start();
            _registries.Add(layout, registry);
            Session.Run(
                $"$null = Publish-ContainerImage {BigImage.Name} -Destination {registry.Address}/bench/big:1.0 -AllowInsecure " +
                $"-StorePath {HostedSession.Quote(StoreWith(layout))}");
        }

        return registry;
    }

    public void Import(string source, string store) =>
        Session.Run($"$null = Import-ContainerImage -LiteralPath {HostedSession.Quote(source)} -StorePath {HostedSession.Quote(store)}");

    public static void Report(string message) => Console.Error.WriteLine(message);

    public void Dispose()
    {
        Session.Dispose();
        foreach (var registry in _registries.Values)
        {
            registry.Dispose();
        }

        TempFolder.Delete(_scratch);
    }

    private static void Delete(string path)
    {
        if (File.Exists(path))
        {
            File.Delete(path);
        }
        else
        {
            TempFolder.Delete(path);
        }
    }
}
