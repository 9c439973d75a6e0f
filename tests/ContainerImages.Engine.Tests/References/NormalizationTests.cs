using ContainerImages.Content;
using ContainerImages.References;
using Xunit;

namespace ContainerImages.Engine.Tests.References;

/// <summary>The cases of distribution/reference's normalize_test.go, for ParseNormalized.</summary>
public class NormalizationTests
{
    private const string Hex = "1a3f5e7d9c1b3a5f7e9d1c3b5a7f9e1d3c5b7a9f1e3d5d7c9b1a3f5e7d9c1b3a";
    private const string Redis = "sha256:dbcc1c35ac38df41fd2f5e4130b32ffdb93ebae8b3dbe638c23575912276fc9c";
    private const string LongNamespace =
        "this_is_not_a_valid_namespace_because_its_lenth_is_greater_than_255_this_is_not_a_valid_namespace_because_its_lenth_is_"
        + "greater_than_255_this_is_not_a_valid_namespace_because_its_lenth_is_greater_than_255_this_is_not_a_valid_namespace_"
        + "because_its_lenth_is_greater_than_255";

    [Theory]
    [InlineData("docker/docker")]
    [InlineData("library/debian")]
    [InlineData("debian")]
    [InlineData("localhost/library/debian")]
    [InlineData("localhost/debian")]
    [InlineData("LOCALDOMAIN/library/debian")]
    [InlineData("LOCALDOMAIN/debian")]
    [InlineData("docker.io/docker/docker")]
    [InlineData("docker.io/library/debian")]
    [InlineData("docker.io/debian")]
    [InlineData("index.docker.io/docker/docker")]
    [InlineData("index.docker.io/library/debian")]
    [InlineData("index.docker.io/debian")]
    [InlineData("127.0.0.1:5000/docker/docker")]
    [InlineData("127.0.0.1:5000/library/debian")]
    [InlineData("127.0.0.1:5000/debian")]
    [InlineData("192.168.0.1")]
    [InlineData("192.168.0.1:80")]
    [InlineData("192.168.0.1:8/debian")]
    [InlineData("192.168.0.2:25000/debian")]
    [InlineData("thisisthesongthatneverendsitgoesonandonandonthisisthesongthatnev")]
    [InlineData("[fc00::1]:5000/docker")]
    [InlineData("[fc00::1]:5000/docker/docker")]
    [InlineData("[fc00:1:2:3:4:5:6:7]:5000/library/debian")]
    [InlineData("docker.io/" + Hex)]
    [InlineData("Docker/docker")]
    [InlineData("DOCKER/docker")]
    [InlineData("docker-rules/docker")]
    [InlineData("docker---rules/docker")]
    [InlineData("doc/docker")]
    [InlineData("d/docker")]
    [InlineData("jess/t")]
    [InlineData("dock__er/docker")]
    public void Name_is_taken(string name)
    {
        var reference = ImageReference.ParseNormalized(name);
        Assert.Equal(reference, ImageReference.ParseNormalized(reference.ToString()));
    }

    [Theory]
    [InlineData("https://github.com/docker/docker")]
    [InlineData("docker/Docker")]
    [InlineData("-docker")]
    [InlineData("-docker/docker")]
    [InlineData("-docker.io/docker/docker")]
    [InlineData("docker///docker")]
    [InlineData("docker.io/docker/Docker")]
    [InlineData("docker.io/docker///docker")]
    [InlineData("[fc00::1]")]
    [InlineData("[fc00::1]:5000")]
    [InlineData("fc00::1:5000/debian")]
    [InlineData("[fe80::1%eth0]:5000/debian")]
    [InlineData("[2001:db8:3:4::192.0.2.33]:5000/debian")]
    [InlineData(Hex)]
    [InlineData("docker-/docker")]
    [InlineData("-docker-/docker")]
    [InlineData("____/____")]
    [InlineData("_docker/_docker")]
    [InlineData("dock..er/docker")]
    [InlineData("dock_.er/docker")]
    [InlineData("dock-.er/docker")]
    [InlineData("docker/")]
    [InlineData(LongNamespace + "/docker")]
    [InlineData("-foo")]
    [InlineData("")]
    public void Name_is_refused(string name)
    {
        Assert.False(ImageReference.TryParseNormalized(name, out _));
        var error = Assert.Throws<ContainerImageException>(() => ImageReference.ParseNormalized(name));
        Assert.Equal(ImageError.InvalidReference, error.Error);
    }

