using System;
using ContainerImages.Content;
using ContainerImages.References;
using Xunit;

namespace ContainerImages.Engine.Tests.References;

/// <summary>What a person reads: the rule, the place, the corrected form.</summary>
public class ReferenceErrorTests
{
    private const string Hex = "1a3f5e7d9c1b3a5f7e9d1c3b5a7f9e1d3c5b7a9f1e3d5d7c9b1a3f5e7d9c1b3a";

    [Theory]
    [InlineData("Foo/Bar", "Repository names are lower case: 'Foo/Bar' has 'F' at position 1; did you mean 'foo/bar'?")]
    [InlineData("quay.io/team/App:V1", "Repository names are lower case: 'quay.io/team/App:V1' has 'A' at position 14; did you mean 'quay.io/team/app:V1'?")]
    [InlineData("", "An image reference is empty; a name such as 'debian:12' is wanted.")]
    [InlineData(":tag", "':tag' has no repository name before ':'.")]
    [InlineData("@sha256:" + Hex, "has no repository name before '@'.")]
    [InlineData(" debian", "has ' ' at position 1; it may have a-z and 0-9, with '.', '_' and '-' between them, and '/' between parts; did you mean 'debian'?")]
    [InlineData("a//b", "The repository name in 'a//b' has an empty part at position 3.")]
    [InlineData("a/", "The repository name in 'a/' has an empty part at position 3.")]
    [InlineData("/a", "The repository name in '/a' has an empty part at position 1.")]
    [InlineData("a..b", "has '.' at position 3, where a letter or digit must stand next to it")]
    [InlineData("a-", "has '-' at position 2, where a letter or digit must stand next to it")]
    [InlineData("a_/b", "has '_' at position 2, where a letter or digit must stand next to it")]
    [InlineData("a/-b", "has '-' at position 3, where a letter or digit must stand next to it")]
    [InlineData("a$b", "The repository name in 'a$b' has '$' at position 2; it may have a-z and 0-9")]
    [InlineData("a\u001b[2Jb", "The repository name in 'a\\u001b[2Jb' has '\\u001b' at position 2")]
    [InlineData("a:", "'a:' has an empty tag after ':' at position 2.")]
    [InlineData("a:-1", "The tag '-1' in 'a:-1' has '-' at position 3; tags have letters, digits and '_'")]
    [InlineData("a:1:2", "The tag '1:2' in 'a:1:2' has ':' at position 4")]
    [InlineData("a@sha256:abc", "The digest 'sha256:abc', from position 3 in 'a@sha256:abc', is not one: sha256 has 64 hex digits, not 3.")]
    [InlineData("a@md5:abc", "the algorithm 'md5' is not supported; sha256, sha384 and sha512 are.")]
    [InlineData("a@" + Hex, "it has no ':' between algorithm and hex digits")]
    [InlineData("[::1]:5000", "'[::1]:5000' is a registry address alone; a repository name must follow it")]
    [InlineData("a_b.com:80/c", "The registry 'a_b.com:80' is not host[:port]: '_' at position 2; hosts are")]
    [InlineData("a.com:/c", "The registry 'a.com:' is not host[:port]: something missing at position 7; hosts are")]
    [InlineData("a.com:8o/c", "The registry 'a.com:8o' is not host[:port]: 'o' at position 8; hosts are")]
    [InlineData("https://quay.io/a/b:1", "did you mean 'quay.io/a/b:1'?")]
    public void Message_says_what_is_wrong_where_and_what_was_meant(string text, string expected)
    {
        var error = Assert.Throws<ContainerImageException>(() => ImageReference.Parse(text));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Limits_are_named()
    {
        var name = Assert.Throws<ContainerImageException>(() => ImageReference.Parse("a.b/" + new string('a', 256)));
        Assert.Contains("it may have 255 characters", name.Message, StringComparison.Ordinal);
        var tag = Assert.Throws<ContainerImageException>(() => ImageReference.Parse("a:" + new string('a', 129)));
        Assert.Contains("tags have at most 128 characters, not 129", tag.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Hex, "cannot be used as a tag: it is an image ID or digest, not a name.")]
    [InlineData("sha256:abc", "cannot be used as a tag: it is an image ID or digest, not a name.")]
    [InlineData("foo:1@sha256:" + Hex, "(tag by digest); did you mean 'foo:1'?")]
    [InlineData("Team/App", "has 'T' at position 1; did you mean 'team/app'?")]
    public void Tag_is_refused_with_the_reason(string text, string expected)
    {
        var error = Assert.Throws<ContainerImageException>(() => ImageReference.ParseForTag(text));
        Assert.EndsWith(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Image_id_is_no_name()
    {
        var error = Assert.Throws<ContainerImageException>(() => ImageReference.ParseNormalized(Hex));
        Assert.Equal($"'{Hex}' is an image ID; 64 hex digits are never a name.", error.Message);
    }
}
