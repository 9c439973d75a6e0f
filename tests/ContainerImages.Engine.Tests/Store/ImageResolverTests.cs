using System;
using System.Collections.Generic;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.Engine.Tests.Transports;
using ContainerImages.Store;
using Xunit;

namespace ContainerImages.Engine.Tests.Store;

/// <summary>What the words of a user mean, in the documented order.</summary>
public sealed class ImageResolverTests : IDisposable
{
    private static readonly Dictionary<string, TestImage> _images = new()
    {
        ["hub"] = TestImage.Of("hub", "docker.io/library/alpine:latest", "docker.io/library/alpine:3"),
        ["local"] = TestImage.Of("local", "localhost/alpine:latest", "localhost/tool:1"),
        ["team"] = TestImage.Of("team", "docker.io/team/app:1"),
        ["quay"] = TestImage.Of("quay", "quay.io/team/app:2"),
        ["port"] = TestImage.Of("port", "registry.example.com:5000/team/app:1"),
        ["deep"] = TestImage.Of("deep", "quay.io/a/b/c/deep:latest", "quay.io/a/nodeep:latest"),
        ["none"] = TestImage.Of("none"),
        ["plain"] = TestImage.Of("plain", "ghcr.io/o/plain:1.0"),
    };

    private readonly TestStore _test = new();

    public ImageResolverTests() => _test.Store.Import([.. _images.Values]);

    public void Dispose() => _test.Dispose();

    [Theory]
    [InlineData("docker.io/library/alpine:3", "hub", "a full name")]
    [InlineData("docker.io/library/alpine", "hub", "a full name")]
    [InlineData("docker.io/alpine", "hub", "a full name")]
    [InlineData("index.docker.io/alpine:3", "hub", "a full name")]
    [InlineData("localhost/alpine", "local", "a full name")]
    [InlineData("registry.example.com:5000/team/app:1", "port", "a full name")]
    [InlineData("alpine", "local", "under localhost")]
    [InlineData("alpine:latest", "local", "under localhost")]
    [InlineData("tool:1", "local", "under localhost")]
    [InlineData("alpine:3", "hub", "under docker.io")]
    [InlineData("library/alpine:3", "hub", "under docker.io")]
    [InlineData("team/app:1", "team", "under docker.io")]
    [InlineData("app:2", "quay", "the only name that ends so")]
    [InlineData("team/app:2", "quay", "the only name that ends so")]
    [InlineData("deep", "deep", "the only name that ends so")]
    [InlineData("c/deep", "deep", "the only name that ends so")]
    [InlineData("b/c/deep:latest", "deep", "the only name that ends so")]
    [InlineData("plain:1.0", "plain", "the only name that ends so")]
    public void A_name_is_found_by_the_first_rule_that_fits(string text, string image, string why)
    {
        var said = new List<string>();
        var match = new ImageResolver(_test.Store.ReadSnapshot(), null, said.Add).Resolve(text);

        Assert.Equal(_images[image].Id, match.Manifest.Id);
        Assert.Contains(why, Assert.Single(said), StringComparison.Ordinal);
        Assert.Single(match.MatchedNames!);
    }

