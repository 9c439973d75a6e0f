using System;
using System.Collections.Generic;

namespace ContainerImages.StoreWorker;

/// <summary>A random stream of work; the same seed and the same state of the store give the same.</summary>
internal sealed class Script(int seed, IReadOnlyList<string> roots, string repository)
{
    // Few, so that names move from image to image and images lose their last ones.
    private const int Tags = 6;

    private readonly Random _random = new(seed);
    private int _saved;

    /// <summary>What comes next, given what is there.</summary>
    public Step Next(StoreModel model)
    {
        var names = model.Names;
        var choice = names.Count == 0 ? 0 : _random.Next(11);
        var name = names.Count == 0 ? "" : names[_random.Next(names.Count)];
        return choice switch
        {
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

    private string NewName() => $"{repository}:{_random.Next(Tags)}";
}
