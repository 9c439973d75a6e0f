using System;
using System.Diagnostics;
using ContainerImages.Content;
using ContainerImages.References;
using Xunit;

namespace ContainerImages.Engine.Tests.References;

public class ReferencePatternTests
{
    [Theory]
    [InlineData("debian*", true)]
    [InlineData("debian:*", true)]
    [InlineData("te?t", true)]
    [InlineData("[ab]", true)]
    [InlineData("[::1]:5000/*", true)]
    [InlineData("[abc", true)]
    [InlineData("[::1]:5000/a:1", false)]
    [InlineData("[abc]/x", false)]
    [InlineData("debian", false)]
    [InlineData("Debian", false)]
    [InlineData("a`*b", false)]
    [InlineData("a]", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void Pattern_has_wildcards_and_is_no_reference(string? text, bool expected) =>
        Assert.Equal(expected, ReferencePattern.IsPattern(text));

    [Theory]
    [InlineData("docker.io/library/debian:12", "debian*", true)]
    [InlineData("docker.io/library/debian:12", "debian:*", true)]
    [InlineData("docker.io/library/debian:12", "*:12", true)]
    [InlineData("docker.io/library/debian:12", "*/debian", true)]
    [InlineData("docker.io/library/debian:12", "library/debi?n", true)]
    [InlineData("docker.io/library/debian:12", "DOCKER.IO/*", true)]
    [InlineData("docker.io/library/debian:12", "deb*:13", false)]
    [InlineData("docker.io/library/debian:12", "ebian*", false)]
    [InlineData("docker.io/library/debian:12", "*", true)]
    [InlineData("localhost/team/app:1", "team/*", true)]
    [InlineData("localhost/team/app:1", "team/a[o-q]p", true)]
    [InlineData("localhost/team/app:1", "team/a[!p]p", true)]
    [InlineData("localhost/team/app:1", "team/a[!a]p", false)]
    [InlineData("quay.io/team/sub/app:1", "quay.io/*/app", true)]
    [InlineData("quay.io/team/sub/app:1", "team/*", false)]
    [InlineData("[::1]:5000/a:1", "`[::1`]:5000/*", true)]
    [InlineData("[::1]:5000/a:1", "[[]::1[]]:5000/a:?", true)]
    [InlineData("a.b/c@sha256:1a3f5e7d9c1b3a5f7e9d1c3b5a7f9e1d3c5b7a9f1e3d5d7c9b1a3f5e7d9c1b3a", "*/c", true)]
    [InlineData("a.b/c@sha256:1a3f5e7d9c1b3a5f7e9d1c3b5a7f9e1d3c5b7a9f1e3d5d7c9b1a3f5e7d9c1b3a", "*@sha256:1a3*", true)]

    // distribution's FamiliarMatch, whose '*' stops at '/'; on these inputs both agree.
    [InlineData("docker.io/library/foo", "foo/**/ba[rz]", false)]
    [InlineData("docker.io/foo/any/bat", "foo/**/ba[rz]", false)]
    [InlineData("docker.io/foo/a/bar", "foo/**/ba[rz]", true)]
    [InlineData("docker.io/foo/b/baz", "foo/**/ba[rz]", true)]
    [InlineData("docker.io/foo/c/baz:tag", "foo/**/ba[rz]", true)]
    [InlineData("docker.io/foo/c/baz:tag", "foo/*/baz:tag", true)]
    [InlineData("docker.io/foo/c/baz:tag", "foo/c/baz:tag", true)]
    [InlineData("example.com/foo/c/baz:tag", "*/foo/c/baz", true)]
    [InlineData("example.com/foo/c/baz:tag", "example.com/foo/c/baz", true)]
    public void Pattern_covers_some_form_of_the_name(string name, string pattern, bool expected)
    {
        Assert.Equal(expected, new ReferencePattern(pattern).IsMatch(name));
        Assert.Equal(expected, new ReferencePattern(pattern).IsMatch(ImageReference.Parse(name)));
    }

    /// <summary>What PowerShell's own WildcardPattern answers to the same.</summary>
    [Theory]
    [InlineData("[]a]x", "]x", true)]
    [InlineData("[a-]x", "-x", true)]
    [InlineData("[-a]x", "-x", true)]
    [InlineData("[a`-c]x", "bx", false)]
    [InlineData("[a`]]x", "]x", true)]
    [InlineData("[A-C]x", "bX", true)]
    [InlineData("``x", "`x", true)]
    [InlineData("x`", "x`", true)]
    [InlineData("`nx", "nx", true)]
    [InlineData("a*b*c", "aXbXbc", true)]
    [InlineData("a*b*c", "aXbXb", false)]
    [InlineData("**", "", true)]
    [InlineData("?", "", false)]
    public void Wildcards_mean_what_they_mean_in_PowerShell(string pattern, string text, bool expected)
    {
        Assert.True(Wildcard.TryParse(pattern, out var wildcard, out _));
        Assert.Equal(expected, wildcard.IsMatch(text));
    }

    [Theory]
    [InlineData("a[b", "the set that '[' opens at position 2 is not closed.")]
    [InlineData("[]", "the set that '[' opens at position 1 is not closed.")]
    [InlineData("*[z-a]", "the set that '[' opens at position 2 has the range 'z-a', which ends before it starts.")]
    [InlineData("", "it is empty.")]
    public void Malformed_pattern_is_refused(string pattern, string expected)
    {
        var error = Assert.Throws<ContainerImageException>(() => new ReferencePattern(pattern));
        Assert.Equal(ImageError.InvalidReference, error.Error);
        Assert.EndsWith(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Many_stars_do_not_blow_up()
    {
        Assert.True(Wildcard.TryParse(string.Concat(System.Linq.Enumerable.Repeat("*a", 200)) + "b", out var wildcard, out _));
        var watch = Stopwatch.StartNew();
        Assert.False(wildcard.IsMatch(new string('a', 5000)));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5), "a backtracking matcher would not come back at all");
    }
}
