using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using ContainerImages.Content;

namespace ContainerImages;

/// <content>
/// The JSON that podman prints. It is written from the config as it came: an absent list and an empty one, and dates to the
/// nanosecond, are more than the properties hold.
/// </content>
public sealed partial class ImageInspect
{
    private const int IndentWidth = 5;
    private const int FractionDigits = 9;

    private readonly JsonFields? _healthcheck;

    /// <summary>
    /// What <c>podman image inspect</c> prints for the image, field for field and space for space, without the list around it.
    /// Only <c>GraphDriver</c> is our own, and a size that cannot be told is -1.
    /// </summary>
    public string ToJson()
    {
        var config = _config.Object("config");
        var json = new GoJsonWriter();
        json.BeginObject();
        Text(json, "Id", Id);
        Text(json, "Digest", Digest);
        Texts(json, "RepoTags", RepoTags);
        Texts(json, "RepoDigests", RepoDigests);
        Text(json, "Parent", Parent);
        Text(json, "Comment", Comment);
        json.Name("Created");
        Date(json, _config.Text("created"));
        WriteConfig(json, config);
        Text(json, "Version", Version);
        Text(json, "Author", Author);
        Text(json, "Architecture", Architecture);
        Text(json, "Os", Os);
        Number(json, "Size", Size ?? -1);
        Number(json, "VirtualSize", VirtualSize ?? -1);
        json.Name("GraphDriver");
        json.BeginObject();
        Text(json, "Name", GraphDriver.Name);
        Map(json, "Data", GraphDriver.Data);
        json.EndObject();
        WriteRootFS(json, _config.Object("rootfs"));
        Map(json, "Labels", config?.Map("Labels"));
        Map(json, "Annotations", Annotations);
        Text(json, "ManifestType", ManifestType);
        Text(json, "User", User);
        WriteHistory(json, _config.Array("history", Limits.History));
        Texts(json, "NamesHistory", NamesHistory.Count == 0 ? null : NamesHistory);
        if (_healthcheck is { } check)
        {
            WriteHealthcheck(json, check);
        }

        json.EndObject();
        return Encoding.UTF8.GetString(GoJsonIndent.Write(json.WrittenSpan, IndentWidth));
    }

    private JsonFields? FindHealthcheck() =>
        _config.Object("container_config")?.Object("Healthcheck") ?? _config.Object("config")?.Object("Healthcheck");

    // What OCI's own type for a config holds, and no more of it than is set.
    private static void WriteConfig(GoJsonWriter json, JsonFields? config)
    {
        json.Name("Config");
        json.BeginObject();
        if (config is { } fields)
        {
            TextIfAny(json, "User", fields.Text("User"));
            SetIfAny(json, "ExposedPorts", fields.Keys("ExposedPorts"));
            TextsIfAny(json, "Env", fields.Texts("Env"));
            TextsIfAny(json, "Entrypoint", fields.Texts("Entrypoint"));
            TextsIfAny(json, "Cmd", fields.Texts("Cmd"));
            SetIfAny(json, "Volumes", fields.Keys("Volumes"));
            TextIfAny(json, "WorkingDir", fields.Text("WorkingDir"));
            if (fields.Map("Labels") is { Count: > 0 } labels)
            {
                Map(json, "Labels", labels);
            }

            TextIfAny(json, "StopSignal", fields.Text("StopSignal"));
            TrueIf(json, "ArgsEscaped", fields.Boolean("ArgsEscaped"));
        }

        json.EndObject();
    }

    private static void WriteRootFS(GoJsonWriter json, JsonFields? rootfs)
    {
        json.Name("RootFS");
        json.BeginObject();
        Text(json, "Type", rootfs?.Text("type") ?? "");
        Texts(json, "Layers", rootfs?.Texts("diff_ids", Limits.Layers));
        json.EndObject();
    }

    private static void WriteHistory(GoJsonWriter json, IReadOnlyList<JsonFields>? history)
    {
        json.Name("History");
        if (history is null)
        {
            json.Null();
            return;
        }

        json.BeginArray();
        foreach (var step in history)
        {
            json.BeginObject();
            if (step.Text("created") is { Length: > 0 } created)
            {
                json.Name("created");
                Date(json, created);
            }

            TextIfAny(json, "created_by", step.Text("created_by"));
            TextIfAny(json, "author", step.Text("author"));
            TextIfAny(json, "comment", step.Text("comment"));
            TrueIf(json, "empty_layer", step.Boolean("empty_layer"));
            json.EndObject();
        }

        json.EndArray();
    }

    private static void WriteHealthcheck(GoJsonWriter json, JsonFields check)
    {
        json.Name("Healthcheck");
        json.BeginObject();
        TextsIfAny(json, "Test", check.Texts("Test"));
        foreach (var name in new[] { "StartPeriod", "Interval", "Timeout", "Retries" })
        {
            if (check.Integer(name) is { } number and not 0)
            {
                Number(json, name, number);
            }
        }

        json.EndObject();
    }

    // Go keeps the offset, and of the fraction as many digits as say something, up to nine.
    private static void Date(GoJsonWriter json, string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            json.Null();
            return;
        }

        const int Seconds = 19;
        var zone = text!.IndexOfAny(['Z', 'z', '+', '-'], Seconds);
        var fraction = text.Substring(Seconds, zone - Seconds);
        fraction = fraction.Substring(0, Math.Min(fraction.Length, FractionDigits + 1)).TrimEnd('0').TrimEnd('.');
        var offset = text.Substring(zone);
        json.String(text.Substring(0, Seconds).ToUpperInvariant() + fraction + (offset is "z" or "+00:00" or "-00:00" ? "Z" : offset));
    }

    private static void Text(GoJsonWriter json, string name, string value)
    {
        json.Name(name);
        json.String(value);
    }

    private static void TextIfAny(GoJsonWriter json, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            Text(json, name, value!);
        }
    }

    private static void Number(GoJsonWriter json, string name, long value)
    {
        json.Name(name);
        json.Number(value);
    }

    private static void TrueIf(GoJsonWriter json, string name, bool? value)
    {
        if (value == true)
        {
            json.Name(name);
            json.Boolean(true);
        }
    }

    private static void Texts(GoJsonWriter json, string name, IReadOnlyList<string>? values)
    {
        json.Name(name);
        if (values is null)
        {
            json.Null();
            return;
        }

        json.BeginArray();
        foreach (var value in values)
        {
            json.String(value);
        }

        json.EndArray();
    }

    private static void TextsIfAny(GoJsonWriter json, string name, IReadOnlyList<string>? values)
    {
        if (values is { Count: > 0 })
        {
            Texts(json, name, values);
        }
    }

    private static void SetIfAny(GoJsonWriter json, string name, IReadOnlyList<string>? keys)
    {
        if (keys is not { Count: > 0 })
        {
            return;
        }

        json.Name(name);
        json.BeginObject();
        foreach (var key in keys.Distinct(StringComparer.Ordinal).OrderBy(key => key, GoJson.KeyOrder))
        {
            json.Name(key);
            json.BeginObject();
            json.EndObject();
        }

        json.EndObject();
    }

    private static void Map(GoJsonWriter json, string name, IReadOnlyDictionary<string, string>? map)
    {
        json.Name(name);
        if (map is null)
        {
            json.Null();
            return;
        }

        json.BeginObject();
        foreach (var pair in map.OrderBy(pair => pair.Key, GoJson.KeyOrder))
        {
            Text(json, pair.Key, pair.Value);
        }

        json.EndObject();
    }
}
