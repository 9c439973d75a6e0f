using System;
using System.Collections.Generic;
using System.Linq;
using ContainerImages.Store;

namespace ContainerImages.StoreWorker;

/// <summary>
/// What should be in a store: names with their roots, and roots without a name. It knows the rules of tag, untag and remove
/// by itself, so that the store can be held against it.
/// </summary>
internal sealed class StoreModel : IEquatable<StoreModel>
{
    private readonly SortedDictionary<string, string> _names;
    private readonly SortedSet<string> _dangling;

    private StoreModel(IEnumerable<KeyValuePair<string, string>> names, IEnumerable<string> dangling)
    {
        _names = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, root) in names)
        {
            _names.Add(name, root);
        }

        _dangling = new SortedSet<string>(dangling, StringComparer.Ordinal);
    }

    /// <summary>The names, sorted.</summary>
    public IReadOnlyList<string> Names => [.. _names.Keys];

    /// <summary>What a store says.</summary>
    /// <param name="store">The store.</param>
    /// <param name="repository">Only names of this repository; null for all names, and the roots without one.</param>
    public static StoreModel Read(ImageStore store, string? repository = null)
    {
        var roots = store.ReadSnapshot(isFresh: true).Roots;
        return new StoreModel(
            roots.SelectMany(root => root.Names, (root, name) => KeyValuePair.Create(name, root.Digest.ToString()))
                .Where(pair => repository is null || pair.Key.StartsWith(repository + ":", StringComparison.Ordinal)),
            repository is null ? roots.Where(root => root.Names.Count == 0).Select(root => root.Digest.ToString()) : []);
    }

    /// <summary>What it says after a step.</summary>
    public StoreModel After(Step step)
    {
        var next = new StoreModel(_names, _dangling);
        switch (step.Kind)
        {
            case StepKind.Import:
            case StepKind.Pull:
                next.Name(step.Name, step.Root!);
                break;
            case StepKind.Tag:
                next.Name(step.Argument!, _names[step.Name]);
                break;
            case StepKind.Untag:
                next.Unname(step.Name, keep: true);
                break;
            case StepKind.Remove:
                next.Unname(step.Name, keep: false);
                break;
            case StepKind.Optimize:
                next._dangling.Clear();
                break;
            default:
                break;
        }

        return next;
    }

    /// <summary>The names alone: where others work too, what has no name of one may have one of another.</summary>
    public StoreModel WithoutDangling() => new(_names, []);

    /// <inheritdoc/>
    public bool Equals(StoreModel? other) => other is not null && other.ToString() == ToString();

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as StoreModel);

    /// <inheritdoc/>
    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() =>
        string.Join("\n", _names.Select(pair => $"{pair.Key} {pair.Value}").Concat(_dangling.Select(root => $"<none> {root}")));

    private void Name(string name, string root)
    {
        if (_names.TryGetValue(name, out var old) && old != root)
        {
            Unname(name, keep: true);
        }

        _names[name] = root;
        _dangling.Remove(root);
    }

    private void Unname(string name, bool keep)
    {
        var root = _names[name];
        _names.Remove(name);
        if (!_names.ContainsValue(root) && keep)
        {
            _dangling.Add(root);
        }
    }
}
