using System.Collections.Generic;
using System.Threading;
using ContainerImages.Content;
using ContainerImages.Copying;

namespace ContainerImages.Transports;

/// <summary>A blob from the first of several places that has it; where one fails in the middle, the next goes on.</summary>
internal sealed class MirroredBlobStream(
    IReadOnlyList<RegistryClient> clients, Descriptor blob, long start, CancellationToken cancellation) : ResumableStream
{
    private int _client;
    private long _position = start;
    private bool _isResumed;
    private bool _hasBegun;
    private ResumableStream? _stream;

    public override bool IsResumed => _isResumed || _stream?.IsResumed == true;

    public override int Read(byte[] buffer, int offset, int count)
    {
        while (true)
        {
            try
            {
                _stream ??= clients[_client].OpenBlob(blob, _position, cancellation);
                var read = _stream.Read(buffer, offset, count);
                _hasBegun |= read > 0;
                _position += read;
                return read;
            }
            catch (ContainerImageException e) when (PullFailures.IsWorthAnother(e))
            {
                if (_client + 1 == clients.Count)
                {
                    throw e.Error == ImageError.RemoteImageNotFound ? Missing(e) : e;
                }

                clients[_client].Options.Verbose?.Invoke($"{e.Message} '{clients[_client + 1].Name}' is asked instead.");
                _isResumed |= IsResumed || _hasBegun;
                _stream?.Dispose();
                _stream = null;
                _client++;
            }
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _stream?.Dispose();
        }

        base.Dispose(disposing);
    }

    // The image is there, and a part of it is not.
    private ContainerImageException Missing(ContainerImageException e) =>
        new(ImageError.ContentMissing, e.Message, e) { Candidates = [blob.Digest.ToString()] };
}
