using System;
using System.Collections.Generic;
using System.Formats.Tar;
using System.IO;
using System.Linq;
using System.Text.Json;
using ContainerImages.Testing;
using ContainerImages.Tests.Hosting;
using Xunit;

namespace ContainerImages.Tests.Cmdlets;

/// <summary>
/// Under which names an image stands in what is saved, beside <c>podman save</c> asked for the same. Podman writes no name
/// where an image is asked for by its ID or digest, or with its store's prefix, so that what is loaded elsewhere has lost them: we write all it has.
/// </summary>
public sealed class SavedNamesTests : IDisposable
{
    private const string All = "localhost/team/app:1 docker.io/library/app:2 quay.io/x/app:3";

    private static readonly ArchiveImage _app = new("app") { Names = All.Split(' ') };
    private static readonly ArchiveImage _loose = new("loose");

    // What the cmdlet is told, what podman is told, the names by us; then podman's where they are others: in a docker-archive,
    // and in a layout, which holds one at most. DIGEST is the manifest's, as each of both knows it.
    private static readonly (string Ours, string Podman, string Names, string? Docker, string? Oci)[] _cases =
    [
        ("team/app:1", "team/app:1", "localhost/team/app:1", null, null),
        ("app:1", "app:1", "localhost/team/app:1", null, null),
        ("localhost/team/app:1", "localhost/team/app:1", "localhost/team/app:1", null, null),
        ("app:2", "app:2", "docker.io/library/app:2", null, null),
        ("library/app:2", "library/app:2", "docker.io/library/app:2", null, null),
        ("docker.io/app:2", "docker.io/app:2", "docker.io/library/app:2", null, null),
        ("app:3", "app:3", "quay.io/x/app:3", null, null),
        ("store:app:3", "containers-storage:quay.io/x/app:3", "quay.io/x/app:3", "", ""),
        ("team/app:1 -Tag app:2, extra", "team/app:1 app:2 extra", "localhost/team/app:1 localhost/app:2 localhost/extra:latest", null, "localhost/team/app:1"),
        ("team/app:1 -Tag quay.io/x/app:3", "team/app:1 quay.io/x/app:3", "localhost/team/app:1 quay.io/x/app:3", null, "localhost/team/app:1"),
        ("team/app:1 -Tag team/app:1", "team/app:1 team/app:1", "localhost/team/app:1", null, null),
        ("ID", "ID", All, "", ""),
        ("SHORT", "SHORT", All, "", ""),
        ("sha256:ID", "sha256:ID", All, "", "sha256:ID"),
        ("-Id ID", "ID", All, "", ""),
        ("-Id SHORT -Tag app:2", "SHORT app:2", All + " localhost/app:2", "localhost/app:2", ""),
        ("team/app@DIGEST", "team/app@DIGEST", All, "", "team/app@DIGEST"),
        ("localhost/team/app:1@DIGEST", "localhost/team/app:1@DIGEST", All, "", "localhost/team/app@DIGEST"),
        ("team/app@SHORT", "SHORT", All, "", ""),
        ("(Get-ContainerImage app:3)", "app:3", "quay.io/x/app:3", null, null),
        ("(Get-ContainerImage -Id ID)", "ID", All, "", ""),
        ("LOOSE", "LOOSE", "", null, null),
        ("LOOSE -Tag extra:1", "LOOSE extra:1", "localhost/extra:1", null, ""),
    ];

    private readonly StoreSession _session = new(_app, _loose);
    private readonly PeerSandbox _peers;
    private int _saved;

    public SavedNamesTests()
    {
        _peers = new PeerSandbox(_session.Folder);
        if (Peers.IsThere(Peer.Podman))
        {
            _peers.Podman("load", "--quiet", "--input", _session.Combine("first.tar"));
        }
    }

    public void Dispose() => _session.Dispose();

    [SkippableTheory]
    [InlineData("docker-archive")]
    [InlineData("oci-archive")]
    [InlineData("oci-dir")]
    public void One_image_has_these_names_in_what_is_saved(string format)
    {
        foreach (var (ours, podman, names, docker, oci) in _cases)
        {
            var (byUs, byPodman) = (SaveOurs(format, Fill(ours, OurDigest())), SavePodmans(format, Fill(podman, PodmansDigest()).Split(' ')));

            Assert.Equal((ours, names), (ours, string.Join(' ', NamesIn(format, byUs))));
            var expected = Fill((format == "docker-archive" ? docker : oci) ?? names, PodmansDigest());
            Assert.Equal((podman, Sorted(expected.Split(' '))), (podman, Sorted(NamesIn(format, byPodman))));
        }
    }

