using System;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.References;
using ContainerImages.Transports;
using Xunit;

namespace ContainerImages.Engine.Tests.Transports.Registry;

/// <summary>The cases of containers-registries.conf(5) and of its own tests: prefixes, locations, mirrors, blocks.</summary>
public class RegistryPlacesTests
{
    private const string Digest = "@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

    [Theory]
    [InlineData("docker.io", "docker.io", 9)]
    [InlineData("docker.io", "example.com", -1)]
    [InlineData("example.com:5000", "example.com:5000", 16)]
    [InlineData("example.com:50000", "example.com:5000", -1)]
    [InlineData("example.com:5000", "example.com", 11)]
    [InlineData("example.com/foo", "example.com", 11)]
    [InlineData("example.com/foo/bar", "example.com", 11)]
    [InlineData("example.com/foo/bar:baz", "example.com", 11)]
    [InlineData("example.com/foo/bar" + Digest, "example.com", 11)]
    [InlineData("docker.io", "docker.io/library", -1)]
    [InlineData("docker.io/library", "docker.io/library", 17)]
    [InlineData("example.com/library", "docker.io/library", -1)]
    [InlineData("docker.io/libraryy", "docker.io/library", -1)]
    [InlineData("docker.io/library/busybox", "docker.io/library", 17)]
    [InlineData("docker.io", "docker.io/library/busybox", -1)]
    [InlineData("docker.io/library/busybox", "docker.io/library/busybox", 25)]
    [InlineData("docker.io/library/busybox2", "docker.io/library/busybox", -1)]
    [InlineData("example.com/foo", "example.com/foo:bar", -1)]
    [InlineData("example.com/foo:bar", "example.com/foo:bar", 19)]
    [InlineData("example.com/foo:bar2", "example.com/foo:bar", -1)]
    [InlineData("example.com/foo:bar" + Digest, "example.com/foo:bar", 19)]
    [InlineData("example.com/foo", "example.com/foo" + Digest, -1)]
    [InlineData("example.com/foo" + Digest, "example.com/foo" + Digest, 87)]
    [InlineData("example.com/foo", "*", -1)]
    [InlineData("docker.io", "*.io", 9)]
    [InlineData("docker.io/foo", "*.com", -1)]
    [InlineData("example.com/foo", "*.co", -1)]
    [InlineData("example.com/foo", "*.example.com", -1)]
    [InlineData("xexample.com/foo", "*.example.com", -1)]
    [InlineData("example.com/foo", "*.com", 11)]
    [InlineData("example.com/foo/bar:baz", "*.com", 11)]
    [InlineData("example.com:5000/foo", "*.com", 11)]
    [InlineData("yet.another.example.com/foo", "**.example.com", -1)]
    [InlineData("yet.another.example.com/foo/bar", "*.another.example.com", 23)]
    [InlineData("another.example.com/namespace.com/foo", "*.example.com", 19)]
    [InlineData("example.net/namespace-ends-in.com/foo", "*.com", -1)]
    [InlineData("another.example.com/namespace.com/foo", "*.namespace.com", -1)]
    [InlineData("a.example.com.b.example.com/foo", "*.example.com", 27)]
    [InlineData("another.sub.example.com/foo/bar/bbq:baz", "*.sub.example.com", 23)]
    [InlineData("yet.another.example.com/foo/bar" + Digest, "*.example.com", 23)]
    public void A_prefix_fits_where_a_part_ends(string name, string prefix, int length) =>
        Assert.Equal(length, RegistryPlaces.MatchLength(name, prefix));

