using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;

namespace ContainerImages.Benchmarks.Inputs;

/// <summary>Image configs with as much in them as usual images have.</summary>
internal static class ImageConfigs
{
    public static JsonObject Create(string name, IReadOnlyList<Layer> layers) => new()
    {
        ["created"] = "2024-05-01T12:00:00Z",
        ["author"] = "The benchmarks",
        ["architecture"] = RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "arm64" : "amd64",
        ["os"] = "linux",
        ["config"] = new JsonObject
        {
            ["Env"] = new JsonArray("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8"),
            ["Cmd"] = new JsonArray("/srv/run", "--name", name),
            ["WorkingDir"] = "/srv",
            ["Labels"] = new JsonObject { ["org.opencontainers.image.title"] = name, ["maintainer"] = "benchmarks" },
        },
        ["rootfs"] = new JsonObject
        {
            ["type"] = "layers",
            ["diff_ids"] = new JsonArray([.. layers.Select(layer => JsonValue.Create(layer.DiffId))]),
        },
        ["history"] = new JsonArray(
        [
            .. layers.Select((_, i) => new JsonObject
            {
                ["created"] = "2024-05-01T12:00:00Z",
                ["created_by"] = $"/bin/sh -c #(nop) COPY step-{i} in /srv/",
            }),
            new JsonObject
            {
                ["created"] = "2024-05-01T12:00:00Z",
                ["created_by"] = """/bin/sh -c #(nop)  CMD ["/srv/run"]""",
                ["empty_layer"] = true,
            },
        ]),
    };
}
