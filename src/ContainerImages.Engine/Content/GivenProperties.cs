using System;
using System.Collections;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;

namespace ContainerImages.Content;

/// <summary>Reads the hash table from which a script makes an object by hand; a key that is no property is an error.</summary>
internal sealed class GivenProperties
{
    private readonly Dictionary<string, object?> _values = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _read = new(StringComparer.OrdinalIgnoreCase);
    private readonly string _type;

    public GivenProperties(string type, IDictionary properties)
    {
        _type = type;
        foreach (DictionaryEntry entry in properties)
        {
            _values[Convert.ToString(entry.Key, CultureInfo.InvariantCulture) ?? ""] = entry.Value;
        }
    }

    public bool Has(string name) => _values.TryGetValue(name, out var value) && value is not null;

    public string? Text(string name) => Get(name) is { } value ? Convert.ToString(value, CultureInfo.InvariantCulture) : null;

    public IReadOnlyList<string> Texts(string name) => Get(name) switch
    {
        null => [],
        string text => [text],
        IEnumerable items => items.Cast<object?>().Select(item => Convert.ToString(item, CultureInfo.InvariantCulture) ?? "").ToList().Sealed(),
        var other => [Convert.ToString(other, CultureInfo.InvariantCulture) ?? ""],
    };

    public IReadOnlyDictionary<string, string> Map(string name)
    {
        var map = new Dictionary<string, string>(StringComparer.Ordinal);
        switch (Get(name))
        {
            case null:
                break;
            case IDictionary dictionary:
                foreach (DictionaryEntry entry in dictionary)
                {
                    map[$"{entry.Key}"] = Convert.ToString(entry.Value, CultureInfo.InvariantCulture) ?? "";
                }

                break;
            case IEnumerable<KeyValuePair<string, string>> pairs:
                foreach (var pair in pairs)
                {
                    map[pair.Key] = pair.Value;
                }

                break;
            default:
                throw Wrong(name, "a hash table");
        }

        return map.Sealed();
    }

    public long? Number(string name) => Read(name, "a number", value => Convert.ToInt64(value, CultureInfo.InvariantCulture));

    public int Count(string name) => Read(name, "a number", value => Convert.ToInt32(value, CultureInfo.InvariantCulture)) ?? 0;

    public bool? Flag(string name) => Read(name, "true or false", value => Convert.ToBoolean(value, CultureInfo.InvariantCulture));

    public DateTimeOffset? Date(string name) => Read(name, "a date", value => value switch
    {
        DateTimeOffset date => date,
        DateTime date => new DateTimeOffset(date),
        _ => DateTimeOffset.Parse(
            Convert.ToString(value, CultureInfo.InvariantCulture) ?? "", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal),
    });

    public TimeSpan? Span(string name) => Read(name, "a time span", value => value is TimeSpan span
        ? span
        : TimeSpan.Parse(Convert.ToString(value, CultureInfo.InvariantCulture) ?? "", CultureInfo.InvariantCulture));

    /// <summary>An object that has parts of its own: one that is made already, or the hash table to make it of.</summary>
    public T? Object<T>(string name, Func<IDictionary, T> make)
        where T : class => Get(name) is { } value ? Part(name, value, make) : null;

    /// <summary>Several of them.</summary>
    public IReadOnlyList<T> Objects<T>(string name, Func<IDictionary, T> make)
        where T : class => Get(name) switch
        {
            null => [],
            IDictionary one => [make(one)],
            IEnumerable items => items.Cast<object>().Select(item => Part(name, item, make)).ToList().Sealed(),
            var one => [Part(name, one, make)],
        };

    /// <summary>Refuses what nobody asked for: a mistyped key must not go unseen.</summary>
    public void RefuseOthers()
    {
        foreach (var name in _values.Keys.Where(name => !_read.Contains(name)))
        {
            throw new ArgumentException($"{_type} has no property '{name}' that can be given.");
        }
    }

    private object? Get(string name)
    {
        _read.Add(name);
        return _values.TryGetValue(name, out var value) ? value : null;
    }

    private T? Read<T>(string name, string wanted, Func<object, T> convert)
        where T : struct
    {
        try
        {
            return Get(name) is { } value ? convert(value) : null;
        }
        catch (Exception e) when (e is FormatException or InvalidCastException or OverflowException or ArgumentOutOfRangeException)
        {
            throw Wrong(name, wanted);
        }
    }

    private T Part<T>(string name, object value, Func<IDictionary, T> make)
        where T : class => value switch
        {
            T made => made,
            IDictionary properties => make(properties),
            _ => throw Wrong(name, $"of type {typeof(T).Name}, or a hash table with its properties"),
        };

    private ArgumentException Wrong(string name, string wanted) => new($"{_type}: '{name}' must be {wanted}.");
}
