using System.Collections.Generic;
using System.Linq;
using ContainerImages.Content;

namespace ContainerImages.Manifests;

/// <summary>
/// Writes the configuration of an image made of layers that were not built step by step, byte for byte as
/// <c>podman import</c> does: its digest is the image's ID.
/// </summary>
/// <remarks>
/// Podman writes times in the time zone of its machine, so that one file has as many IDs as there are zones. Here they are in
/// UTC, as podman has it where the machine's zone is that.
/// </remarks>
internal sealed class NewImageConfig
{
    private const string DefaultComment = "imported from tarball";

    public required Platform Platform { get; init; }

    /// <summary>How a container of the image runs.</summary>
    public required ContainerConfigEditor Container { get; init; }

    /// <summary>Who made the image; empty for nobody, as podman has it.</summary>
    public string Author { get; init; } = "";

    /// <summary>The remark on each step of the history; empty for podman's own.</summary>
    public string Comment { get; init; } = "";

    /// <summary>Sees that an annotation can be in the manifest that goes with the configuration.</summary>
    /// <exception cref="ContainerImageException">InvalidInstruction.</exception>
    public static void CheckAnnotation(string key, string value)
    {
        if (key.Length == 0)
        {
            throw InvalidInstruction.Because($"the key of an annotation is empty, and its value is {QuotedText.Quote(value)}");
        }
    }

    /// <summary>The configuration.</summary>
    /// <param name="layers">The diff ID of each layer, the lowest first, and when it was made.</param>
    public byte[] Write(IReadOnlyList<(Digest DiffId, NanoTime Created)> layers)
    {
        var json = new GoJsonWriter();
        json.BeginObject();
        Text(json, "created", layers.Max(layer => layer.Created).ToString());
        Text(json, "author", Author);
        Text(json, "architecture", Platform.Architecture);
        Text(json, "variant", Platform.Variant ?? "");
        Text(json, "os", Platform.Os);
        json.Name("config");
        Container.Write(json);
        json.Name("rootfs");
        json.BeginObject();
        Text(json, "type", "layers");
        json.Name("diff_ids");
        json.BeginArray();
        foreach (var (diffId, _) in layers)
        {
            json.String(diffId.ToString());
        }

        json.EndArray();
        json.EndObject();
        json.Name("history");
        json.BeginArray();
        foreach (var (diffId, created) in layers)
        {
            json.BeginObject();
            Text(json, "created", created.ToString());
            Text(json, "created_by", $"/bin/sh -c #(nop) ADD file:{diffId.Hex} in /");
            Text(json, "comment", Comment.Length > 0 ? Comment : DefaultComment);
            json.EndObject();
        }

        json.EndArray();
        json.EndObject();
        return json.ToArray();
    }

    private static void Text(GoJsonWriter json, string name, string value)
    {
        if (value.Length > 0)
        {
            json.Name(name);
            json.String(value);
        }
    }
}
