using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using ContainerImages.Content;
using ContainerImages.Engine.Tests.Store;
using ContainerImages.Engine.Tests.Transports;
using ContainerImages.Store;
using ContainerImages.Verification;
using Xunit;

namespace ContainerImages.Engine.Tests.Verification;

/// <summary>What is saved of an index that is broken, and that nothing is lost in silence.</summary>
public sealed class IndexSalvageTests : IDisposable
{
    private const string App = "docker.io/library/app:1";
    private const string Tool = "docker.io/library/tool:1";
    private static readonly TestImage _app = TestImage.Of("app", App);
    private static readonly TestImage _tool = TestImage.Of("tool", Tool);
    private static readonly TestIndex _multi = new(TestImage.Of("multi"), new TestImage(TestLayer.Of("arm")) { Architecture = "arm64" });

    private readonly TestStore _test = new();

    public IndexSalvageTests()
    {
        Store.Import(_app, _tool, _multi);
        Store.Lease([Store.Match("app:1")], "held", null, "", default);
    }

    private ImageStore Store => _test.Store;

    private byte[] Bytes => File.ReadAllBytes(Store.Paths.Index);

    public void Dispose() => _test.Dispose();

    [Fact]
    public void A_flip_of_any_bit_that_breaks_the_index_loses_nothing_or_says_so()
    {
        var bytes = Bytes;
        var whole = Roots(StoreIndex.Parse(bytes, ""));
        var (broken, restored) = (0, 0);
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            var flipped = VerificationProbe.Flip([.. bytes], bit);
            if (CanParse(flipped))
            {
                continue;
            }

            broken++;
            var salvage = Salvage(flipped);
            if (salvage.Lost.Count == 0)
            {
                restored++;
                Assert.True(whole.SetEquals(Roots(salvage.Index)), $"bit {bit}: {string.Join(' ', Roots(salvage.Index))}");
            }

            // What is lost is at most a name: each image is there.
            Assert.Superset(whole.Select(root => root.Digest).ToHashSet(), Roots(salvage.Index).Select(root => root.Digest).ToHashSet());
        }

        Assert.True(broken > 500);
        Assert.True(restored > broken * 8 / 10, $"{restored} of {broken}");
    }

    [Fact]
    public void A_torn_index_keeps_what_was_written_and_its_images_lose_their_names_at_most()
    {
        var bytes = Bytes;
        for (var length = 0; length < bytes.Length - 2; length += 7)
        {
            var salvage = Salvage(bytes[..length]);

            Assert.NotEmpty(salvage.Lost);
            Assert.Equal(3, Roots(salvage.Index).Select(root => root.Digest).Distinct().Count());
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("not JSON at all")]
    [InlineData("""{"schemaVersion":2,"manifests":[""")]
    public void Without_any_descriptor_every_manifest_that_nothing_leads_to_is_a_root(string text)
    {
        var salvage = Salvage(Encoding.UTF8.GetBytes(text));

        Assert.NotEmpty(salvage.Lost);
        Assert.Equal(
            new[] { _app.Digest, _tool.Digest, _multi.Digest }.ToHashSet(),
            salvage.Index.Entries.Select(entry => entry.Root.Digest).ToHashSet());
        Assert.All(salvage.Index.Entries, entry => Assert.Null(entry.Name));
    }

    [Fact]
    public void A_block_of_zeros_in_the_middle_is_a_loss()
    {
        var bytes = Bytes;
        Array.Clear(bytes, bytes.Length / 3, bytes.Length / 3);

        var salvage = Salvage(bytes);

        Assert.NotEmpty(salvage.Lost);
        Assert.Equal(3, Roots(salvage.Index).Select(root => root.Digest).Distinct().Count());
    }

    [Fact]
    public void An_empty_store_loses_nothing_by_an_empty_index()
    {
        using var empty = new TestStore();
        StoreCommit.MakeLayout(empty.Store);

        var salvage = IndexSalvage.Of([], empty.Store.Blobs, BlobScan.Read(empty.Store.Paths, default), default);

        Assert.Empty(salvage.Lost);
        Assert.Empty(salvage.Index.Entries);
    }

    [Fact]
    public void What_is_whole_is_taken_byte_for_byte()
    {
        Store.EditIndex(roots => roots[0]!["annotations"]!["com.example.note"] = "kept  as it is");
        var text = Store.IndexText();
        var raw = Encoding.UTF8.GetString(StoreIndex.Parse(Bytes, "").Entries[0].Raw.Span);

        var salvage = Salvage(Encoding.UTF8.GetBytes(text.Replace("]}", "]")));

        Assert.Equal(raw, Encoding.UTF8.GetString(salvage.Index.Entries[0].Raw.Span));
    }

    [Fact]
    public void A_descriptor_that_names_a_blob_that_is_gone_is_a_loss()
    {
        File.Delete(Store.Paths.Blob(_app.Digest));

        var salvage = Salvage(Encoding.UTF8.GetBytes(Store.IndexText().Replace($"\"{_app.Digest}\"", $"\"{_app.Digest}")));

        Assert.Contains(App, Assert.Single(salvage.Lost), StringComparison.Ordinal);
    }

    private static HashSet<(Digest Digest, string? Name, string? Leases)> Roots(StoreIndex index) =>
        [.. index.Entries.Select(entry => (entry.Root.Digest, entry.Name, entry.LeaseText))];

    private static bool CanParse(byte[] bytes)
    {
        try
        {
            StoreIndex.Parse(bytes, "");
            return true;
        }
        catch (ContainerImageException)
        {
            return false;
        }
    }

    private IndexSalvage Salvage(byte[] bytes) => IndexSalvage.Of(bytes, Store.Blobs, BlobScan.Read(Store.Paths, default), default);
}
