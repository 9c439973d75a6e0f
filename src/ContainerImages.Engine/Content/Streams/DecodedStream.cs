using System;
using System.IO;
using System.IO.Compression;
using ICSharpCode.SharpZipLib;
using ICSharpCode.SharpZipLib.BZip2;
using SharpCompress.Common;
using ZstdSharp;

namespace ContainerImages.Content;

/// <summary>
/// The plain bytes of a compressed stream. Whatever a decoder throws over bad bytes becomes one typed error, and a stream
/// that expands without end is stopped (<see cref="Limits.ExpansionRatio"/>). The source is not closed.
/// </summary>
internal sealed class DecodedStream : ReadOnlyStream
{
    private readonly Counted _source;
    private readonly Stream _decoder;
    private readonly string _name;
    private readonly Compression _compression;
    private long _count;

    /// <param name="source">The compressed bytes.</param>
    /// <param name="compression">How they are compressed.</param>
    /// <param name="name">What is being read, for messages.</param>
    public DecodedStream(Stream source, Compression compression, string name)
    {
        _source = new Counted(source);
        _compression = compression;
        _name = name;
        try
        {
            _decoder = Open(_source, compression, name);
        }
        catch (Exception e) when (IsBadData(e))
        {
            throw Invalid(e);
        }
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        int read;
        try
        {
            read = _decoder.Read(buffer, offset, count);
        }
        catch (Exception e) when (IsBadData(e))
        {
            throw Invalid(e);
        }

        _count += read;
        if (_count > Limits.ExpansionFree && _count / Limits.ExpansionRatio > _source.Count)
        {
            throw new ContainerImageException(
                ImageError.ContentTooLarge,
                $"{_name} expands to more than {Limits.ExpansionRatio} times its size, past the limit; it is taken for a bomb.");
        }

        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _decoder.Dispose();
        }

        base.Dispose(disposing);
    }

    private static Stream Open(Stream source, Compression compression, string name)
    {
        switch (compression)
        {
            case Compression.None:
                return source;
            case Compression.Gzip:
                return new GZipStream(source, CompressionMode.Decompress, leaveOpen: true);
            case Compression.Zstd:
                var zstd = new DecompressionStream(source, leaveOpen: true);
                zstd.SetParameter(ZstdSharp.Unsafe.ZSTD_dParameter.ZSTD_d_windowLogMax, Limits.ZstdWindowLog);
                return zstd;
            case Compression.Bzip2:
                return new BZip2InputStream(source) { IsStreamOwner = false };
            default:
                return new XzStream(source, name);
        }
    }

    // What the four decoders throw over bytes that are not theirs, as seen with broken streams.
    private static bool IsBadData(Exception e) =>
        e is InvalidDataException or SharpZipBaseException or ZstdException or SharpCompressException or
            EndOfStreamException or IndexOutOfRangeException or OverflowException or NotSupportedException or
            ArgumentException or InvalidOperationException;

    private ContainerImageException Invalid(Exception e) => new(
        ImageError.InvalidArchive, $"{_name} is no valid {Name(_compression)} stream ({e.Message.TrimEnd('.')}).", e);

    private static string Name(Compression compression) => compression.ToString().ToLowerInvariant();

    /// <summary>Counts what the decoder takes, and keeps it from closing the source.</summary>
    private sealed class Counted(Stream source) : ReadOnlyStream
    {
        public long Count { get; private set; }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = source.Read(buffer, offset, count);
            Count += read;
            return read;
        }
    }
}
