using System;
using System.IO;
using System.Security.Cryptography;
using ContainerImages.Content;
using ContainerImages.Copying;

namespace ContainerImages.Transports;

/// <summary>
/// A blob on its way to a registry, hashed as it goes: its last bytes are given out only if all are what was promised, so that
/// nothing else can come to be there. It may be read again from any offset, as what got lost is sent again.
/// </summary>
internal sealed class CheckedBlob(SourceLayer layer) : IDisposable
{
    private const int BlockSize = 64 * 1024;

    private readonly Descriptor _promised = layer.Descriptor!;
    private readonly SourceBlob _blob = VerifiedCopy.Require(layer);
    private SourceStream? _stream;
    private IncrementalHash? _hash;
    private long _position;

    /// <summary>Its bytes from an offset on; what was opened before is not to be read any more.</summary>
    /// <exception cref="ContainerImageException">ContentMismatch, also while it is read; InvalidArchive.</exception>
    public Stream Open(long offset)
    {
        if (_stream is null || offset != _position)
        {
            Restart();
            Skip(offset);
        }

        return new Piece(this);
    }

    public void Dispose()
    {
        _stream?.Dispose();
        _hash?.Dispose();
    }

    private void Restart()
    {
        if (_blob.Size != _promised.Size)
        {
            throw SmallBlob.Mismatch(layer.Name, "size", _promised.Size, _blob.Size);
        }

        Dispose();
        (_stream, _hash, _position) = (new SourceStream(_blob.Open, layer.Name), Digest.CreateHash(_promised.Digest.Algorithm), 0);
    }

    // The digest is of all bytes, those included that have arrived already.
    private void Skip(long offset)
    {
        var buffer = new byte[BlockSize];
        while (_position < offset)
        {
            Read(buffer, 0, (int)Math.Min(buffer.Length, offset - _position));
        }
    }

    private int Read(byte[] buffer, int offset, int count)
    {
        count = (int)Math.Min(count, _promised.Size - _position);
        if (count == 0)
        {
            return 0;
        }

        var read = _stream!.Read(buffer, offset, count);
        if (read == 0)
        {
            throw SmallBlob.Mismatch(layer.Name, "size", _promised.Size, _position);
        }

        _hash!.AppendData(buffer, offset, read);
        _position += read;
        if (_position == _promised.Size)
        {
            var found = Digest.FromHash(_promised.Digest.Algorithm, _hash.GetHashAndReset());
            if (found != _promised.Digest)
            {
                throw SmallBlob.Mismatch(layer.Name, "digest", _promised.Digest, found);
            }
        }

        return read;
    }

    private sealed class Piece(CheckedBlob blob) : ReadOnlyStream
    {
        public override int Read(byte[] buffer, int offset, int count) => blob.Read(buffer, offset, count);
    }
}
