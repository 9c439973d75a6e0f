using System;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.Engine.Tests.Transports;
using ContainerImages.Store;
using Xunit;

namespace ContainerImages.Engine.Tests.Store;

/// <summary>When two things are one image, and what images have to do with each other.</summary>
public sealed class ImageIdentityTests : IDisposable
{
    private static readonly TestImage _base = new(TestLayer.Of("base", Compression.Gzip)) { Names = ["docker.io/library/base:1"] };
    private static readonly TestImage _middle = _base.Child("ENV A=b", null);
    private static readonly TestImage _top = _middle.Child("RUN top", TestLayer.Of("top"), "docker.io/library/top:1");

    private readonly TestStore _test = new();

    private ImageStore Store => _test.Store;

    public void Dispose() => _test.Dispose();

    [Fact]
    public void One_image_as_docker_archive_and_as_OCI_archive_is_one_with_two_digests()
    {
        var docker = new TestImage(TestLayer.Of("one")) { Names = ["docker.io/library/one:1"] };
        var oci = new TestImage(TestLayer.Of("one"))
        {
            Names = ["docker.io/library/one:2"],
            EditManifest = manifest => manifest["annotations"] = new System.Text.Json.Nodes.JsonObject { ["a"] = "b" },
        };
        Assert.Equal(docker.Id, oci.Id);

        var made = Store.Import(TestArchive.Docker(docker)).Single().Digest;
        Store.Import(oci);

        var image = Assert.Single(Store.List());
        Assert.Equal(docker.Id.Hex, image.Id);
        Assert.Equal(["docker.io/library/one:1", "docker.io/library/one:2"], image.RepoTags.Order());
        Assert.Equal(
            new[] { made, oci.Digest.ToString() }.Select(digest => $"docker.io/library/one@{digest}").Order(), image.RepoDigests);
        Store.AssertSound();
    }

    [Fact]
    public void A_docker_archive_of_an_image_that_is_here_gives_its_names_to_the_manifest_that_is_here()
    {
        var pulled = new TestImage(TestLayer.Of("one", Compression.Gzip)) { Names = ["docker.io/library/one:1"] };
        var saved = new TestImage(TestLayer.Of("one")) { Names = ["docker.io/library/one:2"] };
        Store.Import(pulled);

        Store.Import(TestArchive.Docker(saved));

        Assert.Equal([pulled.Digest], Store.ReadSnapshot().Roots.Select(root => root.Digest));
        Assert.Equal(["docker.io/library/one:1", "docker.io/library/one:2"], Store.Find("one:1").Names);
    }

    [Theory]
    [InlineData(Compression.None)]
    [InlineData(Compression.Gzip)]
    [InlineData(Compression.Zstd)]
    public void A_docker_archive_whose_layers_are_here_is_not_read_again(Compression compression)
    {
        var image = new TestImage(TestLayer.Of("one", compression), TestLayer.Of("two", compression)) { Names = ["docker.io/library/one:1"] };
        var archive = TestArchive.Docker(image);
        Store.Import(archive);

        // Whoever reads a layer of this finds it wrong.
        foreach (var layer in image.Layers)
        {
            archive.Garble(TestArchive.LayerPath(layer));
        }

        var imported = Assert.Single(Store.Import(archive, "docker.io/library/again:1"));

        Assert.Equal(image.Id.Hex, imported.Id);
        Assert.Equal(["docker.io/library/one:1", "docker.io/library/again:1"], imported.Names);
        Store.AssertSound();
    }

    [Fact]
    public void An_OCI_archive_whose_layers_are_here_is_not_read_again()
    {
        Store.Import(_top);
        var archive = TestArchive.OciLayout(_top.Named("docker.io/library/again:1"));
        foreach (var layer in _top.Layers)
        {
            archive.Garble(TestArchive.BlobPath(layer.Digest));
        }

        Store.Import(archive);

        Assert.Equal(["docker.io/library/again:1", "docker.io/library/top:1"], Store.Find("top:1").Names.Order());
        Store.AssertSound();
    }

    [Fact]
    public void The_same_archive_gives_the_same_digest_in_every_store()
    {
        using var other = new TestStore();
        var archive = TestArchive.Docker(_top);

        Assert.Equal(Store.Import(archive).Single().Digest, other.Store.Import(archive).Single().Digest);
    }

    [Fact]
    public void A_parent_has_one_step_less_and_the_same_up_to_there()
    {
        Store.Import(_base, _middle, _top);

        Assert.Equal([null, _base.Id.Hex, _middle.Id.Hex], new[] { _base, _middle, _top }.Select(image => Store.Find(image.Id.Hex).Parent));
        Assert.Equal([_middle.Id.Hex], Store.Find("base:1").Children);
        Assert.Equal([_top.Id.Hex], Store.Find(_middle.Id.Hex).Children);
        Assert.Empty(Store.Find("top:1").Children);
    }

