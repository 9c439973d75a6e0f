using System;
using System.Collections.Generic;
using System.Linq;
using ContainerImages.Content;

namespace ContainerImages.Manifests;

/// <summary>
/// An image's configuration, in OCI's form and Docker's alike (OCI image specification, config.md). The bytes are kept
/// verbatim: their digest is the image's ID.
/// </summary>
public sealed class ImageConfig
{
    private ImageConfig(byte[] bytes, JsonFields fields)
    {
        Bytes = bytes;
        Created = fields.Date("created");
        Author = fields.Text("author") ?? "";
        Os = fields.Text("os") ?? "";
        Architecture = fields.Text("architecture") ?? "";
        Variant = fields.Text("variant");
        Comment = fields.Text("comment") ?? "";
        DockerVersion = fields.Text("docker_version") ?? "";
        Config = fields.Object("config") is { } config ? ContainerConfig.Read(config) : new ContainerConfig();
        RootFSType = "layers";
        if (fields.Object("rootfs") is { } rootfs)
        {
            RootFSType = rootfs.Text("type") ?? RootFSType;
            DiffIds = ReadDiffIds(rootfs);
        }

        // What only an inspection tells is read here too: a config that can be imported can be inspected.
        if (fields.Object("container_config")?.Object("Healthcheck") is { } check)
        {
            ContainerConfig.ReadHealthcheck(check);
        }

        History = (fields.Array("history", Limits.History) ?? []).Select(ReadStep).ToList();
    }

    /// <summary>The configuration, byte for byte as it came.</summary>
    public byte[] Bytes { get; }

    /// <summary>When the image was made, UTC; null where it is not said.</summary>
    public DateTimeOffset? Created { get; }

    /// <summary>Who made the image; empty where it is not said.</summary>
    public string Author { get; }

    /// <summary>The operating system; empty where it is not said.</summary>
    public string Os { get; }

    /// <summary>The processor architecture, by Go's name; empty where it is not said.</summary>
    public string Architecture { get; }

    /// <summary>The architecture's variant; null where it has none.</summary>
    public string? Variant { get; }

    /// <summary>Docker's remark on the image; empty where there is none.</summary>
    public string Comment { get; }

    /// <summary>The version of Docker that made the image; empty for other makers.</summary>
    public string DockerVersion { get; }

    /// <summary>How a container of the image runs.</summary>
    public ContainerConfig Config { get; }

    /// <summary>Always <c>layers</c> in practice.</summary>
    public string RootFSType { get; }

    /// <summary>The digests of the plain layers, the lowest first; empty for an image without layers.</summary>
    public IReadOnlyList<Digest> DiffIds { get; } = [];

    /// <summary>The steps of the build, the oldest first.</summary>
    public IReadOnlyList<HistoryStep> History { get; }

    /// <summary>The platform the image runs on; <c>unknown/unknown</c> where the config does not say.</summary>
    public Platform Platform =>
        new(Os.Length == 0 ? "unknown" : Os, Architecture.Length == 0 ? "unknown" : Architecture, Variant);

    /// <summary>Parses a configuration.</summary>
    /// <param name="bytes">The configuration.</param>
    /// <param name="origin">What is being read, for messages.</param>
    /// <exception cref="ContainerImageException">InvalidArchive, where it is malformed; ContentTooLarge.</exception>
    public static ImageConfig Parse(byte[] bytes, string origin) => bytes.Length <= Limits.Config
        ? new ImageConfig(bytes, JsonFields.Parse(bytes, origin))
        : throw new ContainerImageException(
            ImageError.ContentTooLarge, $"{origin} has {bytes.Length} bytes; {Limits.Config} are the limit for a config.");

    private static List<Digest> ReadDiffIds(JsonFields rootfs)
    {
        var texts = rootfs.Texts("diff_ids", Limits.Layers) ?? [];
        var diffIds = new List<Digest>(texts.Count);
        foreach (var text in texts)
        {
            diffIds.Add(Digest.TryParse(text, out var digest, out var reason)
                ? digest
                : throw rootfs.Invalid($"'{rootfs.Path("diff_ids")}[{diffIds.Count}]' is no digest: {reason}"));
        }

        return diffIds;
    }

    private static HistoryStep ReadStep(JsonFields fields) => new()
    {
        Created = fields.Date("created"),
        CreatedBy = fields.Text("created_by") ?? "",
        Author = fields.Text("author") ?? "",
        Comment = fields.Text("comment") ?? "",
        EmptyLayer = fields.Boolean("empty_layer") ?? false,
    };
}
