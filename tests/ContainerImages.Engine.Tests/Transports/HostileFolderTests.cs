using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.Copying;
using ContainerImages.Engine.Tests.Store;
using ContainerImages.Testing;
using ContainerImages.Transports;
using Xunit;

namespace ContainerImages.Engine.Tests.Transports;

/// <summary>Folders that are no images, or made to lead elsewhere.</summary>
public sealed class HostileFolderTests : IDisposable
{
    private static readonly TestImage _image = new(TestLayer.Of("lower", Compression.Gzip)) { Names = ["docker.io/library/hostile:1"] };

    private readonly TestStore _test = new();
    private readonly TempFolder _folder = new();

    public HostileFolderTests() => _test.Store.Import(TestImage.Of("there before", "docker.io/library/before:1"));

    public void Dispose()
    {
        _test.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData]
    [InlineData("holiday.jpg")]
    [InlineData("oci-layout")]
    [InlineData("version")]
    public void A_folder_without_the_right_files_is_no_image(params string[] files)
    {
        files.ToList().ForEach(file => _folder.NewFile(file, "x"u8));

        AssertRefused(ImageError.UnknownArchiveFormat, files.Length == 0 ? "empty" : files[0]);
    }

    [Fact]
    public void A_path_that_is_not_there_is_said_not_to_be()
    {
        var error = _test.Store.AssertRefused(ImageError.ArchiveNotFound, store => store.ImportFile(_folder.Combine("none.tar")));

        Assert.Contains("none.tar", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("index.json", ImageError.InvalidArchive)]
    [InlineData("oci-layout", ImageError.InvalidArchive)]
    [InlineData("blobs", ImageError.InvalidArchive)]
    [InlineData("LAYER", ImageError.InvalidArchive)]
    public void Symbolic_links_in_a_layout_are_not_followed(string name, ImageError error)
    {
        TestArchive.OciLayout(_image).WriteFolder(_folder.Combine());
        name = name.Replace("LAYER", TestArchive.BlobPath(_image.Layers[0].Digest), StringComparison.Ordinal);
        MoveBehindLink(name);

        AssertRefused(error, "symbolic link");
    }

    [Fact]
    public void Symbolic_links_in_a_dir_folder_are_not_followed()
    {
        TestArchive.Dir(_image).WriteFolder(_folder.Combine());
        MoveBehindLink(_image.Layers[0].Digest.Hex);

        AssertRefused(ImageError.InvalidArchive, "symbolic link");
    }

    [Theory]
    [InlineData("manifest.json", ImageError.UnknownArchiveFormat)]
    [InlineData("CONFIG", ImageError.ContentMissing)]
    [InlineData("LAYER", ImageError.ContentMissing)]
    public void A_dir_folder_that_lacks_a_file_is_refused(string name, ImageError error)
    {
        name = FileOf(name);
        TestArchive.Dir(_image).Remove(name).WriteFolder(_folder.Combine());

        AssertRefused(error, name);
    }

    [Theory]
    [InlineData("CONFIG")]
    [InlineData("LAYER")]
    public void A_dir_folder_with_a_garbled_file_is_refused(string name)
    {
        name = FileOf(name);
        TestArchive.Dir(_image).Garble(name).WriteFolder(_folder.Combine());

        AssertRefused(ImageError.ContentMismatch, name);
    }

    [Fact]
    public void A_dir_folder_comes_in_without_a_name_and_says_what_it_left_behind()
    {
        TestArchive.Dir(_image).Add("signature-1", [1]).WriteFolder(_folder.Combine());

        var warnings = new List<string>();
        var options = new CopyOptions { Warning = warnings.Add };
        var image = Assert.Single(new ImageImport(_test.Store, options).Run(
            ingest => ImageSources.Open(_folder.Path, "the folder", ingest, options), new ImportSelection()));

        Assert.Equal(_image.Id.Hex, image.Id);
        Assert.Equal(_image.Digest.ToString(), image.Digest);
        Assert.Empty(image.Names);
        Assert.Contains("1 signature file", Assert.Single(warnings), StringComparison.Ordinal);
        _test.Store.AssertSound();
    }

    private static string FileOf(string name) => name
        .Replace("CONFIG", _image.Id.Hex, StringComparison.Ordinal)
        .Replace("LAYER", _image.Layers[0].Digest.Hex, StringComparison.Ordinal);

    private void MoveBehindLink(string name)
    {
        var (path, target) = (_folder.Combine(name), _folder.Combine("moved"));
        Directory.Move(path, target);
        File.CreateSymbolicLink(path, target);
    }

    private void AssertRefused(ImageError error, string named)
    {
        var thrown = _test.Store.AssertRefused(error, store => store.ImportFile(_folder.Path));
        Assert.Contains(_folder.Path, thrown.Message, StringComparison.Ordinal);
        Assert.Contains(named, thrown.Message, StringComparison.Ordinal);
    }
}
