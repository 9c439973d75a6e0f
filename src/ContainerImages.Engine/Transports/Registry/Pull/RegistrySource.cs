using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using ContainerImages.Content;
using ContainerImages.Copying;
using ContainerImages.Manifests;
using ContainerImages.References;
using ContainerImages.Store;

namespace ContainerImages.Transports;

/// <summary>
/// One image of a registry, or of the places that stand for it: the one that had the root is asked first for what it leads to,
/// and the others for what that one lacks. Of an index only those manifests show that were chosen.
/// </summary>
internal sealed class RegistrySource : IImageSource
{
    private readonly IReadOnlyList<RegistryClient> _clients;
    private readonly IBlobReader? _local;
    private readonly CancellationToken _cancellation;
    private readonly Dictionary<Digest, ManifestDocument?> _documents = [];
    private readonly Dictionary<Digest, ImageConfig> _configs = [];
    private HashSet<Digest>? _chosen;
    private long _heldBytes;

    private RegistrySource(
        ImageReference name, IReadOnlyList<RegistryClient> clients, ManifestDocument root, IBlobReader? local, CancellationToken cancellation)
    {
        Name = $"'{name}'";
        Root = root;
        Roots = [new SourceRoot { Descriptor = root.ToDescriptor(), Names = [name.ToString()] }];
        _documents.Add(root.Digest, root);
        _clients = clients;
        _local = local;
        _cancellation = cancellation;
    }

    public string Name { get; }

    /// <summary>The manifest or index that the name leads to.</summary>
    public ManifestDocument Root { get; }

    /// <summary>The places it is read from, the first of them first.</summary>
    public IEnumerable<RegistryEndpoint> Places => _clients.Select(client => client.Endpoint);

    public IReadOnlyList<SourceRoot> Roots { get; }

    public IReadOnlyList<string> LeftBehind => [];

    /// <summary>Opens the first of several names that is there.</summary>
    /// <param name="access">The registries of the call.</param>
    /// <param name="text">The name as the user wrote it, for messages.</param>
    /// <param name="candidates">The full names that it may mean, in the order to try.</param>
    /// <param name="known">What a name led to before, which need not be fetched again; null for nothing.</param>
    /// <param name="local">Where documents may be that need not be fetched; null for nowhere.</param>
    /// <param name="cancellation">Stops this and what is read later.</param>
    /// <exception cref="ContainerImageException">RemoteImageNotFound and any Registry*: of all places that were tried.</exception>
    public static RegistrySource Open(
        RegistryAccess access,
        string text,
        IReadOnlyList<PullCandidate> candidates,
        Func<ImageReference, Descriptor?> known,
        IBlobReader? local,
        CancellationToken cancellation)
    {
        var failures = new PullFailures(text);
        foreach (var candidate in candidates.Select(candidate => candidate.Reference))
        {
            try
            {
                if (TryOpen(candidate, access.OpenForReading(candidate, cancellation), known(candidate), local, failures, cancellation) is { } source)
                {
                    return source;
                }
            }
            catch (ContainerImageException e) when (candidates.Count > 1 && PullFailures.IsWorthAnother(e))
            {
                failures.Add(candidate.ToString(), e);
            }
        }

        throw failures.ToError();
    }

    /// <summary>Finds an image.</summary>
    /// <param name="name">The full name, with a tag or a digest.</param>
    /// <param name="clients">Where it may be, in the order to try.</param>
    /// <param name="known">What the name led to before, which need not be fetched again; null for nothing.</param>
    /// <param name="local">Where documents may be that need not be fetched; null for nowhere.</param>
    /// <param name="failures">Told of each place that did not have it.</param>
    /// <param name="cancellation">Stops this and what is read later.</param>
    /// <returns>The source; null if no place had it.</returns>
    public static RegistrySource? TryOpen(
        ImageReference name,
        IReadOnlyList<RegistryClient> clients,
        Descriptor? known,
        IBlobReader? local,
        PullFailures failures,
        CancellationToken cancellation)
    {
        var wanted = name.Digest?.ToString() ?? name.Tag!;
        foreach (var client in clients)
        {
            try
            {
                var root = ReadKnown(client, wanted, known, local, cancellation)
                    ?? client.GetManifestAsync(wanted, cancellation).GetAwaiter().GetResult();
                return new RegistrySource(name, [client, .. clients.Where(other => other != client)], root, local, cancellation);
            }
            catch (ContainerImageException e) when (PullFailures.IsWorthAnother(e))
            {
                failures.Add($"{client.Name}{(client.Endpoint.IsMirror ? " (mirror)" : "")}", e);
                client.Options.Verbose?.Invoke(e.Message);
            }
        }

        return null;
    }

    /// <summary>Shows only these manifests of the index.</summary>
    public void Choose(IEnumerable<Digest> manifests) => _chosen = [.. manifests];

    public ManifestDocument? ReadManifest(Descriptor descriptor)
    {
        if (_documents.TryGetValue(descriptor.Digest, out var known))
        {
            return known is ImageManifest && descriptor.Digest != Root.Digest && _chosen?.Contains(descriptor.Digest) == false ? null : known;
        }

        return _chosen?.Contains(descriptor.Digest) == false && !MediaTypes.IsIndex(descriptor.MediaType) ? null : Fetch(descriptor);
    }

    /// <summary>A manifest or index, chosen or not; null if no place has it.</summary>
    public ManifestDocument? Fetch(Descriptor descriptor)
    {
        if (!_documents.TryGetValue(descriptor.Digest, out var document))
        {
            document = ReadLocal(descriptor) ?? FetchRemote(descriptor);
            Hold(document?.Bytes ?? []);
            _documents.Add(descriptor.Digest, document);
        }

        return document;
    }

