using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.Engine.Tests.Store;
using ContainerImages.Engine.Tests.Transports;
using ContainerImages.Testing;
using Xunit;

namespace ContainerImages.Engine.Tests.Interop;

/// <summary>How large images are: what <c>podman image inspect</c>, <c>images</c> and <c>system df</c> count, and what we do.</summary>
public sealed class SizeTests : IDisposable
{
    private static readonly TestLayer _one = TestLayer.Of(new string('1', 1000), Compression.Gzip);
    private static readonly TestLayer _two = TestLayer.Of(new string('2', 2000), Compression.Zstd);
    private static readonly TestLayer _three = TestLayer.Of("3");

    // Sizes below 10 kB, which df tells to the byte.
    private static readonly TestImage _base = new TestImage(_one) { Names = ["docker.io/x/base:1"] };
    private static readonly TestImage _child = _base.Child("RUN child", _three, "docker.io/x/child:1");
    private static readonly TestImage _setting = _base.Child("ENV setting", null, "docker.io/x/setting:1");
    private static readonly TestImage _stranger = new TestImage(_two, _three) { Names = ["docker.io/x/stranger:1"] };
    private static readonly TestImage _twice = new TestImage(_two, _two) { Names = ["docker.io/x/twice:1"], Created = DateTimeOffset.UnixEpoch };
    private static readonly TestImage _alone = TestImage.Of("alone", "docker.io/x/alone:1");
    private static readonly TestImage _empty = new TestImage() { Names = ["docker.io/x/empty:1"] };
    private static readonly TestImage[] _images = [_base, _child, _setting, _stranger, _twice, _alone, _empty];

    private readonly TwoStores _stores = new();

    public void Dispose() => _stores.Dispose();

    [SkippableFact]
    public void The_size_is_what_podman_says_everywhere()
    {
        _stores.Import(_images);

        var ours = _stores.OurImages().ToDictionary(image => image.Id, image => image.Size!.Value);
        Assert.Equal(
            _stores.Inspected().ToDictionary(image => image.GetProperty("Id").GetString()!, image => image.GetProperty("Size").GetInt64()), ours);
        Assert.Equal(
            _stores.Peers.Podman("images", "--format", "json").Json.EnumerateArray()
                .ToDictionary(image => image.GetProperty("Id").GetString()!, image => image.GetProperty("Size").GetInt64()), ours);
        Assert.All(_images, image => Assert.Equal(Df()[image.Id.ShortId].Size, ours[image.Id.Hex]));
        Assert.All(_stores.OurImages(), image => Assert.Equal(image.Size, image.VirtualSize));
    }

    // Podman goes by parents: what has children shares all of itself, and a child shares the size of its parent. Here it is
    // layers that are shared, and with whomever.
    [SkippableFact]
    public void What_is_shared_is_layers_here_and_parents_in_podman()
    {
        _stores.Import(_images);
        (TestImage Image, long Shared, long Podmans)[] cases =
        [
            (_base, _one.Plain.Length, SizeOf(_base)),
            (_child, _one.Plain.Length + _three.Plain.Length, SizeOf(_base)),
            (_setting, _one.Plain.Length, SizeOf(_base)),
            (_stranger, _two.Plain.Length + _three.Plain.Length, 0),
            (_twice, _two.Plain.Length, 0),
            (_alone, 0, 0),
            (_empty, 0, 0),
        ];

        var df = Df();
        Assert.Equal(cases.Select(item => item.Podmans), cases.Select(item => df[item.Image.Id.ShortId].Shared));
        Assert.Equal(cases.Select(item => item.Shared), cases.Select(item => Find(item.Image).SharedSize!.Value));
    }

    [SkippableFact]
    public void Shared_and_unique_bytes_are_all_that_an_image_has_each_layer_once()
    {
        Peers.Require(Peer.Podman);
        _stores.Import(_images);

        Assert.All(_images, image => Assert.Equal(
            image.Layers.Distinct().Sum(layer => layer.Plain.Length) + Metadata(image), Find(image).SharedSize + Find(image).UniqueSize));

        // Podman counts a layer as often as it lies in the chain, and the manifest by both names that it keeps it under.
        Assert.All(_images, image => Assert.Equal(
            image.Layers.Sum(layer => layer.Plain.Length) + Metadata(image) + image.Bytes.Length, SizeOf(image)));

        // What goes with the image is what it does not share.
        var (unique, stored) = (Find(_alone).UniqueSize, Find(_alone).CompressedSize);
        Assert.Equal(unique, stored);
        Assert.Equal(stored, Assert.Single(_stores.Store.Remove(["x/alone:1"])).FreedBytes);
    }

    [SkippableFact]
    public void The_compressed_size_is_that_of_the_blobs_as_skopeo_lists_them()
    {
        var export = PeerImages.Shared.OciLayout;
        _stores.Import(_images);
        _stores.Store.ImportFile(export.Path);

        Assert.All(_images, image => Assert.Equal(
            image.Layers.Distinct().Sum(layer => layer.Bytes.Length) + Metadata(image), Find(image).CompressedSize));
        var manifest = export.Image.Manifest;
        var layers = manifest.GetProperty("layers").EnumerateArray()
            .DistinctBy(layer => layer.GetProperty("digest").GetString())
            .Sum(layer => layer.GetProperty("size").GetInt64());
        Assert.Equal(
            layers + export.Image.ConfigBytes.Length + export.Image.ManifestBytes.Length, _stores.Store.Find(export.Image.Id).CompressedSize);
    }

    private static int Metadata(TestImage image) => image.Bytes.Length + image.ConfigBytes.Length;

    private ContainerImage Find(TestImage image) => _stores.Store.Find(image.Id.Hex);

    private long SizeOf(TestImage image) => Find(image).Size!.Value;

    /// <summary>By short ID what <c>podman system df -v</c> shows of each image.</summary>
    private Dictionary<string, (long Size, long Shared)> Df()
    {
        var lines = _stores.Peers.Podman("system", "df", "--verbose").Lines;
        return lines.SkipWhile(line => !line.StartsWith("REPOSITORY", StringComparison.Ordinal)).Skip(1).TakeWhile(line => line.Length > 0)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .ToDictionary(words => words[2], words => (Bytes(words[^4]), Bytes(words[^3])));
    }

    private static long Bytes(string text) => text.EndsWith("kB", StringComparison.Ordinal)
        ? (long)(decimal.Parse(text[..^2], CultureInfo.InvariantCulture) * 1000)
        : long.Parse(text[..^1], CultureInfo.InvariantCulture);
}
