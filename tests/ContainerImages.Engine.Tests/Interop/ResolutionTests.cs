using System;
using System.Collections.Generic;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.Engine.Tests.Transports;
using ContainerImages.Testing;
using Xunit;

namespace ContainerImages.Engine.Tests.Interop;

/// <summary>What a user's words mean to podman's <c>image inspect</c>, and to us.</summary>
public sealed class ResolutionTests : IDisposable
{
    private const string None = "nothing";
    private const string Invalid = "invalid";
    private const string Ambiguous = "ambiguous";

    private static readonly Dictionary<string, TestImage> _images = new()
    {
        ["hub"] = TestImage.Of("hub", "docker.io/library/alpine:latest", "docker.io/library/alpine:3"),
        ["local"] = TestImage.Of("local", "localhost/alpine:latest", "localhost/tool:1"),
        ["team"] = TestImage.Of("team", "docker.io/team/app:1"),
        ["quay"] = TestImage.Of("quay", "quay.io/team/app:2"),
        ["port"] = TestImage.Of("port", "registry.example.com:5000/team/app:1"),
        ["deep"] = TestImage.Of("deep", "quay.io/a/b/c/deep:latest", "quay.io/a/nodeep:latest"),
        ["plain"] = TestImage.Of("plain", "ghcr.io/o/plain:1.0", "docker.io/library/oci:1"),
        ["bare"] = TestImage.Of("bare"),
        ["mark"] = TestImage.Of("mark", "docker.io/other/mark:1"),
    };

    // Input; what it means to both; or to us and to podman, where we differ on purpose, and why.
    private static readonly (string Input, string Ours, string Podmans, string Why)[] _cases =
    [
        Same("docker.io/library/alpine:3", "hub"),
        Same("docker.io/library/alpine", "hub"),
        Same("docker.io/alpine", "hub"),
        Same("index.docker.io/alpine:3", "hub"),
        Same("index.docker.io/library/alpine:3", "hub"),
        Same("localhost/alpine", "local"),
        Same("localhost/alpine:3", None),
        Same("registry.example.com:5000/team/app:1", "port"),
        Same("registry.example.com:5000/team/app", None),
        Differs("alpine", "local", "hub", "podman 4 looks on docker.io first; later versions, and we, under localhost"),
        Differs("alpine:latest", "local", "hub", "the same"),
        Same("alpine:3", "hub"),
        Same("alpine:4", None),
        Same("library/alpine:3", "hub"),
        Same("tool:1", "local"),
        Same("tool", None),
        Same("team/app:1", "team"),
        Same("team/app:2", "quay"),
        Same("team/app", None),
        Same("app:2", "quay"),
        Differs("app:1", Ambiguous, "team", "podman takes one of two names that end so"),
        Same("deep", "deep"),
        Same("c/deep", "deep"),
        Same("b/c/deep:latest", "deep"),
        Same("a/b/c/deep", "deep"),
        Same("quay.io/deep", None),
        Same("odeep", None),
        Same("plain", None),
        Same("plain:1.0", "plain"),
        Same("o/plain:1.0", "plain"),
        Same("ghcr.io/plain:1.0", None),

        Same("{hub}", "hub"),
        Same("{bare}", "bare"),
        Same("sha256:{hub}", "hub"),
        Same("{hub:12}", "hub"),
        Same("{bare:12}", "bare"),
        Differs("{HUB}", "hub", Invalid, "an ID is hex, whatever the case"),
        Differs("{HUB:12}", "hub", Invalid, "the same"),
        Differs("sha256:{hub:12}", "hub", Invalid, "the start of an ID is one with its algorithm too"),
        Differs("sha256:{hub.digest}", "hub", None, "an image is known by its digest, not only by its ID"),
        Differs("{bare.digest}", "bare", None, "the same"),
        Same("sha256:xyz", Invalid),
        Same("sha256:", Invalid),
        Same("sha256:0000000000000000000000000000000000000000000000000000000000000000", None),
        Same("0000000000000000000000000000000000000000000000000000000000000000", None),

        Same("alpine@sha256:{hub.digest}", "hub"),
        Same("alpine:3@sha256:{hub.digest}", "hub"),
        Same("alpine:whatever@sha256:{hub.digest}", "hub"),
        Same("docker.io/library/alpine@sha256:{hub.digest}", "hub"),
        Same("localhost/alpine@sha256:{local.digest}", "local"),
        Same("app@sha256:{quay.digest}", "quay"),
        Same("quay.io/whatever@sha256:{bare.digest}", "bare"),
        Differs("quay.io/alpine@sha256:{hub.digest}", None, "hub", "podman does not look at the name; it could remove what nobody named"),
        Differs("localhost/alpine@sha256:{hub.digest}", None, "hub", "the same"),
        Differs("docker.io/library/alpine@sha256:{hub}", "hub", None, "the ID is as good as the digest"),
        Same("alpine@sha256:0000000000000000000000000000000000000000000000000000000000000000", None),
        Same("alpine@sha256:00", Invalid),
        Differs("@{hub}", "hub", Invalid, "podman has these forms behind containers-storage: only"),
        Differs("@{hub:12}", "hub", Invalid, "the same"),
        Differs("alpine@{hub}", "hub", Invalid, "the same"),
        Differs("alpine@{hub:12}", "hub", Invalid, "the same"),
        Differs("containers-storage:@{hub}", Invalid, "hub", "its own store, which is not ours"),
        Differs("containers-storage:alpine@{hub:12}", Invalid, "hub", "the same"),
        Differs("containers-storage:docker.io/library/alpine:3", Invalid, "hub", "the same"),
        Differs("containers-storage:quay.io/alpine@{hub}", Invalid, None, "the same"),
        Differs("store:alpine:3", "hub", Invalid, "our own store, which is not podman's"),

        Same("docker://alpine", Invalid),
        Same("docker://docker.io/library/alpine:3", Invalid),
        Same("docker-archive:a.tar", Invalid),
        Same("docker-archive:/srv/a.tar", Invalid),
        Same("docker-daemon:alpine:3", Invalid),
        Same("oci:/srv/layout:app", Invalid),
        Same("oci:layout", Invalid),
        Same("oci-archive:a.tar", Invalid),
        Same("dir:/srv/folder", Invalid),
        Same("dir:1", Invalid),
        Same("sif:a.sif", Invalid),
        Differs("oci:1", "plain", Invalid, "an image is called so"),
        Differs("tarball:a.tar", Invalid, None, "podman knows it elsewhere"),
        Same("https://docker.io/library/alpine:3", Invalid),

        Same("Alpine", Invalid),
        Same("docker.io/library/Alpine", Invalid),
        Same("UPPER/alpine", None),
        Same("a b", Invalid),
        Same("alpine:", Invalid),
        Same("-alpine", Invalid),
        Same("alpnie", None),
    ];