    [Theory]
    [InlineData("example.com/image", "example.com", "example.com", "example.com/image")]
    [InlineData("example.com:5000/image", "example.com:5000", "example.com:5000", "example.com:5000/image")]
    [InlineData("example.com/foo/image", "example.com/foo", "example.com", "example.com/image")]
    [InlineData("example.com/foo/image", "example.com/foo", "example.com/path", "example.com/path/image")]
    [InlineData("docker.io/library/image", "docker.io/library", "example.com", "example.com/image")]
    [InlineData("docker.io/library/image", "docker.io", "example.com", "example.com/library/image")]
    [InlineData("docker.io/library/prefix/image", "docker.io/library/prefix", "example.com", "example.com/image")]
    [InlineData("docker.io/namespace/image", "*.io", "example.com", "example.com/namespace/image")]
    [InlineData("another.sub.example.io:5000/library/image", "*.sub.example.io", "example.com", "example.com:5000/library/image")]
    [InlineData("foo.bar.io/ns1/ns2/ns3", "*.bar.io", "omg.bbq.com/roflmao", "omg.bbq.com/roflmao/ns1/ns2/ns3")]
    [InlineData("abc.internal.registry.com/foo", "*.internal.registry.com", "", "abc.internal.registry.com/foo")]
    [InlineData("alien.foobar.io:5000/omg", "*.foobar.io", "", "alien.foobar.io:5000/omg")]
    public void A_location_stands_in_for_the_prefix(string name, string prefix, string location, string expected)
    {
        var places = Places($"[[registry]]\nprefix = '{prefix}'\nlocation = '{location}'");

        Assert.Equal([expected], places.ForReading(Name(name + ":tag")).Select(place => place.ToString()));
        Assert.Equal([expected], places.ForReading(Name(name + Digest)).Select(place => place.ToString()));
        Assert.Equal(name, places.Direct(Name(name).Domain, Name(name).Path).ToString());
    }

