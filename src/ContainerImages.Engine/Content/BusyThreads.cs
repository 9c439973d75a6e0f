using System;
using System.Threading;

namespace ContainerImages.Content;

/// <summary>How many threads of copies are at work in this process: who could give work to another asks first whether a processor is idle.</summary>
internal static class BusyThreads
{
    private static int s_count;

    /// <summary>Whether more processors are there than threads are known to be at work; whoever asks is one of them.</summary>
    public static bool LeaveOneIdle => Math.Max(1, Volatile.Read(ref s_count)) < Environment.ProcessorCount;

    public static void Add() => Interlocked.Increment(ref s_count);

    public static void Remove() => Interlocked.Decrement(ref s_count);
}
