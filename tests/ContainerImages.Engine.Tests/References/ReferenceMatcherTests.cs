using System;
using ContainerImages.Content;
using ContainerImages.References;
using Xunit;

namespace ContainerImages.Engine.Tests.References;

public class ReferenceMatcherTests
{
    private const string Sha = "sha256:1a3f5e7d9c1b3a5f7e9d1c3b5a7f9e1d3c5b7a9f1e3d5d7c9b1a3f5e7d9c1b3a";

    [Theory]
    [InlineData("a", "", "a", "latest")]
    [InlineData("a:1", "", "a", "1")]
    [InlineData("a/b", "", "a/b", "latest")]
    [InlineData("a/b/c:1", "", "a/b/c", "1")]
    [InlineData("a.b/c", "a.b", "c", "latest")]
    [InlineData("a:5000/c/d:1", "a:5000", "c/d", "1")]
    [InlineData("localhost/c", "localhost", "c", "latest")]
    [InlineData("a@" + Sha, "", "a", "none")]
    [InlineData("a:1@" + Sha, "", "a", "1")]
    public void Reference_is_decomposed_as_libpod_does(string text, string registry, string name, string tag) =>
        Assert.Equal((registry, name, tag), ReferenceMatcher.Decompose(text));

    [Theory]
    [InlineData("docker.io/library/busybox:latest", "docker.io/library/busybox:latest", "docker.io/library/busybox:latest", "localhost/busybox:latest")]
    [InlineData("busybox:1", "docker.io/library/busybox:1", "docker.io/library/busybox:1", "docker.io/library/busybox:2")]
    [InlineData("busybox", "docker.io/library/busybox:latest", "docker.io/library/busybox:latest", "docker.io/library/alpine:1")]
    [InlineData("quay.io/x/app:9", "quay.io/y/app:1", "quay.io/y/app:1", "docker.io/y/app:1")]
    [InlineData("team/app", "localhost/team/app:latest", "localhost/team/app:latest", "localhost/team/web:latest")]
    [InlineData("nothing", "localhost/a:latest", "localhost/a:latest", "localhost/a:1")]
    [InlineData("app@" + Sha, "localhost/app:1", "localhost/app:1", "localhost/web:1")]
    [InlineData("not a ref", "not a ref", "localhost/a:1", "not a ref")]
    public void Most_points_win(string input, string expected, params string[] names) =>
        Assert.Equal(expected, ReferenceMatcher.Match(input, names));

    [Fact]
    public void No_point_is_not_found_and_lists_the_names()
    {
        string[] names = ["localhost/a:1", "localhost/b:2"];
        var error = Assert.Throws<ContainerImageException>(() => ReferenceMatcher.Match("c:3", names));
        Assert.Equal(ImageError.TagNotFound, error.Error);
        Assert.Equal(names, error.Candidates);
        Assert.Equal("'c:3' is none of the image's names: localhost/a:1, localhost/b:2.", error.Message);
        Assert.EndsWith("; it has none.", Assert.Throws<ContainerImageException>(() => ReferenceMatcher.Match("c", [])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tie_is_ambiguous_and_lists_those_that_tie()
    {
        string[] names = ["localhost/a:1", "quay.io/a:1", "quay.io/b:2", "quay.io/a:1"];
        var error = Assert.Throws<ContainerImageException>(() => ReferenceMatcher.Match("a:1", names));
        Assert.Equal(ImageError.AmbiguousReference, error.Error);
        Assert.Equal(["localhost/a:1", "quay.io/a:1"], error.Candidates);
    }

    [Fact]
    public void Bad_input_is_an_invalid_reference()
    {
        var error = Assert.Throws<ContainerImageException>(() => ReferenceMatcher.Match("A B", ["localhost/a:1"]));
        Assert.Equal(ImageError.InvalidReference, error.Error);
    }

    [Theory]
    [InlineData("a/b/c", "c", true)]
    [InlineData("a/b/c", "b/c", true)]
    [InlineData("a/b/c", "a/b/c", true)]
    [InlineData("a/bc", "c", false)]
    [InlineData("c", "b/c", false)]
    [InlineData("c", "", false)]
    public void Suffix_starts_at_a_slash(string stored, string shortName, bool expected) =>
        Assert.Equal(expected, ReferenceMatcher.EndsWithComponents(stored, shortName));

    [Theory]
    [InlineData("quay.io/team/app:latest", "app", true)]
    [InlineData("quay.io/team/app:latest", "team/app:latest", true)]
    [InlineData("quay.io/team/app:1", "app", false)]
    [InlineData("quay.io/team/app:1", "app:1", true)]
    [InlineData("quay.io/team/myapp:1", "app:1", false)]
    [InlineData("quay.io/team/app@" + Sha, "app@" + Sha, false)]
    [InlineData("quay.io/team/app@" + Sha, "app", false)]
    public void Short_name_needs_an_equal_tag(string stored, string shortName, bool expected) =>
        Assert.Equal(expected, ReferenceMatcher.IsSuffixMatch(ImageReference.Parse(stored), ImageReference.Parse(shortName)));
}
