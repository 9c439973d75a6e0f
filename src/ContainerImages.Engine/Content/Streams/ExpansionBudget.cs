using System.Threading;

namespace ContainerImages.Content;

/// <summary>
/// How much may come out of all the compressed streams of one operation together, for what went into them: one import may
/// have thousands of them, and one within another. May be used by several threads at once.
/// </summary>
/// <param name="free">Bytes that may come out whatever went in.</param>
/// <param name="ratio">Bytes that may come out per byte that went in, once more than the free ones came out.</param>
internal sealed class ExpansionBudget(long free = Limits.ExpansionFree, int ratio = Limits.ExpansionRatio)
{
    private long _compressed;
    private long _plain;

    /// <summary>Notes bytes that a decoder took.</summary>
    public void Take(int compressed) => Interlocked.Add(ref _compressed, compressed);

    /// <summary>Notes bytes that a decoder gave.</summary>
    /// <param name="plain">How many.</param>
    /// <param name="name">Of what, for the message.</param>
    /// <exception cref="ContainerImageException">ContentTooLarge.</exception>
    public void Give(int plain, string name)
    {
        var given = Interlocked.Add(ref _plain, plain);
        var taken = Interlocked.Read(ref _compressed);
        if (given > free && given / ratio > taken)
        {
            throw new ContainerImageException(
                ImageError.ContentTooLarge,
                $"{name} is taken for a bomb: {taken} compressed bytes have expanded to {given}, and {ratio} times their size is the " +
                $"limit beyond {free} bytes.");
        }
    }
}
