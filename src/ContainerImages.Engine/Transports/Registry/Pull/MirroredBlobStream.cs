using System;
using System.Collections.Generic;
using System.Threading;
using ContainerImages.Content;
using ContainerImages.Copying;

namespace ContainerImages.Transports;

/// <summary>A place that may have a blob.</summary>
/// <param name="Client">The repository.</param>
/// <param name="Address">Where it is kept outside of that; null for the repository itself.</param>
internal readonly record struct BlobPlace(RegistryClient Client, Uri? Address = null)
{
    public override string ToString() => Address?.Authority ?? Client.Name;
}

/// <summary>A blob from the first of several places that has it; where one fails in the middle, the next goes on.</summary>
internal sealed class MirroredBlobStream(
    IReadOnlyList<BlobPlace> places, Descriptor blob, long start, CancellationToken cancellation) : ResumableStream
{
    private int _place;
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
                _stream ??= places[_place].Client.OpenBlob(blob, _position, cancellation, places[_place].Address);
                var read = _stream.Read(buffer, offset, count);
                _hasBegun |= read > 0;
                _position += read;
                return read;
            }
            catch (ContainerImageException e) when (PullFailures.IsWorthAnother(e))
            {
                if (_place + 1 == places.Count)
                {
                    throw e.Error == ImageError.RemoteImageNotFound ? Missing(e) : e;
                }

                places[_place].Client.Options.Verbose?.Invoke($"{e.Message} '{places[_place + 1]}' is asked instead.");
                _isResumed |= IsResumed || _hasBegun;
                _stream?.Dispose();
                _stream = null;
                _place++;
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
