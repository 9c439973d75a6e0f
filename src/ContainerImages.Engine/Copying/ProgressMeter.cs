using System;
using System.Threading;

namespace ContainerImages.Copying;

/// <summary>Adds up what the threads of a copy report, and passes it on a few times a second to who wants to know.</summary>
internal sealed class ProgressMeter(IProgress<CopyProgress>? target, long? totalSize)
{
    private const int MillisecondsBetweenReports = 100;

    private long _totalDone;

    /// <summary>Bytes read so far, of all blobs.</summary>
    public long TotalDone => Interlocked.Read(ref _totalDone);

    private IProgress<CopyProgress>? Target { get; } = target;

    private long? TotalSize { get; } = totalSize;

    /// <summary>A counter for one blob.</summary>
    public BlobMeter Start(string blob, long? size) => new(this, blob, size);

    /// <summary>Counts bytes that were read before: those of a blob that came into the destination in another way.</summary>
    public void Add(long bytes) => Interlocked.Add(ref _totalDone, bytes);

    public sealed class BlobMeter(ProgressMeter meter, string blob, long? size) : IProgress<long>
    {
        private long _done;
        private int _reported = Environment.TickCount - MillisecondsBetweenReports;

        /// <summary>Bytes of the blob that were read so far.</summary>
        public long Done => _done;

        public void Report(long value)
        {
            _done += value;
            meter.Add(value);
            if (meter.Target is not null && unchecked(Environment.TickCount - _reported) >= MillisecondsBetweenReports)
            {
                _reported = Environment.TickCount;
                Send(isFinished: false);
            }
        }

        public void Finish() => Send(isFinished: true);

        private void Send(bool isFinished) =>
            meter.Target?.Report(new CopyProgress(blob, _done, size, meter.TotalDone, meter.TotalSize, isFinished));
    }
}
