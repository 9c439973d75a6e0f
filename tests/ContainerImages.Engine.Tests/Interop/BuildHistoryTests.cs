using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.Json;
using ContainerImages.Content;
using ContainerImages.Engine.Tests.Store;
using ContainerImages.Store;
using Xunit;

namespace ContainerImages.Engine.Tests.Interop;

/// <summary>
/// The history of images whose every step is there as an image, as <c>podman history</c> shows it. Tags it shows never, though
/// it has a field for them.
/// </summary>
public sealed class BuildHistoryTests : IDisposable
{
    private readonly TwoStores _stores = new();

    public void Dispose() => _stores.Dispose();

    [SkippableFact]
    public void Each_step_shows_the_image_it_made_its_tags_and_its_size()
    {
        _stores.Build("base:1", "FROM scratch", "COPY a /", "COPY b /");
        _stores.Build("app:1", "FROM localhost/base:1", "COPY c /", "COPY a /a2", "COPY b /b2");
        _stores.Build("tool:1", "FROM localhost/base:1", "COPY c /", "COPY a /a2", "COPY c /c2");
        _stores.Peers.Podman("tag", "base:1", "quay.io/team/base:1");
        _stores.CopyToOurs();
        var images = _stores.OurNames();

        // Each step is an image: 2 of base, 2 that app and tool share, and one more of each.
        Assert.Equal(6, images.Count);
        foreach (var id in images.Keys)
        {
            var ours = History(id);
            Assert.Equal(Podmans(id), ours.Select(entry => Line(
                entry.Id, entry.Created!.Value, entry.CreatedBy, entry.Size!.Value, entry.Comment)));
            Assert.All(ours, entry => Assert.Equal(images[entry.Id], string.Join(' ', entry.Tags.Order(StringComparer.Ordinal))));
            Assert.All(ours, entry => Assert.Equal((false, $"sha256:{entry.LayerDigest![7..]}"), (entry.EmptyLayer, entry.DiffId)));
        }

        Assert.Equal(["localhost/app:1", "", "", "localhost/base:1 quay.io/team/base:1", ""], History(_stores.Store.Find("app:1").Id)
            .Select(entry => string.Join(' ', entry.Tags.Order(StringComparer.Ordinal))));
    }

    [SkippableFact]
    public void Steps_without_a_layer_have_none_and_no_size()
    {
        _stores.Build("app:1", "FROM scratch", "COPY a /", "ENV A=1", "LABEL b=2", "COPY b /", "CMD [\"/a\"]");
        _stores.CopyToOurs();

        foreach (var id in _stores.OurNames().Keys)
        {
            // Of the images that end at one layer podman shows one, at the newest step; we each at its own.
            var (ours, theirs) = (History(id), Podmans(id));
            Assert.Equal(
                theirs.Select(line => line[(line.IndexOf('|', StringComparison.Ordinal) + 1)..]),
                ours.Select(entry => Line("", entry.Created!.Value, entry.CreatedBy, entry.Size!.Value, entry.Comment)[1..]));
            Assert.All(ours.Where(entry => entry.EmptyLayer), entry => Assert.Equal((0, 0, null, null), (entry.Size, entry.CompressedSize, entry.LayerDigest, entry.DiffId)));
            Assert.All(ours.Where(entry => !entry.EmptyLayer), entry => Assert.True(entry is { Size: > 0, CompressedSize: > 0, DiffId: not null }));
            Assert.DoesNotContain(ImageHistoryEntry.MissingId, ours.Select(entry => entry.Id));
        }
    }

    private static string Line(string id, DateTimeOffset created, string by, long size, string comment) =>
        $"{id}|{Rfc3339.Format(created)}|{by}|{size}|{comment}";

    private IReadOnlyList<ImageHistoryEntry> History(string id) =>
        ImageHistory.Read(_stores.Store, _stores.Store.ReadSnapshot(), _stores.Store.Match(id));

    private List<string> Podmans(string id) =>
    [
        .. _stores.Peers.Podman("history", "--format", "json", id).Json.EnumerateArray().Select(entry => Line(
            Text(entry, "id"),
            DateTimeOffset.Parse(Text(entry, "created"), CultureInfo.InvariantCulture),
            Text(entry, "CreatedBy"),
            entry.GetProperty("size").GetInt64(),
            Text(entry, "comment"))),
    ];

    private static string Text(JsonElement entry, string name) => entry.TryGetProperty(name, out var value) ? value.GetString()! : "";
}