    [SkippableFact]
    public void Several_names_of_one_image_are_one_image_in_what_is_saved()
    {
        var ours = SaveOurs("docker-archive", "app:3, team/app:1, LOOSE, app:3".Replace("LOOSE", _loose.Id, StringComparison.Ordinal));
        var podmans = SavePodmans("docker-archive", "--multi-image-archive", "quay.io/x/app:3", "team/app:1", _loose.Id);

        Assert.Equal(2, Manifests(ours).GetArrayLength());
        Assert.Equal(["quay.io/x/app:3", "localhost/team/app:1"], NamesIn("docker-archive", ours));
        Assert.Equal(Sorted(NamesIn("docker-archive", podmans)), Sorted(NamesIn("docker-archive", ours)));
        Assert.Equal(
            Manifests(podmans).EnumerateArray().Select(image => image.GetProperty("Config").GetString()),
            Manifests(ours).EnumerateArray().Select(image => image.GetProperty("Config").GetString()));
        Assert.Equal(
            ["quay.io/x/app:3", "localhost/team/app:1"],
            NamesIn("oci-archive", SaveOurs("oci-archive", "app:3, team/app:1")));
    }

    // These formats have no place for a name; what they hold is the same whatever the image was asked for by.
    [SkippableTheory]
    [InlineData("docker-dir")]
    [InlineData("dir")]
    public void Folders_of_one_image_have_no_names_and_the_files_that_podman_writes(string format)
    {
        Peers.Require(Peer.Podman, Peer.Skopeo);
        var podmans = Combine();
        if (format == "dir")
        {
            _peers.Skopeo("copy", $"containers-storage:{_app.Id}", $"dir:{podmans}");
        }
        else
        {
            _peers.Podman("save", "--quiet", "--format", format, "--output", podmans, _app.Id);
        }

        foreach (var image in new[] { "team/app:1", _app.Id, "team/app@" + OurDigest() })
        {
            var ours = SaveOurs(format, image);

            Assert.Equal(FilesIn(podmans), FilesIn(ours));
            Assert.DoesNotContain("team", File.ReadAllText(Path.Combine(ours, "manifest.json")), StringComparison.Ordinal);
            Assert.Equal(["<none>"], _session.Texts($"Import-ContainerImage {ours} -StorePath ./other | ForEach-Object {{ if ($_.Names) {{ $_.Names }} else {{ '<none>' }} }}"));
        }

        var tagged = SaveOurs(format, "team/app:1 -Tag extra:1");
        Assert.Equal(FilesIn(podmans), FilesIn(tagged));
    }

    private string SaveOurs(string format, string arguments)
    {
        var path = Combine();
        Assert.Empty(_session.Run($"Save-ContainerImage {arguments} -Format {format} -Destination {path}").ShouldSucceed().Transcript);
        return path;
    }

    private string SavePodmans(string format, params string[] arguments)
    {
        var path = Combine();
        _peers.Podman(["save", "--quiet", "--format", format, "--output", path, .. arguments]);
        return path;
    }

    private string Combine() => _session.Combine($"saved-{++_saved}");

    private string OurDigest() => _session.Texts($"(Get-ContainerImage {_app.Id}).Digest").Single();

    private string PodmansDigest() => _peers.Podman("image", "inspect", "--format", "{{.Digest}}", _app.Id).Output;

    private static string Fill(string text, string digest) => text
        .Replace("LOOSE", _loose.Id, StringComparison.Ordinal)
        .Replace("SHORT", _app.ShortId, StringComparison.Ordinal)
        .Replace("DIGEST", digest, StringComparison.Ordinal)
        .Replace("ID", _app.Id, StringComparison.Ordinal);

    // Every file but the manifest has the name of what is in it.
    private static IEnumerable<string> FilesIn(string folder) => Directory.GetFiles(folder).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal);

    private static string Sorted(IEnumerable<string> names) => string.Join(' ', names.Order(StringComparer.Ordinal));

    private static IEnumerable<string> NamesIn(string format, string path) => format == "docker-archive"
        ? Manifests(path).EnumerateArray().SelectMany(image => image.GetProperty("RepoTags").EnumerateArray().Select(name => name.GetString()!))
        : Json(format == "oci-dir" ? File.ReadAllBytes(Path.Combine(path, "index.json")) : Entry(path, "index.json"))
            .GetProperty("manifests").EnumerateArray()
            .Where(root => root.TryGetProperty("annotations", out _))
            .Select(root => root.GetProperty("annotations").GetProperty("org.opencontainers.image.ref.name").GetString()!);

    private static JsonElement Manifests(string archive) => Json(Entry(archive, "manifest.json"));

    private static JsonElement Json(byte[] bytes) => JsonElement.Parse(bytes);

    private static byte[] Entry(string archive, string name)
    {
        using TarReader tar = new(File.OpenRead(archive));
        while (tar.GetNextEntry() is { } entry)
        {
            if (entry.Name == name)
            {
                using MemoryStream bytes = new();
                entry.DataStream!.CopyTo(bytes);
                return bytes.ToArray();
            }
        }

        throw new FileNotFoundException(name);
    }
}
