using System;
using System.Collections.Generic;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.Engine.Tests.Store;
using ContainerImages.Engine.Tests.Transports;
using ContainerImages.Store;
using ContainerImages.Testing;
using ContainerImages.Transports;
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
        // No name here may be one for which a system has an alias, as for those of distributions.
        ["hub"] = TestImage.Of("hub", "docker.io/library/hill:latest", "docker.io/library/hill:3"),
        ["local"] = TestImage.Of("local", "localhost/hill:latest", "localhost/tool:1"),
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
        Same("docker.io/library/hill:3", "hub"),
        Same("docker.io/library/hill", "hub"),
        Same("docker.io/hill", "hub"),
        Same("index.docker.io/hill:3", "hub"),
        Same("index.docker.io/library/hill:3", "hub"),
        Same("localhost/hill", "local"),
        Same("localhost/hill:3", None),
        Same("registry.example.com:5000/team/app:1", "port"),
        Same("registry.example.com:5000/team/app", None),
        Same("hill", "local"),
        Same("hill:latest", "local"),
        Same("hill:3", "hub"),
        Same("hill:4", None),
        Same("library/hill:3", "hub"),
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

        Same("hill@sha256:{hub.digest}", "hub"),
        Same("hill:3@sha256:{hub.digest}", "hub"),
        Same("hill:whatever@sha256:{hub.digest}", "hub"),
        Same("docker.io/library/hill@sha256:{hub.digest}", "hub"),
        Same("localhost/hill@sha256:{local.digest}", "local"),
        Same("app@sha256:{quay.digest}", "quay"),
        Same("quay.io/whatever@sha256:{bare.digest}", "bare"),
        Differs("quay.io/hill@sha256:{hub.digest}", None, "hub", "podman does not look at the name; it could remove what nobody named"),
        Differs("localhost/hill@sha256:{hub.digest}", None, "hub", "the same"),
        Differs("docker.io/library/hill@sha256:{hub}", "hub", None, "the ID is as good as the digest"),
        Same("hill@sha256:0000000000000000000000000000000000000000000000000000000000000000", None),
        Same("hill@sha256:00", Invalid),
        Differs("@{hub}", "hub", Invalid, "podman has these forms behind containers-storage: only"),
        Differs("@{hub:12}", "hub", Invalid, "the same"),
        Differs("hill@{hub}", "hub", Invalid, "the same"),
        Differs("hill@{hub:12}", "hub", Invalid, "the same"),
        Differs("containers-storage:@{hub}", Invalid, "hub", "its own store, which is not ours"),
        Differs("containers-storage:hill@{hub:12}", Invalid, "hub", "the same"),
        Differs("containers-storage:docker.io/library/hill:3", Invalid, "hub", "the same"),
        Differs("containers-storage:quay.io/hill@{hub}", Invalid, None, "the same"),
        Differs("store:hill:3", "hub", Invalid, "our own store, which is not podman's"),

        Same("docker://hill", Invalid),
        Same("docker://docker.io/library/hill:3", Invalid),
        Same("docker-archive:a.tar", Invalid),
        Same("docker-archive:/srv/a.tar", Invalid),
        Same("docker-daemon:hill:3", Invalid),
        Same("oci:/srv/layout:app", Invalid),
        Same("oci:layout", Invalid),
        Same("oci-archive:a.tar", Invalid),
        Same("dir:/srv/folder", Invalid),
        Same("dir:1", Invalid),
        Same("sif:a.sif", Invalid),
        Differs("oci:1", "plain", Invalid, "an image is called so"),
        Differs("tarball:a.tar", Invalid, None, "podman knows it elsewhere"),
        Same("https://docker.io/library/hill:3", Invalid),

        Same("Hill", Invalid),
        Same("docker.io/library/Hill", Invalid),
        Same("UPPER/hill", None),
        Same("a b", Invalid),
        Same("hill:", Invalid),
        Same("-hill", Invalid),
        Same("hlil", None),
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

    // Words, and what they mean to us and to podman, for which an alias comes before a name under localhost.
    [SkippableFact]
    public void Short_names_are_looked_for_where_the_configuration_says()
    {
        (string Text, string Ours, string Podmans)[] cases =
        [
            ("searched:1", "quay", "quay"), ("searched", None, None), ("team/searched:1", "port", "port"),
            ("aliased", "plain", "plain"), ("aliased:2", None, None), ("aliased@sha256:{plain.digest}", "plain", "plain"),
            ("mine", "local", "plain"), ("both:1", "quay", "quay"), ("tied:9", Ambiguous, "quay"),
        ];
        _stores.Import([.. _images.Values]);
        _stores.Tag(_images["quay"].Id.Hex, "quay.io/searched:1", "quay.io/both:1", "ghcr.io/a/tied:9");
        _stores.Tag(_images["port"].Id.Hex, "registry.example.com/searched:1", "registry.example.com/team/searched:1", "ghcr.io/b/tied:9");
        _stores.Tag(_images["plain"].Id.Hex, "ghcr.io/team/aliased:latest", "ghcr.io/team/mine:latest");
        _stores.Tag(_images["local"].Id.Hex, "localhost/mine:latest");
        _stores.Tag(_images["hub"].Id.Hex, "docker.io/library/both:1");
        _stores.Configure("""
            unqualified-search-registries = ["quay.io", "registry.example.com"]
            [aliases]
            "aliased" = "ghcr.io/team/aliased"
            "mine" = "ghcr.io/team/mine"
            """);
        var inputs = cases.Select(item => Fill(item.Text)).ToList();

        Assert.Equal(cases.Select(item => $"{item.Text} is {item.Podmans}"), cases.Zip(AskPodman(inputs), (item, found) => $"{item.Text} is {found}"));
        Assert.Equal(cases.Select(item => $"{item.Text} is {item.Ours}"), cases.Zip(inputs, (item, input) => $"{item.Text} is {AskUs(input)}"));
    }

    [Fact]
    public void A_configuration_that_cannot_be_read_counts_as_none()
    {
        using var store = new TestStore();
        store.Store.Import(TestImage.Of("hub", "docker.io/library/hill:3"));
        using var folder = new TempFolder();
        var file = folder.NewFile("registries.conf", "what is this"u8);
        var said = new List<string>();
        using var configured = ImageStore.Open(store.Path, new StoreOptions
        {
            Verbose = said.Add,
            ShortNames = ShortNames.Local(() => new ConfigurationPlaces(_ => file, folder.Path, folder.Path), said.Add),
        });

        Assert.Equal("docker.io/library/hill:3", configured.Find("hill:3").Reference);

        Assert.Contains(file, Assert.Single(said, line => line.StartsWith("The configuration of registries", StringComparison.Ordinal)), StringComparison.Ordinal);
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
            return NameOf(_stores.Configured.Find(input).Id);
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