    /// <summary>Path, familiar name, full name, another spelling, domain.</summary>
    [Theory]
    [InlineData("fooo", "localhost/fooo", "localhost/fooo", "localhost/fooo", "localhost")]
    [InlineData("fooo/bar", "localhost/fooo/bar", "localhost/fooo/bar", "localhost/fooo/bar", "localhost")]
    [InlineData("fooo", "LOCALDOMAIN/fooo", "LOCALDOMAIN/fooo", "LOCALDOMAIN/fooo", "LOCALDOMAIN")]
    [InlineData("fooo/bar", "LOCALDOMAIN/fooo/bar", "LOCALDOMAIN/fooo/bar", "LOCALDOMAIN/fooo/bar", "LOCALDOMAIN")]
    [InlineData("fooo/bar", "fooo/bar", "docker.io/fooo/bar", "index.docker.io/fooo/bar", "docker.io")]
    [InlineData("library/ubuntu", "ubuntu", "docker.io/library/ubuntu", "library/ubuntu", "docker.io")]
    [InlineData("nonlibrary/ubuntu", "nonlibrary/ubuntu", "docker.io/nonlibrary/ubuntu", null, "docker.io")]
    [InlineData("other/library", "other/library", "docker.io/other/library", null, "docker.io")]
    [InlineData("private/moonbase", "127.0.0.1:8000/private/moonbase", "127.0.0.1:8000/private/moonbase", null, "127.0.0.1:8000")]
    [InlineData("privatebase", "127.0.0.1:8000/privatebase", "127.0.0.1:8000/privatebase", null, "127.0.0.1:8000")]
    [InlineData("private/moonbase", "example.com/private/moonbase", "example.com/private/moonbase", null, "example.com")]
    [InlineData("privatebase", "example.com/privatebase", "example.com/privatebase", null, "example.com")]
    [InlineData("private/moonbase", "example.com:8000/private/moonbase", "example.com:8000/private/moonbase", null, "example.com:8000")]
    [InlineData("privatebasee", "example.com:8000/privatebasee", "example.com:8000/privatebasee", null, "example.com:8000")]
    [InlineData("library/ubuntu-12.04-base", "ubuntu-12.04-base", "docker.io/library/ubuntu-12.04-base", "index.docker.io/library/ubuntu-12.04-base", "docker.io")]
    [InlineData("library/foo", "foo", "docker.io/library/foo", "docker.io/foo", "docker.io")]
    [InlineData("library/foo/bar", "library/foo/bar", "docker.io/library/foo/bar", null, "docker.io")]
    [InlineData("store/foo/bar", "store/foo/bar", "docker.io/store/foo/bar", null, "docker.io")]
    [InlineData("bar", "Foo/bar", "Foo/bar", null, "Foo")]
    [InlineData("bar", "FOO/bar", "FOO/bar", null, "FOO")]
    public void All_spellings_are_one_name(string path, string familiar, string full, string? other, string domain)
    {
        foreach (var spelling in new[] { familiar, full, other ?? full })
        {
            var reference = ImageReference.ParseNormalized(spelling);
            Assert.Equal(path, reference.Path);
            Assert.Equal(familiar, reference.FamiliarName);
            Assert.Equal(full, reference.ToString());
            Assert.Equal(domain, reference.Domain);
        }
    }

