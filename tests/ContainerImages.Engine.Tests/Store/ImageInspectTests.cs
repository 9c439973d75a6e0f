using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.InteropServices;
using ContainerImages.Content;
using ContainerImages.Engine.Tests.Transports;
using ContainerImages.Testing;
using Xunit;

namespace ContainerImages.Engine.Tests.Store;

public sealed class ImageInspectTests
{
    private static readonly string[] _ours = ["GraphDriver"];

    // Podman makes a Docker manifest for what it loads from a docker-archive, and we one of OCI's.
    private static readonly string[] _manifestDependent = ["GraphDriver", "Digest", "RepoDigests", "ManifestType", "Size", "VirtualSize"];

    private static readonly TestLayer _layer = TestLayer.Of("a");

    public static TheoryData<string, string> Configs => new()
    {
        { "every field", Config(
            """
            "author":"\u2028 <b&c> \u0001\b\f\t\u007f","comment":"Docker's","docker_version":"1.2.3","variant":"v8",
            "config":{"User":"u:g","ExposedPorts":{"80/tcp":{},"53/udp":{}},"Env":["A=<b>"],"Entrypoint":["e"],"Cmd":["c",""],
            "Volumes":{"/b":{},"/a":{}},"WorkingDir":"/w","Labels":{"b":null,"a":"\ud83d\ude00","\ufffdz":"<"},"StopSignal":"9",
            "ArgsEscaped":true,"Image":"x","OnBuild":["RUN x"],"Healthcheck":{"Test":["NONE"],"Interval":1,"Timeout":0,"Retries":3}},
            "created":"2020-01-02T03:04:05.123456789+02:00",
            "history":[{"comment":"of the step","created_by":"A <b>","created":"2020-01-01T00:00:00.100000000-05:30"}]
            """) },
        { "empty fields", Config(
            """
            "author":"","config":{"User":"","ExposedPorts":{},"Env":[],"Cmd":null,"Volumes":null,"Labels":{},"Healthcheck":{}},
            "created":"2020-01-02T03:04:05.000000+00:00","history":[]
            """) },
        { "no fields", Config("\"history\":null") },
        { "null fields", Config("""
            "config":null,"created":null,"author":null,"comment":null,"history":[{"created_by":"A"}]
            """) },
        { "each kind of text", Config(
            """
            "author":"Jörg <j@example.com>","os.version":"10.0","os.features":["a"],
            "config":{"User":"0","ExposedPorts":{"8080":{},"65535/sctp":{},"1/tcp":null},"Env":["PATH=/bin","EMPTY=","NONE","Ü=ä\"\\"],
            "Entrypoint":[],"Cmd":["sh","-c","echo \"a\tb\" && exit 0 > /dev/null"],"Volumes":{"/d/ä":{},"/c":{}},"WorkingDir":"/ä b",
            "Labels":{"ключ":"значение","emoji":"\ud83d\udc4d\ud83c\udffd","org.opencontainers.image.title":"\u00fc","":"empty","nul":"\u0000",
            "html":"<a href='x'>&amp;</a>"},"StopSignal":"SIGRTMIN+3","Shell":["/bin/bash","-ec"],"OnBuild":["COPY . /"],
            "Hostname":"h","Domainname":"d","Tty":true,"StopTimeout":7,"MacAddress":"m","ArgsEscaped":false},
            "created":"2020-02-29T23:59:59.999999999-00:00",
            "history":[{"created_by":"/bin/sh -c #(nop)  CMD [\"sh\"]","empty_layer":true,"comment":"ü"},{"created":"1969-12-31T23:59:59Z"}]
            """) },
        { "container_config first", Config(
            """
            "container_config":{"Healthcheck":{"Retries":2,"StartPeriod":5000000000}},"config":{"Healthcheck":{"Retries":3}},
            "created":"0001-01-01T00:00:00Z","history":[{"created":"2020-01-01T00:00:00.987654321Z","empty_layer":false,"author":"x"}]
            """) },
    };

    [SkippableTheory]
    [MemberData(nameof(Configs))]
    public void Any_config_from_a_docker_archive_is_printed_as_podman_prints_it(string what, string config)
    {
        Assert.NotEmpty(what);
        using var folder = new TempFolder();
        var image = new ConfigImage(config, [_layer], "docker.io/a/b:1", "localhost/a:2", "docker.io/a/b:3");
        AssertLikePodman(ConfigArchive.WriteDocker(folder.Combine("a.tar"), image), [image.Id.Hex], _manifestDependent);
    }

    [SkippableTheory]
    [MemberData(nameof(Configs))]
    public void Any_config_from_an_OCI_archive_is_printed_as_podman_prints_it(string what, string config)
    {
        Assert.NotEmpty(what);
        using var folder = new TempFolder();
        var layer = TestLayer.Of("a", Compression.Gzip);
        var image = new ConfigImage(config, [layer], "docker.io/a/b:1");
        AssertLikePodman(ConfigArchive.WriteOci(folder.Combine("a.tar"), image), [image.Id.Hex], _ours);
    }