    [Theory]
    [InlineData("example.com:5000/image", "example.com", "example.com:5000")]
    [InlineData("docker.io/library/image", "docker.io/library", "docker.io")]
    [InlineData("example.com/image", "example.com/image", "example.com")]
    [InlineData("example.com/image", "example.com", "Example/Upper")]
    [InlineData("example.com/image", "example.com/image:1", "example.com/image:2")]
    public void A_location_that_makes_no_name_is_an_error_of_the_configuration(string name, string prefix, string location)
    {
        var places = Places($"\n[[registry]]\nprefix = '{prefix}'\nlocation = '{location}'");

        var error = Assert.Throws<ContainerImageException>(() => places.ForReading(Name(name + ":1")));

        Assert.Equal(ImageError.InvalidConfiguration, error.Error);
        Assert.Contains("registries.conf', line 2: the location '", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_manual_s_example_is_followed()
    {
        var places = Places("""
            unqualified-search-registries = ["example.com"]

            [[registry]]
            prefix = "example.com/foo"
            insecure = false
            blocked = false
            location = "internal-registry-for-example.com/bar"

            [[registry.mirror]]
            location = "example-mirror-0.local/mirror-for-foo"

            [[registry.mirror]]
            location = "example-mirror-1.local/mirrors/foo"
            insecure = true

            [[registry]]
            location = "registry.com"

            [[registry.mirror]]
            location = "mirror.registry.com"
            """);

        Assert.Equal(
            [
                new RegistryEndpoint("example-mirror-0.local", "mirror-for-foo/image", false, true),
                new RegistryEndpoint("example-mirror-1.local", "mirrors/foo/image", true, true),
                new RegistryEndpoint("internal-registry-for-example.com", "bar/image", false, false),
            ],
            places.ForReading(Name("example.com/foo/image:latest")));
        Assert.Equal(
            ["mirror.registry.com/image", "registry.com/image"],
            places.ForReading(Name("registry.com/image:latest")).Select(place => place.ToString()));
        Assert.Equal(
            [new RegistryEndpoint("example.com", "other", false, false)], places.ForReading(Name("example.com/other:1")));
    }

    // The mirrors that are asked by digest, and those by tag; 'r' is the registry itself.
    [Theory]
    [InlineData("", "1: 2:", "1 2 r", "1 2 r")]
    [InlineData("mirror-by-digest-only = true", "1: 2:", "1 2 r", "r")]
    [InlineData("", "1:digest-only 2:digest-only", "1 2 r", "r")]
    [InlineData("", "1: 2:digest-only", "1 2 r", "1 r")]
    [InlineData("", "1:tag-only 2:tag-only", "r", "1 2 r")]
    [InlineData("", "1: 2:tag-only", "1 r", "1 2 r")]
    [InlineData("", "1:digest-only 2:tag-only 3: 4:all", "1 3 4 r", "2 3 4 r")]
    public void Mirrors_are_asked_as_they_may_be(string setting, string mirrors, string byDigest, string byTag)
    {
        var tables = mirrors.Split(' ').Select(mirror => mirror.Split(':')).Select(parts =>
            $"[[registry.mirror]]\nlocation = 'm{parts[0]}.example.com'\npull-from-mirror = '{parts[1]}'\n");
        var places = Places($"[[registry]]\nprefix = 'a.com/baz'\nlocation = 'r.example.com/bar'\n{setting}\n{string.Concat(tables)}");

        Assert.Equal(byDigest, Shown("a.com/baz/image" + Digest));
        Assert.Equal(byTag, Shown("a.com/baz/image:tag"));

        string Shown(string name) =>
            string.Join(' ', places.ForReading(Name(name)).Select(place => place.Host.Split('.')[0].TrimStart('m')));
    }

    // The longest prefix decides.
    [Theory]
    [InlineData("simple-prefix.com/foo/bar:latest", "registry.com:5000")]
    [InlineData("simple-prefix.com/", "registry.com:5000")]
    [InlineData("simple-prefix.com", "registry.com:5000")]
    [InlineData("not.so.simple-prefix.com/", "subdomain-prefix.com")]
    [InlineData("not.quite.simple-prefix.com/", "subdomain-prefix-2.com")]
    [InlineData("not.quite.simple-prefix.com:5000/with/path/and/beyond:tag", "subdomain-prefix-2.com")]
    [InlineData("really.not.quite.simple-prefix.com:5000/with/path:tag", "subdomain-prefix-1.com")]
    [InlineData("foo.docker.io:5000/omg/wtf/bbq:foo", "subdomain-prefix-2b.com")]
    [InlineData("foo.bar.docker.io:5000/omg/wtf/bbq:foo", "subdomain-prefix-4.com")]
    [InlineData("foo.bar.example.com:5000/omg/wtf/bbq:foo", "subdomain-prefix-5.com")]
    [InlineData("foo.bar.example.com:6000/omg/wtf/bbq" + Digest, "subdomain-prefix-3.com")]
    [InlineData("complex-prefix.com:4000/with/path/and/beyond:tag", "another-registry.com:5000")]
    [InlineData("no-prefix.com/foo:tag", "no-prefix.com")]
    [InlineData("empty-prefix.com/foo:tag", "empty-prefix.com")]
    [InlineData("simple-prefix.comx", null)]
    [InlineData("complex-prefix.com:4000/with", null)]
    public void The_longest_prefix_decides(string name, string? location)
    {
        (string Prefix, string Location)[] rules =
        [
            ("simple-prefix.com", "registry.com:5000"),
            ("complex-prefix.com:4000/with/path", "another-registry.com:5000"),
            ("", "no-prefix.com"),
            ("", "empty-prefix.com"),
            ("*.so.simple-prefix.com", "subdomain-prefix.com"),
            ("*.simple-prefix.com", "subdomain-prefix-2.com"),
            ("*.not.quite.simple-prefix.com", "subdomain-prefix-1.com"),
            ("*.docker.io", "subdomain-prefix-2b.com"),
            ("*.bar.example.com", "subdomain-prefix-3.com"),
            ("*.bar.docker.io", "subdomain-prefix-4.com"),
            ("foo.bar.example.com:5000", "subdomain-prefix-5.com"),
        ];
        var places = Places(string.Concat(rules.Select(rule => $"[[registry]]\nprefix = '{rule.Prefix}'\nlocation = '{rule.Location}'\n")));

        Assert.Equal(location, places.FindRule(name)?.Location);
    }

    [Theory]
    [InlineData("bad.com/a:1")]
    [InlineData("bad.com:5000/a:1")]
    [InlineData("x.evil.com/a:1")]
    [InlineData("half.com/team/secret/a:1")]
    [InlineData("half.com/one:bad")]
    public void A_blocked_name_is_refused_with_the_place_that_blocks_it(string text)
    {
        var places = Places("""
            [[registry]]
            location = "bad.com"
            blocked = true
            [[registry]]
            prefix = "*.evil.com"
            blocked = true
            [[registry]]
            location = "half.com/team/secret"
            blocked = true
            [[registry]]
            location = "half.com/one:bad"
            blocked = true
            """);
        var name = Name(text);

        var error = Assert.Throws<ContainerImageException>(() => places.ForReading(name));

        Assert.Equal(ImageError.RegistryBlocked, error.Error);
        Assert.Matches("""^'.*' may not be used: '.*/etc/containers/registries\.conf', line (1|4|7|10), blocks '.*'\.$""", error.Message);
        if (name.Tag != "bad")
        {
            Assert.Equal(
                ImageError.RegistryBlocked, Assert.Throws<ContainerImageException>(() => places.Direct(name.Domain, name.Path)).Error);
            Assert.NotEmpty(places.ForReading(Name("half.com/team/open:1")));
        }
    }

    [Fact]
    public void A_mirror_that_is_blocked_is_left_out_and_a_location_that_is_blocked_is_an_error()
    {
        const string Blocked = "[[registry]]\nlocation = 'bad.com'\nblocked = true\n";
        var verbose = new System.Collections.Generic.List<string>();
        var places = new RegistryPlaces(
            ConfigurationFolder.Parse(Blocked + "[[registry]]\nlocation = 'good.com'\n[[registry.mirror]]\nlocation = 'bad.com/m'"), verbose.Add);

        Assert.Equal(["good.com/a"], places.ForReading(Name("good.com/a:1")).Select(place => place.ToString()));
        Assert.Contains("'bad.com/m/a' is left out", Assert.Single(verbose), StringComparison.Ordinal);

        places = Places(Blocked + "[[registry]]\nprefix = 'good.com'\nlocation = 'bad.com/m'");
        Assert.Equal(
            ImageError.RegistryBlocked, Assert.Throws<ContainerImageException>(() => places.ForReading(Name("good.com/a:1"))).Error);
    }

    [Fact]
    public void Insecure_is_told_of_each_place()
    {
        var places = Places("""
            [[registry]]
            location = "a.com"
            insecure = true
            [[registry.mirror]]
            location = "m.com"
            """);

        Assert.Equal([false, true], places.ForReading(Name("a.com/x:1")).Select(place => place.IsInsecure));
        Assert.True(places.Direct("a.com", "x").IsInsecure);
        Assert.True(places.Direct("a.com", "").IsInsecure);
        Assert.False(places.Direct("m.com", "x").IsInsecure);
    }

    [Fact]
    public void Names_of_this_machine_never_leave_it()
    {
        var places = Places("[[registry]]\nprefix = 'localhost'\nlocation = 'example.com'");

        Assert.Equal(
            ImageError.RemoteImageNotFound,
            Assert.Throws<ContainerImageException>(() => places.ForReading(Name("localhost/a:1"))).Error);
        Assert.Equal(
            ImageError.DestinationMissing, Assert.Throws<ContainerImageException>(() => places.Direct("localhost", "a")).Error);
        Assert.Equal(
            ["localhost:5000/a"],
            new RegistryPlaces(RegistryConfiguration.Empty).ForReading(Name("localhost:5000/a:1")).Select(place => place.ToString()));
    }

    private static RegistryPlaces Places(string registriesConf) => new(ConfigurationFolder.Parse(registriesConf));

    private static ImageReference Name(string text) => ImageReference.ParseNormalized(text);
}
