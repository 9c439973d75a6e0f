using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using ContainerImages.Copying;
using ContainerImages.Engine.Tests.Store;
using ContainerImages.Store;
using ContainerImages.Testing;
using ContainerImages.Transports;
using Xunit;

namespace ContainerImages.Engine.Tests.Transports;

/// <summary>What refers to an image by its subject goes along, and comes back the same.</summary>
public sealed class ReferrerTests : IDisposable
{
    private static readonly TestImage _amd64 = new(TestLayer.Of("amd64"));
    private static readonly TestImage _arm64 = new(TestLayer.Of("arm64")) { Architecture = "arm64" };
    private static readonly TestIndex _index = new(_amd64, _arm64) { Names = ["docker.io/team/multi:1"] };
    private static readonly TestImage _other = TestImage.Of("other", "docker.io/team/other:1");
    private static readonly TestArtifact _ofIndex = TestArtifact.About(_index, "of the index");
    private static readonly TestArtifact _ofPlatform = TestArtifact.About(_arm64, "of a platform");
    private static readonly TestArtifact _ofArtifact = TestArtifact.About(_ofIndex, "of an artifact");
    private static readonly TestArtifact _ofOther = TestArtifact.About(_other, "of another image");

    private readonly TestStore _sender = new();
    private readonly TestStore _receiver = new();
    private readonly TempFolder _folder = new();

    public ReferrerTests() => _sender.Store.Import(_index, _other, _ofIndex, _ofPlatform, _ofArtifact, _ofOther);

    public void Dispose()
    {
        _sender.Dispose();
        _receiver.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("oci-archive")]
    [InlineData("oci-dir")]
    public void All_that_refers_to_an_image_goes_along_and_nothing_else(string format)
    {
        var path = Save(format, include: true, "team/multi:1");
        _receiver.Store.ImportFile(path);

        Assert.Equal(Sorted(_index, _ofIndex, _ofPlatform, _ofArtifact), Roots(_receiver.Store));
        _receiver.Store.AssertSound();
        Assert.Equal([_amd64.Id.Hex], _receiver.Store.List().Select(image => image.Id));

        _receiver.Store.Remove(["team/multi:1"]);
        Assert.Empty(Roots(_receiver.Store));
        Assert.Empty(_receiver.Store.BlobNames());
    }

    [Fact]
    public void Without_being_asked_nothing_goes_along()
    {
        _receiver.Store.ImportFile(Save("oci-archive", include: false, "team/multi:1"));

        Assert.Equal(Sorted(_index), Roots(_receiver.Store));
    }

    [Fact]
    public void Many_images_with_all_that_refers_to_them_come_out_the_same_and_the_archive_is_the_same_each_time()
    {
        var first = Save("oci-archive", include: true, "team/multi:1", "team/other:1");
        var second = Save("oci-archive", include: true, "team/multi:1", "team/other:1");
        _receiver.Store.ImportFile(first);

        Assert.Equal(File.ReadAllBytes(first), File.ReadAllBytes(second));
        Assert.Equal(Roots(_sender.Store), Roots(_receiver.Store));
        Assert.Equal(_sender.Store.BlobNames().Order(), _receiver.Store.BlobNames().Order());
    }

    private static IEnumerable<string> Sorted(params TestRoot[] roots) => roots.Select(root => root.Digest.ToString()).Order();

    private static IEnumerable<string> Roots(ImageStore store) => store.ReadSnapshot().Roots.Select(root => root.Digest.ToString()).Order();

    private string Save(string format, bool include, params string[] names)
    {
        var path = _folder.Combine(Guid.NewGuid().ToString("N"));
        var items = names.Select(name => _sender.Store.Match(name)).Select(match => new SaveItem(_sender.Store, match, match.MatchedNames!)).ToList();
        new ImageSave(new CopyOptions(), new CopyChanges { IncludesReferrers = include }).Run(items, format, path, force: false, onePlatform: false);
        return path;
    }
}
