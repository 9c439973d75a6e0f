using System;
using System.Collections.Generic;
using System.Linq;

namespace ContainerImages.Transports;

/// <summary>What a token is to be good for: <c>repository:team/app:pull,push</c> (distribution's token specification).</summary>
/// <param name="Resource">Type and name: <c>repository:team/app</c>.</param>
/// <param name="Actions">What may be done with it, sorted.</param>
internal sealed record RegistryScope(string Resource, IReadOnlyList<string> Actions)
{
    public static RegistryScope Catalog { get; } = new("registry:catalog", ["*"]);

    public static RegistryScope Pull(string repository) => new("repository:" + repository, ["pull"]);

    public static RegistryScope PullAndPush(string repository) => new("repository:" + repository, ["pull", "push"]);

    /// <summary>The scopes of a challenge: several have blanks between them, and a name may have a ':' itself.</summary>
    public static IReadOnlyList<RegistryScope> Parse(string? text) => (text ?? "")
        .Split([' '], StringSplitOptions.RemoveEmptyEntries)
        .Where(scope => scope.LastIndexOf(':') > 0)
        .Select(scope => new RegistryScope(
            scope.Substring(0, scope.LastIndexOf(':')), Sort(scope.Substring(scope.LastIndexOf(':') + 1).Split(','))))
        .ToList();

    /// <summary>All of them in a fixed order, each resource once.</summary>
    public static IReadOnlyList<RegistryScope> Merge(IEnumerable<RegistryScope> scopes) => scopes
        .GroupBy(scope => scope.Resource, StringComparer.Ordinal)
        .Select(group => new RegistryScope(group.Key, Sort(group.SelectMany(scope => scope.Actions))))
        .OrderBy(scope => scope.Resource, StringComparer.Ordinal)
        .ToList();

    public override string ToString() => $"{Resource}:{string.Join(",", Actions)}";

    private static List<string> Sort(IEnumerable<string> actions) =>
        actions.Where(action => action.Length > 0).Distinct().OrderBy(action => action, StringComparer.Ordinal).ToList();
}
