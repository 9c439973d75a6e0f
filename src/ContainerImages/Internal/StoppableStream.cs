using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using ContainerImages.Content;

namespace ContainerImages.Internal;

/// <summary>
/// Somebody else's stream, such as one from the network, whose reads may wait for ever: the wait for them ends when the work
/// is stopped, whatever becomes of the read. So may the opening, as of a pipe that nobody writes to yet.
/// </summary>
internal sealed class StoppableStream(Func<Stream> open, CancellationToken cancellation) : ReadOnlyStream
{
    private const int BufferSize = 256 * 1024;

    // Not the caller's: a read that nobody waits for any more must not write there.
    private readonly byte[] _buffer = new byte[BufferSize];
    private readonly Lazy<Stream> _inner = new(open);
    private readonly bool _isOwner = true;

    public StoppableStream(Stream inner, CancellationToken cancellation)
        : this(() => inner, cancellation) => _isOwner = false;

    public override int Read(byte[] buffer, int offset, int count)
    {
        var read = Task.Run(() => _inner.Value.Read(_buffer, 0, Math.Min(count, BufferSize)), CancellationToken.None);
        try
        {
            read.Wait(cancellation);
        }
        catch (AggregateException)
        {
            // Thrown below as it was.
        }

        var length = read.GetAwaiter().GetResult();
        Buffer.BlockCopy(_buffer, 0, buffer, offset, length);
        return length;
    }

    /// <summary>Closes what was opened here, and nothing that was handed in.</summary>
    protected override void Dispose(bool disposing)
    {
        if (disposing && _isOwner && _inner.IsValueCreated)
        {
            _inner.Value.Dispose();
        }

        base.Dispose(disposing);
    }
}