    [Fact]
    public void Images_that_look_alike_are_no_relations()
    {
        var otherStep = _base.Child("ENV A=c", null);
        var otherLayer = new TestImage(TestLayer.Of("another base", Compression.Gzip)).Child("ENV A=b", null);
        Store.Import(_base, otherLayer, _middle.Child("RUN grandchild", null), otherStep.Child("RUN top", TestLayer.Of("top")));

        Assert.Empty(Store.Find("base:1").Children);
        Assert.All(Store.List(), image => Assert.Null(image.Parent));
    }

    [Fact]
    public void Images_without_layers_can_be_relations()
    {
        var empty = new TestImage().Child("LABEL a=b", null, "docker.io/library/empty:1");
        var child = empty.Child("LABEL c=d", null);
        var layered = empty.Child("COPY x", TestLayer.Of("x"));
        Store.Import(empty, child, layered);

        Assert.Equal(new[] { child.Id.Hex, layered.Id.Hex }.Order(), Store.Find("empty:1").Children.Order());
    }

    [Fact]
    public void Dangling_is_without_name_and_child_and_intermediate_without_name()
    {
        var loose = _base.Child("ENV LOOSE=1", null);
        Store.Import(_base, _middle, _top, loose);

        Assert.Equal([loose.Id.Hex], Store.List().Where(image => image.Dangling).Select(image => image.Id));
        Assert.Equal([_middle.Id.Hex], Store.List().Where(image => image.Intermediate).Select(image => image.Id));
    }

    [Fact]
    public void Removal_takes_parents_along_that_have_neither_name_nor_other_child()
    {
        Store.Import(_base, _middle, _top);

        var removal = Assert.Single(Store.Remove(["top:1"]));

        Assert.Equal([_middle.Id.Hex], removal.RemovedParents);
        Assert.Equal([_base.Id.Hex], Store.List().Select(image => image.Id));
        Store.AssertSound();
    }

    [Fact]
    public void Removal_leaves_parents_that_are_not_to_be_pruned_or_have_another_child()
    {
        var second = _middle.Child("RUN second", TestLayer.Of("second"), "docker.io/library/second:1");
        Store.Import(_base, _middle, _top, second);

        Assert.Empty(Store.Remove(["top:1"]).Single().RemovedParents);
        Assert.Empty(Store.Remove(["second:1"], prune: false).Single().RemovedParents);

        Assert.Equal(new[] { _base.Id.Hex, _middle.Id.Hex }.Order(), Store.List().Select(image => image.Id).Order());
    }

    [Fact]
    public void Children_removed_together_take_their_parent_along()
    {
        var second = _middle.Child("RUN second", TestLayer.Of("second"), "docker.io/library/second:1");
        Store.Import(_base, _middle, _top, second);

        var removals = Store.Remove(["top:1", "second:1"]);

        Assert.Equal([_middle.Id.Hex], removals.SelectMany(removal => removal.RemovedParents));
        Assert.Equal([_base.Id.Hex], Store.List().Select(image => image.Id));
    }

    [Fact]
    public void By_one_of_several_names_only_that_name_goes()
    {
        Store.Import(_base);
        Store.Tag("base:1", "base:2");

        var removal = Assert.Single(Store.Remove(["base:2"]));

        Assert.False(removal.Removed);
        Assert.Equal(["localhost/base:2"], removal.Untagged);
        Assert.Equal(0, removal.FreedBytes);
        Assert.Equal(["docker.io/library/base:1"], Store.Find("base:1").Names);
    }

    [Fact]
    public void By_ID_an_image_of_several_names_goes_by_force_only()
    {
        Store.Import(_base);
        Store.Tag("base:1", "base:2");

        var error = Store.AssertRefused(ImageError.MultipleTags, store => store.Remove([_base.Id.Hex]));
        Assert.Equal(["docker.io/library/base:1", "localhost/base:2"], error.Candidates.Order());

        Assert.True(Store.Remove([_base.Id.Hex], force: true).Single().Removed);
        Assert.Empty(Store.BlobNames());
    }

    [Fact]
    public void All_names_of_an_image_given_together_remove_it()
    {
        Store.Import(_base);
        Store.Tag("base:1", "base:2");

        Assert.True(Store.Remove(["base:1", "base:2"]).Single().Removed);
        Assert.Empty(Store.BlobNames());
    }

    [Fact]
    public void What_says_something_about_an_image_goes_with_it()
    {
        var artifact = new TestImage(TestLayer.Of("a signature"))
        {
            EditManifest = manifest =>
            {
                manifest["config"]!["mediaType"] = "application/vnd.example.signature";
                manifest["subject"] = _base.ToDescriptor();
            },
        };
        Store.Import(_base, artifact);
        Assert.Contains(Store.ReadSnapshot().Roots, root => root.Digest == artifact.Digest);

        Store.Remove(["base:1"]);

        Assert.Empty(Store.BlobNames());
    }
}
