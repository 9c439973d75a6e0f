using System;
using System.Collections.Generic;
using ContainerImages.Fuzz.Mutation;

namespace ContainerImages.Fuzz;

/// <summary>Gives a target one changed input after the other. The same seed gives the same inputs.</summary>
internal sealed class FuzzRun(FuzzTarget target, IReadOnlyList<byte[]> corpus, int seed)
{
    private readonly Mutator _mutator = new(seed, corpus);

    /// <summary>The input that the target has, or had last.</summary>
    public byte[] Input { get; private set; } = [];

    /// <summary>How many inputs the target was given.</summary>
    public long Count { get; private set; }

    /// <summary>One more input.</summary>
    /// <returns>What the target did that it should not; null if it did right.</returns>
    public Exception? Next()
    {
        Input = target.Mutate(_mutator.Pick(corpus), _mutator);
        Count++;
        return Try(target, Input);
    }

    public static Exception? Try(FuzzTarget target, byte[] input)
    {
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            target.Run(input);
            allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
            Documented.Require(
                allocated <= target.Allocations + (16L * input.Length), $"{allocated} bytes were allocated for an input of {input.Length}.");
            return null;
        }
        catch (Exception e)
        {
            return e;
        }
    }
}
