using System;
using System.Threading;

namespace ContainerImages.Copying;

/// <summary>Adds up what the threads of a copy report, and passes it on a few times a second.</summary>
internal sealed class ProgressMeter(IProgress<CopyProgress>? target, long? totalSize)
{
    private const int MillisecondsBetweenReports = 100;

    private long _totalDone;

    /// <summary>A counter for one blob; null where nobody listens.</summary>
    public BlobMeter? Start(string blob, long? size) => target is null ? null : new BlobMeter(this, blob, size);

    public sealed class BlobMeter(ProgressMeter meter, string blob, long? size) : IProgress<long>
    {
        private long _done;
        private int _reported = Environment.TickCount - MillisecondsBetweenReports;

        public void Report(long value)
        {
            _done += value;
            Interlocked.Add(ref meter._totalDone, value);
            if (unchecked(Environment.TickCount - _reported) >= MillisecondsBetweenReports)
            {
                _reported = Environment.TickCount;
                Send(isFinished: false);
            }
        }

        public void Finish() => Send(isFinished: true);

        private void Send(bool isFinished) => meter.Send(new CopyProgress(
            blob, _done, size, Interlocked.Read(ref meter._totalDone), meter.TotalSize, isFinished));
    }

    private long? TotalSize { get; } = totalSize;

    private void Send(CopyProgress progress) => target?.Report(progress);
}
