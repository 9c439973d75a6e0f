using System.Collections.Generic;
using ContainerImages.Content;
using ContainerImages.Fuzz.Mutation;
using ContainerImages.Transports;

namespace ContainerImages.Fuzz.Targets;

/// <summary>Files of log-ins, and what they say about a registry.</summary>
internal sealed class AuthFileTarget : FuzzTarget
{
    public override string Name => "auth";

    public override string Purpose => "auth.json and Docker's config.json";

    public override IReadOnlyList<byte[]> Tokens { get; } = Words(
        "auths", "auth", "identitytoken", "username", "password", "credHelpers", "credsStore", "https://index.docker.io/v1/", "registry.example.com/team",
        "dGVzdGVyOnNlY3JldA==", "Og==", "====", "\ufeff", "\\ud800", "\\u0000");

    public override byte[] Mutate(byte[] input, Mutator mutator) => mutator.MutateJson(input, Tokens);

    public override void Run(byte[] input)
    {
        foreach (var isLegacy in new[] { false, true })
        {
            AuthFile? file = null;
            if (!Documented.Try(() => file = AuthFile.Parse(new AuthFilePlace("auth.json", isLegacy), input), ImageError.InvalidConfiguration))
            {
                continue;
            }

            Documented.Try(() => file!.FindHelper("registry.example.com"), ImageError.InvalidConfiguration);
            foreach (var entry in file!.Entries)
            {
                Documented.Try(() => file.Decode(entry), ImageError.InvalidConfiguration);
            }

            foreach (var (host, repository) in new[] { ("registry.example.com", "team/app"), ("docker.io", "library/app"), ("localhost:5000", "") })
            {
                file.Find(host, repository);
            }
        }
    }
}
