using System.Collections.Generic;
using System.Collections.ObjectModel;

namespace ContainerImages.Content;

/// <summary>
/// What scripts are handed cannot be changed by them: a list that is one of .NET's own would take their additions, and the memory
/// of a session's other objects may be behind it.
/// </summary>
internal static class SealedLists
{
    /// <summary>The same list, as one that cannot be changed.</summary>
    public static IReadOnlyList<T> Sealed<T>(this IReadOnlyList<T> list) => list switch
    {
        T[] { Length: > 0 } array => new ReadOnlyCollection<T>(array),
        List<T> changeable => new ReadOnlyCollection<T>(changeable),
        _ => list,
    };

    /// <summary>The same map, as one that cannot be changed.</summary>
    public static IReadOnlyDictionary<TKey, TValue> Sealed<TKey, TValue>(this IReadOnlyDictionary<TKey, TValue> map)
        where TKey : notnull => map is Dictionary<TKey, TValue> changeable ? new ReadOnlyDictionary<TKey, TValue>(changeable) : map;
}
