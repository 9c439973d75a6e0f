using System;

namespace ContainerImages.Transports;

/// <summary>How much was sent, or read to be sent, and can be taken back when it must be sent again.</summary>
/// <param name="progress">Told the bytes, a negative number for those taken back; null for nobody.</param>
internal sealed class SentBytes(IProgress<long>? progress) : IProgress<long>
{
    private long _count;

    public void Report(long value)
    {
        _count += value;
        progress?.Report(value);
    }

    public void Rewind(long count)
    {
        if (count != _count)
        {
            Report(count - _count);
        }
    }
}
