using System.Collections.Generic;

namespace ContainerImages.Store;

/// <summary>Where in a list the entries with a key are. Nearly every key is there once, and costs no list of its own then.</summary>
internal sealed class EntryPlaces<TKey>
    where TKey : notnull
{
    private readonly Dictionary<TKey, int> _once = [];
    private readonly Dictionary<TKey, List<int>> _often = [];

    /// <summary>How many there are.</summary>
    public int Count(TKey key) => _often.TryGetValue(key, out var places) ? places.Count : _once.ContainsKey(key) ? 1 : 0;

    /// <summary>Where they are, in order; what is changed meanwhile does not show in it.</summary>
    public List<int> Of(TKey key) =>
        _often.TryGetValue(key, out var places) ? [.. places] : _once.TryGetValue(key, out var place) ? [place] : [];

    public void Add(TKey key, int place)
    {
        if (_often.TryGetValue(key, out var places))
        {
            places.Insert(~places.BinarySearch(place), place);
        }
        else if (_once.TryGetValue(key, out var other))
        {
            _once.Remove(key);
            _often.Add(key, other < place ? [other, place] : [place, other]);
        }
        else
        {
            _once.Add(key, place);
        }
    }

    public void Remove(TKey key, int place)
    {
        if (_often.TryGetValue(key, out var places))
        {
            places.Remove(place);
        }
        else if (_once.TryGetValue(key, out var once) && once == place)
        {
            _once.Remove(key);
        }
    }
}