    [SkippableTheory]
    [InlineData("{}")]
    [InlineData("""{"type":"layers"}""")]
    [InlineData("""{"type":"layers","diff_ids":null}""")]
    [InlineData("""{"type":"layers","diff_ids":[]}""")]
    public void An_image_without_layers_keeps_the_way_it_says_so(string rootfs)
    {
        using var folder = new TempFolder();
        var image = new ConfigImage($$"""{"os":"linux","architecture":"amd64","rootfs":{{rootfs}}}""", [], "docker.io/a/b:1");
        AssertLikePodman(ConfigArchive.WriteDocker(folder.Combine("a.tar"), image), [image.Id.Hex], _manifestDependent);
    }

    [SkippableFact]
    public void Images_of_docker_archives_are_printed_as_podman_prints_them() => AssertLikePodman(
        PeerImages.Shared.MultiImageDockerArchive.Path,
        PeerImages.Shared.MultiImageDockerArchive.Images.Select(image => image.Id),
        _manifestDependent);

    [SkippableFact]
    public void An_image_without_names_is_printed_as_podman_prints_it() =>
        AssertLikePodman(PeerImages.Shared.UntaggedDockerArchive.Path, [PeerImages.Shared.UntaggedDockerArchive.Image.Id], _manifestDependent);

    [SkippableFact]
    public void An_image_of_an_OCI_archive_is_printed_as_podman_prints_it_its_size_included() =>
        AssertLikePodman(PeerImages.Shared.PodmanOciArchive.Path, [PeerImages.Shared.PodmanOciArchive.Image.Id], _ours);

    [SkippableFact]
    public void An_image_of_an_index_is_printed_as_podman_prints_it() => AssertLikePodman(
        PeerImages.Shared.MultiPlatformArchive.Path,
        PeerImages.Shared.MultiPlatformArchive.Images.Where(IsOfHost).Select(image => image.Id),
        _ours);

    [Fact]
    public void A_size_that_nobody_noted_is_worked_out()
    {
        using var folder = new TempFolder();
        using var store = new TestStore();
        var layer = TestLayer.Of("a", Compression.Gzip);
        store.Import(ConfigArchive.WriteOci(folder.Combine("a.tar"), new ConfigImage(Config("\"history\":[]", layer), [layer], "a:1")));
        var noted = store.Store.Find("a:1").Size;
        store.ForgetSummaries();

        var image = store.Store.Find("a:1");

        Assert.Null(image.Size);
        Assert.NotNull(noted);
        Assert.Equal(noted, image.Inspect().Size);
    }

    [Fact]
    public void A_size_that_cannot_be_told_is_minus_1()
    {
        using var folder = new TempFolder();
        using var store = new TestStore();
        var layer = TestLayer.Of("a", Compression.Gzip);
        store.Import(ConfigArchive.WriteOci(folder.Combine("a.tar"), new ConfigImage(Config("\"history\":[]", layer), [layer], "a:1")));
        store.ForgetSummaries();
        File.Delete(store.Store.Paths.Blob(layer.Digest));

        var image = store.Store.Find("a:1");

        Assert.Null(image.Inspect().Size);
        Assert.Equal("-1", InspectFields.Of(image)["Size"].Split(": ")[1]);
    }

    [Fact]
    public void An_image_made_by_hand_has_no_files_to_inspect()
    {
        var error = Assert.Throws<ContainerImageException>(
            () => new ContainerImage(new Dictionary<string, object> { ["Id"] = new string('a', 64) }).Inspect());

        Assert.Equal(ImageError.ImageDetached, error.Error);
    }

    // Podman loads the host's platform alone.
    private static bool IsOfHost(PeerImage image) =>
        image.Config.GetProperty("architecture").GetString() == (RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "arm64" : "amd64");

    private static string Config(string fields) => Config(fields, _layer);

    private static string Config(string fields, TestLayer layer) =>
        $$"""{"os":"linux","architecture":"amd64","rootfs":{"type":"layers","diff_ids":["{{layer.DiffId}}"]},{{fields}}}""";

    private static void AssertLikePodman(string archive, IEnumerable<string> ids, string[] except)
    {
        Peers.Require(Peer.Podman);
        using var folder = new TempFolder();
        using var store = new TestStore();
        var peers = new PeerSandbox(folder.Path);
        peers.Podman("load", "--quiet", "--input", archive);
        store.Import(archive);
        foreach (var id in ids)
        {
            InspectFields.AssertEqual(InspectFields.OfPodmans(peers, id), InspectFields.Of(store.Store.Find(id)), except);
        }
    }
}
