using System;
using System.Collections.Concurrent;
using System.IO;
using System.Linq;
using ContainerImages.Copying;
using ContainerImages.Engine.Tests.Store;
using ContainerImages.Engine.Tests.Transports.Registry;
using ContainerImages.Store;
using ContainerImages.Testing;
using ContainerImages.Transports;

namespace ContainerImages.Engine.Tests.Transports.Copy;

/// <summary>A folder, a store and, for those who ask for it, a registry behind a proxy: the ends of a copy.</summary>
internal sealed class CopyBench : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly TestStore _test = new();
    private readonly Lazy<PullBench> _remote = new(() => new PullBench());
    private readonly Lazy<LocalRegistry> _other = new(() => LocalRegistry.Start());

    /// <summary>What <c>store:</c> means.</summary>
    public ImageStore Store => _test.Store;

    /// <summary>The registry and its proxy.</summary>
    public PullBench Remote => _remote.Value;

    /// <summary>A registry that has nothing, and takes nothing from the first.</summary>
    public LocalRegistry Other => _other.Value;

    public ConcurrentQueue<string> Said { get; } = [];

    public ConcurrentQueue<string> Warnings { get; } = [];

    public string Folder => _folder.Path;

    public string Combine(string name) => _folder.Combine(name);

    /// <summary>Copies as one call of the cmdlet does; the first error of a source is thrown.</summary>
    /// <param name="from">Locations, divided by spaces.</param>
    /// <param name="to">A location.</param>
    /// <param name="request">What of them; null for the defaults.</param>
    public ImageCopy[] Copy(string from, string to, TransferRequest? request = null)
    {
        using var registries = Access();
        var options = new CopyOptions { ThrottleLimit = 2, Verbose = Said.Enqueue, Warning = Warnings.Enqueue };
        var ends = new CopyEnds(() => Store, path => ImageStore.Open(path), registries, registries);
        return [.. new ImageTransfer(ends, request ?? new TransferRequest(), options).Run(
            [.. from.Split(' ').Select(ImageLocation.Parse)], ImageLocation.Parse(to), (_, error) => throw error)];
    }

    /// <summary>What is at a location: digests of the roots, or of the configs where there are only those; and the names.</summary>
    public (string[] Digests, string[] Names) Read(string location)
    {
        using var registries = Access();
        using var spool = Store.BeginIngest(default);
        var ends = new CopyEnds(() => Store, path => ImageStore.Open(path), registries, registries);
        using var source = CopySource.Open(ImageLocation.Parse(location), ends, () => spool, false, new CopyOptions());
        return (
            [.. source.Roots.Select(root => (root.Root.Descriptor?.Digest ?? root.Root.Assembled!.Config.Digest).ToString())],
            [.. source.Roots.SelectMany(root => root.Names)]);
    }

    /// <summary>What is in the folder beside what was there before: nothing may be left of a copy that failed.</summary>
    public string[] Entries() => [.. Directory.GetFileSystemEntries(Folder).Select(entry => Path.GetFileName(entry)!).Order(StringComparer.Ordinal)];

    private RegistryAccess Access() => _remote.IsValueCreated
        ? Remote.Access()
        : new RegistryAccess(ConfigurationFolder.Parse(""), new RegistryOptions { Clock = new FakeClock() }) { AllowInsecure = true };

    public void Dispose()
    {
        if (_remote.IsValueCreated)
        {
            Remote.Dispose();
        }

        if (_other.IsValueCreated)
        {
            Other.Dispose();
        }

        _test.Dispose();
        _folder.Dispose();
    }
}
