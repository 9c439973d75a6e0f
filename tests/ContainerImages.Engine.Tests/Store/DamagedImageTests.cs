using System;
using System.IO;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.Engine.Tests.Transports;
using Xunit;

namespace ContainerImages.Engine.Tests.Store;

/// <summary>Whatever is wrong with an image, it can be seen and removed, and takes nothing along that others need.</summary>
public sealed class DamagedImageTests : IDisposable
{
    private static readonly TestLayer _shared = TestLayer.Of("shared");
    private static readonly TestLayer _own = TestLayer.Of("own", Compression.Gzip);
    private static readonly TestImage _sound = new(_shared) { Names = ["docker.io/x/sound:1"] };
    private static readonly TestImage _hurt = new(_shared, _own) { Names = ["docker.io/x/hurt:1", "docker.io/x/hurt:2"] };
    private static readonly TestImage _child = _hurt.Child("CMD child", null);

    private readonly TestStore _test = new();

    public DamagedImageTests() => _test.Store.Import(_sound, _hurt);

    /// <summary>Of the image that is to be removed: which of its blobs, what became of it, and whether the index knows the image in short.</summary>
    public static TheoryData<string, string, bool> Damages
    {
        get
        {
            var data = new TheoryData<string, string, bool>();
            foreach (var blob in new[] { "manifest", "config", "layer", "all" })
            {
                foreach (var damage in new[] { "missing", "garbled", "short", "empty" })
                {
                    data.Add(blob, damage, true);
                    data.Add(blob, damage, false);
                }
            }

            return data;
        }
    }

    public void Dispose() => _test.Dispose();

    [Theory]
    [MemberData(nameof(Damages))]
    public void It_is_listed_and_goes_by_its_names(string blob, string damage, bool withSummaries)
    {
        Damage(blob, damage, withSummaries);

        Assert.Contains("docker.io/x/hurt:1", _test.Store.List().SelectMany(image => image.Names));
        var removal = Assert.Single(_test.Store.Remove(["x/hurt:1", "x/hurt:2"]));

        Assert.True(removal.Removed);
        AssertOnlyTheSoundOneIsLeft(blob);
    }

    [Theory]
    [MemberData(nameof(Damages))]
    public void It_goes_by_its_ID_and_by_force(string blob, string damage, bool withSummaries)
    {
        Damage(blob, damage, withSummaries);

        // Where neither manifest nor summary tells the image's ID, it is known by its digest.
        var id = _test.Store.Find("x/hurt:1").Id;
        Assert.Contains(id, new[] { _hurt.Id.Hex, _hurt.Digest.Hex });
        Assert.Equal(ImageError.MultipleTags, Assert.Throws<ContainerImageException>(() => _test.Store.Remove([id])).Error);
        Assert.True(Assert.Single(_test.Store.Remove([id], force: true)).Removed);

        AssertOnlyTheSoundOneIsLeft(blob);
    }

    [Theory]
    [MemberData(nameof(Damages))]
    public void One_of_its_names_goes_and_it_can_be_given_another(string blob, string damage, bool withSummaries)
    {
        Damage(blob, damage, withSummaries);

        Assert.Equal(["docker.io/x/hurt:1"], Assert.Single(_test.Store.Remove(["x/hurt:1"])).Untagged);

        Assert.Equal(["docker.io/x/hurt:2"], _test.Store.Find("x/hurt:2").Names);
        Assert.Equal(["docker.io/x/sound:1"], _test.Store.Find("x/sound:1").Names);
    }

    [Theory]
    [InlineData("manifest")]
    [InlineData("config")]
    public void A_damaged_parent_stays_when_its_child_goes_since_nobody_can_tell_that_it_is_one(string blob)
    {
        _test.Store.Import(_child.Named("docker.io/x/child:1"));
        _test.Store.Untag("docker.io/x/hurt:1", "docker.io/x/hurt:2");
        Damage(blob, "garbled", withSummaries: true);

        Assert.Empty(Assert.Single(_test.Store.Remove(["x/child:1"])).RemovedParents);

        Assert.True(Assert.Single(_test.Store.Remove([_hurt.Id.Hex])).Removed);
        AssertOnlyTheSoundOneIsLeft(blob);
    }

    [Fact]
    public void A_damaged_child_goes_with_its_parents_that_nobody_needs()
    {
        _test.Store.Import(_child.Named("docker.io/x/child:1"));
        _test.Store.Untag("docker.io/x/hurt:1", "docker.io/x/hurt:2");
        File.Delete(_test.Store.Paths.Blob(_own.Digest));

        Assert.Equal([_hurt.Id.Hex], Assert.Single(_test.Store.Remove(["x/child:1"])).RemovedParents);

        AssertOnlyTheSoundOneIsLeft("layer");
    }

    private void Damage(string blob, string damage, bool withSummaries)
    {
        if (!withSummaries)
        {
            _test.ForgetSummaries();
        }

        Digest[] digests = blob switch
        {
            "manifest" => [_hurt.Digest],
            "config" => [_hurt.Id],
            "layer" => [_own.Digest],
            _ => [_hurt.Digest, _hurt.Id, _own.Digest],
        };
        foreach (var path in digests.Select(_test.Store.Paths.Blob))
        {
            var bytes = File.ReadAllBytes(path);
            File.Delete(path);
            if (damage != "missing")
            {
                File.WriteAllBytes(path, damage switch
                {
                    "garbled" => [.. bytes.Select(b => (byte)(b ^ 0x5A))],
                    "short" => bytes[..(bytes.Length / 2)],
                    _ => [],
                });
            }
        }
    }

    private void AssertOnlyTheSoundOneIsLeft(string damaged)
    {
        Assert.Equal([_sound.Id.Hex], _test.Store.List().Select(image => image.Id));
        Assert.Contains(_shared.Digest.Hex, _test.Store.BlobNames());

        // What a manifest that cannot be read was about stays until all blobs are looked at.
        if (damaged is "config" or "layer")
        {
            _test.Store.AssertSound();
        }
    }
}
