using System;
using System.IO;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using ContainerImages.Content;

namespace ContainerImages.Transports;

/// <summary>A body that is made as it is sent, of which nobody knows yet how long it is.</summary>
/// <param name="write">Writes it.</param>
/// <param name="idle">Limits the waits.</param>
internal sealed class WrittenContent(Action<Stream> write, IdleTimeout idle) : UploadContent
{
    // What is compressed on the way takes its time: that is for a thread of its own, and none of those that others wait for.
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => Task.Factory.StartNew(
        () => Write(stream), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    private void Write(Stream stream)
    {
        idle.Pause();
        using var target = new Target(stream, idle);
        try
        {
            write(target);
        }
        catch (Exception e) when (!target.HasFailed)
        {
            SetSourceError(e);
            throw;
        }

        idle.Start();
    }

    private sealed class Target(Stream stream, IdleTimeout idle) : WriteOnlyStream
    {
        public bool HasFailed { get; private set; }

        public override void Write(byte[] buffer, int offset, int count)
        {
            idle.Start();
            try
            {
                stream.WriteAsync(buffer, offset, count, idle.Token).GetAwaiter().GetResult();
            }
            catch
            {
                HasFailed = true;
                throw;
            }
            finally
            {
                idle.Pause();
            }
        }
    }
}
