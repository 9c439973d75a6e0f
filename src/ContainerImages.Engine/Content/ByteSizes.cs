using System;
using System.Collections.Generic;

namespace ContainerImages.Content;

/// <summary>Sums of sizes that documents claim; those may be anything, also of a layer that is nowhere.</summary>
internal static class ByteSizes
{
    /// <summary>The sum of two sizes in bytes, none negative; the largest number there is where it would be larger.</summary>
    public static long Plus(this long size, long other) => size + Math.Min(other, long.MaxValue - size);

    /// <summary>The sum; the largest number there is where it would be larger.</summary>
    /// <param name="sizes">Sizes in bytes, none negative.</param>
    public static long Total(this IEnumerable<long> sizes)
    {
        var total = 0L;
        foreach (var size in sizes)
        {
            total = total.Plus(size);
        }

        return total;
    }

    /// <summary>The same of sizes that may be unknown; null if one is.</summary>
    public static long? Total(this IEnumerable<long?> sizes)
    {
        var total = 0L;
        foreach (var size in sizes)
        {
            if (size is not { } known)
            {
                return null;
            }

            total = total.Plus(known);
        }

        return total;
    }
}
