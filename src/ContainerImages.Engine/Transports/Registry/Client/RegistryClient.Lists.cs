using System.Collections.Generic;
using System.Linq;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using ContainerImages.Content;
using ContainerImages.Manifests;

namespace ContainerImages.Transports;

/// <content>Lists: tags, repositories, referrers.</content>
internal sealed partial class RegistryClient
{
    private const int MaxReferrerPages = 100;

    /// <summary>The tags of the repository, page by page.</summary>
    public RegistryList ListTags() => new(this, Request(HttpMethod.Get, "tags/list", $"Listing the tags of '{Name}'"), "tags");

    /// <summary>The repositories of the registry, page by page; not every registry tells them.</summary>
    public RegistryList ListRepositories() => new(
        this,
        new RegistryRequest(HttpMethod.Get, "v2/_catalog", $"Listing the repositories of '{Endpoint.Host}'") { Scopes = [RegistryScope.Catalog] },
        "repositories");

    /// <summary>
    /// What refers to a manifest: signatures, attestations and the like. A registry without such lists is looked to for an
    /// index under a tag made of the digest, as the specification says.
    /// </summary>
    /// <param name="subject">The digest of the manifest; it need not be there.</param>
    /// <param name="artifactType">Only these; null for all.</param>
    /// <param name="cancellation">Stops it.</param>
    public async Task<IReadOnlyList<Descriptor>> ListReferrersAsync(Digest subject, string? artifactType, CancellationToken cancellation)
    {
        var query = artifactType is null ? "" : "?artifactType=" + System.Uri.EscapeDataString(artifactType);
        var request = Request(HttpMethod.Get, $"referrers/{subject}{query}", $"Listing what refers to {subject} in '{Name}'") with
        {
            Prepare = message => message.Headers.TryAddWithoutValidation("Accept", MediaTypes.OciIndex),
        };
        var found = new List<Descriptor>();
        var pages = new HashSet<string>();
        for (string? next = request.Address; next is not null;)
        {
            if (!pages.Add(next) || pages.Count > MaxReferrerPages)
            {
                throw new RegistryException(ImageError.RegistryProtocol, $"{request.What} failed: the list goes round in circles.");
            }

            var page = await SendAsync(
                request with { Address = next }, response => ReadReferrersAsync(response), cancellation, 200, 404, 405, 501).ConfigureAwait(false);
            if (page.Referrers is null)
            {
                return Filter(await ReadFallbackAsync(subject, cancellation).ConfigureAwait(false), artifactType);
            }

            found.AddRange(page.Referrers);
            next = page.Next;
        }

        // Who was asked to filter may not have done so.
        return Filter(found, artifactType);
    }

    /// <summary>The tag under which a registry without lists of referrers keeps them.</summary>
    public static string FallbackTag(Digest subject) =>
        $"{subject.Algorithm}-{(subject.Hex.Length > 64 ? subject.Hex.Substring(0, 64) : subject.Hex)}";

    private static async Task<(IReadOnlyList<Descriptor>? Referrers, string? Next)> ReadReferrersAsync(RegistryResponse response)
    {
        if (response.Status != 200)
        {
            return default;
        }

        var bytes = await response.ReadBytesAsync(Limits.Manifest).ConfigureAwait(false);
        var index = RegistryErrors.Read(response, () => ManifestDocument.Parse(
            bytes, ManifestTypeOf(response.MediaType), $"The list from {response.Address.Authority}"));
        return (
            index is ImageIndex list ? list.Manifests : throw RegistryErrors.Protocol(response, "it is no index"),
            LinkHeader.Next(response.Headers("Link")) is { } next ? Resolve(response, next) : null);
    }

    private async Task<IReadOnlyList<Descriptor>> ReadFallbackAsync(Digest subject, CancellationToken cancellation)
    {
        try
        {
            return await GetManifestAsync(FallbackTag(subject), cancellation).ConfigureAwait(false) is ImageIndex index ? index.Manifests : [];
        }
        catch (RegistryException e) when (e.Error == ImageError.RemoteImageNotFound)
        {
            return [];
        }
    }

    private static IReadOnlyList<Descriptor> Filter(IReadOnlyList<Descriptor> referrers, string? artifactType) =>
        artifactType is null ? referrers : referrers.Where(referrer => referrer.ArtifactType == artifactType).ToList();
}