    private readonly TwoStores _stores = new();

    public void Dispose() => _stores.Dispose();

    [SkippableFact]
    public void Words_mean_the_image_that_podman_takes_them_for()
    {
        _stores.Import([.. _images.Values]);
        var inputs = _cases.Select(item => Fill(item.Input)).ToList();

        var podmans = AskPodman(inputs);

        Assert.Equal(_cases.Select(item => $"{item.Input} is {item.Podmans}"), _cases.Zip(podmans, (item, found) => $"{item.Input} is {found}"));
        Assert.Equal(_cases.Select(item => $"{item.Input} is {item.Ours}"), _cases.Zip(inputs, (item, input) => $"{item.Input} is {AskUs(input)}"));
    }

    [Fact]
    public void Where_we_differ_there_is_a_reason() =>
        Assert.All(_cases, item => Assert.Equal(item.Ours != item.Podmans, item.Why.Length > 0));

    private static (string Input, string Ours, string Podmans, string Why) Same(string input, string means) => (input, means, means, "");

    private static (string Input, string Ours, string Podmans, string Why) Differs(string input, string ours, string podmans, string why) =>
        (input, ours, podmans, why);

    private static string Fill(string text)
    {
        foreach (var (name, image) in _images)
        {
            text = text
                .Replace($"{{{name}}}", image.Id.Hex, StringComparison.Ordinal)
                .Replace($"{{{name}:12}}", image.Id.Hex[..12], StringComparison.Ordinal)
                .Replace($"{{{name.ToUpperInvariant()}}}", image.Id.Hex.ToUpperInvariant(), StringComparison.Ordinal)
                .Replace($"{{{name.ToUpperInvariant()}:12}}", image.Id.Hex[..12].ToUpperInvariant(), StringComparison.Ordinal)
                .Replace($"{{{name}.digest}}", image.Digest.Hex, StringComparison.Ordinal);
        }

        return text;
    }

    private static string NameOf(string id) => _images.Single(image => image.Value.Id.Hex == id).Key;

    private string AskUs(string input)
    {
        try
        {
            return NameOf(_stores.Store.Find(input).Id);
        }
        catch (ContainerImageException e)
        {
            return e.Error switch
            {
                ImageError.ImageNotFound => None,
                ImageError.AmbiguousReference => Ambiguous,
                ImageError.InvalidReference or ImageError.InvalidImageId => Invalid,
                _ => e.Error.ToString(),
            };
        }
    }

    /// <summary>All in one call, which goes on after an error; an image between any two tells which answer is to which.</summary>
    private List<string> AskPodman(IReadOnlyList<string> inputs)
    {
        var mark = _images["mark"].Id.Hex;
        var answers = _stores.Peers.Run(
            Peer.Podman,
            ["image", "inspect", "--format", "{{.Id}}", "--", .. inputs.SelectMany(input => new[] { mark, mark, input })],
            mustSucceed: false).Output.Split($"{mark}\n{mark}");
        return [.. answers.Skip(1).Zip(inputs, (answer, input) => answer.Trim() is { Length: > 0 } id ? NameOf(id) : Error(input))];
    }

    private string Error(string input)
    {
        var said = _stores.Peers.Run(Peer.Podman, ["image", "inspect", "--", input], mustSucceed: false);
        Assert.NotEqual(0, said.ExitCode);
        return said.Error.Contains("image not known", StringComparison.Ordinal) ? None : Invalid;
    }
}
