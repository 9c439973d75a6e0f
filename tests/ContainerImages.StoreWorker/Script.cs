using System;
using System.Collections.Generic;
using System.Globalization;

namespace ContainerImages.StoreWorker;

/// <summary>A random stream of work; the same seed and the same state of the store give the same.</summary>
internal sealed class Script(int seed, IReadOnlyList<string> roots, string repository)
{
    // Few, so that names move from image to image and images lose their last ones.
    private const int Tags = 6;

    private readonly Random _random = new(seed);
    private int _saved;

    /// <summary>
    /// The tag by which the registry of a worker's names has a root. Workers use it for their own images as well, so that a pull
    /// moves names.
    /// </summary>
    public static string PulledTag(int root) => root.ToString(CultureInfo.InvariantCulture);

    /// <summary>Whether there is a registry to pull from: one on this machine, which the names of the worker begin with.</summary>
    private bool CanPull => repository.StartsWith("127.0.0.1:", StringComparison.Ordinal);

    /// <summary>What comes next, given what is there.</summary>
    public Step Next(StoreModel model)
    {
        var names = model.Names;
        var choice = names.Count == 0 ? 0 : _random.Next(11);
        var name = names.Count == 0 ? "" : names[_random.Next(names.Count)];
        return choice switch
        {
            < 2 when CanPull => Pull(),
            < 4 => Import(),
            < 6 => new Step(StepKind.Tag, name, NewName()),
            < 7 => new Step(StepKind.Untag, name),
            < 9 => new Step(StepKind.Remove, name),
            < 10 => new Step(StepKind.Save, name, $"saved-{seed}-{_saved++}.tar"),
            _ => new Step(StepKind.Optimize, name),
        };
    }

    private Step Import()
    {
        var root = roots[_random.Next(roots.Count)];
        return new Step(StepKind.Import, NewName(), root, root);
    }

    private Step Pull()
    {
        var root = _random.Next(roots.Count);
        return new Step(StepKind.Pull, $"{repository}:{PulledTag(root)}", Root: roots[root]);
    }

    private string NewName() => $"{repository}:{_random.Next(Tags)}";
}
