using System;
using System.Collections.Generic;
using System.IO;
using System.IO.Compression;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.Copying;
using ContainerImages.Engine.Tests.Store;
using ContainerImages.Testing;
using ContainerImages.Transports;
using Xunit;

namespace ContainerImages.Engine.Tests.Transports;

/// <summary>One image, or some, of an archive of several; each format tells them apart in the same way.</summary>
public sealed class ImageSelectionTests : IDisposable
{
    private static readonly TestImage _one = TestImage.Of("one", "docker.io/library/one:1", "localhost/one:2");
    private static readonly TestImage _two = TestImage.Of("two", "quay.io/team/two:1");
    private static readonly TestImage _same = TestImage.Of("same", "quay.io/other/two:1");
    private static readonly TestImage _bare = TestImage.Of("bare");
    private static readonly TestImage[] _images = [_one, _two, _same, _bare];

    private readonly TempFolder _folder = new();
    private readonly TestStore _test = new();

    public static TheoryData<string> Formats => ["docker-archive", "docker-archive.gz", "oci-archive", "oci-archive.gz", "oci-dir"];

    public void Dispose()
    {
        _test.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Images_are_chosen_by_name_by_position_and_by_ID(string format)
    {
        var path = Write(format);
        (string[] Selectors, TestImage[] Chosen)[] cases =
        [
            ([], _images),
            (["@0"], [_one]),
            (["@3"], [_bare]),
            (["@3", "@0"], [_bare, _one]),
            (["one:1"], [_one]),
            (["docker.io/library/one:1"], [_one]),
            (["docker.io/one:1"], [_one]),
            (["one:2"], [_one]),
            (["localhost/one:2", "@0", "one:1"], [_one]),
            (["team/two:1"], [_two]),
            (["quay.io/other/two:1"], [_same]),
            ([_bare.Id.Hex], [_bare]),
            ([_bare.Id.ToString()], [_bare]),
            ([_two.Id.ShortId], [_two]),
            ([_two.Id.ShortId.ToUpperInvariant()], [_two]),
        ];
        foreach (var (selectors, chosen) in cases)
        {
            using var test = new TestStore();

            var imported = Import(test, path, selectors);

            Assert.Equal(chosen.Select(image => image.Id.Hex), imported.Select(image => image.Id));
            Assert.Equal(chosen.SelectMany(image => image.Names).Order(), test.Store.List().SelectMany(image => image.Names).Order());
            test.Store.AssertSound();
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void What_fits_none_or_several_is_an_error_that_lists_them(string format)
    {
        _test.Store.Import(TestImage.Of("there before"));
        var path = Write(format);
        string[] all = ["docker.io/library/one:1", "quay.io/team/two:1", "quay.io/other/two:1", _bare.Id.ShortId];
        (string Selector, ImageError Error, string[] Candidates)[] cases =
        [
            ("@4", ImageError.ImageNotInArchive, all),
            ("@x", ImageError.ImageNotInArchive, all),
            ("one:3", ImageError.ImageNotInArchive, all),
            ("one", ImageError.ImageNotInArchive, all),
            ("000000000000", ImageError.ImageNotInArchive, all),
            ("two:1", ImageError.AmbiguousImage, ["quay.io/team/two:1", "quay.io/other/two:1"]),
        ];
        foreach (var (selector, error, candidates) in cases)
        {
            Assert.Equal(candidates, _test.Store.AssertRefused(error, _ => Import(_test, path, [selector])).Candidates);
        }

        Assert.Equal(
            [all[0], all[3]],
            _test.Store.AssertRefused(ImageError.AmbiguousImage, _ => Import(_test, path, ["@0", "@3"], "x:1")).Candidates);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void An_image_without_a_name_is_dangling_or_takes_the_one_that_is_given(string format)
    {
        var path = Write(format);

        var bare = Assert.Single(Import(_test, path, ["@3"]));
        Assert.True(bare.Dangling);
        Assert.Null(bare.Reference);
        Import(_test, path, ["@3"], "team/bare", "quay.io/bare:2");

        Assert.Equal(["localhost/team/bare:latest", "quay.io/bare:2"], _test.Store.Find(_bare.Id.Hex).Names);
        Assert.False(_test.Store.Find("team/bare").Dangling);
        Assert.Single(_test.Store.List());
    }

    [Fact]
    public void A_folder_of_one_image_has_it_by_position_and_by_ID()
    {
        var path = TestArchive.Dir(_one).WriteFolder(_folder.Combine("dir"));

        Assert.True(Assert.Single(Import(_test, path, ["@0"])).Dangling);
        Assert.Equal("localhost/x:latest", Assert.Single(Import(_test, path, [_one.Id.ShortId], "x")).Reference);
        Assert.Equal([_one.Id.ShortId], _test.Store.AssertRefused(ImageError.ImageNotInArchive, _ => Import(_test, path, ["one:1"])).Candidates);
    }

    [Fact]
    public void An_index_is_chosen_by_its_name_its_digest_and_any_of_its_images()
    {
        var arm = new TestImage(TestLayer.Of("arm")) { Architecture = "arm64" };
        var index = new TestIndex(_one.Named(), arm) { Names = ["quay.io/multi:1"] };
        var path = TestArchive.OciLayout(index, _two).WriteTar(_folder.Combine("multi.tar"));
        foreach (var selector in new[] { "multi:1", "@0", index.Digest.ToString(), index.Digest.ShortId, arm.Id.ShortId, _one.Id.Hex })
        {
            using var test = new TestStore();

            Assert.Equal([_one.Id.Hex, arm.Id.Hex], Import(test, path, [selector]).Select(image => image.Id));
        }
    }

    private static IReadOnlyList<ContainerImage> Import(TestStore test, string path, string[] images, params string[] references) =>
        new ImageImport(test.Store, new CopyOptions()).Run(
            ingest => ImageSources.Open(path, $"'{path}'", ingest, new CopyOptions()),
            new ImportSelection { Images = images, References = references });

    private string Write(string format)
    {
        var archive = format.StartsWith("docker", StringComparison.Ordinal) ? TestArchive.Docker(_images) : TestArchive.OciLayout(_images);
        var path = _folder.Combine(format);
        if (format == "oci-dir")
        {
            return archive.WriteFolder(path);
        }

        if (format.EndsWith(".gz", StringComparison.Ordinal))
        {
            using var gzip = new GZipStream(File.Create(path), CompressionLevel.Fastest);
            gzip.Write(archive.ToTar());
            return path;
        }

        return archive.WriteTar(path);
    }
}
