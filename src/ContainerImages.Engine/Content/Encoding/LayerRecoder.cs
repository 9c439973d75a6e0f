using System;
using System.IO;
using System.Threading;

namespace ContainerImages.Content;

/// <summary>What became of a layer that was written in another compression.</summary>
/// <param name="Source">What reading it found out: to be checked against what was promised.</param>
/// <param name="Digest">The digest of the bytes written.</param>
/// <param name="Size">How many they are.</param>
internal readonly record struct RecodedLayer(CopiedBlob Source, Digest Digest, long Size);

/// <summary>Writes a layer in another compression, in one pass: read, hash, decompress, hash, compress, hash, write.</summary>
/// <param name="encoding">How the layer is to be compressed.</param>
/// <param name="slots">What the layers of a copy share.</param>
internal sealed class LayerRecoder(LayerEncoding encoding, EncoderSlots slots)
{
    /// <summary>How layers are compressed.</summary>
    public LayerEncoding Encoding { get; } = encoding;

    /// <summary>A descriptor of a layer that is compressed so, of OCI's type.</summary>
    public Descriptor Describe(Digest digest, long size) => new(MediaTypes.OciLayerOf(Encoding.Compression), digest, size);

    /// <summary>Writes a layer.</summary>
    /// <param name="source">The layer as it is: its compression is told by its content.</param>
    /// <param name="target">Where it goes. It is not closed; after an error what is in it is worth nothing.</param>
    /// <param name="name">What is being read, for messages.</param>
    /// <param name="algorithm">The digest algorithm of the layer, as it is and as it becomes.</param>
    /// <param name="diffAlgorithm">The digest algorithm of the plain layer.</param>
    /// <param name="progress">Told the number of bytes read, block by block.</param>
    /// <param name="cancellation">Stops between blocks.</param>
    public RecodedLayer Copy(
        Stream source,
        Stream target,
        string name,
        string algorithm = "sha256",
        string diffAlgorithm = "sha256",
        IProgress<long>? progress = null,
        CancellationToken cancellation = default)
    {
        using var hashing = new HashingStream(target, algorithm);
        CopiedBlob Read(Stream plain) =>
            BlobCopy.Copy(source, null, name, inflate: true, algorithm, diffAlgorithm, plain, progress, cancellation: cancellation);

        if (Encoding.Compression == Compression.None)
        {
            var copied = Read(hashing);
            return new RecodedLayer(copied, hashing.GetDigest(), hashing.Count);
        }

        using var encoder = LayerEncoder.Create(hashing, Encoding, slots, cancellation);
        var read = Read(encoder);
        encoder.Complete();
        return new RecodedLayer(read, hashing.GetDigest(), hashing.Count);
    }
}
