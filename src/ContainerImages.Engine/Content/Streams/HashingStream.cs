using System.IO;
using System.Security.Cryptography;

namespace ContainerImages.Content;

/// <summary>Hashes and counts what is written through it. The target is not closed.</summary>
internal sealed class HashingStream(Stream target, string algorithm) : WriteOnlyStream
{
    private readonly IncrementalHash _hash = Digest.CreateHash(algorithm);

    /// <summary>Bytes written so far.</summary>
    public long Count { get; private set; }

    /// <summary>The digest of all that was written. Once only, at the end.</summary>
    public Digest GetDigest() => Digest.FromHash(algorithm, _hash.GetHashAndReset());

    public override void Write(byte[] buffer, int offset, int count)
    {
        _hash.AppendData(buffer, offset, count);
        target.Write(buffer, offset, count);
        Count += count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _hash.Dispose();
        }

        base.Dispose(disposing);
    }
}
