using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Management.Automation;
using ContainerImages.Copying;

namespace ContainerImages.Internal;

/// <summary>
/// Shows a copy as progress bars: one in total with its speed, and one for each blob in flight. Work that is over in half a
/// second shows none; every bar that was shown is completed.
/// </summary>
internal sealed class CopyProgressBars(ICommandRuntime runtime, string activity, PipelinePump pump) : IProgress<CopyProgress>, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);
    private static int _lastActivityId;

    private readonly int _id = System.Threading.Interlocked.Add(ref _lastActivityId, 1000);
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly Dictionary<string, int> _bars = new(StringComparer.Ordinal);
    private int _barCount;
    private bool _isShown;

    /// <summary>From any thread.</summary>
    public void Report(CopyProgress value) => pump.Post(() => Show(value));

    /// <summary>Completes every bar.</summary>
    public void Dispose()
    {
        if (!_isShown)
        {
            return;
        }

        _isShown = false;
        foreach (var bar in _bars.Values)
        {
            Complete(bar, _id);
        }

        Complete(_id, -1);
    }

    private void Show(CopyProgress value)
    {
        if (_clock.Elapsed < Patience && !_isShown)
        {
            return;
        }

        _isShown = true;
        var speed = value.TotalDone / Math.Max(_clock.Elapsed.TotalSeconds, 0.001);
        runtime.WriteProgress(new ProgressRecord(_id, activity, $"{Amount(value.TotalDone, value.TotalSize)}, {_Format.Size((long)speed)}/s")
        {
            PercentComplete = Percent(value.TotalDone, value.TotalSize),
        });
        if (value.IsFinished)
        {
            if (_bars.TryGetValue(value.Blob, out var finished))
            {
                Complete(finished, _id);
                _bars.Remove(value.Blob);
            }

            return;
        }

        if (!_bars.TryGetValue(value.Blob, out var bar))
        {
            _bars.Add(value.Blob, bar = _id + ++_barCount);
        }

        runtime.WriteProgress(new ProgressRecord(bar, value.Blob, Amount(value.Done, value.Size))
        {
            ParentActivityId = _id,
            PercentComplete = Percent(value.Done, value.Size),
        });
    }

    private void Complete(int bar, int parent) => runtime.WriteProgress(new ProgressRecord(bar, activity, "Done")
    {
        ParentActivityId = parent,
        RecordType = ProgressRecordType.Completed,
    });

    private static string Amount(long done, long? size) =>
        size is { } total ? $"{_Format.Size(done)} of {_Format.Size(total)}" : _Format.Size(done);

    private static int Percent(long done, long? size) => size is > 0 ? (int)Math.Min(100, done * 100 / size.Value) : -1;
}
