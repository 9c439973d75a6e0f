using System;
using System.Collections.Concurrent;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using ContainerImages.Content;
using ContainerImages.Manifests;
using ContainerImages.Testing;
using ContainerImages.Transports;
using Xunit;

namespace ContainerImages.Engine.Tests.Transports.Registry;

/// <summary>A session with registries as a cmdlet has one, with a clock of its own and all that it says written down.</summary>
internal sealed class RegistryBench : IDisposable
{
    public static readonly RegistryCredential Account = new(LocalRegistry.UserName, LocalRegistry.Password, null);

    private readonly RegistrySession _session;

    public RegistryBench(int retryCount = 3, double timeoutSeconds = 60) => _session = new RegistrySession(new RegistryOptions
    {
        Clock = Clock,
        RetryCount = retryCount,
        Timeout = TimeSpan.FromSeconds(timeoutSeconds),
        Verbose = Said.Enqueue,
    });

    public FakeClock Clock { get; } = new();

    /// <summary>The verbose lines.</summary>
    public ConcurrentQueue<string> Said { get; } = [];

    public RegistryClient Open(
        string host,
        string repository = "team/app",
        RegistryCredential? credential = null,
        RegistryTrust? trust = null,
        bool isInsecure = true,
        bool isForPush = false) =>
        _session.Open(new RegistryEndpoint(host, repository, isInsecure, IsMirror: false), trust ?? RegistryTrust.SystemOnly, credential, isForPush);

    public void Dispose() => _session.Dispose();

    /// <summary>A blob that no other test has.</summary>
    public static (Descriptor Descriptor, byte[] Bytes) NewBlob(int size)
    {
        var bytes = new byte[size];
        Random.Shared.NextBytes(bytes);
        return (new Descriptor("application/octet-stream", Digest.Compute(bytes), size), bytes);
    }

    /// <summary>Puts a blob there without the client under test.</summary>
    public static Descriptor Seed(LocalRegistry registry, string repository, byte[] bytes) =>
        new("application/octet-stream", Digest.Parse(registry.PutBlob(repository, bytes)), bytes.Length);

    /// <summary>A manifest whose one layer and config are those bytes.</summary>
    public static ImageManifest ManifestOf(Descriptor config, params Descriptor[] layers) => ImageManifest.Create(
        MediaTypes.OciManifest,
        new Descriptor(MediaTypes.OciConfig, config.Digest, config.Size),
        layers.Select(layer => new Descriptor(MediaTypes.OciLayer, layer.Digest, layer.Size)));

    public static byte[] ReadAll(Stream stream)
    {
        using (stream)
        {
            using var bytes = new MemoryStream();
            stream.CopyTo(bytes, 64 * 1024);
            return bytes.ToArray();
        }
    }

    /// <summary>The error that something must end in.</summary>
    public static async Task<ContainerImageException> FailsAsync(ImageError error, Func<Task> action)
    {
        var thrown = await Assert.ThrowsAnyAsync<ContainerImageException>(action);
        Assert.Equal(error, thrown.Error);
        return thrown;
    }
}
