using System.IO;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using ContainerImages.Content;
using ContainerImages.Manifests;

namespace ContainerImages.Transports;

/// <content>Manifests.</content>
internal sealed partial class RegistryClient
{
    private const string DigestHeader = "Docker-Content-Digest";

    // Schema 1 too: a registry that has nothing else is so told apart from one that has nothing.
    private static readonly string[] AcceptedManifests =
    [
        MediaTypes.OciIndex,
        MediaTypes.OciManifest,
        MediaTypes.DockerManifestList,
        MediaTypes.DockerManifest,
        "application/vnd.docker.distribution.manifest.v1+prettyjws",
        "application/vnd.docker.distribution.manifest.v1+json",
    ];

    /// <summary>A manifest or index, its digest checked.</summary>
    /// <param name="reference">A tag or a digest.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="ContainerImageException">
    /// RemoteImageNotFound; ContentMismatch, if its digest is not the one asked for or promised; ContentTooLarge;
    /// UnsupportedContent, for schema 1 and unknown types; RegistryProtocol, if it is malformed; and any other Registry*.
    /// </exception>
    public Task<ManifestDocument> GetManifestAsync(string reference, CancellationToken cancellation) => SendAsync(
        ManifestRequest(HttpMethod.Get, reference),
        async response =>
        {
            if (response.Length > Limits.Manifest)
            {
                throw new RegistryException(
                    ImageError.ContentTooLarge,
                    $"{response.Request.What} failed: it has {response.Length} bytes, and {Limits.Manifest} are the limit for a manifest.");
            }

            return CheckManifest(response, await response.ReadBytesAsync(Limits.Manifest).ConfigureAwait(false), reference);
        },
        cancellation,
        200);

    /// <summary>What a tag or digest points to, without fetching it; null if it is not there.</summary>
    public async Task<Descriptor?> FindManifestAsync(string reference, CancellationToken cancellation)
    {
        var found = await SendAsync(
            ManifestRequest(HttpMethod.Head, reference),
            response => Task.FromResult((response.Status, Descriptor: ReadDescriptor(response, reference))),
            cancellation,
            200,
            404,
            405).ConfigureAwait(false);
        if (found.Status == 404 || found.Descriptor is not null)
        {
            return found.Descriptor;
        }

        // A registry that says too little of it, or nothing at all, has to show it.
        try
        {
            return (await GetManifestAsync(reference, cancellation).ConfigureAwait(false)).ToDescriptor();
        }
        catch (RegistryException e) when (e.Error == ImageError.RemoteImageNotFound)
        {
            return null;
        }
    }

    /// <summary>Puts a manifest or index.</summary>
    /// <param name="manifest">The document; what it names must be there.</param>
    /// <param name="reference">A tag, or the document's own digest.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>Whether the registry has noted the document's subject, so that it lists it as a referrer.</returns>
    /// <exception cref="ContainerImageException">ContentMismatch, if the registry has stored other bytes; any Registry*.</exception>
    public Task<bool> PutManifestAsync(ManifestDocument manifest, string reference, CancellationToken cancellation) => SendAsync(
        Request(HttpMethod.Put, $"manifests/{reference}", $"Writing manifest '{reference}' of '{Name}'") with
        {
            Body = idle =>
            {
                var content = new PieceContent(() => new MemoryStream(manifest.Bytes, writable: false), manifest.Bytes.Length, idle, null);
                content.Headers.Remove("Content-Type");
                content.Headers.TryAddWithoutValidation("Content-Type", manifest.MediaType);
                return content;
            },
        },
        response =>
        {
            CheckDigest(response, manifest.Bytes, response.Header(DigestHeader));
            return Task.FromResult(manifest.Subject is not null && response.Header("OCI-Subject") is { Length: > 0 });
        },
        cancellation,
        201);

    private RegistryRequest ManifestRequest(HttpMethod method, string reference) =>
        Request(method, $"manifests/{reference}", $"Reading manifest '{reference}' of '{Name}'") with
        {
            Prepare = message => message.Headers.TryAddWithoutValidation("Accept", AcceptedManifests),
        };

    private static ManifestDocument CheckManifest(RegistryResponse response, byte[] bytes, string reference)
    {
        var isDigest = Digest.TryParse(reference, out var wanted);
        CheckDigest(response, bytes, response.Header(DigestHeader));
        if (isDigest)
        {
            CheckDigest(response, bytes, reference);
        }

        return RegistryErrors.Read(response, () => ManifestDocument.Parse(
            bytes, ManifestTypeOf(response.MediaType), $"The manifest '{reference}' from {response.Address.Authority}", isDigest ? wanted.Algorithm : Digest.Sha256));
    }

    /// <summary>Holds bytes against a digest that the registry, or who asked, has named; null for none.</summary>
    private static void CheckDigest(RegistryResponse response, byte[] bytes, string? promised)
    {
        if (promised is null)
        {
            return;
        }

        if (!Digest.TryParse(promised, out var digest))
        {
            throw RegistryErrors.Protocol(response, $"it promises the digest '{RegistryText.Clean(promised)}', which is none");
        }

        var found = Digest.Compute(bytes, digest.Algorithm);
        if (found != digest)
        {
            throw new RegistryException(
                ImageError.ContentMismatch, $"{response.Request.What} failed: its digest is {found}, and {digest} was promised.");
        }
    }

    private static Descriptor? ReadDescriptor(RegistryResponse response, string reference)
    {
        var promised = response.Header(DigestHeader) ?? (Digest.TryParse(reference, out _) ? reference : null);
        return response.Status == 200 && !response.IsPacked && response.Length is { } size && Digest.TryParse(promised, out var digest)
            && ManifestTypeOf(response.MediaType) is { } type
            ? new Descriptor(type, digest, size)
            : null;
    }

    // Some registries and caches call a manifest just JSON, or nothing: then it is the document's own to say what it is.
    private static string? ManifestTypeOf(string? contentType) =>
        contentType is "application/json" or "application/octet-stream" or "text/plain" or "binary/octet-stream" ? null : contentType;
}
