using System.Linq;
using ContainerImages.Content;
using ContainerImages.Transports;
using Xunit;

namespace ContainerImages.Engine.Tests.Transports.Registry;

/// <summary>The cases of containers-registries.conf(5) on short names, with what differs here: nobody is ever asked.</summary>
public class ShortNamesTests
{
    private const string Digest = "@sha256:d366a4665ab44f0648d7a00ae3fae139d55e32f9712c67accd604bb55df9d05a";

    private const string Aliases = """
        short-name-mode="enforcing"

        [aliases]
        docker="docker.io/library/foo"
        "quay/foo"="quay.io/library/foo"
        example="example.com/library/foo"
        hub="docker.io/fedora"
        here="localhost/fedora"
        empty=""
        """;

    private const string TwoRegistries = "unqualified-search-registries=['quay.io', 'registry.com/']\n[aliases]\n'repo/image'='quay.io/repo/image'";

    [Theory]
    [InlineData("docker", "docker.io/library/foo:latest")]
    [InlineData("docker:tag", "docker.io/library/foo:tag")]
    [InlineData("docker" + Digest, "docker.io/library/foo" + Digest)]
    [InlineData("docker:tag" + Digest, "docker.io/library/foo" + Digest)]
    [InlineData("quay/foo", "quay.io/library/foo:latest")]
    [InlineData("quay/foo:tag", "quay.io/library/foo:tag")]
    [InlineData("hub", "docker.io/library/fedora:latest")]
    [InlineData("here", "localhost/fedora:latest")]
    [InlineData("empty", "docker.io/library/empty:latest")]
    [InlineData("quay", "docker.io/library/quay:latest")]
    [InlineData("quay.io/repo/fedora", "quay.io/repo/fedora:latest")]
    [InlineData("docker.io/docker", "docker.io/library/docker:latest")]
    [InlineData("index.docker.io/docker", "docker.io/library/docker:latest")]
    [InlineData("localhost/repo/fedora:sometag", "localhost/repo/fedora:sometag")]
    [InlineData("localhost:5000/docker" + Digest, "localhost:5000/docker" + Digest)]
    public void An_alias_is_used_for_short_names_alone(string text, string expected) =>
        Assert.Equal([expected], Resolve(text, Aliases));

    [Theory]
    [InlineData("foo", "quay.io/foo:latest registry.com/foo:latest")]
    [InlineData("foo:tag", "quay.io/foo:tag registry.com/foo:tag")]
    [InlineData("foo" + Digest, "quay.io/foo" + Digest + " registry.com/foo" + Digest)]
    [InlineData("repo/foo", "quay.io/repo/foo:latest registry.com/repo/foo:latest")]
    [InlineData("repo/image", "quay.io/repo/image:latest")]
    [InlineData("repo/image:tag", "quay.io/repo/image:tag")]
    [InlineData("registry.com/repo/image" + Digest, "registry.com/repo/image" + Digest)]
    public void Without_an_alias_the_search_registries_are_tried_in_order(string text, string expected) =>
        Assert.Equal(expected.Split(' '), Resolve(text, TwoRegistries));

    [Theory]
    [InlineData("permissive", "", "repo/image", "quay.io/repo/image:latest")]
    [InlineData("permissive", "'quay.io'", "foo", "quay.io/foo:latest")]
    [InlineData("permissive", "'quay.io', 'registry.com'", "foo", "quay.io/foo:latest registry.com/foo:latest")]
    [InlineData("disabled", "'quay.io', 'registry.com'", "foo", "quay.io/foo:latest registry.com/foo:latest")]
    [InlineData("disabled", "'quay.io', 'registry.com'", "repo/image", "quay.io/repo/image:latest")]
    [InlineData("enforcing", "'quay.io', 'registry.com'", "repo/image", "quay.io/repo/image:latest")]
    [InlineData("enforcing", "'quay.io'", "foo", "quay.io/foo:latest")]
    [InlineData("enforcing", "'quay.io', 'registry.com'", "foo", "!AmbiguousReference")]
    [InlineData("enforcing", "", "foo", "!InvalidReference")]
    [InlineData("permissive", "", "foo", "!InvalidReference")]
    [InlineData("disabled", "", "foo", "!InvalidReference")]
    [InlineData("", "'quay.io', 'registry.com'", "foo", "quay.io/foo:latest registry.com/foo:latest")]
    [InlineData("permissive", "'docker.io'", "foo", "docker.io/library/foo:latest")]
    [InlineData("permissive", "'localhost'", "foo", "localhost/foo:latest")]
    public void The_mode_decides_about_several(string mode, string registries, string text, string expected)
    {
        var toml = $"unqualified-search-registries=[{registries}]\nshort-name-mode='{mode}'\n[aliases]\n'repo/image'='quay.io/repo/image'";
        if (expected[0] != '!')
        {
            Assert.Equal(expected.Split(' '), Resolve(text, toml));
            return;
        }

        var error = Assert.Throws<ContainerImageException>(() => Resolve(text, toml));
        Assert.Equal(expected[1..], error.Error.ToString());
        Assert.Equal(
            error.Error == ImageError.AmbiguousReference ? ["quay.io/foo:latest", "registry.com/foo:latest"] : [], error.Candidates);
    }

    [Theory]
    [InlineData("alpine", "docker.io/library/alpine:latest")]
    [InlineData("team/app:1", "docker.io/team/app:1")]
    public void Without_search_registries_a_short_name_is_one_of_docker_io(string text, string expected)
    {
        Assert.Equal([expected], ShortNames.Resolve(text, RegistryConfiguration.Empty).Select(candidate => candidate.Reference.ToString()));
        Assert.Equal([expected], Resolve(text, "[aliases]\nother='quay.io/other'"));
        Assert.Equal(["docker.io"], ShortNames.Registries(RegistryConfiguration.Empty));
    }

    [Fact]
    public void The_reason_says_file_and_line()
    {
        Assert.Matches("^an alias in '.*/registries.conf', line 4$", Assert.Single(Candidates("docker", Aliases)).Reason);
        Assert.All(
            Candidates("foo", "\n" + TwoRegistries),
            candidate => Assert.Matches("^a short name, and a registry of '.*' in '.*/registries.conf', line 2$", candidate.Reason));
        Assert.Null(Assert.Single(Candidates("quay.io/foo", Aliases)).Reason);
    }

    [Theory]
    [InlineData("")]
    [InlineData("$$$")]
    [InlineData("::")]
    [InlineData("docker://quay.io/library/foo:bar")]
    [InlineData(" ")]
    [InlineData("Upper")]
    [InlineData("d366a4665ab44f0648d7a00ae3fae139d55e32f9712c67accd604bb55df9d05a")]
    public void What_is_no_name_is_refused(string text) =>
        Assert.Equal(ImageError.InvalidReference, Assert.Throws<ContainerImageException>(() => Resolve(text, TwoRegistries)).Error);

    private static string[] Resolve(string text, string toml) =>
        [.. Candidates(text, toml).Select(candidate => candidate.Reference.ToString())];

    private static System.Collections.Generic.IReadOnlyList<PullCandidate> Candidates(string text, string toml) =>
        ShortNames.Resolve(text, ConfigurationFolder.Parse(toml));
}
