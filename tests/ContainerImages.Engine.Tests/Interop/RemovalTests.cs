using System;
using System.Collections.Generic;
using System.Linq;
using ContainerImages.Content;
using ContainerImages.Engine.Tests.Store;
using ContainerImages.Engine.Tests.Transports;
using ContainerImages.Testing;
using Xunit;

namespace ContainerImages.Engine.Tests.Interop;

/// <summary>What <c>podman rmi</c> takes away of images that are built on each other, and what we do.</summary>
public sealed class RemovalTests : IDisposable
{
    // base:1 <- first <- second (no layer) <- app:1; first <- tool:1, tool:2; alone:1.
    private static readonly TestImage _base = new TestImage(TestLayer.Of("base")) { Names = ["docker.io/x/base:1"] };
    private static readonly TestImage _first = _base.Child("RUN first", TestLayer.Of("first"));
    private static readonly TestImage _second = _first.Child("ENV second", null);
    private static readonly TestImage _app = _second.Child("CMD app", TestLayer.Of("app"), "docker.io/x/app:1");
    private static readonly TestImage _tool = _first.Child("CMD tool", TestLayer.Of("tool"), "docker.io/x/tool:1", "docker.io/x/tool:2");
    private static readonly TestImage _alone = new TestImage(TestLayer.Of("alone")) { Names = ["docker.io/x/alone:1"] };

    private static readonly Dictionary<string, string> _ids = new()
    {
        ["base"] = _base.Id.Hex, ["first"] = _first.Id.Hex, ["second"] = _second.Id.Hex, ["app"] = _app.Id.Hex, ["tool"] = _tool.Id.Hex,
    };

    private readonly TwoStores _stores = new();

    public void Dispose() => _stores.Dispose();

    [SkippableTheory]
    [InlineData("x/alone:1", "base app tool first second")]
    [InlineData("x/app:1", "alone base tool first")]
    [InlineData("x/app:1 --no-prune", "alone base tool first second")]
    [InlineData("x/tool:1", "alone base app tool first second")]
    [InlineData("x/tool:1 x/tool:2", "alone base app first second")]
    [InlineData("{tool} --force", "alone base app first second")]
    [InlineData("{app} x/tool:1 x/tool:2", "alone base")]
    [InlineData("x/app:1 {tool} --force", "alone base")]
    [InlineData("x/app:1 {tool} --force --no-prune", "alone base first second")]
    [InlineData("x/base:1", "alone app tool first second")]
    [InlineData("{base}", "alone app tool first second")]
    [InlineData("{first}", "alone base app tool second")]
    [InlineData("{second}", "alone base app tool first")]
    [InlineData("{second} x/app:1", "alone base tool first")]
    [InlineData("x/app:1 x/base:1 {tool} --force", "alone")]
    [InlineData("x/app:1 x/tool:1 x/tool:2 x/base:1 x/alone:1", "")]
    public void The_same_images_and_names_are_left(string words, string left)
    {
        _stores.Import(_base, _first, _second, _app, _tool, _alone);
        AssertSameRelations();

        var options = words.Split(' ').Where(word => word.StartsWith('-')).ToList();
        string[] targets = [.. words.Split(' ').Except(options).Select(Fill)];
        var said = _stores.Peers.Podman(["rmi", .. options, .. targets]);
        var removed = _stores.Store.Remove(targets, force: options.Contains("--force"), prune: !options.Contains("--no-prune"));

        Assert.Equal(
            said.Lines.Where(line => line.StartsWith("Untagged: ", StringComparison.Ordinal)).Select(line => line["Untagged: ".Length..]).Order(),
            removed.SelectMany(removal => removal.Untagged).Order());
        Assert.Equal(left.Split(' ', StringSplitOptions.RemoveEmptyEntries).Order(), _stores.OurNames().Keys.Select(NameOf).Order());
        AssertSameRelations();
        _stores.Store.AssertSound();
    }

    [SkippableFact]
    public void By_its_ID_an_image_of_two_names_is_refused_by_both()
    {
        _stores.Import(_tool);

        Assert.NotEqual(0, _stores.Peers.Run(Peer.Podman, ["rmi", _tool.Id.Hex], mustSucceed: false).ExitCode);
        _stores.Store.AssertRefused(ImageError.MultipleTags, store => store.Remove([_tool.Id.Hex]));

        AssertSameRelations();
    }

    // Podman unites what was said of one image, and forgets that it was asked for a name only; here that takes force.
    [SkippableFact]
    public void A_name_and_the_ID_together_are_enough_for_podman_and_not_here()
    {
        _stores.Import(_tool);

        _stores.Peers.Podman("rmi", "x/tool:1", _tool.Id.Hex);
        _stores.Store.AssertRefused(ImageError.MultipleTags, store => store.Remove(["x/tool:1", _tool.Id.Hex]));

        Assert.Empty(_stores.PodmansNames());
    }

    [SkippableFact]
    public void The_images_of_a_build_go_with_the_last_that_is_built_on_them()
    {
        _stores.Build("base", "FROM scratch", "COPY a /", "ENV A=1");
        _stores.Build("app", "FROM localhost/base", "COPY b /", "LABEL b=1", "COPY c /", "CMD [\"/c\"]");
        _stores.Build("tool", "FROM localhost/base", "COPY b /", "LABEL b=1", "COPY a /other", "ENV T=1");
        _stores.CopyToOurs();
        Assert.InRange(_stores.OurNames().Count, 7, 20);
        AssertSameRelations();

        foreach (var target in new[] { "app", "base", "tool" })
        {
            _stores.Peers.Podman("rmi", target);
            _stores.Store.Remove([target]);
            AssertSameRelations();
            _stores.Store.AssertSound();
        }

        Assert.Empty(_stores.OurNames());
    }

    private static string Fill(string word) => _ids.Aggregate(word, (text, id) => text.Replace($"{{{id.Key}}}", id.Value, StringComparison.Ordinal));

    private static string NameOf(string id) => _ids.FirstOrDefault(pair => pair.Value == id).Key ?? "alone";

    private void AssertSameRelations()
    {
        Assert.Equal(_stores.PodmansNames(), _stores.OurNames());
        Assert.Equal(
            _stores.Inspected().Select(image => $"{image.GetProperty("Id")} on {image.GetProperty("Parent")}").Order(),
            _stores.OurImages().Select(image => $"{image.Id} on {image.Parent}").Order());
        Assert.Equal(_stores.PodmansImages("dangling=true"), _stores.OurImages().Where(image => image.Dangling).Select(image => image.Id).Order());
        Assert.Equal(
            _stores.PodmansImages("intermediate=true"), _stores.OurImages().Where(image => image.Intermediate).Select(image => image.Id).Order());
    }
}
