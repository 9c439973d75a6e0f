using System.Threading;

namespace ContainerImages.Content;

/// <summary>
/// How many stretches of layers may be compressed at once beside the threads that feed them, over all layers of a copy: it
/// bounds both processors and memory. What comes out does not depend on it.
/// </summary>
/// <param name="count">How many; at least 1.</param>
internal sealed class EncoderSlots(int count)
{
    private int _free = count;

    /// <summary>Takes a slot, if one is free.</summary>
    public bool TryTake()
    {
        while (Volatile.Read(ref _free) is var free and > 0)
        {
            if (Interlocked.CompareExchange(ref _free, free - 1, free) == free)
            {
                return true;
            }
        }

        return false;
    }

    public void Release() => Interlocked.Increment(ref _free);
}
