using ContainerImages.Content;
using ContainerImages.References;
using Xunit;

namespace ContainerImages.Engine.Tests.References;

public class ImageReferenceTests
{
    private const string Hex = "1a3f5e7d9c1b3a5f7e9d1c3b5a7f9e1d3c5b7a9f1e3d5d7c9b1a3f5e7d9c1b3a";
    private const string Sha = "sha256:" + Hex;

    [Theory]
    [InlineData("foo", "localhost/foo:latest")]
    [InlineData("foo:1", "localhost/foo:1")]
    [InlineData("team/foo", "localhost/team/foo:latest")]
    [InlineData("localhost/foo", "localhost/foo:latest")]
    [InlineData("localhost/foo:latest", "localhost/foo:latest")]
    [InlineData("docker.io/busybox", "docker.io/library/busybox:latest")]
    [InlineData("index.docker.io/busybox:1", "docker.io/library/busybox:1")]
    [InlineData("docker.io/team/app:1", "docker.io/team/app:1")]
    [InlineData("quay.io/a/b", "quay.io/a/b:latest")]
    [InlineData("host:5000/a", "host:5000/a:latest")]
    [InlineData("[::1]:5000/a:1", "[::1]:5000/a:1")]
    [InlineData("host:5000", "localhost/host:5000")]
    [InlineData("foo_bar.com/app", "localhost/foo_bar.com/app:latest")]
    public void Tag_gets_its_full_name_and_tagging_with_it_changes_nothing(string input, string expected)
    {
        var reference = ImageReference.ParseForTag(input);
        Assert.Equal(expected, reference.ToString());
        Assert.Equal(reference, ImageReference.ParseForTag(expected));
        Assert.Equal(reference, ImageReference.NormalizeName(input));
        Assert.True(ImageReference.TryParseForTag(input, out var tried) && tried == reference);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(Hex)]
    [InlineData(Sha)]
    [InlineData("sha256:abc")]
    [InlineData("sha512:" + Hex + Hex)]
    [InlineData("foo@" + Sha)]
    [InlineData("foo:1@" + Sha)]
    [InlineData("Foo")]
    [InlineData("Team/foo")]
    [InlineData("foo:")]
    [InlineData("foo bar")]
    public void What_cannot_be_a_tag_is_refused(string? input)
    {
        Assert.False(ImageReference.TryParseForTag(input, out _));
        var error = Assert.Throws<ContainerImageException>(() => ImageReference.ParseForTag(input!));
        Assert.Equal(ImageError.InvalidReference, error.Error);
    }

    [Theory]
    [InlineData("foo@" + Sha, "localhost/foo@" + Sha)]
    [InlineData("foo:1@" + Sha, "localhost/foo@" + Sha)]
    [InlineData("docker.io/foo:1@" + Sha, "docker.io/library/foo@" + Sha)]
    public void Name_of_an_archive_may_have_a_digest_which_goes_before_the_tag(string input, string expected) =>
        Assert.Equal(expected, ImageReference.NormalizeName(input).ToString());

    [Theory]
    [InlineData("foo", true)]
    [InlineData("team/foo:1", true)]
    [InlineData("foo:5000", true)]
    [InlineData("Foo/bar", true)]
    [InlineData("localhost/foo", false)]
    [InlineData("quay.io/foo", false)]
    [InlineData("host:5000/foo", false)]
    [InlineData("[::1]/foo", false)]
    [InlineData("Foo", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void Short_name_has_no_registry(string? text, bool expected) => Assert.Equal(expected, ImageReference.IsShortName(text));

    [Theory]
    [InlineData("test.com/foo", "tag", "test.com/foo:tag")]
    [InlineData("foo", "tag2", "foo:tag2")]
    [InlineData("test.com:8000/foo", "tag4", "test.com:8000/foo:tag4")]
    [InlineData("test.com:8000/foo", "TAG5", "test.com:8000/foo:TAG5")]
    [InlineData("test.com:8000/foo@" + Sha, "TAG5", "test.com:8000/foo:TAG5@" + Sha)]
    public void Tag_is_put_on(string name, string tag, string expected) =>
        Assert.Equal(expected, ImageReference.Parse(name).WithTag(tag).ToString());

    [Theory]
    [InlineData("test.com/foo", "test.com/foo@" + Sha)]
    [InlineData("foo", "foo@" + Sha)]
    [InlineData("test.com:8000/foo:latest", "test.com:8000/foo:latest@" + Sha)]
    public void Digest_is_put_on(string name, string expected)
    {
        var reference = ImageReference.Parse(name).WithDigest(Digest.Parse(Sha));
        Assert.Equal(expected, reference.ToString());
        Assert.Equal(name, reference.WithDigest(default).ToString());
    }

    [Fact]
    public void Parts_are_taken_off()
    {
        var reference = ImageReference.Parse("a.b/c:1@" + Sha);
        Assert.Equal("a.b/c@" + Sha, reference.WithoutTag().ToString());
        Assert.Equal("a.b/c:1", reference.WithoutDigest().ToString());
        Assert.Equal("a.b/c", reference.NameOnly().ToString());
        Assert.Same(reference, reference.WithTagOrLatest());
    }

    [Theory]
    [InlineData("-foo")]
    [InlineData("")]
    [InlineData("a/b")]
    [InlineData("a:b")]
    public void Bad_tag_is_not_put_on(string tag)
    {
        var error = Assert.Throws<ContainerImageException>(() => ImageReference.ParseNormalized("busybox").WithTag(tag));
        Assert.Contains("tag", error.Message, System.StringComparison.Ordinal);
    }

    [Fact]
    public void Equality_goes_by_the_text()
    {
        var one = ImageReference.ParseNormalized("debian:12");
        Assert.True(one == ImageReference.Parse("docker.io/library/debian:12"));
        Assert.Equal(one.GetHashCode(), ImageReference.Parse("docker.io/library/debian:12").GetHashCode());
        Assert.True(one != ImageReference.Parse("debian:12"));
        Assert.False(one.Equals(null));
        Assert.True((ImageReference?)null == null);
    }
}