    public SourceBlob? FindBlob(Descriptor descriptor)
    {
        if (_configs.TryGetValue(descriptor.Digest, out var config))
        {
            return new SourceBlob(config.Bytes.Length, () => new System.IO.MemoryStream(config.Bytes, writable: false));
        }

        return _local?.Find(descriptor.Digest, descriptor.Size) is { } path
            ? new SourceBlob(descriptor.Size, () => OpenLocal(path) ?? FindRemoteBlob(descriptor).Open())
            : FindRemoteBlob(descriptor);
    }

    // What is found in the store is not held for this copy: another process may remove it before it is opened.
    private ManifestDocument? ReadLocal(Descriptor descriptor)
    {
        try
        {
            return _local?.Find(descriptor.Digest, descriptor.Size) is not null ? _local.ReadManifest(descriptor) : null;
        }
        catch (ContainerImageException e) when (e.Error == ImageError.ContentMissing)
        {
            return null;
        }
    }

    private static System.IO.FileStream? OpenLocal(string path)
    {
        try
        {
            return StoreSystem.OpenShared(path, System.IO.FileMode.Open, System.IO.FileAccess.Read);
        }
        catch (System.IO.FileNotFoundException)
        {
            return null;
        }
    }

    private SourceBlob FindRemoteBlob(Descriptor descriptor)
    {
        // What is kept elsewhere by its nature need not be there.
        var places = descriptor.IsForeign &&
            !_clients[0].HasBlobAsync(descriptor, _cancellation).GetAwaiter().GetResult()
            ? AddressesOf(descriptor).Select(address => new BlobPlace(_clients[0], address)).ToList()
            : _clients.Select(client => new BlobPlace(client)).ToList();
        return new SourceBlob(descriptor.Size, () => Open(0), OpenAt: Open);

        ResumableStream Open(long offset) => places.Count > 0
            ? new MirroredBlobStream(places, descriptor, offset, _cancellation)
            : throw new ContainerImageException(
                ImageError.ContentMissing,
                $"Layer {descriptor.Digest} of {Name} is not in the registry, and to be had from no address that is known here: {string.Join(", ", descriptor.Urls.Select(QuotedText.Quote))}.")
            { Candidates = [descriptor.Digest.ToString()] };
    }

    private static IEnumerable<Uri> AddressesOf(Descriptor foreign) => foreign.Urls
        .Select(text => Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "https" or "http" ? address : null)
        .OfType<Uri>();

    // A mirror may lack what refers to that which it has, so all places are asked.
    public IReadOnlyList<Descriptor> FindReferrers(Digest subject)
    {
        var referrers = new Dictionary<Digest, Descriptor>();
        for (var i = 0; i < _clients.Count; i++)
        {
            try
            {
                foreach (var referrer in _clients[i].ListReferrersAsync(subject, null, _cancellation).GetAwaiter().GetResult())
                {
                    referrers[referrer.Digest] = referrer;
                }
            }
            catch (ContainerImageException e) when (i + 1 < _clients.Count && PullFailures.IsWorthAnother(e))
            {
                _clients[i].Options.Verbose?.Invoke(e.Message);
            }
        }

        _chosen?.UnionWith(referrers.Keys);
        return [.. referrers.Values];
    }

    /// <summary>The configuration of an image, fetched once.</summary>
    public ImageConfig ReadConfig(ImageManifest manifest)
    {
        if (_configs.TryGetValue(manifest.Config.Digest, out var known))
        {
            return known;
        }

        var name = $"Config {manifest.Config.Digest} of {Name}";
        var bytes = SmallBlob.Read(FindBlob(manifest.Config)!, name, Limits.Config);
        SmallBlob.Check(bytes, manifest.Config, name);
        var config = ImageConfig.Parse(Hold(bytes), name);
        _configs.Add(manifest.Config.Digest, config);
        return config;
    }

    public void Dispose()
    {
        // The connections are those of the whole call.
    }

    // Manifests and configs stay in memory until the image is here.
    private byte[] Hold(byte[] bytes)
    {
        _heldBytes += bytes.Length;
        return _heldBytes <= Limits.Configs
            ? bytes
            : throw new ContainerImageException(
                ImageError.ContentTooLarge, $"The manifests and configs of {Name} have more than {Limits.Configs} bytes, past the limit.");
    }

    // Asking what a name leads to costs less than fetching it, and nothing of what a registry allows in an hour.
    private static ManifestDocument? ReadKnown(
        RegistryClient client, string wanted, Descriptor? known, IBlobReader? local, CancellationToken cancellation)
    {
        if (known is null || local?.Find(known.Digest, known.Size) is null)
        {
            return null;
        }

        var found = client.FindManifestAsync(wanted, cancellation).GetAwaiter().GetResult();
        return found?.Digest == known.Digest ? local.ReadManifest(known) : null;
    }

    private ManifestDocument? FetchRemote(Descriptor descriptor)
    {
        for (var i = 0; ; i++)
        {
            try
            {
                var document = _clients[i].GetManifestAsync(descriptor.Digest.ToString(), _cancellation).GetAwaiter().GetResult();
                return descriptor.Size == document.Bytes.Length
                    ? document
                    : throw SmallBlob.Mismatch($"Manifest {descriptor.Digest} of {Name}", "size", descriptor.Size, document.Bytes.Length);
            }
            catch (ContainerImageException e) when (PullFailures.IsWorthAnother(e))
            {
                if (i + 1 < _clients.Count)
                {
                    continue;
                }

                if (e.Error == ImageError.RemoteImageNotFound)
                {
                    return null;
                }

                throw;
            }
        }
    }
}
