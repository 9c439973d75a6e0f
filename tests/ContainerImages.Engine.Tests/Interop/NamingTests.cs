using System;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.Engine.Tests.Store;
using ContainerImages.Engine.Tests.Transports;
using ContainerImages.References;
using ContainerImages.Testing;
using Xunit;

namespace ContainerImages.Engine.Tests.Interop;

/// <summary>What <c>podman tag</c> and <c>untag</c> make of a name, and what we do.</summary>
public sealed class NamingTests : IDisposable
{
    private const string Digest = "@sha256:1a3f5e7d9c1b3a5f7e9d1c3b5a7f9e1d3c5b7a9f1e3d5d7c9b1a3f5e7d9c1b3a";

    private static readonly TestImage _image = TestImage.Of("image", "docker.io/library/image:1");
    private static readonly TestImage _other = TestImage.Of("other", "quay.io/other:1", "localhost/taken:latest");

    private static readonly string[] _good =
    [
        "foo", "foo:1", "a/b", "a/b/c:2", "localhost", "localhost/x", "docker.io", "docker.io/busybox", "docker.io/library/b:1", "docker.io/a/b",
        "index.docker.io/x", "index.docker.io/library/x:2", "quay.io/a:1", "host:5000/a", "a_b.c--d", "a__b", "a:UPPER", "123456789012",
        "a:" + new string('t', 128), "test.com:5000", "containers-storage:x", "dir:x", "taken", "docker.io/library/image:1", "image:1",
    ];

    private static readonly string[] _bad =
    [
        "UPPER", "a/B", "Host/a:1", "a:", "a" + Digest, "a:1" + Digest, "quay.io/a" + Digest, Digest[1..], "sha256:abc", "docker://x", "", " a", "-a",
        "a//b", "a/", "a:" + new string('t', 129), "a:1:2", ".a", "a/.b", "a:-1",
    ];

    private readonly TwoStores _stores = new();

    public void Dispose() => _stores.Dispose();

    [SkippableFact]
    public void Names_become_what_podman_makes_of_them_and_one_that_was_anothers_moves()
    {
        _stores.Import(_image, _other);

        _stores.Peers.Podman(["tag", _image.Id.Hex, .. _good]);
        _stores.Store.Tag(_image.Id.Hex, _good);

        Assert.Equal(_stores.PodmansNames(), _stores.OurNames());
        Assert.Equal("quay.io/other:1", _stores.OurNames()[_other.Id.Hex]);
        _stores.Store.AssertSound();
    }

    [SkippableFact]
    public void Names_that_podman_refuses_are_refused()
    {
        _stores.Import(_image);

        foreach (var name in _bad)
        {
            Assert.NotEqual(0, _stores.Peers.Run(Peer.Podman, ["tag", _image.Id.Hex, "--", name], mustSucceed: false).ExitCode);
            _stores.Store.AssertRefused(ImageError.InvalidReference, store => store.Tag(_image.Id.Hex, name));
        }

        Assert.Equal(_stores.PodmansNames(), _stores.OurNames());
    }

    // A name of 64 hex digits could never be asked for, as it means an ID; an address in brackets is a registry like any other.
    [SkippableFact]
    public void Of_two_names_we_think_otherwise_than_podman()
    {
        _stores.Import(_image);
        var (digits, bracketed) = (Digest["@sha256:".Length..], "[::1]:5000/a:1");

        _stores.Peers.Podman("tag", _image.Id.Hex, digits);
        Assert.NotEqual(0, _stores.Peers.Run(Peer.Podman, ["tag", _image.Id.Hex, bracketed], mustSucceed: false).ExitCode);
        _stores.Store.AssertRefused(ImageError.InvalidReference, store => store.Tag(_image.Id.Hex, digits));
        _stores.Store.Tag(_image.Id.Hex, bracketed);

        Assert.Equal(bracketed, _stores.Store.Find(bracketed).Reference);
    }

    [SkippableFact]
    public void Of_several_names_one_of_which_is_bad_podman_gives_some_and_we_none()
    {
        _stores.Import(_image);
        string[] names = ["good:1", "BAD", "good:2"];

        _stores.Peers.Run(Peer.Podman, ["tag", _image.Id.Hex, .. names], mustSucceed: false);
        _stores.Store.AssertRefused(ImageError.InvalidReference, store => store.Tag(_image.Id.Hex, names));

        Assert.Equal("docker.io/library/image:1 localhost/good:1", _stores.PodmansNames()[_image.Id.Hex]);
        Assert.Equal("docker.io/library/image:1", _stores.OurNames()[_image.Id.Hex]);
    }

    [SkippableFact]
    public void Names_are_taken_away_as_podman_takes_them_and_the_last_leaves_a_dangling_image()
    {
        string[] names = ["foo", "foo:1", "docker.io/busybox", "docker.io/library/b:1", "localhost/x", "test.com:5000", "quay.io/a"];
        _stores.Import(_image, _other);
        _stores.Peers.Podman(["tag", _image.Id.Hex, .. names]);
        _stores.Store.Tag(_image.Id.Hex, names);

        foreach (var name in names.Append("docker.io/library/image:1"))
        {
            _stores.Peers.Podman("untag", _image.Id.Hex, name);
            Untag(name);
            Assert.Equal(_stores.PodmansNames(), _stores.OurNames());
        }

        Assert.True(_stores.Store.Find(_image.Id.Hex).Dangling);
        Assert.Equal([_image.Id.Hex], _stores.PodmansImages("dangling=true"));
        _stores.Store.AssertSound();
    }

    [SkippableFact]
    public void A_name_that_is_not_the_images_is_an_error_for_both()
    {
        _stores.Import(_image, _other);

        foreach (var name in new[] { "nope", "nope:1", "quay.io/other:1", "taken", "docker.io/library/image:2", "quay.io/image:9" })
        {
            Assert.NotEqual(0, _stores.Peers.Run(Peer.Podman, ["untag", _image.Id.Hex, name], mustSucceed: false).ExitCode);
            _stores.Store.AssertRefused(ImageError.TagNotFound, _ => Untag(name));
        }

        Assert.Equal(_stores.PodmansNames(), _stores.OurNames());
    }

    [SkippableFact]
    public void Of_several_names_one_of_which_is_gone_podman_takes_some_and_we_none()
    {
        _stores.Import(_other);
        string[] names = ["quay.io/other:1", "nope:1", "localhost/taken:latest"];

        _stores.Peers.Run(Peer.Podman, ["untag", _other.Id.Hex, .. names], mustSucceed: false);
        _stores.Store.AssertRefused(ImageError.TagNotFound, store => store.Untag([.. names.Select(name => (name, _other.Id))], default));

        Assert.Equal("localhost/taken:latest", _stores.PodmansNames()[_other.Id.Hex]);
        Assert.Equal("localhost/taken:latest quay.io/other:1", _stores.OurNames()[_other.Id.Hex]);
    }

    // Podman makes a full name under localhost/ of what is short, and knows it no more; here it is matched to the image's names.
    [SkippableFact]
    public void A_short_name_is_enough_to_take_one_of_docker_io_away()
    {
        _stores.Import(_image);

        Assert.NotEqual(0, _stores.Peers.Run(Peer.Podman, ["untag", _image.Id.Hex, "image:1"], mustSucceed: false).ExitCode);
        Untag("image:1");

        Assert.Empty(_stores.Store.Find(_image.Id.Hex).Names);
    }

    private void Untag(string name) => _stores.Store.Untag(
        [(ReferenceMatcher.MatchToRemove(name, _stores.Store.Find(_image.Id.Hex).Names), _image.Id)], default);
}
