using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using ContainerImages.Content;

namespace ContainerImages.Transports;

/// <summary>
/// A list of names that a registry gives in pages: it says by <c>Link</c> where the next one is, or goes on after the last name
/// where a page was full. A list without end is an error.
/// </summary>
internal sealed class RegistryList(RegistryClient client, RegistryRequest request, string field)
{
    // What Docker's registry gives at most, and the most that some others allow.
    private const int PageSize = 1000;
    private const int MaxPage = 16 * 1024 * 1024;
    private const int MaxNames = 1_000_000;
    private const int MaxIdlePages = 100;

    private readonly HashSet<string> _pages = new(StringComparer.Ordinal);
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private int _idlePages;
    private string? _next = $"{request.Address}?n={PageSize}";

    /// <summary>The names of the next page, each name once in all pages; null at the end.</summary>
    /// <exception cref="ContainerImageException">RemoteImageNotFound; any Registry*.</exception>
    public async Task<IReadOnlyList<string>?> ReadPageAsync(CancellationToken cancellation)
    {
        if (_next is not { } address)
        {
            return null;
        }

        if (!_pages.Add(address))
        {
            throw new RegistryException(ImageError.RegistryProtocol, $"{request.What} failed: the list goes round in circles.");
        }

        var (names, next) = await client.SendAsync(
            request with { Address = address }, ReadAsync, cancellation, 200).ConfigureAwait(false);
        var added = names.Where(_names.Add).ToList();
        if (_names.Count > MaxNames)
        {
            throw new RegistryException(ImageError.ContentTooLarge, $"{request.What} failed: it has more than {MaxNames} names, which are the limit.");
        }

        // Pages may be empty where names are filtered, yet not for ever.
        _idlePages = added.Count > 0 ? 0 : _idlePages + 1;
        if (next is not null && _idlePages == MaxIdlePages)
        {
            throw new RegistryException(ImageError.RegistryProtocol, $"{request.What} failed: {MaxIdlePages} pages in a row have no new name, and there are more.");
        }

        // A registry that knows nothing of pages gives the same names again, and so ends it.
        _next = next ?? (names.Count == PageSize && added.Count > 0
            ? $"{request.Address}?n={PageSize}&last={Uri.EscapeDataString(names[names.Count - 1])}"
            : null);
        return added;
    }

    private async Task<(IReadOnlyList<string> Names, string? Next)> ReadAsync(RegistryResponse response)
    {
        var bytes = await response.ReadBytesAsync(MaxPage).ConfigureAwait(false);
        var names = RegistryErrors.Read(response, () =>
            JsonFields.Parse(bytes, $"The list from {response.Address.Authority}").Texts(field, MaxNames) ?? []);
        return (names, LinkHeader.Next(response.Headers("Link")) is { } next ? RegistryClient.Resolve(response, next) : null);
    }
}
