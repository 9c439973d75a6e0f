using System.Collections.Generic;
using System.Text.Json;

namespace ContainerImages.Content;

/// <summary>
/// What names a blob: media type, digest and size, with what else is said of it (OCI image specification, descriptor.md).
/// </summary>
public sealed class Descriptor
{
    /// <summary>Makes a descriptor.</summary>
    /// <param name="mediaType">What the blob is.</param>
    /// <param name="digest">The blob's digest.</param>
    /// <param name="size">The blob's length in bytes.</param>
    public Descriptor(string mediaType, Digest digest, long size)
    {
        MediaType = mediaType;
        Digest = digest;
        Size = size;
    }

    /// <summary>What the blob is.</summary>
    public string MediaType { get; }

    /// <summary>The blob's digest.</summary>
    public Digest Digest { get; }

    /// <summary>The blob's length in bytes.</summary>
    public long Size { get; }

    /// <summary>The platform an index says the manifest is for; null where it says none.</summary>
    public Platform? Platform { get; internal init; }

    /// <summary>Annotations; empty where there are none.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; internal init; } = NoAnnotations;

    /// <summary>Where else the blob can be had; empty for nearly all.</summary>
    public IReadOnlyList<string> Urls { get; internal init; } = [];

    /// <summary>Whether it is a layer that is not to be distributed, whose bytes are kept where its URLs say, and may be absent elsewhere.</summary>
    internal bool IsForeign => Urls.Count > 0 && MediaTypes.IsForeignLayer(MediaType);

    /// <summary>The kind of artifact a manifest is; null for images.</summary>
    public string? ArtifactType { get; internal init; }

    internal static IReadOnlyDictionary<string, string> NoAnnotations { get; } =
        new Dictionary<string, string>(0).Sealed();

    /// <summary>Media type and short digest, for messages.</summary>
    public override string ToString() => $"{MediaType} {Digest}";

    internal static Descriptor Read(JsonFields fields)
    {
        var size = fields.RequiredInteger("size");
        if (size < 0)
        {
            throw fields.Invalid($"'{fields.Path("size")}' is negative");
        }

        var platform = fields.Object("platform");
        return new Descriptor(fields.Text("mediaType") ?? "", fields.RequiredDigest("digest"), size)
        {
            Platform = platform is { } p ? ReadPlatform(p) : null,
            Annotations = fields.Map("annotations") ?? NoAnnotations,
            Urls = fields.Texts("urls") ?? [],
            ArtifactType = fields.Text("artifactType"),
        };
    }

    internal void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("mediaType", MediaType);
        json.WriteString("digest", Digest.ToString());
        json.WriteNumber("size", Size);
        if (Urls.Count > 0)
        {
            json.WriteStartArray("urls");
            foreach (var url in Urls)
            {
                json.WriteStringValue(url);
            }

            json.WriteEndArray();
        }

        WriteAnnotations(json, Annotations);
        if (Platform is { } platform)
        {
            json.WriteStartObject("platform");
            json.WriteString("architecture", platform.Architecture);
            json.WriteString("os", platform.Os);
            if (platform.Variant is { } variant)
            {
                json.WriteString("variant", variant);
            }

            json.WriteEndObject();
        }

        if (ArtifactType is { } artifactType)
        {
            json.WriteString("artifactType", artifactType);
        }

        json.WriteEndObject();
    }

    internal static void WriteAnnotations(Utf8JsonWriter json, IReadOnlyCollection<KeyValuePair<string, string>> annotations)
    {
        if (annotations.Count == 0)
        {
            return;
        }

        json.WriteStartObject("annotations");
        foreach (var annotation in annotations)
        {
            json.WriteString(annotation.Key, annotation.Value);
        }

        json.WriteEndObject();
    }

    // An index may leave the platform's parts empty ("unknown/unknown" marks attestations): no error, just no platform.
    private static Platform? ReadPlatform(JsonFields fields)
    {
        var os = fields.Text("os");
        var architecture = fields.Text("architecture");
        return string.IsNullOrEmpty(os) || string.IsNullOrEmpty(architecture)
            ? null
            : new Platform(os!, architecture!, fields.Text("variant"));
    }
}
