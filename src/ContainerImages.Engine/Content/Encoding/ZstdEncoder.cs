using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using ContainerImages.Codecs;

namespace ContainerImages.Content;

/// <summary>
/// One frame of zstd (RFC 8878). It is cut into jobs of one size whatever the number of threads, which therefore does not
/// show in the bytes.
/// </summary>
internal sealed class ZstdEncoder : LayerEncoder
{
    private const int JobLength = 4 * 1024 * 1024;
    private const int MostThreads = 8;

    // Readers need not take more than 8 MiB (RFC 8878, 3.1.1.1.2), and from this level on more would be asked of them.
    private const int LargestWindowLog = 23;
    private const int FirstLevelPastIt = 20;

    private readonly Gate _gate;
    private readonly Stream _stream;
    private readonly EncoderSlots _slots;
    private readonly CancellationToken _cancellation;
    private int _threads;
    private bool _isComplete;
    private bool _isDisposed;

    public ZstdEncoder(Stream target, int level, EncoderSlots slots, CancellationToken cancellation)
    {
        _gate = new Gate(target);
        _slots = slots;
        _cancellation = cancellation;
        while (_threads < MostThreads && slots.TryTake())
        {
            _threads++;
        }

        _stream = Codec.WriteZstd(_gate, level, Math.Max(1, _threads), JobLength, level >= FirstLevelPastIt ? LargestWindowLog : null);
    }

    public override void Write(byte[] buffer, int offset, int count)
    {
        _cancellation.ThrowIfCancellationRequested();
        _stream.Write(buffer, offset, count);
    }

    // The library ends the frame when it is disposed, and not before.
    public override void Complete()
    {
        _stream.Dispose();
        _gate.IsOpen = false;
        _isComplete = true;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_isDisposed)
        {
            _isDisposed = true;
            _gate.IsOpen = false;
            for (; _threads > 0; _threads--)
            {
                _slots.Release();
            }

            if (!_isComplete)
            {
                // The library first compresses what it holds, at high levels for most of a minute: nobody waits for that.
                _ = Task.Run(_stream.Dispose);
            }
        }

        base.Dispose(disposing);
    }

    /// <summary>Lets nothing through once the work has failed or is done.</summary>
    private sealed class Gate(Stream target) : WriteOnlyStream
    {
        public bool IsOpen { get; set; } = true;

        public override void Write(byte[] buffer, int offset, int count)
        {
            if (IsOpen)
            {
                target.Write(buffer, offset, count);
            }
        }
    }
}
