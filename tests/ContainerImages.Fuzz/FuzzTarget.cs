using System;
using System.Collections.Generic;
using System.Text;
using ContainerImages.Fuzz.Mutation;

namespace ContainerImages.Fuzz;

/// <summary>
/// Something that reads bytes of unknown origin. For each target there is a folder of inputs in the corpus, which random
/// changes are made to.
/// </summary>
internal abstract class FuzzTarget : IDisposable
{
    /// <summary>Its name on the command line, and that of its folder in the corpus.</summary>
    public abstract string Name { get; }

    /// <summary>What is read, in a line.</summary>
    public abstract string Purpose { get; }

    /// <summary>Words of what is read, which the mutator puts in.</summary>
    public virtual IReadOnlyList<byte[]> Tokens => [];

    /// <summary>
    /// How many bytes one input may make the reader allocate on its thread, all in all; 16 for each of its own come on top.
    /// </summary>
    public virtual long Allocations => 16 * 1024 * 1024;

    /// <summary>How many changed inputs are run with the tests.</summary>
    public virtual int SmokeRuns => 3000;

    /// <summary>Changes an input at random, with an eye to what the bytes mean.</summary>
    public virtual byte[] Mutate(byte[] input, Mutator mutator) => mutator.MutateBytes(input, Tokens);

    /// <summary>
    /// Reads the input. It throws nothing if the reader does what it is documented to do: gives a sound result, or an error
    /// of the kinds named for it (see <see cref="Documented"/>).
    /// </summary>
    public abstract void Run(byte[] input);

    /// <inheritdoc/>
    public virtual void Dispose()
    {
    }

    protected static IReadOnlyList<byte[]> Words(params string[] words) => Array.ConvertAll(words, Encoding.UTF8.GetBytes);
}
