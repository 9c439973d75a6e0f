using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ContainerImages.Content;
using ContainerImages.Copying;
using ContainerImages.Engine.Tests.Content;
using ContainerImages.Engine.Tests.Store;
using ContainerImages.Store;
using ContainerImages.Testing;
using ContainerImages.Transports;
using Xunit;

namespace ContainerImages.Engine.Tests.Transports;

/// <summary>
/// A docker-archive is the same whether it is laid out beforehand, by the sizes that the store's summaries tell, and written
/// by several threads, or one layer comes behind the other.
/// </summary>
public sealed class DockerArchiveLayoutTests : IDisposable
{
    private const string App = "docker.io/team/app:1";
    private const string Tool = "docker.io/team/tool:1";

    private static readonly byte[][] _layers = [.. Enumerable.Range(0, 5).Select(i => SampleBytes.Mixed(900_000 - (i * 123_457), (uint)i + 1))];

    private readonly TempFolder _folder = new();
    private readonly TestStore _plain = StoreOf(Compression.None);
    private readonly TestStore _packed = StoreOf(Compression.Gzip, Compression.Zstd, Compression.None);

    public void Dispose()
    {
        _folder.Dispose();
        _plain.Dispose();
        _packed.Dispose();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Layers_in_any_compression_give_the_same_bytes_on_any_number_of_threads(int threads) =>
        Assert.Equal(Save(_plain, 1), Save(_packed, threads));

    [Theory]
    [InlineData("0")]
    [InlineData("1")]
    [InlineData("2000000")]
    [InlineData("4611686018427387904")]
    [InlineData("9223372036854775807")]
    [InlineData("?")]
    public void Sizes_that_the_summaries_tell_wrong_do_no_harm(string size)
    {
        EditSizes(_packed, (layer, told) => layer % 2 == 0 ? size : told);

        Assert.Equal(Save(_plain, 1), Save(_packed, 3));
    }

    [Fact]
    public void Neither_do_wrong_ones_of_the_second_store_of_two()
    {
        using var other = StoreOf(Compression.Gzip);
        EditSizes(other, (_, _) => "1000");

        Assert.Equal(Save([(_plain, App), (_plain, Tool)], 1), Save([(_packed, App), (other, Tool)], 4));
    }

    [Fact]
    public void A_layer_that_is_damaged_is_told_and_nothing_is_left_also_where_sizes_are_wrong()
    {
        EditSizes(_packed, (_, _) => "1000");
        var blob = Directory.EnumerateFiles(Path.GetDirectoryName(_packed.Store.Paths.Blob(Digest.Compute([])))!)
            .First(path => File.ReadAllBytes(path) is [0x1F, 0x8B, ..]);
        File.SetUnixFileMode(blob, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var bytes = File.ReadAllBytes(blob);
        bytes[bytes.Length / 2] ^= 1;
        File.WriteAllBytes(blob, bytes);

        var error = Assert.Throws<ContainerImageException>(() => Save(_packed, 3));

        Assert.True(error.Error is ImageError.ContentMismatch or ImageError.InvalidArchive, error.ToString());
        Assert.Contains(Path.GetFileName(blob), error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    // Two images that share layers, some of which one of them has twice.
    private static TestStore StoreOf(params Compression[] compressions)
    {
        var layers = _layers.Select((plain, i) => TestLayer.OfBytes(plain, compressions[i % compressions.Length])).ToArray();
        var store = new TestStore();
        store.Store.Import(new TestImage(layers[0], layers[1], layers[2], layers[0]) { Names = [App] });
        store.Store.Import(new TestImage(layers[0], layers[3], layers[4], layers[2]) { Names = [Tool] });
        return store;
    }

    // A layer is eight hex digits, a colon and its plain size.
    private static void EditSizes(TestStore store, Func<int, string, string> edit)
    {
        var index = JsonNode.Parse(File.ReadAllBytes(store.Store.Paths.Index))!;
        foreach (var annotations in index["manifests"]!.AsArray().Select(root => root!["annotations"]!))
        {
            var layer = 0;
            var told = annotations[RootSummary.Annotation]!.GetValue<string>();
            annotations[RootSummary.Annotation] = Regex.Replace(
                told, "(?<=[ ,][0-9a-f]{8}:)[0-9]+", match => edit(layer++, match.Value), RegexOptions.CultureInvariant);
            Assert.True(layer > 0);
        }

        File.WriteAllText(store.Store.Paths.Index, index.ToJsonString());
    }

    private string Save(TestStore store, int threads) => Save([(store, App), (store, Tool)], threads);

    private string Save(IReadOnlyList<(TestStore Store, string Name)> images, int threads)
    {
        var path = _folder.Combine("saved.tar");
        new ImageSave(new CopyOptions { ThrottleLimit = threads }).Run(
            [.. images.Select(image => new SaveItem(image.Store.Store, image.Store.Store.Match(image.Name), [image.Name]))],
            "docker-archive",
            path,
            force: false,
            onePlatform: false);
        var digest = Digest.Compute(File.ReadAllBytes(path)).Hex;
        File.Delete(path);
        return digest;
    }
}