    [Theory]
    [InlineData("{id}", "hub")]
    [InlineData("sha256:{id}", "hub")]
    [InlineData("sha256:{digest}", "hub")]
    [InlineData("{id12}", "hub")]
    [InlineData("sha256:{id12}", "hub")]
    [InlineData("{ID12}", "hub")]
    [InlineData("{ID}", "hub")]
    [InlineData("{id}", "none")]
    [InlineData("{id12}", "none")]
    [InlineData("sha256:{digest}", "none")]
    [InlineData("alpine@sha256:{digest}", "hub")]
    [InlineData("docker.io/library/alpine@sha256:{digest}", "hub")]
    [InlineData("docker.io/library/alpine@sha256:{id}", "hub")]
    [InlineData("alpine:whatever@sha256:{digest}", "hub")]
    [InlineData("quay.io/team/app@sha256:{digest}", "quay")]
    [InlineData("app@sha256:{digest}", "quay")]
    [InlineData("team/app@sha256:{digest}", "port")]
    [InlineData("anything@sha256:{digest}", "none")]
    [InlineData("@{id}", "hub")]
    [InlineData("@{id12}", "none")]
    [InlineData("@{ID12}", "none")]
    [InlineData("alpine@{id}", "hub")]
    [InlineData("alpine@{id12}", "local")]
    [InlineData("alpine:whatever@{id12}", "hub")]
    [InlineData("docker.io/alpine@{id12}", "hub")]
    [InlineData("app@{id12}", "port")]
    [InlineData("anything@{id12}", "none")]
    [InlineData("store:{id}", "hub")]
    [InlineData("store:{id12}", "hub")]
    [InlineData("store:alpine@{id12}", "hub")]
    [InlineData("store:alpine@sha256:{digest}", "hub")]
    public void An_ID_its_start_and_a_digest_mean_the_whole_image(string text, string image)
    {
        var wanted = _images[image];

        var said = new List<string>();
        var match = new ImageResolver(_test.Store.ReadSnapshot(), null, said.Add).Resolve(Fill(text, wanted));

        Assert.Equal(wanted.Id, match.Manifest.Id);
        Assert.Null(match.MatchedNames);
        Assert.Contains(wanted.Id.Hex, said[^1], StringComparison.Ordinal);
        Assert.Equal(text.StartsWith("store:", StringComparison.Ordinal) ? 2 : 1, said.Count);
    }

