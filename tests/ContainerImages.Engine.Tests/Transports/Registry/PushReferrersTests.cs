using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using ContainerImages.Content;
using ContainerImages.Engine.Tests.Store;
using ContainerImages.Testing;
using ContainerImages.Transports;
using Xunit;

namespace ContainerImages.Engine.Tests.Transports.Registry;

/// <summary>What refers to an image on its way to a registry that keeps lists of such, and to one that does not.</summary>
public sealed class PushReferrersTests : IDisposable
{
    private readonly PullBench _bench = new();
    private readonly TestImage _image = new(TestLayer.Of("content", Compression.Gzip)) { Names = ["docker.io/team/app:1"] };
    private readonly TestArtifact _note;
    private readonly TestArtifact _noteOnNote;

    public PushReferrersTests()
    {
        _note = TestArtifact.About(_image, "a note");
        _noteOnNote = TestArtifact.About(_note, "a note on the note");
        _bench.Store.Import(_image, _note, _noteOnNote);
    }

    public void Dispose() => _bench.Dispose();

    [SkippableFact]
    public async Task They_stay_behind_unless_they_are_asked_for()
    {
        _bench.Publish("team/app:1");

        Assert.Empty(await ListAsync(_image.Digest));
        Assert.Contains(_bench.Said, line => line.StartsWith("2 artifacts that refer to the image stay behind", StringComparison.Ordinal));
    }

    [SkippableFact]
    public async Task They_go_along_and_are_put_on_lists_where_the_registry_keeps_none()
    {
        var pushed = Publish();

        Assert.Equal(_image.Digest.ToString(), pushed.Digest);
        var listed = Assert.Single(await ListAsync(_image.Digest));
        Assert.Equal((_note.Digest, "application/vnd.example.note"), (listed.Digest, listed.ArtifactType));
        Assert.Equal(_noteOnNote.Digest, Assert.Single(await ListAsync(_note.Digest)).Digest);
        Assert.Equal("1", _bench.Asked("PUT", "/manifests/")[^1]);

        // Nothing is listed twice.
        Publish();
        Assert.Single(await ListAsync(_image.Digest));
    }

    [SkippableFact]
    public async Task What_others_have_put_on_a_list_stays_there()
    {
        var tag = RegistryClient.FallbackTag(_image.Digest);
        var others = TestImage.Of("what another tool put there");
        var other = new TestIndex(others) { Edit = index => index["manifests"]![0]!["x-own"] = "kept" };
        await _bench.PushAsync(other, tag);

        Publish();

        Assert.Equal([others.Digest, _note.Digest], (await ListAsync(_image.Digest)).Select(listed => listed.Digest).ToArray());
        using var access = _bench.Access();
        var list = await Open(access).GetManifestAsync(tag, default);
        Assert.Contains("\"x-own\":\"kept\"", System.Text.Encoding.UTF8.GetString(list.Bytes), StringComparison.Ordinal);
    }

    [SkippableFact]
    public void A_registry_that_lists_them_by_itself_needs_no_tags()
    {
        _bench.Proxy.On("PUT", "/manifests/sha256:", reply => reply.With("OCI-Subject", _image.Digest.ToString()), times: 2);

        Publish();

        Assert.Equal(
            new[] { _note.Digest.ToString(), _noteOnNote.Digest.ToString(), "1" }, _bench.Asked("PUT", "/manifests/"));
    }

    [SkippableFact]
    public void What_has_the_tag_of_a_list_and_is_none_is_an_error_and_stays()
    {
        _bench.Publish("team/app:1", $"{_bench.Proxy.Address}/team/app:{RegistryClient.FallbackTag(_image.Digest)}");

        var error = Assert.ThrowsAny<ContainerImageException>(() => Publish());

        Assert.Equal(ImageError.RegistryProtocol, error.Error);
        Assert.DoesNotContain("1", _bench.Asked("PUT", "/manifests/"));
    }

    [SkippableFact]
    public void A_registry_that_takes_no_manifests_of_OCI_gets_those_of_Docker()
    {
        _bench.Proxy.On("PUT", "/manifests/", Refuse, times: 100);

        var pushed = _bench.Publish("team/app:1");

        Assert.Equal(MediaTypes.DockerManifest, pushed.MediaType);
        Assert.Contains($"{_bench.Proxy.Address}/team/app@{pushed.Digest}", _bench.Store.Find("team/app:1").RepoDigests);
        _bench.Store.Remove(["team/app:1"]);
        var image = Assert.Single(_bench.Pull());
        Assert.Equal((_image.Id.Hex, pushed.Digest, MediaTypes.DockerManifest), (image.Id, image.Digest, image.ManifestType));
    }

    [SkippableFact]
    public void The_same_goes_for_an_index_and_all_that_it_names()
    {
        var images = new[] { _image, new TestImage(TestLayer.Of("other")) { Architecture = "arm64" } };
        _bench.Store.Import(new TestIndex(images) { Names = ["docker.io/team/multi:1"] });
        _bench.Proxy.On("PUT", "/manifests/", Refuse, times: 100);

        Assert.Equal(MediaTypes.DockerManifestList, _bench.Publish("team/multi:1").MediaType);

        _bench.Store.Remove(["team/multi:1", "team/app:1"]);
        Assert.Equal(images.Select(image => image.Id.Hex), _bench.Pull(new PullRequest(_bench.Name) { AllPlatforms = true }).Select(image => image.Id));
    }

    [SkippableFact]
    public void What_Docker_cannot_hold_is_refused_with_what_the_registry_said()
    {
        _bench.Store.Import(new TestImage(TestLayer.Of("zstd", Compression.Zstd)) { Names = ["docker.io/team/zstd:1"] });
        _bench.Proxy.On("PUT", "/manifests/", Refuse, times: 100);

        var error = Assert.ThrowsAny<ContainerImageException>(() => _bench.Publish("team/zstd:1"));
        var referred = Assert.ThrowsAny<ContainerImageException>(() => Publish());

        Assert.Equal((ImageError.UnsupportedConversion, ImageError.UnsupportedConversion), (error.Error, referred.Error));
        Assert.Contains("415", error.Message, StringComparison.Ordinal);
        Assert.Contains(MediaTypes.OciLayerZstd, error.Message, StringComparison.Ordinal);
        Assert.Equal(0, _bench.Asked("PUT", "/manifests/").Count(reference => reference == "1" && DigestThere() is not null));
    }

    private static Task<ServerReply> Refuse(ServerRequest request, Func<Task<ServerReply>> forward) =>
        MediaTypes.IsDocker(request.Header("Content-Type")) ? forward() : Task.FromResult(new ServerReply(415));

    private RemoteImage Publish() => _bench.Publish(
        "team/app:1", edit: request => request with { Changes = RegistryDestination.UsualChanges(includesReferrers: true) });

    private Digest? DigestThere()
    {
        using var access = _bench.Access();
        return Open(access).FindManifestAsync("1", default).Result?.Digest;
    }

    private async Task<IReadOnlyList<Descriptor>> ListAsync(Digest subject)
    {
        using var access = _bench.Access();
        return await Open(access).ListReferrersAsync(subject, null, default);
    }

    private RegistryClient Open(RegistryAccess access) => access.OpenDirect(_bench.Registry.Address, "team/app", isForPush: false, default);
}
