using System;
using System.IO;
using System.Threading;

namespace ContainerImages.Tests.Cmdlets;

/// <summary>A stream as from a network: it cannot seek, gives little at a time, and may wait for more for ever.</summary>
/// <param name="content">What it has.</param>
/// <param name="stallAt">Where it stops giving; at its length, never.</param>
/// <param name="delay">How long each read takes.</param>
internal sealed class SlowStream(byte[] content, long stallAt, TimeSpan delay) : Stream
{
    private const int Most = 4096;

    private readonly ManualResetEventSlim _goOn = new();
    private readonly ManualResetEventSlim _stalled = new();
    private int _position;

    public bool IsClosed { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public static SlowStream Of(byte[] content) => new(content, content.Length, TimeSpan.Zero);

    /// <summary>Waits until it gives no more.</summary>
    public void WaitForStall()
    {
        if (!_stalled.Wait(TimeSpan.FromSeconds(60)))
        {
            throw new TimeoutException("The stream was not read that far.");
        }
    }

    /// <summary>Lets a read that waits end.</summary>
    public void GoOn() => _goOn.Set();

    public override int Read(byte[] buffer, int offset, int count)
    {
        Thread.Sleep(delay);
        if (_position >= stallAt && _position < content.Length)
        {
            _stalled.Set();
            _goOn.Wait();
        }

        count = Math.Min(Math.Min(count, Most), content.Length - _position);
        Array.Copy(content, _position, buffer, offset, count);
        _position += count;
        return count;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        IsClosed = true;
        base.Dispose(disposing);
    }
}
