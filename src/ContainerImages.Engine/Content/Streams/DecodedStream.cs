using System;
using System.IO;
using System.Runtime.InteropServices;
using ContainerImages.Codecs;

namespace ContainerImages.Content;

/// <summary>
/// The plain bytes of a compressed stream. Whatever a decoder throws over bad bytes becomes one typed error, and a stream
/// that expands without end is stopped (<see cref="ExpansionBudget"/>). The source is not closed.
/// </summary>
internal sealed class DecodedStream : ReadOnlyStream
{
    private static readonly bool _isDotNetFramework =
        RuntimeInformation.FrameworkDescription.StartsWith(".NET Framework", StringComparison.Ordinal);

    private readonly Stream _decoder;
    private readonly string _name;
    private readonly Compression _compression;
    private readonly ExpansionBudget _budget;

    /// <param name="source">The compressed bytes.</param>
    /// <param name="compression">How they are compressed.</param>
    /// <param name="name">What is being read, for messages.</param>
    /// <param name="budget">How far it may expand, together with others; null for a budget of its own.</param>
    /// <param name="isCounted">Whether the compressed bytes were noted before: they came out of a compressed stream themselves.</param>
    public DecodedStream(Stream source, Compression compression, string name, ExpansionBudget? budget = null, bool isCounted = false)
    {
        _compression = compression;
        _name = name;
        _budget = budget ?? new ExpansionBudget();
        var taken = new Taken(source, isCounted ? null : _budget);
        try
        {
            _decoder = Open(taken);
        }
        catch (Exception e) when (IsBadData(e))
        {
            throw Invalid(e);
        }
    }

    /// <summary>Reads as many bytes as are asked for, fewer at the end alone: decoders give as little as they have at hand.</summary>
    public override int Read(byte[] buffer, int offset, int count)
    {
        var total = 0;
        int read;
        while (total < count && (read = ReadSome(buffer, offset + total, count - total)) > 0)
        {
            total += read;
        }

        return total;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _decoder.Dispose();
        }

        base.Dispose(disposing);
    }

    private int ReadSome(byte[] buffer, int offset, int count)
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

        if (_compression != Compression.None)
        {
            _budget.Give(read, _name);
        }

        return read;
    }

    /// <summary>A decoder of gzip that reads all members (RFC 1952, 2.2); .NET Framework's own reads the first alone.</summary>
    internal static Stream OpenGzip(Stream source, bool isDotNetFramework) => isDotNetFramework
        ? Codec.ReadGzip(source)
        : new WholeGzipStream(source);

    private Stream Open(Stream source) => _compression switch
    {
        Compression.None => source,
        Compression.Gzip => OpenGzip(source, _isDotNetFramework),
        Compression.Zstd => Codec.ReadZstd(source, Limits.ZstdWindowLog),
        Compression.Bzip2 => new Bzip2Stream(source, _name, _budget),
        _ => new XzStream(source, _name),
    };

    // What the four decoders throw over bytes that are not theirs, as seen with broken streams.
    private static bool IsBadData(Exception e) =>
        e is InvalidDataException or EndOfStreamException or IndexOutOfRangeException or OverflowException or
            NotSupportedException or ArgumentException or InvalidOperationException || Codec.IsBadData(e);

    private ContainerImageException Invalid(Exception e) => Codec.IsWindowTooLarge(e)
        ? new(ImageError.ContentTooLarge, $"{_name} needs a zstd window of more than {1L << Limits.ZstdWindowLog} bytes, the limit.", e)
        : new(ImageError.InvalidArchive, $"{_name} is no valid {CompressionFormat.NameOf(_compression)} stream ({e.Message.TrimEnd('.')}).", e);

    /// <summary>Notes what the decoder takes, and keeps it from closing the source.</summary>
    private sealed class Taken(Stream source, ExpansionBudget? budget) : ReadOnlyStream
    {
        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = source.Read(buffer, offset, count);
            budget?.Take(read);
            return read;
        }
    }
}