    [Theory]
    [InlineData("app:1", ImageError.AmbiguousReference, "docker.io/team/app:1|registry.example.com:5000/team/app:1")]
    [InlineData("alpine:4", ImageError.ImageNotFound, "alpine:3|alpine:latest|localhost/alpine:latest")]
    [InlineData("alpnie", ImageError.ImageNotFound, "alpine:3|alpine:latest|localhost/alpine:latest")]
    [InlineData("quay.io/alpine:3", ImageError.ImageNotFound, "alpine:3|alpine:latest|localhost/alpine:latest")]
    [InlineData("odeep", ImageError.ImageNotFound, "quay.io/a/b/c/deep:latest|quay.io/a/nodeep:latest")]
    [InlineData("docker.io/team/app:2", ImageError.ImageNotFound, "team/app:1|quay.io/team/app:2|registry.example.com:5000/team/app:1")]
    [InlineData("quay.io/deep", ImageError.ImageNotFound, "quay.io/a/b/c/deep:latest|quay.io/a/nodeep:latest")]
    [InlineData("sha256:0000000000000000000000000000000000000000000000000000000000000000", ImageError.ImageNotFound, "")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000", ImageError.ImageNotFound, "")]
    [InlineData("nothing-like-it", ImageError.ImageNotFound, "")]
    [InlineData("sha256:xyz", ImageError.InvalidImageId, "")]
    [InlineData("", ImageError.InvalidReference, "")]
    [InlineData(" ", ImageError.InvalidReference, "")]
    [InlineData("UPPER/Case", ImageError.InvalidReference, "")]
    [InlineData("a b", ImageError.InvalidReference, "")]
    [InlineData("alpine:", ImageError.InvalidReference, "")]
    [InlineData("alpine@sha256:00", ImageError.InvalidReference, "")]
    [InlineData("alpine@nohex", ImageError.InvalidReference, "")]
    [InlineData("Alpine@123456789012", ImageError.InvalidReference, "")]
    [InlineData("@", ImageError.InvalidReference, "")]
    [InlineData("alpine@", ImageError.InvalidReference, "")]
    [InlineData("@000000000000", ImageError.ImageNotFound, "")]
    [InlineData("store:1", ImageError.ImageNotFound, "")]
    [InlineData("store:", ImageError.InvalidReference, "")]
    [InlineData("store: ", ImageError.InvalidReference, "")]
    [InlineData("store:store:alpine", ImageError.InvalidReference, "")]
    public void What_fits_nothing_or_several_is_an_error_with_candidates(string text, ImageError error, string candidates)
    {
        var thrown = Assert.Throws<ContainerImageException>(() => _test.Store.Find(text));

        Assert.Equal(error, thrown.Error);
        Assert.Equal(
            candidates.Split('|', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal),
            thrown.Candidates.Order(StringComparer.Ordinal));
        Assert.All(thrown.Candidates, candidate => Assert.Contains(candidate, thrown.Message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("quay.io/team/app@sha256:{digest}")]
    [InlineData("quay.io/team/app@{id12}")]
    [InlineData("localhost/alpine@{id}")]
    [InlineData("nodeep@{id12}")]
    public void A_name_before_a_digest_or_an_ID_must_be_the_images(string text) => Assert.Equal(
        ImageError.ImageNotFound,
        Assert.Throws<ContainerImageException>(() => _test.Store.Find(Fill(text, _images["hub"]))).Error);

    [Theory]
    [InlineData("quay.io/a/nodeep@{id12}", "deep", "quay.io/a/nodeep:latest")]
    [InlineData("nodeep@sha256:{digest}", "deep", "quay.io/a/nodeep:latest")]
    [InlineData("alpine:3@{id}", "hub", "docker.io/library/alpine:3")]
    [InlineData("{id}", "deep", "quay.io/a/b/c/deep:latest")]
    public void An_image_meant_as_a_whole_is_shown_by_the_name_that_was_given(string text, string image, string reference) =>
        Assert.Equal(reference, _test.Store.Find(Fill(text, _images[image])).Reference);

    [Fact]
    public void A_name_beside_the_start_of_several_IDs_says_which_is_meant()
    {
        var hub = _images["hub"].Id.Hex;
        var others = Enumerable.Range(0, 40).Select(i => TestImage.Of($"one of many {i}", $"docker.io/many/m:{i}")).Where(image => image.Id.Hex[0] == hub[0]).ToArray();
        Assert.NotEmpty(others);
        _test.Store.Import(others);

        Assert.Equal(_images["hub"].Id, _test.Store.Match($"alpine@{hub[..1]}").Manifest.Id);
        Assert.Equal(ImageError.AmbiguousReference, Assert.Throws<ContainerImageException>(() => _test.Store.Match($"@{hub[..1]}")).Error);
    }

    [Theory]
    [InlineData("docker://alpine", "a registry")]
    [InlineData("docker://docker.io/library/alpine:3", "a registry")]
    [InlineData("docker-archive:/srv/a.tar", "an archive")]
    [InlineData("docker-archive:a.tar", "an archive")]
    [InlineData("docker-archive:a.tar:docker.io/library/alpine:3", "an archive")]
    [InlineData("oci-archive:a.tar", "an archive")]
    [InlineData("oci:/srv/layout:alpine", "a layout folder")]
    [InlineData("oci:layout", "a layout folder")]
    [InlineData("dir:./folder", "an archive or folder")]
    [InlineData("dir:folder", "an archive or folder")]
    [InlineData("docker-daemon:alpine:3", "another tool")]
    [InlineData("containers-storage:alpine", "another tool")]
    [InlineData("containers-storage:[overlay@/a+/b]alpine", "another tool")]
    [InlineData("containers-storage:@000000000000", "another tool")]
    [InlineData("tarball:a.tar", "a root file system")]
    [InlineData("sif:a.sif", "an archive")]
    public void A_transport_other_than_the_stores_is_an_error_that_says_what_to_do(string text, string what)
    {
        var error = Assert.Throws<ContainerImageException>(() => _test.Store.Find(text));

        Assert.Equal(ImageError.InvalidReference, error.Error);
        Assert.StartsWith($"'{text}' begins with the transport {text[..(text.IndexOf(':') + (text.StartsWith("docker:") ? 3 : 1))]}, which names ", error.Message, StringComparison.Ordinal);
        Assert.Contains(what, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("docker://quay.io/*")]
    [InlineData("docker-archive:/srv/*.tar")]
    [InlineData("containers-storage:[overlay@/a+/b]alpine")]
    public void A_transport_is_no_pattern_that_matches_nothing(string text) => Assert.Equal(
        ImageError.InvalidReference,
        Assert.Throws<ContainerImageException>(() => new ImageResolver(_test.Store.ReadSnapshot(), null, null).ResolvePattern(text)).Error);

    [Fact]
    public void A_repository_may_be_called_like_a_transport()
    {
        string[] names = ["oci:1", "dir:latest", "store:1", "docker:27"];
        _test.Store.Tag("team/app:1", [.. names.Select(name => $"docker.io/library/{name}")]);

        Assert.All(
            [.. names, "dir", "oci:*", "store:?"],
            text => Assert.Equal(
                _images["team"].Id, Assert.Single(_test.Store.Select(_test.Store.ReadSnapshot(), ImageTarget.OfText(text))).Manifest.Id));
    }

    [Fact]
    public void The_start_of_several_IDs_is_ambiguous()
    {
        var images = Enumerable.Range(0, 17).Select(i => TestImage.Of($"one of seventeen {i}")).ToArray();
        _test.Store.Import(images);
        var digit = images.Concat(_images.Values).GroupBy(image => image.Id.Hex[..1]).First(group => group.Count() > 1);

        var error = Assert.Throws<ContainerImageException>(() => new ImageResolver(_test.Store.ReadSnapshot(), null, null).ResolveId(digit.Key));

        Assert.Equal(ImageError.AmbiguousReference, error.Error);
        Assert.Equal(digit.Select(image => image.Id.Hex).Order(), error.Candidates.Select(candidate => candidate.Split(' ')[0]));
    }

    [Fact]
    public void A_name_comes_before_the_start_of_an_ID()
    {
        var id = _images["none"].Id.Hex[..12];
        _test.Store.Tag("quay.io/team/app:2", id);

        Assert.Equal(_images["quay"].Id, _test.Store.Match(id).Manifest.Id);
    }

    [Fact]
    public void The_start_of_an_ID_comes_before_the_end_of_a_name()
    {
        var id = _images["none"].Id.Hex[..12];
        _test.Store.Tag("quay.io/team/app:2", $"quay.io/deep/{id}");

        Assert.Equal(_images["none"].Id, _test.Store.Match(id).Manifest.Id);
    }

    [Theory]
    [InlineData("*", "docker.io/library/alpine:3|docker.io/library/alpine:latest|docker.io/team/app:1|ghcr.io/o/plain:1.0|localhost/alpine:latest|localhost/tool:1|quay.io/a/b/c/deep:latest|quay.io/a/nodeep:latest|quay.io/team/app:2|registry.example.com:5000/team/app:1")]
    [InlineData("alpine:*", "docker.io/library/alpine:3|docker.io/library/alpine:latest|localhost/alpine:latest")]
    [InlineData("team/*", "docker.io/team/app:1")]
    [InlineData("quay.io/*", "quay.io/a/b/c/deep:latest|quay.io/a/nodeep:latest|quay.io/team/app:2")]
    [InlineData("*/team/app:?", "docker.io/team/app:1|quay.io/team/app:2|registry.example.com:5000/team/app:1")]
    [InlineData("nothing*", "")]
    public void A_pattern_means_the_names_that_it_matches(string pattern, string names)
    {
        var matches = new ImageResolver(_test.Store.ReadSnapshot(), null, null).ResolvePattern(pattern);

        Assert.Equal(
            names.Split('|', StringSplitOptions.RemoveEmptyEntries),
            matches.SelectMany(match => match.MatchedNames!).Order(StringComparer.Ordinal));
        Assert.Equal(matches.Count, matches.Select(match => match.Manifest.Id).Distinct().Count());
    }

    private static string Fill(string text, TestImage image) => text
        .Replace("{id}", image.Id.Hex, StringComparison.Ordinal)
        .Replace("{ID}", image.Id.Hex.ToUpperInvariant(), StringComparison.Ordinal)
        .Replace("{id12}", image.Id.ShortId, StringComparison.Ordinal)
        .Replace("{ID12}", image.Id.ShortId.ToUpperInvariant(), StringComparison.Ordinal)
        .Replace("{digest}", image.Digest.Hex, StringComparison.Ordinal);
}
