using System;
using System.IO;

namespace ContainerImages.Content;

/// <summary>A stream whose first bytes can be looked at before it is read. The source is closed with it unless left open.</summary>
internal sealed class PeekedStream : ReadOnlyStream
{
    private readonly Stream _source;
    private readonly bool _leaveOpen;
    private readonly byte[] _start;
    private readonly int _length;
    private int _position;

    public PeekedStream(Stream source, int count, bool leaveOpen)
    {
        _source = source;
        _leaveOpen = leaveOpen;
        _start = new byte[count];
        int read;
        while (_length < count && (read = source.Read(_start, _length, count - _length)) > 0)
        {
            _length += read;
        }
    }

    /// <summary>The first bytes: as many as were asked for, unless the source is shorter.</summary>
    public ReadOnlySpan<byte> Start => _start.AsSpan(0, _length);

    public override int Read(byte[] buffer, int offset, int count)
    {
        if (_position == _length)
        {
            return _source.Read(buffer, offset, count);
        }

        count = Math.Min(count, _length - _position);
        Buffer.BlockCopy(_start, _position, buffer, offset, count);
        _position += count;
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_leaveOpen)
        {
            _source.Dispose();
        }

        base.Dispose(disposing);
    }
}
