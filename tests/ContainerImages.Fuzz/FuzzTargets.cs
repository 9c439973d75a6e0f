using System;
using System.Collections.Generic;
using System.Linq;
using ContainerImages.Fuzz.Targets;

namespace ContainerImages.Fuzz;

/// <summary>All targets there are.</summary>
internal static class FuzzTargets
{
    private static readonly Func<FuzzTarget>[] _all =
    [
        () => new ReferenceTarget(),
        () => new PatternTarget(),
        () => new ManifestTarget(),
        () => new ConfigTarget(),
        () => new StoreIndexTarget(),
        () => new PaxTarget(),
        () => new TarTarget(),
        () => new CompressionTarget(),
        () => new ImportTarget(),
        () => new RootTarget(),
        () => new InstructionTarget(),
        () => new ConfigurationTarget(),
        () => new AuthFileTarget(),
        () => new HeaderTarget(),
    ];

    public static IReadOnlyList<string> Names { get; } = [.. _all.Select(make => make()).Select(target =>
    {
        using (target)
        {
            return target.Name;
        }
    })];

    /// <summary>A target of its own for the caller; null if there is none of that name.</summary>
    public static FuzzTarget? Make(string name)
    {
        var at = Names.ToList().IndexOf(name);
        return at < 0 ? null : _all[at]();
    }
}
