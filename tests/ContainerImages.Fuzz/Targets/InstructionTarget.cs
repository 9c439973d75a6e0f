using System;
using System.Collections.Generic;
using System.Text;
using ContainerImages.Content;
using ContainerImages.Manifests;

namespace ContainerImages.Fuzz.Targets;

/// <summary>Lines of a Dockerfile, and the config that they make.</summary>
internal sealed class InstructionTarget : FuzzTarget
{
    public override string Name => "instruction";

    public override string Purpose => "instructions of Dockerfiles, and the config they make";

    public override IReadOnlyList<byte[]> Tokens { get; } = Words(
        "USER ", "EXPOSE ", "ENV ", "ENTRYPOINT ", "CMD ", "VOLUME ", "WORKDIR ", "LABEL ", "STOPSIGNAL ", "ONBUILD ", "[\"", "\", \"", "\"]", "80/tcp", "1-65535/udp",
        "'", "\\", "\\ud800", "=", "SIGRTMIN+3", "/../", "\n", "\u202e", "$HOME");

    // A few letters expose all ports there are.
    public override long Allocations => 256 * 1024 * 1024;

    public override int SmokeRuns => 10_000;

    public override void Run(byte[] input)
    {
        var config = new ContainerConfigEditor();
        foreach (var line in Encoding.UTF8.GetString(input).Split('\n'))
        {
            Documented.Try(() => DockerfileInstruction.Apply(config, line), ImageError.InvalidInstruction);
        }

        // Whatever was taken makes a config that can be read.
        var layer = (Digest.Compute([]), NanoTime.From(DateTimeOffset.UnixEpoch));
        ImageConfig.Parse(new NewImageConfig { Platform = Platform.Parse("linux/amd64"), Container = config }.Write([layer]), "The config");
    }
}
