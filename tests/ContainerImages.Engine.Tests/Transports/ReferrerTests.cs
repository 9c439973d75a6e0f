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

    [Theory]
    [InlineData("oci-archive")]
    [InlineData("oci-dir")]
    public void Images_and_indexes_that_refer_to_an_image_go_along_like_artifacts(string format)
    {
        var subject = TestImage.Of("subject", "docker.io/team/subject:1");
        var image = TestImage.Of("says something").About(subject);
        var index = new TestIndex(TestImage.Of("one of two")) { Edit = json => json["subject"] = image.ToDescriptor() };
        var named = TestImage.Of("has a name", "docker.io/team/named:1").About(subject);
        var stranger = TestImage.Of("of another").About(_other);
        _sender.Store.Import(subject, image, index, named, stranger);

        _receiver.Store.ImportFile(Save(format, include: true, "team/subject:1"));

        Assert.Equal(Sorted(subject, image, index, named), Roots(_receiver.Store));
        _receiver.Store.AssertSound();
    }

    [Fact]
    public void What_refers_to_an_image_is_not_dangling_and_goes_when_it_goes()
    {
        var subject = TestImage.Of("subject", "docker.io/team/subject:1");
        var image = TestImage.Of("says something").About(subject);
        var index = new TestIndex(TestImage.Of("one of two")) { Edit = json => json["subject"] = image.ToDescriptor() };
        var loose = TestImage.Of("of nothing that is here").About(TestImage.Of("elsewhere"));
        _receiver.Store.Import(subject, image, index, loose);

        Assert.Equal([loose.Id.Hex], _receiver.Store.List().Where(one => one.Dangling).Select(one => one.Id));
        Optimize(new OptimizationOptions());
        Assert.Equal(Sorted(subject, image, index), Roots(_receiver.Store));

        _receiver.Store.Remove(["team/subject:1"]);
        Assert.Empty(Roots(_receiver.Store));
        Assert.Empty(_receiver.Store.BlobNames());
    }

    [Fact]
    public void What_refers_to_an_image_that_a_lease_holds_stays_when_all_else_goes()
    {
        var subject = TestImage.Of("subject", "docker.io/team/subject:1");
        var image = TestImage.Of("says something").About(subject);
        _receiver.Store.Import(subject, image, _other);
        _receiver.Store.Lease([_receiver.Store.Match("team/subject:1")], "job", null, "", default);

        Optimize(new OptimizationOptions { All = true });

        Assert.Equal(Sorted(subject, image), Roots(_receiver.Store));
        _receiver.Store.AssertSound();
    }

    private void Optimize(OptimizationOptions options)
    {
        var optimization = StoreOptimization.Read(_receiver.Store, options, default);
        _receiver.Store.Optimize(optimization.Choose((_, _) => true), [], optimization.IsOld, default);
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
