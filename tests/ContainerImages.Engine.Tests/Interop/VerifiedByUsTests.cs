using System;
using System.IO;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.Engine.Tests.Store;
using ContainerImages.Engine.Tests.Verification;
using ContainerImages.Store;
using ContainerImages.Testing;
using Xunit;

namespace ContainerImages.Engine.Tests.Interop;

/// <summary>Real images have no flaw, however they came into the store; and what is bad is mended out of what peers wrote.</summary>
public sealed class VerifiedByUsTests : ForeignWriter
{
    public static TheoryData<string> Sources =>
    [
        InteropSources.DockerArchive, InteropSources.GzipLayout, InteropSources.ZstdLayout, InteropSources.PlainLayout,
        InteropSources.DockerFolder, InteropSources.MultiPlatform,
    ];

    [SkippableTheory]
    [MemberData(nameof(Sources))]
    public void What_is_imported_is_sound(string source)
    {
        Bench.Import(InteropSources.Get(source));

        Assert.Empty(Store.Verify().Flaws);
        Assert.Empty(Store.Verify("*").Flaws);
    }

    [SkippableFact]
    public void What_skopeo_and_umoci_wrote_is_sound_and_so_are_our_commits_after_theirs()
    {
        var peers = PeerImages.Shared;
        ImportOurs();
        CopyIn(peers.OciLayout, Theirs);
        CopyIn(peers.ZstdOciLayout, "docker.io/theirs/zstd:1");
        CopyIn(peers.MultiPlatformLayout, "docker.io/theirs/multi:1", "--all");
        Bench.Peers.Umoci("tag", "--image", $"{Store.Path}:{Ours}", "docker.io/theirs/tag:1");
        Assert.Empty(Store.Verify().Flaws);
        var names = Store.List().SelectMany(image => image.Names).Order().ToList();

        Store.Tag(Ours, "docker.io/ours/more:1");
        var (done, _) = Store.Repair();

        // Nothing is wrong; it is only that the index can say more of what they wrote.
        Assert.Equal(["RebuildIndex"], done);
        Assert.Equal(names.Append("docker.io/ours/more:1").Order(), Store.List().SelectMany(image => image.Names).Order());
        Assert.All(Store.ReadSnapshot().Roots, root => Assert.True(root.IsSummaryStored));
        Assert.Empty(Store.Verify().Flaws);
        Store.AssertSound();
        foreach (var name in names)
        {
            Bench.Peers.Skopeo("inspect", "--raw", $"oci:{Store.Path}:{name}");
        }
    }

    [SkippableFact]
    public void A_summary_that_umoci_has_copied_to_another_image_is_found_and_made_anew()
    {
        ImportOurs();
        Bench.Peers.Umoci("config", "--image", $"{Store.Path}:{Ours}", "--tag", "docker.io/theirs/changed:1", "--config.workingdir", "/changed");
        Store.EditIndex(roots => roots[1]!["annotations"]![RootSummary.Annotation] = SummaryOf(Ours));

        var finding = Assert.Single(Store.Verify().Findings());

        Assert.Equal(("Warning", "IndexInvalid", "docker.io/theirs/changed:1"), (finding.Severity, finding.Kind, finding.Reference));
        Store.Repair();
        Assert.Empty(Store.Verify().Flaws);
        Assert.Equal("/changed", Store.Find("docker.io/theirs/changed:1").Config.WorkingDir);
    }

    [SkippableTheory]
    [InlineData("podman's docker-archive")]
    [InlineData("podman's docker-archive in gzip")]
    [InlineData("skopeo's docker-archive")]
    [InlineData("our own docker-archive")]
    public void Every_blob_of_an_image_comes_back_out_of(string source)
    {
        var peers = PeerImages.Shared;
        ImportOurs();
        var archive = source switch
        {
            "podman's docker-archive" => peers.PodmanDockerArchive.Path,
            "podman's docker-archive in gzip" => peers.CompressedDockerArchive("gzip").Path,
            "skopeo's docker-archive" => peers.SkopeoDockerArchive.Path,
            _ => Bench.Save("docker-archive", Bench.Item(Ours, Ours)),
        };
        var before = Store.Files();
        Directory.GetFiles(Store.Paths.Blobs, "*", SearchOption.AllDirectories).ToList().ForEach(File.Delete);

        Store.Repair(from: archive);

        Assert.Equal(before, Store.Files());
        Assert.Empty(Store.Verify().Flaws);
    }

    [SkippableTheory]
    [InlineData("layout")]
    [InlineData("archive")]
    [InlineData("folder")]
    public void Every_damaged_blob_of_an_OCI_image_is_mended_out_of_an_OCI(string form)
    {
        var peers = PeerImages.Shared;
        Bench.Import(peers.OciLayout, Theirs);
        var name = Store.List()[0].Names[0];
        var source = form switch
        {
            "layout" => peers.OciLayout.Path,
            "archive" => Bench.Save("oci-archive", Bench.Item(name, name)),
            _ => Bench.Save("dir", Bench.Item(name, name)),
        };
        var before = Store.Files();
        foreach (var blob in Store.BlobNames())
        {
            Store.Damage(Digest.Parse("sha256:" + blob));
        }

        var (done, _) = Store.Repair(from: source);

        Assert.Equal(before.Keys.Count(file => file.StartsWith("blobs/", StringComparison.Ordinal)), done.Count);
        Assert.Equal(before, Store.Files());
        Assert.Empty(Store.Verify().Flaws);
        Assert.Equal(PeerImages.Shared.OciApp.Id, Store.Find(name).Id);
    }
}
