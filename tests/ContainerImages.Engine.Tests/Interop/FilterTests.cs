using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json.Nodes;
using ContainerImages.Content;
using ContainerImages.Engine.Tests.Transports;
using ContainerImages.Store;
using Xunit;

namespace ContainerImages.Engine.Tests.Interop;

/// <summary>Which images <c>podman images --filter</c> shows, and which ours do; alone and together.</summary>
public sealed class FilterTests : IDisposable
{
    private static readonly TestImage _base = new TestImage(TestLayer.Of("base")).With(config => Edit(config, "2026-01-01T00:00:00Z"));

    private static readonly TestImage _app = _base.Child("RUN app", TestLayer.Of("app"), "docker.io/x/app:1", "quay.io/x/app:2").With(
        config => Edit(config, "2026-01-02T00:00:00Z", ("maintainer", "ops"), ("tier", "web=1"), ("empty", "")));

    private static readonly TestImage _tool = _app.Child("RUN tool", TestLayer.Of("tool"), "docker.io/x/tool:1").With(
        config => Edit(config, "2026-01-03T00:00:00.5Z", ("maintainer", "dev"), ("text", "[a] ü*")));

    private static readonly TestImage _loose = TestImage.Of("loose").With(config => Edit(config, "2026-01-04T00:00:00Z", ("Maintainer", "ops")));

    private static readonly TestImage _undated = TestImage.Of("undated", "docker.io/x/undated:1").With(config => Edit(config, null, ("maintainer", "ops")));

    private static readonly Dictionary<string, TestImage> _images = new()
    {
        ["base"] = _base, ["app"] = _app, ["tool"] = _tool, ["loose"] = _loose, ["undated"] = _undated,
    };

    // Filters of one call, which all must hold.
    private static readonly string[] _cases =
    [
        "label=maintainer",
        "label=maintainer=ops",
        "label=maintainer=dev",
        "label=Maintainer",
        "label=Maintainer=ops",
        "label=tier=web=1",
        "label=tier=web",
        "label=empty",
        "label=empty=",
        "label=nothing",
        "label=text=[a] ü*",
        "dangling=true",
        "dangling=false",
        "intermediate=true",
        "intermediate=false",
        "dangling=false,intermediate=false",
        "since=x/app:1",
        "since={base}",
        "since={loose}",
        "before=x/app:1,since={base}",
        "before={loose},since={base}",
        "before={loose},since={base},label=maintainer",
        "before={loose},since={base},label=maintainer,intermediate=false,dangling=false",
        "dangling=true,label=Maintainer",
        "dangling=true,label=maintainer",
        "id={app}",
        "id={app},label=maintainer=ops",
        "id={app},label=maintainer=dev",
        "reference=*x/tool*",
        "since={base},until=2026-01-03T00:00:00.6Z",
        "since={base},until=2026-01-03T00:00:00.4Z",
    ];

    private readonly TwoStores _stores = new();

    public void Dispose() => _stores.Dispose();

    [SkippableFact]
    public void The_same_images_pass()
    {
        _stores.Import(_base, _app, _tool, _loose);

        foreach (var item in _cases)
        {
            string[] filters = [.. item.Split(',').Select(Fill)];
            Assert.Equal(
                $"{item}: {Names(_stores.PodmansImages(filters))}",
                $"{item}: {Names(Ours(filters))}");
        }
    }

    // Podman takes it for one that was made when it was loaded.
    [SkippableFact]
    public void An_image_without_a_date_is_neither_older_nor_newer_than_another()
    {
        _stores.Import([.. _images.Values]);

        foreach (var (filter, podmans, ours) in new[]
        {
            ("before=x/app:1", "base", "base"), ("until=2026-01-02T00:00:00Z", "base", "base"), ("since={loose}", "undated", ""),
        })
        {
            Assert.Equal(podmans, Names(_stores.PodmansImages(Fill(filter))));
            Assert.Equal(ours, Names(Ours(Fill(filter))));
        }
    }

    // Docker wants all of several labels, as we do; podman 4 is content with one of them.
    [SkippableTheory]
    [InlineData("label=maintainer,label=tier", "app tool", "app")]
    [InlineData("label=maintainer=ops,label=maintainer=dev", "app tool", "")]
    public void Of_several_labels_all_must_be_there(string filters, string podmans, string ours)
    {
        _stores.Import(_app, _tool, _loose);

        Assert.Equal(podmans, Names(_stores.PodmansImages(filters.Split(','))));
        Assert.Equal(ours, Names(Ours(filters.Split(','))));
    }

    // Values of labels are patterns here, in which case does not count, as everywhere in PowerShell.
    [SkippableFact]
    public void A_value_may_be_a_pattern_here()
    {
        _stores.Import([.. _images.Values]);

        foreach (var (filter, ours) in new[] { ("label=maintainer=*", "app tool undated"), ("label=maintainer=OPS", "app undated"), ("label=maintainer=[a-d]ev", "tool") })
        {
            Assert.Equal("", Names(_stores.PodmansImages(filter)));
            Assert.Equal(ours, Names(Ours(filter)));
        }
    }

    private static void Edit(JsonObject config, string? created, params (string Key, string Value)[] labels)
    {
        config.Remove("created");
        if (created is not null)
        {
            config["created"] = created;
        }

        config["config"]!["Labels"] = new JsonObject(labels.Select(label => KeyValuePair.Create(label.Key, (JsonNode?)label.Value)));
    }

    private static string Fill(string text) => _images.Aggregate(
        text, (filled, image) => filled.Replace($"{{{image.Key}}}", image.Value.Id.Hex, StringComparison.Ordinal));

    private static string Names(IEnumerable<string> ids) => string.Join(' ', ids.Select(id => _images.Single(image => image.Value.Id.Hex == id).Key).Order());

    /// <summary>What the cmdlet makes of the same filters: those of one kind together, and what is to be searched for first.</summary>
    private IEnumerable<string> Ours(params string[] filters)
    {
        var snapshot = _stores.Store.ReadSnapshot();
        var pairs = filters.Select(filter => (Key: filter[..filter.IndexOf('=')], Value: filter[(filter.IndexOf('=') + 1)..])).ToLookup(p => p.Key, p => p.Value);
        bool? Flag(string key) => pairs[key].Select(value => (bool?)(value == "true")).FirstOrDefault();
        DateTimeOffset? DateOf(string key) => pairs[key].Select(value => _stores.Store.Find(value).Created).FirstOrDefault();
        var filter = new ImageFilter(_stores.Store, snapshot)
        {
            Labels = [.. pairs["label"]],
            Dangling = Flag("dangling"),
            Intermediate = Flag("intermediate"),
            Before = DateOf("before"),
            Since = DateOf("since"),
            Until = pairs["until"].Select(value => (DateTimeOffset?)Rfc3339Date(value)).FirstOrDefault(),
        };
        var resolver = new ImageResolver(snapshot, null, null);
        var asked = pairs["id"].Select(id => resolver.ResolveId(id)!)
            .Concat(pairs["reference"].SelectMany(resolver.ResolvePattern))
            .ToList();
        return (asked.Count > 0 ? asked : resolver.All()).Where(filter.Matches).Select(match => match.Manifest.Id.Hex).Distinct();
    }

    private static DateTimeOffset Rfc3339Date(string text) => Rfc3339.TryParse(text, out var date) ? date : throw new FormatException(text);
}
