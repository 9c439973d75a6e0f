using System.Collections.Generic;
using System.IO;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.Transports;

namespace ContainerImages.Fuzz.Targets;

/// <summary>A registries.conf, and what names mean by it.</summary>
internal sealed class ConfigurationTarget : FuzzTarget
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fuzz-").FullName;

    public override string Name => "registries";

    public override string Purpose => "registries.conf, and what names mean by it";

    public override IReadOnlyList<byte[]> Tokens { get; } = Words(
        "unqualified-search-registries", "short-name-mode", "credential-helpers", "[[registry]]", "[[registry.mirror]]", "[aliases]", "prefix", "location",
        "blocked", "insecure", "mirror-by-digest-only", "pull-from-mirror", "\"digest-only\"", "\"*.example.com\"", "true", "= [", "]", "\"\"\"", "'''", "\\u0000",
        "\\ud800", "[registries.search]", "1979-05-27T07:32:00Z", "0x1f", "inf", "{ a = 1 }", "\r\n", "#");

    public override void Run(byte[] input)
    {
        var path = Path.Combine(_folder, "registries.conf");
        File.WriteAllBytes(path, input);
        var places = new ConfigurationPlaces(name => name == "CONTAINERS_REGISTRIES_CONF" ? path : null, _folder, _folder);
        RegistryConfiguration? configuration = null;
        if (Documented.Try(() => configuration = RegistryConfiguration.Load(places), ImageError.InvalidConfiguration))
        {
            using var access = new RegistryAccess(configuration!, new RegistryOptions());
            foreach (var name in new[] { "app", "team/app:1", "registry.example.com/team/app:1", "a.b.example.com/app" })
            {
                Documented.Try(() => _ = access.Resolve(name).ToList(), ImageError.AmbiguousReference, ImageError.InvalidConfiguration, ImageError.InvalidReference);
            }
        }
    }

    public override void Dispose()
    {
        Directory.Delete(_folder, recursive: true);
        base.Dispose();
    }
}