    [Theory]
    [InlineData("test.com/foo", "test.com", "foo")]
    [InlineData("test_com/foo", "docker.io", "test_com/foo")]
    [InlineData("docker/migrator", "docker.io", "docker/migrator")]
    [InlineData("test.com:8080/foo", "test.com:8080", "foo")]
    [InlineData("test-com:8080/foo", "test-com:8080", "foo")]
    [InlineData("foo", "docker.io", "library/foo")]
    [InlineData("xn--n3h.com/foo", "xn--n3h.com", "foo")]
    [InlineData("xn--n3h.com:18080/foo", "xn--n3h.com:18080", "foo")]
    [InlineData("docker.io/foo", "docker.io", "library/foo")]
    [InlineData("docker.io/library/foo", "docker.io", "library/foo")]
    [InlineData("docker.io/library/foo/bar", "docker.io", "library/foo/bar")]
    [InlineData("foo_bar.com/app", "", "foo_bar.com/app")]
    public void Domain_and_path_are_found(string input, string domain, string path)
    {
        var reference = ImageReference.ParseNormalized(input);
        Assert.Equal(domain, reference.Domain);
        Assert.Equal(path, reference.Path);
    }

    [Theory]
    [InlineData("redis", "docker.io/library/redis")]
    [InlineData("redis:latest", "docker.io/library/redis:latest")]
    [InlineData("docker.io/library/redis:latest", "docker.io/library/redis:latest")]
    [InlineData("redis@" + Redis, "docker.io/library/redis@" + Redis)]
    [InlineData("docker.io/library/redis@" + Redis, "docker.io/library/redis@" + Redis)]
    [InlineData("dmcgowan/myapp", "docker.io/dmcgowan/myapp")]
    [InlineData("dmcgowan/myapp:latest", "docker.io/dmcgowan/myapp:latest")]
    [InlineData("docker.io/mcgowan/myapp:latest", "docker.io/mcgowan/myapp:latest")]
    [InlineData("dmcgowan/myapp@" + Redis, "docker.io/dmcgowan/myapp@" + Redis)]
    [InlineData("docker.io/dmcgowan/myapp@" + Redis, "docker.io/dmcgowan/myapp@" + Redis)]
    [InlineData("dbcc1c35ac38df41fd2f5e4130b32ffdb93ebae8b3dbe638c23575912276fc9", "docker.io/library/dbcc1c35ac38df41fd2f5e4130b32ffdb93ebae8b3dbe638c23575912276fc9")]
    [InlineData("dbcc1", "docker.io/library/dbcc1")]
    public void Full_form_parses_to_the_same(string input, string full)
    {
        var reference = ImageReference.ParseNormalized(input);
        Assert.Equal(full, reference.ToString());
        Assert.Equal(ImageReference.Parse(full), reference);
    }

    [Fact]
    public void Tag_and_digest_are_kept_side_by_side()
    {
        const string Text = "busybox:latest@sha256:86e0e091d0da6bde2456dbb48306f3956bbeb2eae1b5b9a43045843f69fe4aaa";
        var reference = ImageReference.ParseNormalized(Text);
        Assert.Equal("docker.io/library/" + Text, reference.ToString());
        Assert.Equal(Text, reference.ToFamiliarString());
        Assert.Equal("latest", reference.Tag);
        Assert.NotNull(reference.Digest);
    }

    [Theory]
    [InlineData("busybox", "docker.io/library/busybox:latest")]
    [InlineData("busybox:latest", "docker.io/library/busybox:latest")]
    [InlineData("busybox@" + Redis, "docker.io/library/busybox@" + Redis)]
    [InlineData("library/busybox", "docker.io/library/busybox:latest")]
    [InlineData("docker.io/busybox", "docker.io/library/busybox:latest")]
    [InlineData("docker.io/library/busybox", "docker.io/library/busybox:latest")]
    [InlineData("docker.io/busybox:latest", "docker.io/library/busybox:latest")]
    [InlineData("library/busybox:latest", "docker.io/library/busybox:latest")]
    [InlineData("docker.io/library/busybox:latest", "docker.io/library/busybox:latest")]
    [InlineData("gcr.io/library/busybox", "gcr.io/library/busybox:latest")]
    [InlineData("gcr.io/library/busybox:latest@" + Redis, "gcr.io/library/busybox@" + Redis)]
    public void Digest_goes_before_tag_and_latest_is_added(string input, string expected) =>
        Assert.Equal(expected, ImageReference.ParseNormalized(input).WithoutTagIfDigested().WithTagOrLatest().ToString());
}
