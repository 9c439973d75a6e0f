using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Text.Json.Nodes;
using ContainerImages.Content;

namespace ContainerImages.Engine.Tests.Transports;

/// <summary>What a name can point to: a manifest or an index, with the blobs that belong to it.</summary>
internal abstract class TestRoot
{
    private readonly Lazy<byte[]> _bytes;

    protected TestRoot() => _bytes = new Lazy<byte[]>(() => Encoding.UTF8.GetBytes(MakeJson().ToJsonString()));

    /// <summary>The names, in full.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    public abstract string MediaType { get; }

    /// <summary>The manifest or index.</summary>
    public byte[] Bytes => _bytes.Value;

    public Digest Digest => Digest.Compute(Bytes);

    /// <summary>Its own document and all below it.</summary>
    public abstract IEnumerable<(Digest Digest, byte[] Bytes)> Blobs { get; }

    public JsonObject ToDescriptor() => Describe(MediaType, Digest, Bytes.Length);

    public static JsonObject Describe(string mediaType, Digest digest, long size) =>
        new() { ["mediaType"] = mediaType, ["digest"] = digest.ToString(), ["size"] = size };

    protected abstract JsonObject MakeJson();
}

/// <summary>An image made by hand: a config, layers, and an OCI manifest over them.</summary>
internal sealed class TestImage : TestRoot
{
    private readonly Lazy<byte[]> _config;

    public TestImage(params TestLayer[] layers)
    {
        Layers = layers;
        Steps = [.. layers.Select((_, i) => Step($"RUN step {i}"))];
        _config = new Lazy<byte[]>(() => Encoding.UTF8.GetBytes(MakeConfig().ToJsonString()));
    }

    public IReadOnlyList<TestLayer> Layers { get; private init; }

    /// <summary>The history.</summary>
    public IReadOnlyList<JsonObject> Steps { get; private init; }

    public string Architecture { get; init; } = "amd64";

    public string? Variant { get; init; }

    public DateTimeOffset Created { get; init; } = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    /// <summary>Changes the config before anything is made of it.</summary>
    public Action<JsonObject>? EditConfig { get; init; }

    /// <summary>Changes the manifest.</summary>
    public Action<JsonObject>? EditManifest { get; init; }

    public override string MediaType => MediaTypes.OciManifest;

    public byte[] ConfigBytes => _config.Value;

    public Digest Id => Digest.Compute(ConfigBytes);

    public override IEnumerable<(Digest Digest, byte[] Bytes)> Blobs =>
        [(Digest, Bytes), (Id, ConfigBytes), .. Layers.Select(layer => (layer.Digest, layer.Bytes))];

    /// <summary>An image of one layer with this text in it.</summary>
    public static TestImage Of(string content, params string[] names) => new(TestLayer.Of(content)) { Names = names };

    /// <summary>An image built on this one by one step more; without a layer for one that only sets something.</summary>
    public TestImage Child(string step, TestLayer? layer, params string[] names) => new()
    {
        Layers = layer is null ? Layers : [.. Layers, layer],
        Steps = [.. Steps, Step(step, isEmpty: layer is null)],
        Architecture = Architecture,
        Created = Created.AddMinutes(1),
        Names = names,
    };

    /// <summary>The same image, platform and history under other names.</summary>
    public TestImage Named(params string[] names) => Copy(names, EditConfig);

    /// <summary>The same layers, history and names, with another config.</summary>
    public TestImage With(Action<JsonObject> editConfig) => Copy(Names, editConfig);

    private TestImage Copy(IReadOnlyList<string> names, Action<JsonObject>? editConfig) => new()
    {
        Layers = Layers,
        Steps = Steps,
        Architecture = Architecture,
        Variant = Variant,
        Created = Created,
        EditConfig = editConfig,
        EditManifest = EditManifest,
        Names = names,
    };

    /// <summary>The same image, that says something about another.</summary>
    public TestImage About(TestRoot subject) => new()
    {
        Layers = Layers,
        Steps = Steps,
        Architecture = Architecture,
        Variant = Variant,
        Created = Created,
        EditConfig = EditConfig,
        EditManifest = manifest => manifest["subject"] = subject.ToDescriptor(),
        Names = Names,
    };

    /// <summary>The same image with a label.</summary>
    public TestImage Labelled(string key, string value) => new()
    {
        Layers = Layers,
        Steps = Steps,
        Architecture = Architecture,
        Variant = Variant,
        Created = Created,
        EditConfig = config => config["config"]!["Labels"] = new JsonObject { [key] = value },
        EditManifest = EditManifest,
        Names = Names,
    };

    protected override JsonObject MakeJson()
    {
        var manifest = new JsonObject
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = MediaTypes.OciManifest,
            ["config"] = Describe(MediaTypes.OciConfig, Id, ConfigBytes.Length),
            ["layers"] = new JsonArray([.. Layers.Select(layer => Describe(layer.MediaType, layer.Digest, layer.Bytes.Length))]),
        };
        EditManifest?.Invoke(manifest);
        return manifest;
    }

    private JsonObject MakeConfig()
    {
        var config = new JsonObject
        {
            ["architecture"] = Architecture,
            ["os"] = "linux",
            ["created"] = Created.ToString("yyyy-MM-ddTHH:mm:ssZ", null),
            ["config"] = new JsonObject { ["Cmd"] = new JsonArray("/bin/sh") },
            ["rootfs"] = new JsonObject
            {
                ["type"] = "layers",
                ["diff_ids"] = new JsonArray([.. Layers.Select(layer => (JsonNode)layer.DiffId.ToString())]),
            },
            ["history"] = new JsonArray([.. Steps.Select(step => step.DeepClone())]),
        };
        if (Variant is not null)
        {
            config["variant"] = Variant;
        }

        EditConfig?.Invoke(config);
        return config;
    }

    private static JsonObject Step(string command, bool isEmpty = false)
    {
        var step = new JsonObject { ["created"] = "2026-01-01T00:00:00Z", ["created_by"] = command };
        if (isEmpty)
        {
            step["empty_layer"] = true;
        }

        return step;
    }
}

/// <summary>An index made by hand.</summary>
internal sealed class TestIndex(params TestRoot[] children) : TestRoot
{
    public IReadOnlyList<TestRoot> Children { get; } = children;

    /// <summary>Changes the index.</summary>
    public Action<JsonObject>? Edit { get; init; }

    public override string MediaType => MediaTypes.OciIndex;

    public override IEnumerable<(Digest Digest, byte[] Bytes)> Blobs => [(Digest, Bytes), .. Children.SelectMany(child => child.Blobs)];

    protected override JsonObject MakeJson()
    {
        var index = new JsonObject
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = MediaTypes.OciIndex,
            ["manifests"] = new JsonArray([.. Children.Select(Describe)]),
        };
        Edit?.Invoke(index);
        return index;
    }

    private static JsonObject Describe(TestRoot child)
    {
        var descriptor = child.ToDescriptor();
        if (child is TestImage image)
        {
            var platform = new JsonObject { ["architecture"] = image.Architecture, ["os"] = "linux" };
            if (image.Variant is not null)
            {
                platform["variant"] = image.Variant;
            }

            descriptor["platform"] = platform;
        }

        return descriptor;
    }
}
