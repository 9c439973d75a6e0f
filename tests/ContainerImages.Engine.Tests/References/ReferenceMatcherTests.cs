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

    // Libpod's function has no command of its own that could be asked: these are the cases it was written for.
    [Theory]
    [InlineData("docker.io/library/busybox:latest", "docker.io/library/busybox:latest")]
    [InlineData("docker.io/library/busybox", "docker.io/library/busybox:latest")]
    [InlineData("docker.io/busybox:latest", "docker.io/library/busybox:latest")]
    [InlineData("docker.io/busybox", "docker.io/library/busybox:latest")]
    [InlineData("busybox:latest", "docker.io/library/busybox:latest")]
    [InlineData("busybox", "docker.io/library/busybox:latest")]
    [InlineData("library/busybox", "docker.io/library/busybox:latest")]
    [InlineData("quay.io/other/busybox", "docker.io/library/busybox:latest")]
    [InlineData("foo", "localhost/foo:latest")]
    [InlineData("foo:bar", "localhost/foo:bar")]
    [InlineData("localhost/foo:bar", "localhost/foo:bar")]
    [InlineData("localhost/team/foo:bar", "localhost/foo:bar")]
    [InlineData("web:bar", "localhost/foo:bar")]
    public void An_image_with_three_names_is_known_by_the_one_that_was_meant(string input, string expected)
    {
        string[] names = ["docker.io/library/busybox:latest", "localhost/foo:latest", "localhost/foo:bar"];

        Assert.Equal(expected, ReferenceMatcher.Match(input, names));
        Assert.Equal(expected, ReferenceMatcher.TryMatch(input, names));
    }

    [Theory]
    [InlineData("c:3")]
    [InlineData("a:1")]
    [InlineData("A B")]
    public void Where_none_or_several_fit_there_is_none_to_be_had_without_an_error(string input) =>
        Assert.Null(ReferenceMatcher.TryMatch(input, ["localhost/a:1", "quay.io/a:1"]));

    [Theory]
    [InlineData("app", "localhost/app:latest")]
    [InlineData("app:1", "docker.io/library/app:1")]
    [InlineData("team/app:1", "docker.io/team/app:1")]
    [InlineData("app:2", "quay.io/y/app:2")]
    [InlineData("y/app:2", "quay.io/y/app:2")]
    [InlineData("docker.io/app:1", "docker.io/library/app:1")]
    [InlineData("not a ref", "not a ref")]
    public void A_name_to_be_taken_away_is_the_one_that_a_short_one_stands_for(string input, string expected) => Assert.Equal(
        expected,
        ReferenceMatcher.MatchToRemove(
            input, ["localhost/app:latest", "quay.io/y/app:2", "docker.io/team/app:1", "docker.io/library/app:1", "not a ref"]));

    [Theory]
    [InlineData("web", "localhost/app:latest")]
    [InlineData("app:2", null)]
    [InlineData("quay.io/x/app:1", "quay.io/y/app:1")]
    [InlineData("localhost/app:3", "localhost/app:latest")]
    public void A_name_that_nobody_wrote_is_not_taken_away_for_its_points(string input, string? best)
    {
        string[] names = ["localhost/app:latest", "quay.io/y/app:1"];

        Assert.Equal(best, ReferenceMatcher.TryMatch(input, names));
        var error = Assert.Throws<ContainerImageException>(() => ReferenceMatcher.MatchToRemove(input, names));
        Assert.Equal(ImageError.TagNotFound, error.Error);
        Assert.Equal(names, error.Candidates);
    }

    [Fact]
    public void Two_names_that_end_alike_are_told_apart_by_more_of_them()
    {
        string[] names = ["quay.io/x/app:1", "quay.io/y/app:1"];

        Assert.Equal(
            ImageError.AmbiguousReference, Assert.Throws<ContainerImageException>(() => ReferenceMatcher.MatchToRemove("app:1", names)).Error);
        Assert.Equal("quay.io/y/app:1", ReferenceMatcher.MatchToRemove("y/app:1", names));
    }

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
