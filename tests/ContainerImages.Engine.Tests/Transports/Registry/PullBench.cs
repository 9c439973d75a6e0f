using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using ContainerImages.Content;
using ContainerImages.Copying;
using ContainerImages.Engine.Tests.Store;
using ContainerImages.Manifests;
using ContainerImages.References;
using ContainerImages.Store;
using ContainerImages.Testing;
using ContainerImages.Transports;

namespace ContainerImages.Engine.Tests.Transports.Registry;

/// <summary>A registry, a proxy before it whose answers go wrong on demand, and a store to pull into and to push from.</summary>
internal sealed class PullBench : IDisposable
{
    private readonly TestStore _test = new();
    private readonly RegistryBench _seeder = new();

    public PullBench(LocalRegistryOptions? options = null)
    {
        Registry = LocalRegistry.Start(options);
        Proxy = FaultProxy.Start(Registry.Address);
        Directory.CreateDirectory(Store.Path);
    }

    public LocalRegistry Registry { get; }

    public FaultProxy Proxy { get; }

    public ImageStore Store => _test.Store;

    /// <summary>A name in the registry, asked for by way of the proxy.</summary>
    public string Name => $"{Proxy.Address}/team/app:1";

    public string RegistriesConf { get; set; } = "";

    public int RetryCount { get; set; }

    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(20);

    public RegistryCredential? Credential { get; set; }

    /// <summary>What all sessions of it wait by.</summary>
    public FakeClock Clock { get; } = new();

    /// <summary>Told how far a pull is.</summary>
    public Action<CopyProgress>? Progress { get; set; }

    public ConcurrentQueue<string> Said { get; } = [];

    public ConcurrentQueue<string> Warnings { get; } = [];

    /// <summary>What was asked for by way of the proxy: the last part of the path.</summary>
    public IReadOnlyList<string> Asked(string method, string path) => Proxy.Requests
        .Where(request => request.Method == method && request.Path.Contains(path, StringComparison.Ordinal))
        .Select(request => request.Path.Split('/')[^1])
        .ToList();

    /// <summary>Pulls as one call of the cmdlet does, in a session of its own.</summary>
    public IReadOnlyList<ContainerImage> Pull(PullRequest request, int threads = 1, CancellationToken cancellation = default)
    {
        using var access = Access();
        return new ImagePull(Store, access, Options(threads, cancellation)).Run(request);
    }

    public IReadOnlyList<ContainerImage> Pull(string? name = null) => Pull(new PullRequest(name ?? Name));

    /// <summary>Pushes an image of the store as one call of the cmdlet does, in a session of its own.</summary>
    /// <param name="image">The image.</param>
    /// <param name="destination">Where to; null for <see cref="Name"/>.</param>
    /// <param name="edit">Changes the request.</param>
    /// <param name="threads">How many blobs at once.</param>
    /// <param name="cancellation">Stops it.</param>
    public RemoteImage Publish(
        string image, string? destination = null, Func<PushRequest, PushRequest>? edit = null, int threads = 1, CancellationToken cancellation = default)
    {
        using var access = Access();
        var request = new PushRequest(Store, Store.Match(image), ImageReference.Parse(destination ?? Name));
        return new ImagePush(access, Options(threads, cancellation)).Run(edit?.Invoke(request) ?? request);
    }

    /// <summary>What was sent by way of the proxy, but for what was only asked for: method, and the path in the repository.</summary>
    public IReadOnlyList<string> Sent() => Proxy.Requests
        .Where(request => request.Method is "PUT" or "POST" or "PATCH")
        .Select(request => $"{request.Method} {request.Path[(request.Path.IndexOf("/team/", StringComparison.Ordinal) + 1)..]}")
        .ToList();

    public RegistryAccess Access() => new(
        ConfigurationFolder.Parse(RegistriesConf),
        new RegistryOptions { Clock = Clock, RetryCount = RetryCount, Timeout = Timeout, Verbose = Said.Enqueue })
    {
        AllowInsecure = true,
        Credential = Credential,
    };

    /// <summary>Puts an image or index into the registry, all of it, without the proxy.</summary>
    public async Task PushAsync(TestRoot root, string tag = "1", string repository = "team/app")
    {
        var client = _seeder.Open(Registry.Address, repository, isForPush: true);
        await PushAsync(client, root, tag);
    }

    public void Dispose()
    {
        Proxy.Dispose();
        Registry.Dispose();
        _seeder.Dispose();
        _test.Dispose();
    }

    private CopyOptions Options(int threads, CancellationToken cancellation) => new()
    {
        ThrottleLimit = threads,
        Progress = Progress is { } told ? new Listener(told) : null,
        Verbose = Said.Enqueue,
        Warning = Warnings.Enqueue,
        Cancellation = cancellation,
    };

    private static async Task PushAsync(RegistryClient client, TestRoot root, string reference)
    {
        foreach (var child in (root as TestIndex)?.Children ?? [])
        {
            await PushAsync(client, child, child.Digest.ToString());
        }

        foreach (var (digest, bytes) in root is TestImage ? root.Blobs.Where(blob => blob.Digest != root.Digest) : [])
        {
            var blob = new Descriptor("application/octet-stream", digest, bytes.Length);
            await client.PushBlobAsync(blob, offset => new MemoryStream(bytes, (int)offset, bytes.Length - (int)offset), null, 0, null, default);
        }

        await client.PutManifestAsync(ManifestDocument.Parse(root.Bytes, root.MediaType, "the test's manifest"), reference, default);
    }

    private sealed class Listener(Action<CopyProgress> told) : IProgress<CopyProgress>
    {
        public void Report(CopyProgress value) => told(value);
    }
}
