using System;
using System.Collections.Generic;
using System.Text;
using ContainerImages.Transports;

namespace ContainerImages.Fuzz.Targets;

/// <summary>Headers of a registry's answers that we take apart ourselves: each line of the input is one.</summary>
internal sealed class HeaderTarget : FuzzTarget
{
    public override string Name => "header";

    public override string Purpose => "what registries say in WWW-Authenticate and Link";

    public override IReadOnlyList<byte[]> Tokens { get; } = Words(
        "Bearer ", "Basic ", "realm=", "service=", "scope=", "error=", "\"", "\\\"", "=", ",", "; rel=\"next\"", "<", ">", "\n", "insufficient_scope");

    public override int SmokeRuns => 10_000;

    public override void Run(byte[] input)
    {
        var lines = Encoding.UTF8.GetString(input).Split('\n');
        foreach (var challenge in AuthChallenge.Parse(lines))
        {
            Documented.Require(challenge.Scheme.Length > 0, "A challenge has no scheme.");
            Documented.Require(!(challenge.IsBearer && challenge.IsBasic), "A challenge has two schemes.");
        }

        if (LinkHeader.Next(lines) is { } next)
        {
            Documented.Require(Array.Exists(lines, line => line.Contains($"<{next}>", StringComparison.Ordinal)), "The next page is none that was named.");
        }
    }
}
