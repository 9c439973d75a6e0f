using System;
using System.IO;
using System.IO.Compression;
using System.Text;

namespace ContainerImages.Content;

/// <summary>
/// The plain bytes of gzip, of all members (RFC 1952, 2.2), by .NET's own decoder. That takes the end of the bytes for the end
/// of the stream wherever it comes, also before the checksum or within the data, so it is given one more member behind them, of
/// known content: this one alone comes out only where all before it is complete. The source is not closed.
/// </summary>
internal sealed class WholeGzipStream : ReadOnlyStream
{
    private static readonly byte[] _mark = Encoding.ASCII.GetBytes("the end of all members");
    private static readonly byte[] _markMember = Pack(_mark);

    private readonly MarkedSource _source;
    private readonly GZipStream _decoder;
    private bool _atEnd;

    public WholeGzipStream(Stream source)
    {
        _source = new MarkedSource(source);
        _decoder = new GZipStream(_source, CompressionMode.Decompress, leaveOpen: true);
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        if (_atEnd)
        {
            return 0;
        }

        Exception? failure = null;
        try
        {
            // The decoder asks for more only when it has given all that it had: what comes out after that is the mark's.
            var read = _decoder.Read(buffer, offset, count);
            if (!_source.IsMarkGiven)
            {
                return read;
            }

            _atEnd = IsMark(buffer.AsSpan(offset, read));
        }
        catch (InvalidDataException e) when (_source.IsMarkGiven)
        {
            failure = e;
        }

        return _atEnd ? 0 : throw new InvalidDataException("it is cut short", failure);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _decoder.Dispose();
        }

        base.Dispose(disposing);
    }

    private bool IsMark(ReadOnlySpan<byte> start)
    {
        var found = new byte[_mark.Length + 1];
        var length = Math.Min(start.Length, found.Length);
        start.Slice(0, length).CopyTo(found);
        int read;
        while (length < found.Length && (read = _decoder.Read(found, length, found.Length - length)) > 0)
        {
            length += read;
        }

        return found.AsSpan(0, length).SequenceEqual(_mark);
    }

    private static byte[] Pack(byte[] plain)
    {
        using var member = new MemoryStream();
        using (var encoder = new GZipStream(member, CompressionLevel.Fastest, leaveOpen: true))
        {
            encoder.Write(plain, 0, plain.Length);
        }

        return member.ToArray();
    }

    /// <summary>The source, and behind its end the mark.</summary>
    private sealed class MarkedSource(Stream source) : ReadOnlyStream
    {
        private int _given;

        public bool IsMarkGiven => _given > 0;

        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = IsMarkGiven ? 0 : source.Read(buffer, offset, count);
            if (read > 0 || count == 0)
            {
                return read;
            }

            read = Math.Min(count, _markMember.Length - _given);
            Buffer.BlockCopy(_markMember, _given, buffer, offset, read);
            _given += read;
            return read;
        }
    }
}
