using System;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Threading;
using System.Threading.Tasks;
using ContainerImages.Content;
using ContainerImages.Copying;

namespace ContainerImages.Transports;

/// <content>Blobs.</content>
internal sealed partial class RegistryClient
{
    /// <summary>Whether a blob is there: one of its digest and, where the registry says how long it is, of its size.</summary>
    /// <exception cref="ContainerImageException">Any Registry*.</exception>
    public async Task<bool> HasBlobAsync(Descriptor blob, CancellationToken cancellation)
    {
        var request = Request(HttpMethod.Head, $"blobs/{blob.Digest}", $"Looking for blob {blob.Digest} of '{Name}'");
        var found = await SendAsync(
            request, response => Task.FromResult((response.Status, response.Length)), cancellation, 200, 404, 405).ConfigureAwait(false);
        if (found.Status == 405)
        {
            // A registry that answers no such question still gives a byte.
            found = await SendAsync(
                request with { Method = HttpMethod.Get, Prepare = message => message.Headers.Range = new RangeHeaderValue(0, 0) },
                response => Task.FromResult(response.Status switch
                {
                    206 => (200, response.Message.Content.Headers.ContentRange?.Length),
                    416 => (200, 0),
                    _ => (response.Status, response.Length),
                }),
                cancellation,
                200,
                206,
                404,
                416).ConfigureAwait(false);
        }

        return found.Status == 200 && (found.Length ?? blob.Size) == blob.Size;
    }

    /// <summary>
    /// Opens a blob. Its length is checked and its digest is not: that is for who reads it. A connection that breaks is made
    /// again, and goes on where it was. Errors show at the first read.
    /// </summary>
    /// <param name="blob">Digest and size.</param>
    /// <param name="offset">From which byte on.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <param name="address">Where it is kept outside of the registry; null for the repository. No log-in is shown there.</param>
    public ResumableStream OpenBlob(Descriptor blob, long offset, CancellationToken cancellation, Uri? address = null) =>
        new RegistryBlobStream(this, blob, offset, address, cancellation);

    /// <summary>Asks for the bytes of a blob from an offset on; 206 says that they are those, 200 that it is the whole blob.</summary>
    internal async Task<RegistryResponse> OpenBlobAsync(Descriptor blob, long offset, Uri? address, CancellationToken cancellation)
    {
        var request = Request(HttpMethod.Get, $"blobs/{blob.Digest}", $"Reading blob {blob.Digest} of '{Name}'");
        if (address is not null)
        {
            request = request with { Address = address.AbsoluteUri, What = $"{request.What} from {address.Authority}", IsAnonymous = true };
        }

        if (offset > 0)
        {
            request = request with { Prepare = message => message.Headers.Range = new RangeHeaderValue(offset, null) };
        }

        var response = await Host.OpenAsync(request, cancellation).ConfigureAwait(false);
        return response.Status is 200 or 206 or 416 ? response : throw await Host.ThrowableAsync(response).ConfigureAwait(false);
    }
}
