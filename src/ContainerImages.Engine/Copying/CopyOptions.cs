using System;
using System.Threading;

namespace ContainerImages.Copying;

/// <summary>How a copy is done.</summary>
public sealed class CopyOptions
{
    /// <summary>How many layers at once; 0 for as many as there are processors.</summary>
    public int ThrottleLimit { get; init; }

    /// <summary>Told how far it is, from any thread; null for nobody.</summary>
    public IProgress<CopyProgress>? Progress { get; init; }

    /// <summary>Told what could not be handed on; null for nobody.</summary>
    public Action<string>? Warning { get; init; }

    /// <summary>Told what was skipped and why; null for nobody.</summary>
    public Action<string>? Verbose { get; init; }

    /// <summary>Stops the copy, which then leaves nothing behind.</summary>
    public CancellationToken Cancellation { get; init; }

    internal int Threads => ThrottleLimit > 0 ? ThrottleLimit : Environment.ProcessorCount;
}
