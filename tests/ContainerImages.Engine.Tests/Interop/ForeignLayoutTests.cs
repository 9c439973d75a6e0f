using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json;
using System.Text.Json.Nodes;
using ContainerImages.Engine.Tests.Store;
using ContainerImages.Store;
using ContainerImages.Testing;
using Xunit;

namespace ContainerImages.Engine.Tests.Interop;

/// <summary>A layout that others made or changed is a store, in which our commits lose nothing of theirs.</summary>
public sealed class ForeignLayoutTests : ForeignWriter
{
    [SkippableFact]
    public void Our_next_commit_keeps_every_byte_of_their_descriptors()
    {
        ImportOurs();
        CopyIn(PeerImages.Shared.OciLayout, Theirs);
        Bench.Peers.Umoci("tag", "--image", $"{Store.Path}:{Theirs}", "docker.io/theirs/second:1");
        EditIndex(index =>
        {
            index["annotations"] = new JsonObject { ["org.example.of-index"] = "<1>" };
            Descriptor(index, Theirs)["org.example.member"] = new JsonObject { ["ä"] = JsonNode.Parse("1.50") };
            Descriptor(index, Theirs)["annotations"]!["org.example.of-image"] = "<2>";
        });
        var (index, descriptor) = (ReadIndex(), Descriptor(ReadIndex(), Theirs));

        Store.Tag(Ours, "docker.io/library/more:1");
        Store.Untag("docker.io/library/more:1");
        Store.Tag(Ours, "docker.io/library/again:1");

        var now = ReadIndex();
        Assert.True(JsonNode.DeepEquals(index["annotations"], now["annotations"]));
        Assert.True(JsonNode.DeepEquals(descriptor, Descriptor(now, Theirs)));
        Assert.Contains("1.50", Store.IndexText(), StringComparison.Ordinal);
        Assert.Equal([Theirs, "docker.io/theirs/second:1"], Store.Find(Theirs).Names);
        Store.AssertSound();
    }

    [SkippableFact]
    public void A_layout_that_umoci_made_is_a_store()
    {
        Bench.Peers.Umoci("init", "--layout", Store.Path);
        using var store = ImageStore.Open(Store.Path);
        Assert.Empty(store.List());

        ImportOurs();
        Bench.Peers.Umoci("tag", "--image", $"{Store.Path}:{Ours}", "short");

        Assert.Equal([Ours, "localhost/short:latest"], store.Find(Ours).Names);
        store.AssertSound();
    }

    [SkippableFact]
    public void A_layout_that_skopeo_filled_is_a_store_in_which_images_are_listed_tagged_and_removed()
    {
        var export = PeerImages.Shared.MultiImageLayout;
        var folder = Bench.Combine("layout");
        Bench.Peers.Run("cp", ["-r", export.Path, folder]);
        using var store = ImageStore.Open(folder);

        foreach (var image in export.Images)
        {
            Assert.Equal(image.Names, store.Find(image.Id).Names);
            Assert.Equal((image.Digest, image.Id), (store.Find(image.Names[0]).Digest, store.Find(image.Names[0]).Id));
        }

        store.Tag(export.Images[1].Names[0], Ours);
        store.Remove([export.Images[0].Id], force: true);

        Assert.Equal([export.Images[1].Names[0], Ours], Assert.Single(store.List()).Names);
        Assert.Equal(
            [.. BlobsOf(export.Images[1].Manifest).Append(export.Images[1].Digest["sha256:".Length..]).Distinct().Order()],
            store.BlobNames().Order());
        Assert.Equal(export.Images[1].ManifestBytes, Bench.Peers.Skopeo("inspect", "--raw", $"oci:{folder}:{Ours}").Bytes);
    }

    [SkippableFact]
    public void What_others_left_without_a_name_is_collected_by_our_removal_only_if_it_was_ours()
    {
        ImportOurs();
        CopyIn(PeerImages.Shared.OciLayout, Theirs);
        Bench.Peers.Umoci("rm", "--image", $"{Store.Path}:{Theirs}");

        Store.Remove([Ours], force: true);

        // Theirs is named by nobody; it waits for a collection of all that lies about.
        Assert.Empty(Store.List());
        Assert.Contains(PeerImages.Shared.OciApp.Id, Store.BlobNames());
        Assert.DoesNotContain(PeerImages.Shared.App.Id, Store.BlobNames());
    }

    /// <summary>The digests of the config and the layers.</summary>
    private static IEnumerable<string> BlobsOf(JsonElement manifest) => manifest.GetProperty("layers").EnumerateArray()
        .Append(manifest.GetProperty("config"))
        .Select(blob => blob.GetProperty("digest").GetString()!["sha256:".Length..]);

    private void EditIndex(Action<JsonObject> edit)
    {
        var index = ReadIndex();
        edit(index);
        File.WriteAllText(Store.Paths.Index, index.ToJsonString());
    }
}
