using System;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;
using ContainerImages.Content;
using ContainerImages.Engine.Tests.Transports.Registry;
using ContainerImages.References;
using ContainerImages.Testing;
using ContainerImages.Transports;
using Xunit;

namespace ContainerImages.Engine.Tests.Interop;

/// <summary>Skopeo reads the same registries.conf, and goes to the same places; nobody listens at any of them.</summary>
public sealed class RegistriesConfInteropTests : IDisposable
{
    private const string Digest = "@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

    private const string Rules = """
        [[registry]]
        prefix = "127.0.0.1:9/foo"
        location = "127.0.0.2:9/bar"
        [[registry.mirror]]
        location = "127.0.0.3:9/m"
        insecure = true
        [[registry.mirror]]
        location = "127.0.0.4:9"
        pull-from-mirror = "digest-only"
        [[registry.mirror]]
        location = "127.0.0.5:9/deep/er"
        pull-from-mirror = "tag-only"
        [[registry]]
        location = "127.0.0.1:9"
        insecure = true
        [[registry]]
        prefix = "127.0.0.1:9/foo/sub"
        location = "127.0.0.6:9"
        mirror-by-digest-only = true
        [[registry.mirror]]
        location = "127.0.0.7:9/x"
        [[registry]]
        prefix = "*.example.com"
        location = "127.0.0.8:9/wild"
        [[registry]]
        prefix = "docker.io/library"
        location = "127.0.0.9:9/hub"
        [[registry]]
        location = "127.0.0.10:9"
        blocked = true
        """;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [SkippableTheory]
    [InlineData("127.0.0.1:9/foo/image:tag")]
    [InlineData("127.0.0.1:9/foo/image" + Digest)]
    [InlineData("127.0.0.1:9/foo:tag")]
    [InlineData("127.0.0.1:9/food:tag")]
    [InlineData("127.0.0.1:9/foo/sub/image:tag")]
    [InlineData("127.0.0.1:9/foo/sub/image" + Digest)]
    [InlineData("a.b.example.com/image:tag")]
    [InlineData("docker.io/alpine:3")]
    [InlineData("127.0.0.10:9/image:tag")]
    [InlineData("127.0.0.11:9/image:tag")]
    public void Skopeo_goes_to_the_same_places_in_the_same_order(string name)
    {
        var reference = ImageReference.ParseNormalized(name);
        var log = Skopeo(Rules, $"docker://{name}");
        var places = new RegistryPlaces(ConfigurationFolder.Parse(Rules));

        // What it blocks it says only when it is there.
        var visited = Regex.Matches(log, @"Trying to access \\""(.*?)\\""").Select(match => match.Groups[1].Value);
        if (log.Contains("is blocked in", StringComparison.Ordinal))
        {
            Assert.Equal(ImageError.RegistryBlocked, Assert.Throws<ContainerImageException>(() => places.ForReading(reference)).Error);
            return;
        }

        var ours = places.ForReading(reference);
        var suffix = reference.ToString()[reference.Name.Length..];
        Assert.Equal(visited, ours.Select(place => place + suffix));
        Assert.Equal(
            ours.Where(place => place.IsInsecure).Select(place => place.Host),
            Regex.Matches(log, @"GET http://(.*?)/v2/").Select(match => match.Groups[1].Value).Distinct());
    }

    [SkippableTheory]
    [InlineData("invalid")]
    [InlineData("unqualified-search-registries = 'a.com'")]
    [InlineData("unqualified-search-registries = ['a.com/team']")]
    [InlineData("unqualified-search-registries = [7]")]
    [InlineData("short-name-mode = 'strict'")]
    [InlineData("[registry]\nlocation = 'a.com'")]
    [InlineData("[[registry]]\nlocation = 'a.com'\ninsecure = 'true'")]
    [InlineData("[[registry]]\ninsecure = true")]
    [InlineData("[[registry]]\nprefix = 'a.com'")]
    [InlineData("[[registry]]\nlocation = 'https://a.com/'")]
    [InlineData("[[registry]]\nprefix = '*.example.com/foo'")]
    [InlineData("[[registry]]\nlocation = 'a.com'\npull-from-mirror = 'all'")]
    [InlineData("[[registry]]\nlocation = 'a.com'\n[[registry.mirror]]\n")]
    [InlineData("[[registry]]\nlocation = 'a.com'\n[[registry.mirror]]\nlocation = 'b.com'\npull-from-mirror = 'never'")]
    [InlineData("[[registry]]\nlocation = 'a.com'\nmirror-by-digest-only = true\n[[registry.mirror]]\nlocation = 'b.com'\npull-from-mirror = 'all'")]
    [InlineData("[[registry]]\nlocation = 'a.com'\n[[registry]]\nlocation = 'a.com'\ninsecure = true")]
    [InlineData("[aliases]\nimage = 'quay.io/repo/image:1'")]
    [InlineData("[aliases]\n'image:1' = 'quay.io/image'")]
    [InlineData("[aliases]\nimage = 1")]
    public void Skopeo_refuses_what_is_refused_here(string toml)
    {
        Assert.DoesNotContain("Trying to access", Skopeo(toml, "docker://127.0.0.1:9/a:1"), StringComparison.Ordinal);
        Assert.Equal(
            ImageError.InvalidConfiguration, Assert.Throws<ContainerImageException>(() => ConfigurationFolder.Parse(toml)).Error);
    }

    private string Skopeo(string registriesConf, string image)
    {
        var file = _folder.NewFile("registries.conf", Encoding.UTF8.GetBytes(registriesConf));
        return new PeerSandbox(_folder.Path)
            .Run(Peer.Skopeo, ["--debug", "--registries-conf", file, "inspect", image], mustSucceed: false).Error;
    }
}
