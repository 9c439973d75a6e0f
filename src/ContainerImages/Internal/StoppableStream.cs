using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using ContainerImages.Content;

namespace ContainerImages.Internal;

/// <summary>
/// Somebody else's stream, such as one from the network, whose reads may wait for ever: the wait for them ends when the work
/// is stopped, whatever becomes of the read.
/// </summary>
internal sealed class StoppableStream(Stream inner, CancellationToken cancellation) : ReadOnlyStream
{
    private const int BufferSize = 256 * 1024;

    // Not the caller's: a read that nobody waits for any more must not write there.
    private readonly byte[] _buffer = new byte[BufferSize];

    public override int Read(byte[] buffer, int offset, int count)
    {
        var read = Task.Run(() => inner.Read(_buffer, 0, Math.Min(count, BufferSize)), CancellationToken.None);
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
}
