using System.Collections.Generic;
using System.Text.Json;
using ContainerImages.Content;
using ContainerImages.Fuzz.Mutation;
using ContainerImages.Manifests;
using ContainerImages.Transports;

namespace ContainerImages.Fuzz.Targets;

/// <summary>Configurations of images, and what is made of them.</summary>
internal sealed class ConfigTarget : FuzzTarget
{
    public override string Name => "config";

    public override string Purpose => "configurations of images, and what is made of them";

    public override IReadOnlyList<byte[]> Tokens { get; } = Words(
        "created", "architecture", "os", "variant", "config", "rootfs", "diff_ids", "history", "empty_layer", "created_by", "Healthcheck", "container_config",
        "Labels", "Env", "Cmd", "ExposedPorts", "Volumes", "ArgsEscaped", "Interval", "2026-01-02T03:04:05Z", "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59.999999999-14:00", "2026-02-30T00:00:00Z", "sha256:", "\ufeff", "\\ud800", "\\u0000");

    public override byte[] Mutate(byte[] input, Mutator mutator) => mutator.MutateJson(input, Tokens);

    public override void Run(byte[] input)
    {
        ImageConfig? config = null;
        if (!Documented.Try(() => config = ImageConfig.Parse(input, "The config"), ImageError.InvalidArchive, ImageError.ContentTooLarge))
        {
            return;
        }

        ChainIds.OfLayers(config!.DiffIds);
        ChainIds.OfHistory(config.History);
        _ = config.Platform.ToString();
        foreach (var (id, json) in LegacyLayers.Of(config))
        {
            using var document = JsonDocument.Parse(json);
            Documented.Require(document.RootElement.GetProperty("id").GetString() == id, "A layer is known by another ID.");
        }
    }
}
