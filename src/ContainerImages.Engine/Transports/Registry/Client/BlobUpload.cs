using System;
using System.Globalization;
using System.IO;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using ContainerImages.Content;

namespace ContainerImages.Transports;

/// <summary>
/// One blob on its way into a registry: begun by <see cref="RegistryClient.StartUploadAsync"/>, filled, and ended by its digest.
/// Nothing shows in the registry before the end.
/// </summary>
internal sealed class BlobUpload(RegistryClient client, string location, long minimumChunk)
{
    // Who stops a push does not wait for the registry.
    private static readonly TimeSpan CancelPatience = TimeSpan.FromSeconds(1);

    private string _location = location;

    /// <summary>Bytes that the registry has.</summary>
    public long Offset { get; private set; }

    /// <summary>The smallest chunk that the registry takes but for the last one; 0 if it does not mind.</summary>
    public long MinimumChunk { get; } = minimumChunk;

    /// <summary>Sends a piece.</summary>
    /// <param name="open">Opens the piece, which is closed afterwards.</param>
    /// <param name="length">Its bytes.</param>
    /// <param name="progress">Told the bytes sent; null for nobody.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="ContainerImageException">
    /// Any Registry*. After a transient one, <see cref="FindOffsetAsync"/> tells what has arrived.
    /// </exception>
    public Task AppendAsync(Func<Stream> open, long length, IProgress<long>? progress, CancellationToken cancellation) => PatchAsync(
        Request(RegistryRequest.Patch, _location, "Sending") with
        {
            Body = idle =>
            {
                var content = new PieceContent(open, length, idle, progress);
                content.Headers.TryAddWithoutValidation("Content-Range", FormattableString.Invariant($"{Offset}-{Offset + length - 1}"));
                return content;
            },
        },
        length,
        cancellation);

    /// <summary>Sends all that comes, of which nobody knows yet how much it is.</summary>
    /// <param name="write">Writes it, anew if it must be sent again.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <returns>Whether the registry has said how much of it it has; <see cref="Offset"/> is that then.</returns>
    /// <exception cref="ContainerImageException">Any Registry*; and what <paramref name="write"/> throws.</exception>
    public Task<bool> AppendAsync(Action<Stream> write, CancellationToken cancellation) => PatchAsync(
        Request(RegistryRequest.Patch, _location, "Sending") with
        {
            // .NET Framework would hold all of it in memory to see how long it is.
            Prepare = message => message.Headers.TransferEncodingChunked = true,
            Body = idle => new WrittenContent(write, idle),
        },
        null,
        cancellation);

    /// <summary>Asks the registry what it has.</summary>
    /// <returns>False if it knows nothing of the upload any more.</returns>
    public Task<bool> FindOffsetAsync(CancellationToken cancellation) => client.SendAsync(
        Request(HttpMethod.Get, _location, "Continuing"),
        response =>
        {
            if (response.Status >= 400)
            {
                return Task.FromResult(false);
            }

            if (response.Header("Location") is { } moved)
            {
                _location = RegistryClient.Resolve(response, moved);
            }

            Offset = ReadOffset(response, isOneByte: false) ?? 0;
            return Task.FromResult(true);
        },
        cancellation,
        200,
        202,
        204,
        400,
        404,
        416);

    /// <summary>Ends the upload: the blob is there afterwards.</summary>
    /// <param name="digest">Its digest.</param>
    /// <param name="rest">Opens what was not sent yet, or all of it; null for nothing.</param>
    /// <param name="length">Bytes of that.</param>
    /// <param name="progress">Told the bytes sent; null for nobody.</param>
    /// <param name="cancellation">Stops it.</param>
    public Task<bool> CompleteAsync(Digest digest, Func<Stream>? rest, long length, IProgress<long>? progress, CancellationToken cancellation) =>
        client.SendAsync(
            Request(HttpMethod.Put, $"{_location}{(_location.IndexOf('?') < 0 ? '?' : '&')}digest={digest}", "Ending") with
            {
                Body = idle => new PieceContent(rest ?? (() => Stream.Null), length, idle, progress),
                IsRepeatable = false,
            },
            response => response.Header("Docker-Content-Digest") is { } stored && Digest.TryParse(stored, out var found)
                && found.Algorithm == digest.Algorithm && found != digest
                ? throw new RegistryException(
                    ImageError.ContentMismatch, $"{response.Request.What} failed: it was stored as {found}, and its digest is {digest}.")
                : Task.FromResult(true),
            cancellation,
            201,
            204);

    /// <summary>Gives the upload up. That it fails is nobody's concern: a registry clears up by itself in time.</summary>
    public async Task CancelAsync()
    {
        using var patience = new CancellationTokenSource(CancelPatience);
        try
        {
            await client.SendAsync(
                Request(HttpMethod.Delete, _location, "Giving up") with { IsRepeatable = false },
                _ => Task.FromResult(true),
                patience.Token,
                200,
                202,
                204,
                404).ConfigureAwait(false);
        }
        catch (Exception e) when (e is ContainerImageException or OperationCanceledException)
        {
        }
    }

    private Task<bool> PatchAsync(RegistryRequest request, long? length, CancellationToken cancellation) => client.SendAsync(
        request with { IsRepeatable = false },
        response =>
        {
            _location = RegistryClient.Resolve(response, response.Header("Location"));

            // Some tell of the last piece alone, or of the first for ever, and have all: what gets no further says nothing, and the
            // digest at the end tells what is there.
            var said = ReadOffset(response, isOneByte: Offset == 0 && length == 1);
            var isSaid = said > Offset;
            Offset = isSaid ? said!.Value : Offset + (length ?? 0);
            return Task.FromResult(isSaid);
        },
        cancellation,
        202,
        204);

    private RegistryRequest Request(HttpMethod method, string location, string what) =>
        client.Request(method, "blobs/uploads/", $"{what} an upload to '{client.Name}'") with { Address = location };

    // "0-N", with or without the unit before it, N being the last byte. Of nothing at all it is "0-0", as of one byte.
    private static long? ReadOffset(RegistryResponse response, bool isOneByte)
    {
        var range = response.Header("Range") ?? "";
        return long.TryParse(range.Substring(range.LastIndexOf('-') + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var end)
            ? end == 0 && !isOneByte ? 0 : end + 1
            : null;
    }
}
