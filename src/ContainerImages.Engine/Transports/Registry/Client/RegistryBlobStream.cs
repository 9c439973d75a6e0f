using System;
using System.Threading;
using System.Threading.Tasks;
using ContainerImages.Content;
using ContainerImages.Copying;

namespace ContainerImages.Transports;

/// <summary>
/// The bytes of a blob in a registry, exactly as many as were promised. A connection that breaks is made again, and goes on
/// where it was; one that breaks often without getting anywhere is given up.
/// </summary>
internal sealed class RegistryBlobStream(RegistryClient client, Descriptor blob, long start, Uri? address, CancellationToken cancellation)
    : ResumableStream
{
    // So much between two breaks is progress, and the count of failures begins anew.
    private const long Progress = 1024 * 1024;

    private RegistryResponse? _response;
    private RegistryBody? _body;
    private long _position = start;
    private long _lastFailure = start;
    private int _failures;
    private bool _takesRanges = true;
    private bool _isResumed;
    private bool _hasBegun;

    public override bool IsResumed => _isResumed;

    public override int Read(byte[] buffer, int offset, int count) =>
        ReadAsync(buffer, offset, count, cancellation).GetAwaiter().GetResult();

    public override async Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        while (_position < blob.Size)
        {
            try
            {
                var body = _body ?? await OpenAsync().ConfigureAwait(false);
                var read = await body.ReadSomeAsync(buffer, offset, (int)Math.Min(count, blob.Size - _position)).ConfigureAwait(false);
                if (read > 0 || count == 0)
                {
                    _hasBegun = true;
                    _position += read;
                    return read;
                }

                throw new RegistryException(
                    ImageError.RegistryUnreachable,
                    $"{What} failed: {_response!.Address.Authority} ended the connection after {_position} of {blob.Size} bytes.")
                { IsTransient = true };
            }
            catch (RegistryException e) when (e.IsTransient)
            {
                Drop();
                _failures = _position - _lastFailure >= Progress ? 1 : _failures + 1;
                _lastFailure = _position;
                await client.Host.WaitAsync(e, _failures, cancellation).ConfigureAwait(false);
            }
        }

        return 0;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Drop();
        }

        base.Dispose(disposing);
    }

    private string What => $"Reading blob {blob.Digest} of '{client.Name}'";

    private async Task<RegistryBody> OpenAsync()
    {
        _isResumed |= _hasBegun;
        var wanted = _takesRanges ? _position : 0;
        _response = await client.OpenBlobAsync(blob, wanted, address, cancellation).ConfigureAwait(false);
        if (_response.Status == 416 && wanted > 0)
        {
            // A cache in between may know no ranges, or another blob; the whole is still to be had.
            Drop();
            _takesRanges = false;
            return await OpenAsync().ConfigureAwait(false);
        }

        var begin = CheckLength(_response, wanted);
        _body = await _response.OpenBodyAsync().ConfigureAwait(false);
        await SkipAsync(_body, _position - begin).ConfigureAwait(false);
        return _body;
    }

    /// <summary>Sees whether what is coming is as long as was promised.</summary>
    /// <returns>With which byte of the blob it begins.</returns>
    private long CheckLength(RegistryResponse response, long wanted)
    {
        var begin = 0L;
        var size = response.Length;
        switch (response.Status)
        {
            case 206:
                var range = response.Message.Content.Headers.ContentRange;
                begin = range?.From ?? wanted;
                size = range?.Length ?? begin + response.Length;
                if (begin > _position)
                {
                    throw RegistryErrors.Protocol(response, $"it begins at byte {begin}, and {wanted} was asked for");
                }

                break;
            case 416:
                throw RegistryErrors.Protocol(response, "it refuses to send the blob at all");
        }

        return size is null || size == blob.Size ? begin : throw SmallBlob.Mismatch($"Blob {blob.Digest} of '{client.Name}'", "size", blob.Size, size);
    }

    private static async Task SkipAsync(RegistryBody body, long count)
    {
        var buffer = new byte[64 * 1024];
        while (count > 0)
        {
            var read = await body.ReadSomeAsync(buffer, 0, (int)Math.Min(count, buffer.Length)).ConfigureAwait(false);
            count -= read > 0 ? read : throw new RegistryException(
                ImageError.RegistryUnreachable, "The connection ended before the place where the download is to go on.") { IsTransient = true };
        }
    }

    private void Drop()
    {
        _body?.Dispose();
        _response?.Dispose();
        (_body, _response) = (null, null);
    }
}
