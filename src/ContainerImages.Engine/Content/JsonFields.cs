using System;
using System.Collections.Generic;
using System.Text.Json;

namespace ContainerImages.Content;

/// <summary>
/// One JSON object that came from outside, read field by field: what has the wrong shape gets an error that names the
/// file and the path of the field. A field that is absent or null reads as null.
/// </summary>
internal readonly struct JsonFields
{
    private readonly JsonElement _element;
    private readonly string _path;

    private JsonFields(JsonElement element, string origin, string path)
    {
        _element = element;
        Origin = origin;
        _path = path;
    }

    /// <summary>What is being read, for messages: <c>manifest sha256:…</c>, <c>'index.json' in './a.tar'</c>.</summary>
    public string Origin { get; }

    public JsonElement Element => _element;

    /// <summary>The bytes of a byte order mark: it is no JSON, yet some tools on Windows write one.</summary>
    public static int BomLength(ReadOnlySpan<byte> json) => json.StartsWith<byte>([0xEF, 0xBB, 0xBF]) ? 3 : 0;

    /// <summary>Parses a whole document whose top must be an object.</summary>
    public static JsonFields Parse(byte[] json, string origin) => OfObject(ParseElement(json, origin), origin, "");

    /// <summary>Parses a whole document whose top must be an array of objects.</summary>
    public static IEnumerable<JsonFields> ParseArray(byte[] json, string origin, int limit)
    {
        var top = ParseElement(json, origin);
        if (top.ValueKind != JsonValueKind.Array)
        {
            throw Invalid(origin, $"an array is needed, and it is {Kind(top)}");
        }

        var count = top.GetArrayLength();
        return count <= limit
            ? Objects(top, origin, "")
            : throw new ContainerImageException(ImageError.ContentTooLarge, $"{origin} has {count} items; {limit} are the limit.");
    }

    public string? Text(string name)
    {
        if (!TryGet(name, out var value))
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.String)
        {
            throw WrongKind(name, "text", value);
        }

        return Decode(value, name);
    }

    public string RequiredText(string name) => Text(name) ?? throw Missing(name);

    public long? Integer(string name)
    {
        if (!TryGet(name, out var value))
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number)
            ? number
            : throw WrongKind(name, "a whole number", value);
    }

    public long RequiredInteger(string name) => Integer(name) ?? throw Missing(name);

    public bool? Boolean(string name)
    {
        if (!TryGet(name, out var value))
        {
            return null;
        }

        return value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw WrongKind(name, "true or false", value),
        };
    }

    /// <summary>A date of RFC 3339.</summary>
    public DateTimeOffset? Date(string name)
    {
        var text = Text(name);
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        return Rfc3339.TryParse(text!, out var date) ? date : throw Invalid($"'{Path(name)}' is {QuotedText.Quote(text)}, which is no RFC 3339 date");
    }

    public Digest RequiredDigest(string name)
    {
        var text = RequiredText(name);
        return Digest.TryParse(text, out var digest, out var reason)
            ? digest
            : throw Invalid($"'{Path(name)}' is {QuotedText.Quote(text)}, which is no digest: {reason}");
    }

    public JsonFields? Object(string name) =>
        TryGet(name, out var value) ? OfObject(value, Origin, Path(name)) : null;

    public JsonFields RequiredObject(string name) => Object(name) ?? throw Missing(name);

    /// <summary>The objects of an array, or null where it is absent.</summary>
    public IReadOnlyList<JsonFields>? Array(string name, int limit)
    {
        if (!TryGetArray(name, limit, out var array))
        {
            return null;
        }

        var list = new List<JsonFields>(array.GetArrayLength());
        list.AddRange(Objects(array, Origin, Path(name)));
        return list;
    }

    /// <summary>The texts of an array, or null where it is absent.</summary>
    public IReadOnlyList<string>? Texts(string name, int limit = Limits.JsonItems)
    {
        if (!TryGetArray(name, limit, out var array))
        {
            return null;
        }

        var list = new List<string>(array.GetArrayLength());
        foreach (var item in array.EnumerateArray())
        {
            list.Add(item.ValueKind == JsonValueKind.String
                ? Decode(item, name)
                : throw WrongKind($"{name}[{list.Count}]", "text", item));
        }

        return list;
    }

    /// <summary>An object whose values are all texts, in its own order; null where it is absent.</summary>
    public IReadOnlyDictionary<string, string>? Map(string name)
    {
        if (!TryGet(name, out var value))
        {
            return null;
        }

        var fields = OfObject(value, Origin, Path(name));
        var map = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var property in fields._element.EnumerateObject())
        {
            fields.CheckCount(map.Count + 1);
            map[property.Name] = property.Value.ValueKind switch
            {
                JsonValueKind.String => Decode(property.Value, property.Name),
                JsonValueKind.Null => "",
                _ => throw fields.WrongKind(property.Name, "text", property.Value),
            };
        }

        return map;
    }

    /// <summary>The keys of an object (a set, as Docker writes ports and volumes); null where it is absent.</summary>
    public IReadOnlyList<string>? Keys(string name)
    {
        if (!TryGet(name, out var value))
        {
            return null;
        }

        var keys = new List<string>();
        var fields = OfObject(value, Origin, Path(name));
        foreach (var property in fields._element.EnumerateObject())
        {
            fields.CheckCount(keys.Count + 1);
            keys.Add(property.Name);
        }

        return keys;
    }

    public bool Has(string name) => TryGet(name, out _);

    /// <summary>An error about this object as a whole, or about what the sentence names.</summary>
    public ContainerImageException Invalid(string sentence) => Invalid(Origin, sentence);

    public string Path(string name) => _path.Length == 0 ? Shorten(name) : _path + "." + Shorten(name);

    private static ContainerImageException Invalid(string origin, string sentence, Exception? inner = null) =>
        new(ImageError.InvalidArchive, $"{origin} is malformed: {sentence}.", inner);

    private static JsonElement ParseElement(byte[] json, string origin)
    {
        try
        {
            var start = BomLength(json);
            Check(json.AsSpan(start), origin);
            using var document = JsonDocument.Parse(
                new ReadOnlyMemory<byte>(json, start, json.Length - start),
                new JsonDocumentOptions { MaxDepth = Limits.JsonDepth });
            return document.RootElement.Clone();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw Invalid(origin, $"it is no valid JSON ({Shorten(e.Message).TrimEnd('.')})", e);
        }
    }

    // Before anything is allocated for it. A key that is no valid Unicode would make any later look for another key fail.
    private static void Check(ReadOnlySpan<byte> json, string origin)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = Limits.JsonDepth });
        for (var count = 0; reader.Read(); count++)
        {
            if (count == Limits.JsonValues)
            {
                throw new ContainerImageException(
                    ImageError.ContentTooLarge, $"{origin} has more than {Limits.JsonValues} JSON values, past the limit.");
            }

            if (reader.TokenType == JsonTokenType.PropertyName && (reader.ValueIsEscaped || !TarText.IsAscii(reader.ValueSpan)))
            {
                _ = reader.GetString();
            }
        }
    }

    private static JsonFields OfObject(JsonElement element, string origin, string path) =>
        element.ValueKind == JsonValueKind.Object
            ? new JsonFields(element, origin, path)
            : throw Invalid(origin, $"{(path.Length == 0 ? "the top" : $"'{path}'")} must be an object, and is {Kind(element)}");

    private static IEnumerable<JsonFields> Objects(JsonElement array, string origin, string path)
    {
        var i = 0;
        foreach (var item in array.EnumerateArray())
        {
            yield return OfObject(item, origin, $"{path}[{i++}]");
        }
    }

    private bool TryGet(string name, out JsonElement value) =>
        _element.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null;

    private bool TryGetArray(string name, int limit, out JsonElement array)
    {
        if (!TryGet(name, out array))
        {
            return false;
        }

        if (array.ValueKind != JsonValueKind.Array)
        {
            throw WrongKind(name, "an array", array);
        }

        var count = array.GetArrayLength();
        return count <= limit
            ? true
            : throw new ContainerImageException(
                ImageError.ContentTooLarge, $"{Origin}: '{Path(name)}' has {count} items; {limit} are the limit.");
    }

    private void CheckCount(int count)
    {
        if (count > Limits.JsonItems)
        {
            throw new ContainerImageException(
                ImageError.ContentTooLarge, $"{Origin}: '{_path}' has more than {Limits.JsonItems} keys, past the limit.");
        }
    }

    private string Decode(JsonElement value, string name)
    {
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            // Half of a surrogate pair, or bytes that are no UTF-8.
            throw Invalid(Origin, $"'{Path(name)}' holds text that is no valid Unicode", e);
        }
    }

    private ContainerImageException Missing(string name) => Invalid($"'{Path(name)}' is missing");

    private ContainerImageException WrongKind(string name, string wanted, JsonElement found) =>
        Invalid($"'{Path(name)}' must be {wanted}, and is {Kind(found)}");

    private static string Kind(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Array => "an array",
        JsonValueKind.Object => "an object",
        JsonValueKind.String => "text",
        JsonValueKind.Number => $"the number {Shorten(element.GetRawText())}",
        JsonValueKind.True or JsonValueKind.False => element.GetRawText(),
        _ => "null",
    };

    private static string Shorten(string text) => text.Length <= 100 ? text : text.Substring(0, 100) + "…";
}
