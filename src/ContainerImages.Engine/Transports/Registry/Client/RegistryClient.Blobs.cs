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
    /// <summary>The size of a blob that is there, in bytes; null if it is not there.</summary>
    /// <exception cref="ContainerImageException">Any Registry*.</exception>
    public Task<long?> FindBlobAsync(Digest digest, CancellationToken cancellation) => SendAsync(
        Request(HttpMethod.Head, $"blobs/{digest}", $"Looking for blob {digest} of '{Name}'"),
        response => Task.FromResult(response.Status == 200
            ? response.Length ?? throw RegistryErrors.Protocol(response, "it does not say how long the blob is")
            : (long?)null),
        cancellation,
        200,
        404);

    /// <summary>
    /// Opens a blob. Its length is checked and its digest is not: that is for who reads it. A connection that breaks is made
    /// again, and goes on where it was. Errors show at the first read.
    /// </summary>
    /// <param name="blob">Digest and size.</param>
    /// <param name="offset">From which byte on.</param>
    /// <param name="cancellation">Stops it.</param>
    public ResumableStream OpenBlob(Descriptor blob, long offset, CancellationToken cancellation) =>
        new RegistryBlobStream(this, blob, offset, cancellation);

    /// <summary>Asks for the bytes of a blob from an offset on; 206 says that they are those, 200 that it is the whole blob.</summary>
    internal async Task<RegistryResponse> OpenBlobAsync(Descriptor blob, long offset, CancellationToken cancellation)
    {
        var request = Request(HttpMethod.Get, $"blobs/{blob.Digest}", $"Reading blob {blob.Digest} of '{Name}'");
        if (offset > 0)
        {
            request = request with { Prepare = message => message.Headers.Range = new RangeHeaderValue(offset, null) };
        }

        var response = await Host.OpenAsync(request, cancellation).ConfigureAwait(false);
        return response.Status is 200 or 206 or 416 ? response : throw await Host.ThrowableAsync(response).ConfigureAwait(false);
    }
}
