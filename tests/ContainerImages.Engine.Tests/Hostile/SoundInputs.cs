using System.Collections.Generic;
using System.Linq;
using System.Text.Json.Nodes;
using ContainerImages.Content;
using ContainerImages.Engine.Tests.Transports;
using ContainerImages.Fuzz.Mutation;

namespace ContainerImages.Engine.Tests.Hostile;

/// <summary>What is broken: small images in every format, with every field that is read and some that are not.</summary>
internal static class SoundInputs
{
    public const string Name = "docker.io/library/hostile:1";

    public static TestLayer Lower { get; } = TestLayer.Of("lower", Compression.Gzip);

    public static TestLayer Upper { get; } = TestLayer.Of("upper");

    public static TestImage Image { get; } = new(Lower, Upper) { Names = [Name], EditConfig = Fill, EditManifest = Annotate };

    public static TestImage Arm { get; } = new(Upper) { Architecture = "arm64", Variant = "v8" };

    public static TestIndex Index { get; } = new(Image, Arm)
    {
        Names = [Name],
        Edit = index => index["annotations"] = new JsonObject { ["org.opencontainers.image.created"] = "2026-01-02T03:04:05Z" },
    };

    /// <summary>A docker-archive whose files have free names, so that their content may change.</summary>
    public static List<(string Name, byte[] Data)> Docker() =>
    [
        ("lower.tar", Lower.Bytes),
        ("upper.tar", Upper.Bytes),
        ("config.json", Image.ConfigBytes),
        ("repositories", "{}"u8.ToArray()),
        ("manifest.json", Encode(new JsonArray(new JsonObject
        {
            ["Config"] = "config.json",
            ["RepoTags"] = new JsonArray(Name),
            ["Layers"] = new JsonArray("lower.tar", "upper.tar"),
            ["Parent"] = "",
            ["LayerSources"] = new JsonObject { [Upper.DiffId.ToString()] = TestRoot.Describe(MediaTypes.OciLayer, Upper.Digest, Upper.Bytes.Length) },
        }))),
    ];

    public static List<(string Name, byte[] Data)> Oci() => Files(TestArchive.OciLayout(Image));

    /// <summary>A layout with an index of two platforms.</summary>
    public static List<(string Name, byte[] Data)> Nested() => Files(TestArchive.OciLayout(Index));

    public static List<(string Name, byte[] Data)> Dir() => Files(TestArchive.Dir(Image));

    public static byte[] Tar(IEnumerable<(string Name, byte[] Data)> files) => ArchiveMutation.Write(files);

    /// <summary>The files with one of them changed; in a layout, with all digests and sizes made right again.</summary>
    public static List<(string Name, byte[] Data)> With(List<(string Name, byte[] Data)> files, string name, byte[] data)
    {
        ArchiveMutation.Put(files, files.FindIndex(file => file.Name == name), data);
        return files;
    }

    private static List<(string Name, byte[] Data)> Files(TestArchive archive) => [.. archive.Names.Select(name => (name, archive[name]))];

    private static byte[] Encode(JsonNode json) => System.Text.Encoding.UTF8.GetBytes(json.ToJsonString());

    private static void Annotate(JsonObject manifest)
    {
        manifest["annotations"] = new JsonObject { ["org.opencontainers.image.base.name"] = "docker.io/library/base:1" };
        manifest["layers"]![0]!["annotations"] = new JsonObject { ["x"] = "y" };
        manifest["layers"]![0]!["urls"] = new JsonArray("https://registry.example.com/layer");
    }

    private static void Fill(JsonObject config)
    {
        config["author"] = "someone";
        config["comment"] = "a remark";
        config["variant"] = "v1";
        config["docker_version"] = "1.0";
        config["container"] = "c";
        config["container_config"] = new JsonObject { ["Healthcheck"] = new JsonObject { ["Test"] = new JsonArray("NONE") } };
        config["config"] = new JsonObject
        {
            ["User"] = "1:1",
            ["ExposedPorts"] = new JsonObject { ["80/tcp"] = new JsonObject() },
            ["Env"] = new JsonArray("PATH=/bin"),
            ["Entrypoint"] = new JsonArray("/bin/sh"),
            ["Cmd"] = new JsonArray("-c"),
            ["Volumes"] = new JsonObject { ["/data"] = new JsonObject() },
            ["WorkingDir"] = "/",
            ["Labels"] = new JsonObject { ["a"] = "b" },
            ["StopSignal"] = "SIGTERM",
            ["OnBuild"] = new JsonArray("RUN x"),
            ["Shell"] = new JsonArray("/bin/sh"),
            ["ArgsEscaped"] = true,
            ["Healthcheck"] = new JsonObject
            {
                ["Test"] = new JsonArray("CMD", "true"),
                ["Interval"] = 30_000_000_000,
                ["Timeout"] = 1_000_000_000,
                ["StartPeriod"] = 0,
                ["Retries"] = 3,
            },
        };
        config["history"]![0]!["author"] = "someone";
        config["history"]![0]!["comment"] = "a step";
        config["history"]!.AsArray().Add(new JsonObject { ["created_by"] = "ENV x=y", ["empty_layer"] = true });
    }
}
