using System.IO;
using System.Threading;

namespace ContainerImages.Content;

/// <summary>
/// Compresses what is written to it. The same bytes at the same level give the same stream, in however many pieces they come
/// and by however many threads they are compressed. The target is not closed.
/// </summary>
internal abstract class LayerEncoder : WriteOnlyStream
{
    /// <param name="target">Where the compressed bytes go.</param>
    /// <param name="encoding">How; gzip or zstd.</param>
    /// <param name="slots">What this and other layers share.</param>
    /// <param name="cancellation">Stops between two stretches.</param>
    public static LayerEncoder Create(Stream target, LayerEncoding encoding, EncoderSlots slots, CancellationToken cancellation) =>
        encoding.Compression == Compression.Zstd
            ? new ZstdEncoder(target, encoding.Level, slots, cancellation)
            : new GzipEncoder(target, encoding.Level, slots, cancellation);

    /// <summary>Writes what is held and the end of the stream. One that is disposed without it is no whole stream.</summary>
    public abstract void Complete();
}
